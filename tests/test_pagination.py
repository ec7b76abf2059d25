"""Headings at the foot of a page: found in the PDF, moved in the document, through the real LibreOffice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from conventions import forms, press
from conventions.documents import DOCUMENTS
from conventions.errors import ForeignPaper
from conventions.languages import Language
from conventions.press import Filling, Template
from tests.builders import ON, a_dossier
from tests.cases import a_case

FRENCH = Language("fr")
CLAUSE = "Le stagiaire remet le travail suivant et reste tenu au devoir de réserve et à la discrétion. " * 3
NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
LINES = range(34, 46)
"""So many lines stand above a heading, on one page after the other; a page has about 44."""


def a_filling(document: Any) -> Filling:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    return Filling(Template("annex", "fr", Path("annex.docx"), sha256(data).hexdigest(), data), {}, FRENCH)


def an_agreement(code: str, *languages: str) -> Filling:
    case = a_case(a_dossier(language=code), languages=languages or (code,))
    language = Language(code)
    return Filling(press.find("convention", code), DOCUMENTS["convention"].context(case, language), language)


def rendered(*fillings: Filling, breaks: Iterable[int] = ()) -> bytes:
    return press.render(*fillings, title="Convention", author="U", now=NOW, breaks=tuple(breaks))


def converted(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: pdf for name, pdf in press.convert([*documents.items()]) if isinstance(pdf, bytes)}


def with_a_heading_at_every_height() -> Any:
    """Page after page with one line more above a heading, whose paragraph is in one piece.

    The headings do not ask to be kept with it, so that one of them stands alone in every version of LibreOffice.
    """
    document = docx.Document()
    document.styles["Normal"].paragraph_format.space_after = 0
    document.styles["Heading 2"].paragraph_format.keep_with_next = False
    for lines in LINES:
        for line in range(lines):
            document.add_paragraph(f"ligne {line}").paragraph_format.page_break_before = line == 0
        document.add_heading(f"Article {lines}", 2)
        document.add_paragraph(CLAUSE).paragraph_format.keep_together = True
    return document


def first_words(pdf: bytes) -> list[str]:
    """The first line of each page."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return [page.strip().partition("\n")[0].strip() for page in text.decode().split("\f")[:-1]]


def test_a_heading_that_stands_alone_at_the_foot_of_a_page_is_found_and_moved() -> None:
    filling = a_filling(with_a_heading_at_every_height())
    before = converted({"paper": rendered(filling)})["paper"]
    ranks = forms.orphans(before)
    assert ranks
    after = converted({"paper": rendered(filling, breaks=ranks)})["paper"]
    assert forms.orphans(after) == ()
    starts = {f"Article {LINES[rank]}" for rank in ranks}
    assert starts <= set(first_words(after))
    assert not starts & set(first_words(before))
