"""A paper carries the styles that its texts use, however many its templates offer."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from lxml import etree

from conventions import press
from conventions.languages import Language
from conventions.press import Filling, Template

NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
UNNAMED = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList"}
"""What everything has that names no style."""
MENTIONS = ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link")


def a_filling(document: Any) -> Filling:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    template = Template("annex", "fr", Path("annex.docx"), sha256(data).hexdigest(), data)
    return Filling(template, {}, Language("fr"))


def styles_of(*documents: Any) -> dict[str, etree._Element]:
    """By id, of the paper that is made of them."""
    paper = press.render(*map(a_filling, documents), title="Annexe", author="Université", now=NOW)
    with zipfile.ZipFile(BytesIO(paper)) as package:
        root = etree.fromstring(package.read("word/styles.xml"))
    return {style.get(qn("w:styleId"), ""): style for style in root.iter(qn("w:style"))}


def mentioned(styles: dict[str, etree._Element]) -> Iterator[str]:
    for style in styles.values():
        yield from (named.get(qn("w:val"), "") for tag in MENTIONS for named in style.iter(qn(f"w:{tag}")))


def with_styles(*names: str) -> Any:
    document = docx.Document()
    for name in names:
        document.add_paragraph("Texte", style=name)
    return document


def test_a_style_that_no_text_names_is_not_in_the_paper() -> None:
    keys = styles_of(with_styles("Heading 1", "Quote")).keys()
    assert {"Heading1", "Quote"} | UNNAMED <= keys
    assert not {"Heading2", "IntenseQuote", "MacroText", "TableGrid", "LightShading"} & keys


def test_what_a_used_style_builds_on_and_mentions_is_there() -> None:
    document = docx.Document()
    house = document.styles.add_style("House", WD_STYLE_TYPE.PARAGRAPH)
    small = document.styles.add_style("Small print", WD_STYLE_TYPE.PARAGRAPH)
    house.base_style, small.base_style = document.styles["Intense Quote"], house
    document.add_paragraph("Texte", style="Small print")
    styles = styles_of(document)
    assert {"Smallprint", "House", "IntenseQuote", "IntenseQuoteChar"} <= styles.keys()
    assert set(mentioned(styles)) <= styles.keys()


@pytest.mark.parametrize("place", ["header", "footer", "first_page_header", "table", "words", "list"])
def test_styles_are_looked_for_wherever_words_stand(place: str) -> None:
    document = docx.Document()
    match place:
        case "table":
            document.add_table(rows=1, cols=1, style="Table Grid").cell(0, 0).paragraphs[0].style = "Quote"
        case "words":
            document.add_paragraph().add_run("Texte", style="Emphasis")
        case "list":
            document.add_paragraph("Texte")
        case _:
            getattr(document.sections[0], place).paragraphs[0].style = "Quote"
    wanted = {"table": {"TableGrid", "Quote"}, "words": {"Emphasis"}, "list": {"ListBullet2"}}.get(place, {"Quote"})
    assert wanted <= styles_of(document).keys()


def test_a_further_text_brings_its_own_used_styles_and_keeps_those_that_it_shares() -> None:
    first, same, other = with_styles("Heading 1"), with_styles("Quote"), with_styles("Caption", "Quote")
    for document in (first, same):
        next(document.styles.element.iter(qn("w:lang"))).set(qn("w:val"), "fr-FR")
    other.styles["Caption"].font.italic = True
    styles = styles_of(first, same, other)
    assert {"Heading1", "Quote", "Caption_3"} <= styles.keys()
    assert not {"Quote_2", "Quote_3", "Caption", "Caption_2", "Heading1_3"} & styles.keys()
    assert set(mentioned(styles)) <= styles.keys()
