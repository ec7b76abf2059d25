"""The stamp's font in a signature: only the letters that are written, and without what only writing them needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fontTools import subset
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator, GlyphAccumulatorFactory
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.writer import BasePdfFileWriter

__all__ = ["FONT", "Lettering"]

FONT: Final = Path(__file__).with_name("data") / "ConventionsStamp-Regular.ttf"
_FOR_LAYOUT: Final = ("GDEF", "GPOS", "GSUB")


class _Letters(GlyphAccumulator):
    """The letters are laid out from the file itself; taking the tables for it apart again costs half a signature."""

    def _extract_subset(self, options: subset.Options | None = None) -> None:
        for table in _FOR_LAYOUT:
            if table in self.tt:
                del self.tt[table]
        super()._extract_subset(options)


@dataclass(frozen=True)
class Lettering(GlyphAccumulatorFactory):
    """As the library's; the embedded font is the same, byte for byte."""

    def create_font_engine(
        self, writer: BasePdfFileWriter, obj_stream: IndirectObject | None = None
    ) -> GlyphAccumulator:
        """The letters of one signature."""
        with Path(self.font_file).open("rb") as font:
            return _Letters(writer=writer, font_handle=font, font_size=self.font_size, obj_stream=obj_stream)
