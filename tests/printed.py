"""Whole papers, from what they are about to the frozen PDF, through the real LibreOffice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from conventions import forms, press
from conventions.documents import Campaign, Case, document_type
from conventions.languages import LANGUAGES, Language
from conventions.model.paper import Origin
from tests.cases import CUT_HOSTILE, code_of

__all__ = [
    "CUT_HOSTILE",
    "HOSTILE",
    "HOSTILE_PEOPLE",
    "LONG",
    "NOW",
    "Printed",
    "leftovers",
    "outlines",
    "printed",
    "squeezed",
]

NOW: Final = datetime(2026, 8, 17, 10, tzinfo=UTC)
HOSTILE: Final = "<w:p/> & {{ x }} {% if %} ]]> “éß” Łódź Ж"
LONG: Final = f"{HOSTILE} {'une dénomination dont personne ne retient la fin, ' * 9}"[:300].strip(" ,")
HOSTILE_PEOPLE: Final[dict[str, Any]] = {
    "student": {"first_name": "محمد", "last_name": "الخوارزمي", "usage_name": HOSTILE},
    "host": {"name": LONG, "address": {"street": LONG}, "representative": {"function": LONG}},
    "tutor": {"function": LONG},
    "placement": {"subject": LONG},
}
"""A dossier of 300 characters in every corner, with what would be markup, and a name from right to left."""


@dataclass(frozen=True)
class Printed:
    """A finished paper and the words of its pages, with single spaces."""

    data: bytes
    pages: tuple[str, ...]

    @property
    def words(self) -> str:
        return " ".join(self.pages)


def printed(papers: Mapping[str, tuple[str, Case | Campaign]]) -> Mapping[str, Printed]:
    """Each paper by its name: the document, and what it is about."""
    documents = [(name, _rendered(*paper)) for name, paper in papers.items()]
    return {name: _frozen(name, data, *papers[name]) for name, data in press.convert(documents)}


def _rendered(document: str, case: Case | Campaign) -> bytes:
    fillings = [
        press.Filling(press.find(key, code), context(case, Language(code)), Language(code))
        for key, context, code in document_type(document).sheets(case)
    ]
    return press.render(*fillings, title=document, author="U", now=NOW, code=code_of(case))


def _frozen(name: str, data: object, document: str, case: Case | Campaign) -> Printed:
    assert isinstance(data, bytes), f"{name}: {data}"
    paper = case.edition
    origin = Origin(document, paper.number, paper.version, paper.languages[0], paper.digest, "b" * 64, "conventions")
    kind = document_type(document)
    fields = kind.fields(case, Language(paper.languages[0])) if kind.fields else ()
    frozen = forms.freeze(data, origin, title=document, now=NOW, fields=fields)
    raw = subprocess.run(["pdftotext", "-", "-"], input=frozen, capture_output=True, check=True).stdout.decode()
    return Printed(frozen, tuple(" ".join(page.split()) for page in raw.split("\f")[:-1]))


def squeezed(words: str) -> str:
    """Without spaces and hyphens: a PDF does not tell one at the end of a line from one in a word."""
    return re.sub(r"[\s\u2010\u2011-]", "", words).replace("’", "'")


def leftovers(words: str) -> list[str]:
    """What a template leaves behind that was not filled, or filled with nothing."""
    words = words.replace(HOSTILE[1:], "")  # pdftotext takes the first sign for a part of an Arabic name before it
    words = CUT_HOSTILE.sub("", words)
    holes = re.findall(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bFalse\b|\bTrue\b|Text\(|\(\)", words)
    return holes + re.findall(r" [,.] |: ?\.(?!\w)|,,", words)


def outlines(document: str) -> Iterator[press.Outline]:
    """Of the shipped templates, in every language."""
    return (press.outline(press.find(document, code)) for code in LANGUAGES)
