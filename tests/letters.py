"""A letter to a student about a paper, as the post is given it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from conventions.model.roles import Signatory
from conventions.post import Message, Request, Sender, Subject, your_turn
from conventions.text import Text

__all__ = ["NOW", "OFFICE", "PAPER", "PDF", "STUDENT", "a_letter"]

NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OFFICE: Final = Sender("Bureau des stages", "stages@univ-exemple.test")
PDF: Final = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\r\n.\r\n%%EOF\n"
"""Every byte that there is, and the line by which SMTP ends a letter."""
PAPER: Final = Subject("2026-0001", Text("internship agreement"), date(2026, 4, 13), "convention-2026-0001.pdf", PDF)
STUDENT: Final = Signatory("student", "Camille Lefèvre-Nguyễn", "", "camille@etu.univ-exemple.test", "fr")


def a_letter(person: Signatory = STUDENT, reminder: int = 0) -> Message:
    """It asks for a signature."""
    request = Request(date(2026, 3, 31), OFFICE.email, reminder=reminder)
    return your_turn(PAPER, person, request, command="conventions sign convention-2026-0001.pdf")
