"""The marks of buttons as a font, for programs that draw every field anew.

Where pdf.js wrote letters that the form's font lacks it sets ``NeedAppearances``. Others then leave our own drawings
aside and set a sign of a font called ZaDb into each button that is on (ISO 32000-1, 12.7.4.2); poppler shows an empty
button when the form does not bring that font. Ours has the two signs that our buttons name in ``MK``, and is embedded.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from math import cos, pi, sin
from typing import Any, Final

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pikepdf import Array, Dictionary, Name

__all__ = ["DINGBATS", "DISC", "TICK", "dingbats"]

DINGBATS: Final = "ZaDb"
"""The name that viewers look for."""
TICK, DISC = "4", "l"
"""As in ZapfDingbats."""

_BORN: Final = 3_850_000_000
"""Date in the font's head, in seconds since 1904: the same in every paper."""
_NAME: Final = "ConventionsMarks"
_WIDTH, _HEIGHT = 800, 700
_SYMBOLIC: Final = 4
_PRIVATE: Final = 0xF000
"""Codes of a symbolic font are found here (ISO 32000-1, 9.6.6.4)."""
_TICK_SHAPE: Final = ((50, 350), (150, 430), (330, 210), (700, 690), (800, 610), (340, 30))
_DISC_SHAPE: Final = tuple(
    (round(400 + 300 * cos(-turn * pi / 24)), round(350 + 300 * sin(-turn * pi / 24))) for turn in range(48)
)
_MEANINGS: Final = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Marks def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n2 beginbfchar\n<34> <2713>\n<6C> <25CF>\nendbfchar\n"
    b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
)


def dingbats(document: pikepdf.Pdf) -> Dictionary:
    """The font of the two marks, in this document."""
    program = _program()
    outlines = document.make_stream(program)
    outlines.Length1 = len(program)
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name(f"/{_NAME}"), Flags=_SYMBOLIC, FontBBox=Array([0, 0, _WIDTH, _HEIGHT]),
        ItalicAngle=0, Ascent=_HEIGHT, Descent=0, CapHeight=_HEIGHT, StemV=100, FontFile2=outlines,
    )  # fmt: skip
    first, last = ord(TICK), ord(DISC)
    widths = [_WIDTH if code in {first, last} else 0 for code in range(first, last + 1)]
    font: Dictionary = document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name(f"/{_NAME}"),
            FirstChar=first,
            LastChar=last,
            Widths=Array(widths),
            FontDescriptor=document.make_indirect(descriptor),
            ToUnicode=document.make_stream(_MEANINGS),
        )
    )
    return font


@cache
def _program() -> bytes:
    names = {TICK: _TICK_SHAPE, DISC: _DISC_SHAPE}
    glyphs = {".notdef": _outline(()), **{f"g{ord(sign)}": _outline(shape) for sign, shape in names.items()}}
    builder = FontBuilder(1000, isTTF=True)
    builder.updateHead(created=_BORN, modified=_BORN)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({_PRIVATE + ord(sign): f"g{ord(sign)}" for sign in names})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (_WIDTH if name != ".notdef" else 0, 0) for name in glyphs})
    builder.setupHorizontalHeader(ascent=_HEIGHT, descent=0)
    builder.setupNameTable({"familyName": _NAME, "styleName": "Regular", "psName": _NAME})
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    _make_symbolic(builder)
    builder.font.recalcTimestamp = False
    target = BytesIO()
    builder.font.save(target)
    return target.getvalue()


def _outline(shape: tuple[tuple[int, int], ...]) -> Any:
    pen = TTGlyphPen(None)
    for rank, point in enumerate(shape):
        (pen.lineTo if rank else pen.moveTo)(point)
    if shape:
        pen.closePath()
    return pen.glyph()


def _make_symbolic(builder: FontBuilder) -> None:
    """One table of characters, marked as that of a symbol font (ISO 19005-2, 6.2.11.6)."""
    characters = builder.font["cmap"]
    characters.tables = [table for table in characters.tables if table.platformID == 3][:1]
    characters.tables[0].platEncID = 0
