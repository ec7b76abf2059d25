"""The house style: every measure, colour and style of the shipped templates, and nothing else."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

__all__ = [
    "BOX_HEIGHT",
    "BOX_WIDTH",
    "COLUMNS",
    "INK",
    "INSET",
    "LEADING",
    "PALE",
    "RULE",
    "TEXT_WIDTH",
    "apply",
    "box_picture",
]

FONT: Final = "Carlito"
INK: Final = "1F3550"
"""Headings: a dark blue that prints as well in grey."""
SOFT: Final = "5B6878"
RULE: Final = "C9D1DB"
PALE: Final = "F3F6F9"

_LEFT, _RIGHT, _TOP, _BOTTOM = Mm(29), Mm(29), Mm(25), Mm(24)
TEXT_WIDTH: Final = Mm(152)
COLUMNS: Final = {
    "facts": (Mm(43), Mm(109)),
    "glance": (Mm(43), Mm(109)),
    "grid": (Mm(82), Mm(36), Mm(34)),
    "signatures": (Mm(68), Mm(84)),
}
"""Widths of the columns of each kind of table; each adds up to the width of the text."""
INSET: Final = {"facts": (0, 100), "glance": (100, 100), "grid": (0, 0), "signatures": (0, 0)}
"""Space left and right of a cell's words, in twentieths of a point."""
LEADING: Final = {"facts": 20, "glance": 34, "grid": 14, "signatures": 80}
"""Space above and below a cell's words, in twentieths of a point."""
BOX_WIDTH, BOX_HEIGHT = Mm(78), Mm(25)
"""A signature box: a stamp of four lines fits, with room for a hand-written signature."""

_LOCALES: Final = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES", "de": "de-DE"}


def apply(document: Document, language: str) -> None:
    """Turn python-docx's default document into an empty one of the house."""
    _page(document)
    _defaults(document, _LOCALES[language])
    styles = document.styles
    _shape(_builtin(document, "Normal"), size=10.5, after=4, line=1.12)
    _shape(_builtin(document, "Title"), size=24, bold=True, color=INK, after=1, before=22, line=1.0)
    _shape(_builtin(document, "Subtitle"), size=11.5, color=SOFT, after=10, line=1.05)
    _shape(_builtin(document, "Heading 1"), size=14, bold=True, color=INK, before=16, after=5, keep=True)
    _shape(_builtin(document, "Heading 2"), size=11.5, bold=True, color=INK, before=11, after=3, keep=True)
    _shape(_new(document, "Article", "Heading 2"), size=11.5, bold=True, color=INK, before=12, after=3, keep=True)
    _shape(_new(document, "Clause"), after=4.5)
    styles["Clause"].paragraph_format.keep_together = True
    _shape(_new(document, "Note"), size=9, color=SOFT, after=3)
    _shape(_new(document, "Letterhead"), size=10, color=SOFT, after=0, line=1.05)
    _shape(_new(document, "Label"), size=9.5, color=SOFT, before=2, after=2, line=1.05)
    _shape(_new(document, "Value"), size=10.5, before=2, after=2, line=1.05)
    _shape(_new(document, "Signatory"), after=1, line=1.05)
    _shape(_new(document, "Spacer"), size=5, after=0, line=1.0)
    _shape(_new(document, "Switch"), size=8, color="9A6B00", after=0, line=1.0)
    bullet = _builtin(document, "List Bullet")
    _shape(bullet, after=5, line=1.2)
    bullet.element.get_or_add_pPr().append(_element("w:contextualSpacing"))
    bullet.paragraph_format.left_indent, bullet.paragraph_format.first_line_indent = Mm(6), Mm(-4)
    for name in ("Header", "Footer"):
        _shape(_builtin(document, name), size=8.5, color=SOFT, after=0, line=1.0)
        _tabs(styles[name])
    _drop_unused(document)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.header_distance, section.footer_distance = Mm(12), Mm(11)
    section.different_first_page_header_footer = True


def _defaults(document: Document, locale: str) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_element("w:rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FONT)))
    defaults.append(_element("w:sz", val="21"))
    defaults.append(_element("w:szCs", val="21"))
    defaults.append(_element("w:lang", val=locale, eastAsia=locale, bidi="ar-SA"))
    settings = document.settings.element
    _modern(settings)
    theme = settings.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:val"), locale)


def _modern(settings: Any) -> None:
    """Let Word and LibreOffice lay the document out as Word 2013 and later do, not in compatibility mode."""
    compat = settings.find(qn("w:compat"))
    for old in list(compat.findall(qn("w:compatSetting"))):
        compat.remove(old)
    compat.append(
        _element("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val="15")
    )


def _builtin(document: Document, name: str) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    for tag in ("w:pPr", "w:rPr"):
        old = style.element.find(qn(tag))
        kept = [] if old is None else [child for child in old if child.tag in {qn("w:outlineLvl"), qn("w:numPr")}]
        if old is not None:
            style.element.remove(old)
        if kept:
            style.element.get_or_add_pPr().extend(kept)
    return style


def _new(document: Document, name: str, parent: str = "Normal") -> ParagraphStyle:
    style: ParagraphStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles[parent]
    style.quick_style = True
    return style


def _shape(
    style: ParagraphStyle,
    *,
    size: float = 10.5,
    bold: bool = False,
    color: str = "",
    before: float = 0,
    after: float = 4,
    line: float = 1.12,
    keep: bool = False,
) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(color or "1B1F24")
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.keep_with_next, shape.keep_together, shape.widow_control = keep, keep, True


def _tabs(style: ParagraphStyle) -> None:
    style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _drop_unused(document: Document) -> None:
    """Leave in the gallery what a secretary can use."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.element.getparent().remove(style.element)


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def box_picture() -> bytes:
    """A PNG: a white box in a thin grey frame, in the proportions of a signature box."""
    width, height = 936, 300
    edge, inside = b"\xa6\xb0\xbc", b"\xff\xff\xff"
    full = b"\0" + edge * width
    row = b"\0" + edge * 3 + inside * (width - 6) + edge * 3
    pixels = full * 3 + row * (height - 6) + full * 3
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    )
