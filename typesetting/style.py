"""The house style: every measure, colour and style of the shipped templates, and nothing else."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from typesetting.source import Column

__all__ = [
    "BOX_HEIGHT",
    "BOX_WIDTH",
    "CODE",
    "COLUMNS",
    "FIELDS",
    "INK",
    "INSET",
    "LEADING",
    "LOCALES",
    "LOGO",
    "PALE",
    "RULE",
    "RULED",
    "TEXT_WIDTH",
    "apply",
    "box_picture",
    "text_width",
]

FONT: Final = "Carlito"
INK: Final = "1F3550"
"""Headings: a dark blue that prints as well in grey."""
SOFT: Final = "5B6878"
RULE: Final = "C9D1DB"
PALE: Final = "F3F6F9"

_LEFT, _RIGHT, _TOP, _BOTTOM = Mm(29), Mm(29), Mm(25), Mm(24)
_LANDSCAPE_SIDE: Final = Mm(20)
TEXT_WIDTH: Final = Mm(152)
COLUMNS: Final = {
    "facts": (Column(43), Column(109)),
    "glance": (Column(43), Column(109)),
    "grid": (Column(82), Column(36, "r"), Column(34, "r")),
    "signatures": (Column(68), Column(84)),
    "signature": (Column(46), Column(23), Column(83)),
}
"""The columns of each kind of table that does not give its own; each adds up to the width of the text."""
INSET: Final = {
    "facts": (0, 100),
    "glance": (100, 100),
    "grid": (0, 120),
    "record": (0, 120),
    "ledger": (0, 90),
    "bars": (0, 60),
    "signatures": (0, 60),
}
"""Space left and right of a cell's words, in twentieths of a point."""
LEADING: Final = {"facts": 20, "glance": 34, "grid": 14, "record": 14, "ledger": 0, "bars": 0, "signatures": 80}
"""Space above and below a cell's words, in twentieths of a point."""
RULED: Final = {"signatures": ("insideH",), "bars": ("top", "bottom")}
"""Which lines of a table are drawn, where they are not all of those that lie."""
BOX_WIDTH, BOX_HEIGHT = Mm(78), Mm(25)
"""A signature box: a stamp of four lines fits, with room for a hand-written signature."""
CODE: Final = Mm(21)
"""The code that leads to how a paper is verified, with the white around it: an address of usual length makes 17 mm."""
_FRAME: Final = Pt(1)

FIELDS: Final = {
    "line": (Mm(100), Mm(7)),
    "short": (Mm(34), Mm(7)),
    "half": (Mm(60), Mm(7)),
    "strip": (Mm(150), Mm(12)),
    "area": (Mm(150), Mm(24)),
    "tall": (Mm(150), Mm(52)),
    "box": (Mm(4.4), Mm(4.4)),
}
"""Sizes of the places where a form is filled in."""
LOGO: Final = (Mm(40), Mm(18))
"""The largest logo; one of other proportions becomes smaller."""

LOCALES: Final = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES", "de": "de-DE"}


def apply(document: Document, language: str, *, landscape: bool = False) -> None:
    """Turn python-docx's default document into an empty one of the house."""
    _page(document, landscape=landscape)
    _defaults(document, LOCALES[language])
    styles = document.styles
    _shape(_builtin(document, "Normal"), size=10.5, after=4, line=1.12)
    _shape(_builtin(document, "Title"), size=24, bold=True, color=INK, after=1, before=22, line=1.0)
    _shape(_builtin(document, "Subtitle"), size=11.5, color=SOFT, after=10, line=1.05)
    _shape(_builtin(document, "Heading 1"), size=14, bold=True, color=INK, before=16, after=5, keep=True)
    _shape(_builtin(document, "Heading 2"), size=11.5, bold=True, color=INK, before=11, after=3, keep=True)
    _shape(_builtin(document, "Heading 3"), size=10.5, bold=True, color=INK, before=9, after=2, keep=True)
    _shape(_new(document, "Article", "Heading 2"), size=11.5, bold=True, color=INK, before=12, after=3, keep=None)
    _shape(_new(document, "Clause"), after=4.5)
    styles["Clause"].paragraph_format.keep_together = True
    _shape(_new(document, "Note"), size=9, color=SOFT, after=3)
    _shape(_new(document, "Letterhead"), size=10, color=SOFT, after=0, line=1.05)
    _shape(_new(document, "Label"), size=9.5, color=SOFT, before=2, after=2, line=1.05)
    _shape(_new(document, "Value"), size=10.5, before=2, after=2, line=1.05)
    _shape(_new(document, "Entry"), size=9, before=1.5, after=1.5, line=1.0)
    _shape(_new(document, "Signatory"), after=1, line=1.05)
    _shape(_new(document, "Spacer"), size=5, after=0, line=1.0)
    _shape(_new(document, "Switch"), size=8, color="9A6B00", after=0, line=1.0)
    for name in ("List Bullet", "List Number"):
        _list(_builtin(document, name))
    for name in ("Header", "Footer"):
        _shape(_builtin(document, name), size=8.5, color=SOFT, after=0, line=1.0)
        _tabs(styles[name], text_width(landscape=landscape))
    _bars(document)


