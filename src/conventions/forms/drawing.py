"""What a field looks like: the content of its appearance streams (ISO 32000-1, 12.7.3.3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from conventions.forms.foreign import Foreign
from conventions.forms.typeface import house

__all__ = ["FONT", "MORE", "Drawing", "Pen", "disc", "tick"]

FONT, MORE = "Wingdings", "More"
"""Names of the two typefaces in the resources of a form. The first is a password: PDFium (Chromium, Edge) writes in the
embedded font of a field what lies outside Latin-1, or is a typographic apostrophe, only if the font bears this name;
otherwise it takes fonts that are not embedded, and leaves gaps where it finds none."""
_SIZES: Final = (10.0, 9.0, 8.0, 7.0)
"""Of text, in points: the first that fits."""
_PADDING: Final = 3.0
_LEADING: Final = 1.35
"""Distance of two lines, in sizes; programs that draw a field anew use nearly the same."""
_LOWEST: Final = 1.15
"""Height of a box, in sizes, below which letters would be cut."""
_RISE: Final = 0.714
"""Height of the capitals, in sizes."""
_CIRCLE: Final = 0.5523
"""Where the control points of a quarter of a circle lie, in radii."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


@dataclass(frozen=True)
class Drawing:
    """The look of a text field."""

    content: bytes
    size: float
    """Of the letters, in points."""
    fits: bool


@dataclass(frozen=True)
class _Piece:
    font: str
    codes: tuple[int, ...]
    width: float
    """In sizes."""


class Pen:
    """Writes the values of one form, and gathers the glyphs that they need."""

    def __init__(self) -> None:
        self.foreign = Foreign()

    def text(self, words: str, width: float, height: float, *, is_long: bool, is_cut: bool = False) -> Drawing:
        """Words in a box; a long text is broken into lines from the top, a short one stands in the middle.

        What is larger than the box even in the smallest letters is not drawn; or, if it is cut, as far as there is
        room.
        """
        words = unicodedata.normalize("NFC", words)
        lines: list[str] = []
        size = _SIZES[-1]
        for size in _SIZES:
            inner = (width - 2 * _PADDING) / size
            lines = [*self._broken(words, inner)] if is_long else [words]
            high = len(lines) * _LEADING * size + _PADDING if is_long else _LOWEST * size
            if high <= height and (is_long or self._width(words) <= inner):
                return Drawing(self._content(lines, size, width, height, is_long=is_long), size, fits=True)
        shown = lines if is_cut else []
        return Drawing(self._content(shown, size, width, height, is_long=is_long), size, fits=not words)

    def _content(self, lines: list[str], size: float, width: float, height: float, *, is_long: bool) -> bytes:
        top = height - _PADDING - size if is_long else (height - _RISE * size) / 2
        shown = "".join(
            self._line(words, size, width, top - rank * _LEADING * size) for rank, words in enumerate(lines) if words
        )
        if not shown:
            return b"/Tx BMC\nEMC\n"
        frame = f"1 1 {width - 2:.2f} {height - 2:.2f} re\nW n\n"
        return f"/Tx BMC\nq\n{frame}BT\n0 g\n{shown}ET\nQ\nEMC\n".encode()

    def _line(self, words: str, size: float, width: float, up: float) -> str:
        pieces = self._pieces(words)
        right = _PADDING
        if _runs_to_the_left(words):
            pieces.reverse()
            right = width - _PADDING - size * sum(piece.width for piece in pieces)
        shown = "".join(
            f"/{piece.font} {size:g} Tf\n<{''.join(f'{code:04X}' for code in piece.codes)}> Tj\n" for piece in pieces
        )
        return f"1 0 0 1 {right:.2f} {up:.2f} Tm\n{shown}"

    def _broken(self, words: str, width: float) -> Iterator[str]:
        """Lines of at most that many sizes; a word that is longer than a line is cut."""
        for paragraph in words.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if self._width(longer) <= width:
                    line = longer
                    continue
                if line:
                    yield line
                *full, line = self._cut(word, width)
                yield from full
            yield line

    def _cut(self, word: str, width: float) -> list[str]:
        parts = [""]
        for character in word:
            if parts[-1] and self._width(parts[-1] + character) > width:
                parts.append("")
            parts[-1] += character
        return parts

    def _width(self, words: str) -> float:
        return sum(piece.width for piece in self._pieces(words))

    def _pieces(self, words: str) -> list[_Piece]:
        """The words cut where the typeface changes."""
        pieces: list[_Piece] = []
        end = 0
        for match in _foreign().finditer(words):
            pieces.append(_plain(words[end : match.start()]))
            codes = self.foreign.codes(match[0])
            pieces.append(_Piece(MORE, codes, sum(self.foreign.face.widths[code] for code in codes) / 1000))
            end = match.end()
        pieces.append(_plain(words[end:]))
        return [piece for piece in pieces if piece.codes]


def _plain(words: str) -> _Piece:
    widths = house().widths
    codes = tuple(ord(character) for character in words)
    return _Piece(FONT, codes, sum(widths[code] for code in codes) / 1000)


@cache
def _foreign() -> re.Pattern[str]:
    """Characters that the house typeface lacks, with the spaces between them."""
    strange = "[^{}]+".format("".join(re.escape(character) for character in house().texts.values()))
    return re.compile(f"{strange}(?: +{strange})*")


def _runs_to_the_left(words: str) -> bool:
    """The first letter says in which direction a line runs (Unicode Standard Annex 9, rules P2 and P3)."""
    directions = (unicodedata.bidirectional(character) for character in words)
    return next((found for found in directions if found in _RIGHT_TO_LEFT or found == "L"), "L") != "L"


def disc(width: float, height: float) -> bytes:
    """The chosen one of several radio buttons: a full disc."""
    radius = min(width, height) * 0.27
    x, y, bend = width / 2, height / 2, radius * _CIRCLE
    corners = ((0, 1), (-1, 0), (0, -1), (1, 0))
    path = f"{x + radius:.2f} {y:.2f} m\n"
    across, up = 1, 0
    for to_across, to_up in corners:
        points = (
            (x + across * radius + to_across * bend, y + up * radius + to_up * bend),
            (x + to_across * radius + across * bend, y + to_up * radius + up * bend),
            (x + to_across * radius, y + to_up * radius),
        )
        path += " ".join(f"{left:.2f} {high:.2f}" for left, high in points) + " c\n"
        across, up = to_across, to_up
    return f"q\n0 g\n{path}f\nQ\n".encode()


def tick(width: float, height: float) -> bytes:
    """A check box that is ticked."""
    side = min(width, height)
    left, bottom = (width - side) / 2, (height - side) / 2
    corners = ((0.24, 0.52), (0.43, 0.28), (0.77, 0.74))
    points = [f"{left + across * side:.2f} {bottom + up * side:.2f}" for across, up in corners]
    path = f"{points[0]} m\n{points[1]} l\n{points[2]} l\n"
    return f"q\n0 G\n1 j\n1 J\n{side * 0.12:.2f} w\n{path}S\nQ\n".encode()
