"""The typefaces of form fields: glyphs drawn anew into a small TrueType font, one glyph for each character.

Programs that fill in forms write in the font that a field names. For the code of a character they read the font's
``ToUnicode`` map backwards (poppler, pdf.js), or take the number of its glyph (pypdf), or its number in Unicode
(PDFium): in the house typeface the three are the same. A character that it lacks is then an empty frame, never another
letter. The em has 1000 units, so that widths are the same inside the font and beside it (PDF/A-2, 6.2.11.5).
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any, Final

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name, String

from conventions.forms.outlines import EM, Source
from conventions.shipped import shipped

__all__ = ["Typeface", "embedded", "house"]

_FILE: Final = "signing/data/ConventionsStamp-Regular.ttf"
_ASCENT: Final = 1069
"""Of the tallest letters, in thousandths of the em."""
_DESCENT: Final = -293
_CAPITALS: Final = 714
_BORN: Final = 3_850_000_000
"""Date in the font's head, in seconds since 1904: the same in every paper."""
_BLOCK: Final = 100
"""Most entries that a CMap may list at once (Adobe Technical Note 5014)."""
_SYMBOLIC: Final = 4
_END: Final = 0x2C00
"""Where the characters of the house typeface end: the alphabets and signs of Europe lie below."""


class Typeface:
    """A font in the making. A code is the number of its glyph; 0 is the empty frame."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: dict[int, str] = {}
        """What each code stands for."""
        self.widths: dict[int, int] = {}
        """Of each code, in thousandths of the em."""
        self._outlines: dict[int, Any] = {}
        source = _house_source()
        self.add(0, source.outline(".notdef"), source.width(".notdef"), "")

    def add(self, code: int, outline: Any, width: int, text: str) -> None:
        """Let a code, larger than those before, stand for a text."""
        self._outlines[code] = outline
        self.widths[code] = width
        self.texts[code] = text

    def program(self) -> bytes:
        """The TrueType file; equal glyphs give equal bytes. Numbers that stand for nothing have an empty glyph."""
        names = [f"g{code}" if code else ".notdef" for code in range(max(self.texts) + 1)]
        glyphs = {name: self._outlines.get(code) or Glyph() for code, name in enumerate(names)}
        metrics = {
            name: (self.widths.get(code, 0), getattr(glyphs[name], "xMin", 0)) for code, name in enumerate(names)
        }
        builder = FontBuilder(EM, isTTF=True)
        builder.updateHead(created=_BORN, modified=_BORN)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({ord(text): names[code] for code, text in self.texts.items() if len(text) == 1})
        builder.setupGlyf(glyphs)
        builder.setupHorizontalMetrics(metrics)
        builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
        builder.setupNameTable({"familyName": self.name, "styleName": "Regular", "psName": self.name})
        builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
        builder.setupPost(keepGlyphNames=False)
        builder.font.recalcTimestamp = False
        target = BytesIO()
        builder.font.save(target)
        return target.getvalue()

    def to_unicode(self) -> bytes:
        """The CMap that says which text each code stands for (ISO 32000-1, 9.10.3)."""
        pairs = [f"<{code:04X}> <{text.encode('utf-16-be').hex()}>" for code, text in self.texts.items() if text]
        blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
        listed = "".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{listed}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode()

    def glyphs_of_codes(self) -> bytes:
        """``CIDToGIDMap``: the glyph of each code, the frame for those without (ISO 32000-1, 9.7.4.2)."""
        return b"".join((code if code in self.texts else 0).to_bytes(2) for code in range(max(self.texts) + 1))

    def runs_of_widths(self) -> list[int | list[int]]:
        """``W``: the widths of neighbouring codes, after the first of these codes (ISO 32000-1, 9.7.4.3)."""
        runs: list[int | list[int]] = []
        last: list[int] = []
        expected = -1
        for code, width in self.widths.items():
            if code != expected:
                last = []
                runs += [code, last]
            last.append(width)
            expected = code + 1
        return runs


@cache
def _house_source() -> Source:
    return Source(shipped(_FILE))


@cache
def house() -> Typeface:
    """The typeface that people write in: Latin with every European language and Vietnamese, Greek, Cyrillic.

    All of its characters are in every form, because nobody knows what will be written.
    """
    face, source = Typeface("ConventionsForm"), _house_source()
    for code, name in sorted(source.characters.items()):
        if code < _END:
            face.add(code, source.outline(name), source.width(name), chr(code))
    return face


@cache
def _house_program() -> bytes:
    return house().program()


def embedded(document: pikepdf.Pdf, face: Typeface) -> pikepdf.Object:
    """The typeface as a font of the document: two bytes a character, outlines embedded whole."""
    program = _house_program() if face is house() else face.program()
    outlines = document.make_stream(program)
    outlines.Length1 = len(program)
    with TTFont(BytesIO(program)) as font:
        head = font["head"]
        box = [head.xMin, head.yMin, head.xMax, head.yMax]
    name = Name("/" + face.name)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=_SYMBOLIC,
        FontBBox=Array(box),
        ItalicAngle=0,
        Ascent=_ASCENT,
        Descent=_DESCENT,
        CapHeight=_CAPITALS,
        StemV=80,
        FontFile2=outlines,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        CIDToGIDMap=document.make_stream(face.glyphs_of_codes()),
        DW=face.widths[0],
        W=Array([Array(run) if isinstance(run, list) else run for run in face.runs_of_widths()]),
        FontDescriptor=document.make_indirect(descriptor),
    )
    return document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([document.make_indirect(descendant)]),
            ToUnicode=document.make_stream(face.to_unicode()),
        )
    )
