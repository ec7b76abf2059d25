"""Takes glyphs out of font files, and brings them to one form: quadratic curves, 1000 units to the em."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

__all__ = ["EM", "Source"]

EM: Final = 1000
"""Units to the em."""


class Source:
    """A font file from which glyphs are taken; of a collection, its first font."""

    def __init__(self, path: Path) -> None:
        self._font: Any = TTFont(path, fontNumber=0, lazy=True)
        self._glyphs = self._font.getGlyphSet()
        self.scale: float = EM / self._font["head"].unitsPerEm
        self.characters: Mapping[int, str] = self._font.getBestCmap() or {}

    def name_of(self, glyph: int) -> str:
        """Name of the glyph at that place in the font."""
        return str(self._font.getGlyphName(glyph))

    def width(self, name: str) -> int:
        """In thousandths of the em."""
        width: float = self._glyphs[name].width
        return round(width * self.scale)

    def outline(self, name: str, right: float = 0, up: float = 0) -> Any:
        """The glyph with quadratic curves and without components, shifted by so many units of the file."""
        recorded = DecomposingRecordingPen(self._glyphs)
        self._glyphs[name].draw(recorded)
        pen = TTGlyphPen(None)
        curves = Cu2QuPen(pen, max_err=1, reverse_direction="glyf" not in self._font)
        scale = self.scale
        recorded.replay(TransformPen(curves, (scale, 0, 0, scale, right * scale, up * scale)))
        return pen.glyph()