def _bars(document: Document) -> None:
    """The styles of a chart: what stands before a bar, and the bar, which is shaded."""
    _shape(_new(document, "Scale"), size=8, before=1, after=1, line=1.0)
    bar = _new(document, "Bar")
    _shape(bar, size=8, color=INK, before=1, after=1, line=1.0)
    bar.element.get_or_add_rPr().append(_element("w:shd", val="clear", color="auto", fill=INK))


def text_width(*, landscape: bool) -> Length:
    """Between the margins."""
    return Length(Mm(297) - 2 * _LANDSCAPE_SIDE) if landscape else TEXT_WIDTH


def _page(document: Document, *, landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.header_distance, section.footer_distance = Mm(12), Mm(11)
    section.different_first_page_header_footer = True
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = _LANDSCAPE_SIDE


def _defaults(document: Document, locale: str) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_element("w:rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FONT)))
    defaults.append(_element("w:sz", val="21"))
    defaults.append(_element("w:szCs", val="21"))
    defaults.append(_element("w:lang", val=locale, eastAsia=locale, bidi="ar-SA"))
    _modern(document.settings.element.find(qn("w:compat")))


def _modern(compat: Any) -> None:
    """Let Word and LibreOffice lay the document out as Word 2013 and later do, not in compatibility mode."""
    compat.clear()
    compat.append(
        _element("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val="15")
    )


def _builtin(document: Document, name: str) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    kept = style.element.xpath("w:pPr/w:outlineLvl | w:pPr/w:numPr[w:numId]")
    for tag in ("w:pPr", "w:rPr"):
        old = style.element.find(qn(tag))
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
    keep: bool | None = False,
) -> None:
    """Give a style its looks; ``keep`` is whether its words stay with the next, None as in the style it builds on."""
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(color or "1B1F24")
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.keep_with_next, shape.keep_together, shape.widow_control = keep, keep, True


def _list(style: ParagraphStyle) -> None:
    _shape(style, after=5, line=1.2)
    style.element.get_or_add_pPr().append(_element("w:contextualSpacing"))
    style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Mm(6), Mm(-4)


def _tabs(style: ParagraphStyle, width: Length) -> None:
    style.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def box_picture(width: int, height: int) -> bytes:
    """A PNG: a white box in a thin grey frame, in the proportions of a place to sign or to fill in (EMU).

    A pixel is as large as the frame is thin, and one bit deep: LibreOffice unpacks it for every box of a paper. On a
    screen a thinner frame would lose one side or another, for a viewer leaves out pixels that are smaller than its own.
    """
    width, height = round(width / _FRAME), round(height / _FRAME)
    edge, inside = b"\xa6\xb0\xbc", b"\xff\xff\xff"
    full = bytes(1 + (width + 7) // 8)
    row = ((1 << width - 1) - 2 << -width % 8).to_bytes(len(full))
    pixels = full + row * (height - 2) + full
    head = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", head),
            (b"PLTE", edge + inside),
            (b"IDAT", zlib.compress(pixels, 9)),
            (b"IEND", b""),
        )
    )
