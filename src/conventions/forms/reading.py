"""What the glyphs of a page say, in the order in which one reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, String

__all__ = ["Font", "Run", "font", "has_lost_a_sign", "misdrawn", "read", "runs_left"]

_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<((?:[0-9A-Fa-f]{4})+)>")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_JOINER: Final = "\u200d"
"""Joins what is one sign: two people with a heart, a person with a square cap."""
_JOINED: Final = frozenset({"Mc", "Mn"})
"""Categories of the marks that only scripts have whose letters are joined too."""


@dataclass(frozen=True)
class Font:
    """What a font says of its codes."""

    texts: Mapping[int, str]
    widths: Mapping[int, float]
    """In thousandths of the size; empty for fonts with codes of two bytes."""
    length: int
    """Bytes in a code."""
    runs_left: bool
    """Whether it has letters of a script that runs from right to left."""


@dataclass(frozen=True)
class Run:
    """What one operator shows (Tj, TJ)."""

    font: Font
    size: float
    x: float | None
    """Where it starts; None where it goes on from the one before."""
    operand: Any
    says: str | None
    """What the page itself says that it says (``ActualText``)."""


def font(item: Dictionary) -> Font:
    """Read a font's ``ToUnicode`` map and its widths (ISO 32000-1, 9.10.3 and 9.6.2)."""
    named = item.get("/ToUnicode")
    pairs = _PAIR.findall(named.read_bytes()) if isinstance(named, pikepdf.Stream) else []
    texts = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for code, text in pairs}
    first = int(item.get("/FirstChar", 0))
    widths = {first + rank: float(width) for rank, width in enumerate(item.get("/Widths", Array()))}
    length = 2 if item.get("/Subtype") == "/Type0" else 1
    return Font(texts, widths, length, runs_left("".join(texts.values())))


def misdrawn(line: Sequence[Run]) -> str | None:
    """The words of a line that is drawn in another order than one reads it; None for any other.

    LibreOffice draws what it had to take from another font after everything else of the line, and Arabic or Hebrew
    from left to right.
    """
    if len(line) <= 1 and not any(run.font.runs_left for run in line):
        return None
    words = read(line)
    return None if words == "".join(text for _, text in _glyphs(line)) else words


def read(line: Sequence[Run]) -> str:
    """The words of a line. It has one direction: where the direction changes, LibreOffice starts another piece."""
    glyphs = sorted(_glyphs(line), key=lambda glyph: glyph[0])
    if any(runs_left(text) for _, text in glyphs):
        glyphs.reverse()
    return "".join(text for _, text in glyphs)


def has_lost_a_sign(line: Sequence[Run]) -> bool:
    """Whether a joiner is left alone in a line, without what it joined.

    LibreOffice 7.4 prints nothing for an emoji of several characters that no font has as one glyph.
    """
    return any(run.says == _JOINER for run in line) and not any(
        unicodedata.category(letter) in _JOINED or unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT
        for letter in read(line)
    )


def _glyphs(line: Sequence[Run]) -> Iterator[tuple[float, str]]:
    """Where each glyph stands and what it says, in the order of drawing."""
    x = 0.0
    for run in line:
        x = x if run.x is None else run.x
        if run.says is not None:
            yield x, run.says
        for piece in run.operand if isinstance(run.operand, Array) else (run.operand,):
            if not isinstance(piece, String):
                x -= float(piece) * run.size / 1000
                continue
            codes = bytes(piece)
            for at in range(0, len(codes), run.font.length):
                code = int.from_bytes(codes[at : at + run.font.length], "big")
                yield x, "" if run.says is not None else run.font.texts.get(code, "")
                x += run.font.widths.get(code, 0.0) * run.size / 1000


def runs_left(words: str) -> bool:
    """Whether there are letters of a script that runs from right to left."""
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in words)
