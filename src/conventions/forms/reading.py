"""What the glyphs of a page say, in the order in which one reads them."""

from __future__ import annotations

import re
import unicodedata
from binascii import unhexlify
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from conventions.forms.fonts import Font, runs_left

__all__ = ["Run", "has_lost_a_sign", "misdrawn", "read"]

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_JOINER: Final = "\u200d"
"""Joins what is one sign: two people with a heart, a person with a square cap."""
_JOINED: Final = frozenset({"Mc", "Mn"})
"""Categories of the marks that only scripts have whose letters are joined too."""
_PIECE: Final = re.compile(rb"<([0-9A-Fa-f]*)>|(-?[\d.]+)")
"""A string, or by how much what comes next is shifted."""


class Run(NamedTuple):
    """What one operator shows (Tj, TJ)."""

    font: Font
    size: float
    x: float | None
    """Where it starts; None where it goes on from the one before."""
    shown: bytes
    """A string, or an array of strings and shifts; the strings are hexadecimal."""
    says: str | None
    """What the page itself says that it says (``ActualText``)."""


_Glyph = tuple[float, str]
"""Where it stands, and what it says."""


def misdrawn(line: Sequence[Run]) -> str | None:
    """The words of a line that is drawn in another order than one reads it; None for any other.

    LibreOffice draws what it had to take from another font after everything else of the line, and Arabic or Hebrew
    from left to right.
    """
    if not line or (len(line) == 1 and not line[0].font.runs_left):
        return None
    glyphs = _glyphs(line)
    words = _in_order(glyphs)
    return None if words == "".join(text for _, text in glyphs) else words


def read(line: Sequence[Run]) -> str:
    """The words of a line. It has one direction: where the direction changes, LibreOffice starts another piece."""
    return _in_order(_glyphs(line))


def has_lost_a_sign(line: Sequence[Run]) -> bool:
    """Whether a joiner is left alone in a line, without what it joined.

    LibreOffice 7.4 prints nothing for an emoji of several characters that no font has as one glyph.
    """
    return any(run.says == _JOINER for run in line) and not any(
        unicodedata.category(letter) in _JOINED or unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT
        for letter in read(line)
    )


def _in_order(glyphs: Sequence[_Glyph]) -> str:
    words = [text for _, text in sorted(glyphs, key=itemgetter(0))]
    return "".join(reversed(words) if runs_left("".join(words)) else words)


def _glyphs(line: Sequence[Run]) -> list[_Glyph]:
    """In the order of drawing. What the page itself says of a run stands where the run starts."""
    glyphs: list[_Glyph] = []
    x = 0.0
    for run in line:
        x = x if run.x is None else run.x
        if run.says is not None:
            glyphs.append((x, run.says))
        for digits, shift in _PIECE.findall(run.shown):
            if shift:
                x -= float(shift) * run.size / 1000
                continue
            for code in _codes(unhexlify(digits + b"0" * (len(digits) % 2)), run.font.length):
                if run.says is None:
                    glyphs.append((x, run.font.texts.get(code, "")))
                x += run.font.widths.get(code, 0.0) * run.size / 1000
    return glyphs


def _codes(shown: bytes, length: int) -> Iterator[int]:
    if length == 1:
        return iter(shown)
    return (int.from_bytes(shown[at : at + length], "big") for at in range(0, len(shown), length))
