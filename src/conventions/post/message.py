"""A letter about a paper, not yet in a language: :mod:`conventions.post.mime` makes mail of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from conventions.model.roles import Signatory
from conventions.text import Text

__all__ = ["Message", "Subject", "letter"]


@dataclass(frozen=True)
class Message:
    """One letter to one person, not yet in a language."""

    to_name: str
    to_email: str
    language: str
    subject: Text
    """Names the paper, never a person: subjects are shown on locked screens and kept in server logs."""
    paragraphs: tuple[Text, ...]
    attachment_name: str
    attachment: bytes
    """A PDF."""
    number: str
    """Dossier whose conversation this belongs to."""
    step: str
    """What the letter is for, such as ``turn-student``. Same dossier, step, person and PDF: same letter."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the PDF, hexadecimal."""
        return sha256(self.attachment).hexdigest()


@dataclass(frozen=True)
class Subject:
    """The paper that a letter is about, as it is attached."""

    number: str
    title: Text
    """Name of the document, such as "internship agreement"."""
    starts_on: date
    """First day of the internship."""
    file_name: str
    data: bytes
    """The PDF's bytes."""


def letter(paper: Subject, person: Signatory, subject: Text, body: tuple[Text, ...], step: str) -> Message:
    """Any letter about a paper: it greets, says what it has to say, and names the paper.

    Args:
        paper: what it is about; attached.
        person: who gets it.
        subject: names the paper, never a person.
        body: its paragraphs.
        step: what the letter is for.
    """
    about = Text("It is about: {document} {number}.", document=paper.title, number=paper.number)
    return Message(
        to_name=person.name,
        to_email=person.email,
        language=person.language,
        subject=subject,
        paragraphs=(Text("Hello {name},", name=person.name), *body, about),
        attachment_name=paper.file_name,
        attachment=paper.data,
        number=paper.number,
        step=step,
    )
