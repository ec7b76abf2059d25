"""Annexes of several houses: Word documents that differ in what two texts of one paper can differ in."""

from __future__ import annotations

import re
from copy import deepcopy
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.pictures import a_png

__all__ = [
    "WORDS",
    "a_field",
    "an_annex",
    "bare",
    "ending_with_a_table",
    "in_another_house",
    "long",
    "lying",
    "mirrored",
    "modern",
    "of_another_theme",
    "of_other_defaults",
    "without_defaults",
]

WORDS = "Le stage est une période temporaire de mise en situation, au cours de laquelle on acquiert des compétences. "


def modern() -> Any:
    """An empty document that is laid out as Word 2013 and later do."""
    document = docx.Document()
    compat = document.settings.element.find(qn("w:compat"))
    for old in compat.findall(qn("w:compatSetting")):
        compat.remove(old)
    mode = OxmlElement("w:compatSetting")
    for name, value in (
        ("name", "compatibilityMode"),
        ("uri", "http://schemas.microsoft.com/office/word"),
        ("val", "15"),
    ):
        mode.set(qn(f"w:{name}"), value)
    compat.append(mode)
    return document


def a_field(code: str) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    field.append(OxmlElement("w:r"))
    return field


def an_annex() -> Any:
    """Headings, running text, lists and a table, with a header and a footer."""
    document = modern()
    document.add_heading("Annexe {{ v }}", 1)
    document.add_paragraph(WORDS * 3)
    for style in ("List Number", "List Bullet"):
        for rank in range(3):
            document.add_paragraph(f"{style} {rank}", style=style)
    table = document.add_table(rows=2, cols=2, style="Table Grid")
    for cell in (cell for row in table.rows for cell in row.cells):
        cell.text = WORDS
        cell.add_paragraph(WORDS)
    document.add_paragraph(WORDS)
    document.sections[0].header.paragraphs[0].text = "Tête de l'annexe"
    document.sections[0].footer.paragraphs[0].text = "Pied de l'annexe"
    return document


def in_another_house() -> Any:
    """The annex of a department with styles, fonts and spacing of its own under the same names."""
    document = an_annex()
    styles = document.styles
    styles["Heading 1"].font.size = Pt(21)
    defaults = styles.element.find(qn("w:docDefaults"))
    for tag, name, value in (("spacing", "after", "320"), ("spacing", "line", "360"), ("sz", "val", "25")):
        next(defaults.iter(qn(f"w:{tag}"))).set(qn(f"w:{name}"), value)
    styles.add_style("Clause", WD_STYLE_TYPE.PARAGRAPH).font.name = "Liberation Mono"
    document.add_paragraph(WORDS * 2, style="Clause")
    return document


def of_other_defaults() -> Any:
    """The annex of a department whose text has no style: it takes all from the document's defaults and its theme."""
    document = an_annex()
    for name in ("Normal", "Heading 1"):
        for properties in document.styles[name].element.findall(qn("w:rPr")):
            document.styles[name].element.remove(properties)
    return document


def without_defaults() -> Any:
    """An annex whose template leaves nearly all to Word: no spacing, ten points, Times."""
    document = of_other_defaults()
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for tag in ("w:spacing", "w:sz", "w:szCs", "w:rFonts"):
        for found in list(defaults.iter(qn(tag))):
            found.getparent().remove(found)
    return document


def of_another_theme() -> Any:
    """An annex whose text is in the font of a theme that no other text has."""
    document = of_other_defaults()
    theme = document.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = re.sub(rb'(<a:minorFont>\s*<a:latin typeface=")[^"]+', rb"\1Liberation Mono", theme.blob)
    return document


def lying() -> Any:
    """A landscape annex with a picture in its header and text, then a portrait section that counts from 1."""
    document = an_annex()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    for paragraph in (section.header.paragraphs[0], document.add_paragraph()):
        paragraph.add_run().add_picture(BytesIO(a_png(60, 20)), Mm(30))
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    section._sectPr.append(numbers)
    section.footer.is_linked_to_previous = False
    section.footer.paragraphs[0].text = "Page "
    section.footer.paragraphs[0]._p.append(a_field("PAGE"))
    document.add_paragraph(WORDS)
    return document


def bare() -> Any:
    """Nothing above and below the text."""
    document = modern()
    document.add_paragraph(WORDS)
    return document


def mirrored() -> Any:
    """Other words above even pages than above odd ones."""
    document = an_annex()
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].even_page_header.paragraphs[0].text = "Page paire"
    document.add_page_break()
    return document


def long() -> Any:
    """Three pages that would have other words above the second one, if that were not switched off."""
    document = an_annex()
    document.sections[0].even_page_header.paragraphs[0].text = "Ne se voit pas"
    for _ in range(2):
        document.add_page_break()
        document.add_paragraph(WORDS)
    return document


def ending_with_a_table() -> Any:
    document = an_annex()
    body = document.element.body
    body.insert(len(body) - 1, deepcopy(document.tables[0]._tbl))
    return document
