"""The stamp's font in a signature: only the letters that are written.

What is the same for every signature is taken from the font once: its tables, how its letters are laid out. What becomes
of one signature's letters stays with that signature.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import uharfbuzz
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font.api import FontEngine, FontEngineFactory
from pyhanko.pdf_utils.font.opentype import CIDFontType2, GlyphAccumulator
from pyhanko.pdf_utils.generic import IndirectObject, StreamObject, pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

__all__ = ["FONT", "Lettering"]

FONT: Final = Path(__file__).with_name("data") / "ConventionsStamp-Regular.ttf"
_FOR_LAYOUT: Final = frozenset(int.from_bytes(tag, "big") for tag in (b"GDEF", b"GPOS", b"GSUB"))
"""Tables that only who lays letters out needs."""

_FOR_WRITING: Final = ("OS/2", "cmap", "head", "hhea", "name", "post")
"""Tables that say what the font is called and how large it is."""


@dataclass(frozen=True)
class _Typeface:
    """A font file that was read; nothing here is ever changed, so that several threads may write with it."""

    name: str
    tables: TTFont
    """For names and measures."""
    letters: Mapping[str, Collection[int]]
    """Code points of each glyph."""
    layout: uharfbuzz.Font
    prepared: uharfbuzz.Face
    """For taking letters out."""

    def only(self, glyphs: frozenset[int]) -> bytes:
        """The font with these glyphs alone, each under the number that it has in the whole font."""
        wanted = uharfbuzz.SubsetInput()
        wanted.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS
        wanted.glyph_set.update(glyphs)
        wanted.drop_table_tag_set.update(_FOR_LAYOUT)
        data: bytes = uharfbuzz.subset(self.prepared, wanted).blob.data
        return data


@cache
def _typeface(file: Path) -> _Typeface:
    data = file.read_bytes()
    face, tables = uharfbuzz.Face(data), TTFont(BytesIO(data))
    for tag in _FOR_WRITING:  # otherwise each is read when it is first asked for, by whoever asks first
        tables[tag]
    tables.getReverseGlyphMap()
    return _Typeface(
        name=tables["name"].getDebugName(6),
        tables=tables,
        letters=tables["cmap"].buildReversed(),
        layout=uharfbuzz.Font(face),
        prepared=uharfbuzz.subset_preprocess(face),
    )


class _Embedded(CIDFontType2):
    """The font as it is put into the paper."""

    program = b""
    """The letters, once it is known which."""

    def set_font_file(self, writer: BasePdfFileWriter) -> IndirectObject:
        """Embed the letters."""
        stream = StreamObject(stream_data=self.program)
        stream.compress()
        reference = writer.add_object(stream)
        self._font_descriptor[pdf_name("/FontFile2")] = reference
        return reference


class _Letters(GlyphAccumulator):
    """The letters of one signature. Reading the font for each would cost two thirds of a signature."""

    features = ot_language_tag = ot_script_tag = writing_direction = bcp47_lang_code = None
    use_raw_gids = True

    def __init__(self, writer: BasePdfFileWriter, typeface: _Typeface, font_size: int) -> None:
        FontEngine.__init__(self, writer, typeface.name, embedded_subset=True, font_size=font_size)
        self._typeface = typeface
        self.tt = typeface.tables
        self.hb_font = typeface.layout
        self.units_per_em = typeface.tables["head"].unitsPerEm
        self.cidfont_obj = self._font = _Embedded(typeface.tables, typeface.name, self.subset_prefix)
        self._font_ref = writer.allocate_placeholder()
        self._glyphs: dict[int, tuple[int, int]] = {}
        self._cid_to_unicode: dict[int, str] = {}
        self._subset_created = self._write_prepared = False

    def _get_cid_and_width(self, glyph_id: int) -> tuple[int, int]:
        return self._glyphs.setdefault(glyph_id, (glyph_id, self._typeface.layout.get_glyph_h_advance(glyph_id)))

    @property
    def _reverse_cmap(self) -> Mapping[str, Collection[int]]:
        return self._typeface.letters

    def _extract_subset(self, _options: object = None) -> None:
        self._font.program = self._typeface.only(frozenset(self._glyphs))


@dataclass(frozen=True)
class Lettering(FontEngineFactory):
    """Writes with a font file, which does not change while the program runs."""

    font_file: Path
    font_size: int

    def create_font_engine(self, writer: BasePdfFileWriter, obj_stream: IndirectObject | None = None) -> _Letters:
        """The letters of one signature; its objects stand by themselves, as PDF programs of any age read them."""
        del obj_stream
        return _Letters(writer, _typeface(self.font_file), self.font_size)
