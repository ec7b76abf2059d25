"""Words in a script that the house typeface lacks: shaped with a font of this machine, glyph by glyph.

Arabic letters join and run from right to left, marks sit on their letters: HarfBuzz knows how. What it says (which
glyph, how far, how high) is drawn into glyphs of one more typeface, so that a line is a row of codes in any script.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import uharfbuzz
from fontTools.ttLib import TTFont

from conventions.forms.outlines import Source
from conventions.forms.typeface import Typeface

__all__ = ["Foreign"]

_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_KINDS: Final = frozenset({".ttf", ".otf", ".ttc"})
_PREFERRED: Final = ("NotoSans", "DejaVuSans")
_ORNATE: Final = ("Bold", "Italic", "Oblique", "Light", "Thin", "Black", "Mono", "Condensed", "Narrow")
_LICENCE, _RESTRICTED = 0xF, 2
_OUTLINES: Final = ("glyf", "CFF ", "CFF2")
_NOTHING: Final = "\u200b"
"""A glyph that adds no character of its own says so with a space of no width."""


class Foreign:
    """The second typeface of one form; holds only what is written."""

    def __init__(self) -> None:
        self.face = Typeface("ConventionsFormMore")
        self.missing: set[str] = set()
        """Characters that no font of this machine has."""
        self._known: dict[tuple[Path, int, int, int, int, str], int] = {}

    def codes(self, words: str) -> tuple[int, ...]:
        """The glyphs of words in one direction, from left to right."""
        parts = [words] if _font_for(words) else ["".join(part) for _, part in groupby(words, _font_for)]
        return tuple(code for part in parts for code in self._shaped(part))

    def _shaped(self, words: str) -> Iterator[int]:
        path = _font_for(words)
        if path is None:
            self.missing.update(words)
            return
        buffer = uharfbuzz.Buffer()
        buffer.add_str(words)
        buffer.guess_segment_properties()
        uharfbuzz.shape(_shaper(path), buffer)
        infos = buffer.glyph_infos
        texts = _texts(words, [info.cluster for info in infos])
        for info, place, text in zip(infos, buffer.glyph_positions, texts, strict=True):
            yield self._code(path, info.codepoint, place.x_offset, place.y_offset, place.x_advance, text)

    def _code(self, path: Path, glyph: int, right: int, up: int, advance: int, text: str) -> int:
        key = (path, glyph, right, up, advance, text)
        if key not in self._known:
            source = _source(path)
            outline = source.outline(source.name_of(glyph), right, up)
            self._known[key] = len(self.face.texts)
            self.face.add(self._known[key], outline, round(advance * source.scale), text)
        return self._known[key]


def _texts(words: str, clusters: list[int]) -> Iterator[str]:
    """What each glyph stands for: the characters of its cluster for the first glyph of it, nothing for the others."""
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(words)], strict=True))
    told: set[int] = set()
    for start in clusters:
        yield _NOTHING if start in told else words[start : ends[start]]
        told.add(start)


@cache
def _font_for(words: str) -> Path | None:
    """The first font of this machine that has all these characters; of several, the plainest."""
    wanted = {ord(character) for character in words}
    return next((path for path in _fonts() if wanted <= _characters(path)), None)


@cache
def _fonts() -> tuple[Path, ...]:
    found = (
        Path(folder, name)
        for place in _FOLDERS
        for folder, _, names in os.walk(Path(place).expanduser())
        for name in names
        if Path(name).suffix.lower() in _KINDS
    )
    return tuple(sorted(found, key=_plainness))


def _plainness(path: Path) -> tuple[bool, bool, str]:
    return any(word in path.name for word in _ORNATE), not path.name.startswith(_PREFERRED), path.name


@cache
def _characters(path: Path) -> frozenset[int]:
    """None for a file without outlines, or whose licence forbids to embed it (OpenType, OS/2 fsType)."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            is_usable = font["OS/2"].fsType & _LICENCE != _RESTRICTED and any(table in font for table in _OUTLINES)
            return frozenset(font.getBestCmap() or ()) if is_usable else frozenset()
    except Exception:  # noqa: BLE001 - a broken font file makes the reader raise nearly anything; it has no characters
        return frozenset()


@cache
def _source(path: Path) -> Source:
    return Source(path)


@cache
def _shaper(path: Path) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
