"""The texts that the shipped templates are built from: what a typographer looks for, before anything is printed."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

import docx
import pytest
from docx.shared import Length
from docx.table import Table
from docx.text.paragraph import Paragraph

from conventions.languages import LANGUAGES
from typesetting.build import SOURCES, build
from typesetting.style import BOX_HEIGHT, BOX_WIDTH, FIELDS, box_picture
from typesetting.typography import typeset

TEXTS: Final = {source.name: source.read_text(encoding="utf-8") for source in SOURCES}
TYPED_IN_SENTENCES: Final = re.compile(
    r"\{\{ (?:placement\.(?:supervision|deliverable|validation|if_interrupted)|(?:will\.)?schedule\.leave_terms"
    r"|schedule\.special_presence|place\.travel|place\.telework\.terms|allowance\.(?:unpaid_reason|method|due_day)"
    r"|amendment\.(?:termination\.)?reason|abroad\.country_sheet|rules\.source) \}\}"
)
"""What people type at length, printed as it stands."""


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("fr", "n° {{ paper.number }}", "n°~{{ paper.number }}"),
        ("fr", "{{ hours }} heures, {{ share }} % : oui", "{{ hours }}~heures, {{ share }}~%~: oui"),
        ("fr", "du 31 décembre de l'année", "du 31~décembre de l’année"),
        ("en", "Act no. {{ n }} of 4 August 1994", "Act no.~{{ n }} of 4~August~1994"),
        ("es", "póliza n.º {{ n }}, {{ share }} %", "póliza n.º~{{ n }}, {{ share }}~%"),
        ("es", "de 4 de agosto de 1994", "de 4~de~agosto~de~1994"),
        ("de", "Police Nr. {{ n }} vom 4. August 1994", "Police Nr.~{{ n }} vom 4.~August~1994"),
        ("de", "− {{ points }}, {{ share }} %", "−~{{ points }}, {{ share }}~%"),
    ],
)
def test_a_value_stays_on_the_line_of_what_it_is_told_with(language: str, typed: str, printed: str) -> None:
    assert typeset(typed, language) == printed.replace("~", "\u00a0")


@pytest.mark.parametrize("name", TEXTS)
def test_no_sentence_ends_twice_after_what_somebody_typed(name: str) -> None:
    followed = [match[0] for match in re.finditer(TYPED_IN_SENTENCES.pattern + r"(?= ?[^ |\n])", TEXTS[name])]
    assert followed == [], "clause takes off the full stop that it may end with"


@pytest.mark.parametrize("name", [name for name in TEXTS if ".fr." in name])
def test_no_french_sentence_needs_to_elide_before_a_name(name: str) -> None:
    assert re.findall(r"\b(?:de|que) \{\{ [\w.]*(?:\bname|on_behalf_of) \}\}", TEXTS[name]) == []


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith(("convention.", "amendment."))])
def test_towns_are_named_with_their_preposition_by_the_language(name: str) -> None:
    assert re.findall(r"(?:à|at|en|in) \{\{ \w+\.city \}\}", TEXTS[name]) == []


@pytest.mark.parametrize("size", [*FIELDS.values(), (BOX_WIDTH, BOX_HEIGHT)])
def test_a_frame_is_a_point_thick_so_that_a_screen_shows_all_its_sides(size: tuple[int, int]) -> None:
    picture = box_picture(*size)
    drawn = [int.from_bytes(picture[start : start + 4]) for start in (16, 20)]
    assert drawn == [round(Length(side).pt) for side in size]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_of_french_law_is_cited_alike_everywhere(language: str) -> None:
    sources = (text for name, text in TEXTS.items() if f".{language}." in name)
    assert [found for text in sources for found in re.findall(r"1994,\s+\w+\.? 5", text) if "rt. 5" not in found] == []


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if "::: signatures" in text])
def test_a_signature_box_takes_the_words_above_it_to_its_page(name: str) -> None:
    body = list(docx.Document(BytesIO(build(TEXTS[name]))).iter_inner_content())
    boxes = max(rank for rank, block in enumerate(body) if isinstance(block, Table))
    above = next(
        block
        for block in reversed(body[:boxes])
        if isinstance(block, Paragraph) and block.style is not None and block.style.name != "Switch"
    )
    assert above.text
    kept = above.paragraph_format.keep_with_next
    assert above.style is not None
    assert kept or (kept is None and above.style.paragraph_format.keep_with_next)
