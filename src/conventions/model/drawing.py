"""A signature that somebody has drawn: strokes of a pen, and nothing else that a picture could hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

__all__ = ["Drawing"]

_STROKE: Final = r"\d{1,4},\d{1,4}(?: \d{1,4},\d{1,4})+"
_STROKES: Final = re.compile(rf"{_STROKE}(?:;{_STROKE})*")
_LONGEST: Final = 60_000


@dataclass(frozen=True)
class Drawing:
    """Strokes on a sheet of :data:`WIDTH` by :data:`HEIGHT`, counted from its upper left corner."""

    strokes: tuple[tuple[tuple[int, int], ...], ...]

    WIDTH: ClassVar[int] = 1_000
    HEIGHT: ClassVar[int] = 400

    @classmethod
    def read(cls, words: str) -> Self | None:
        """From ``x,y x,y …;x,y x,y …`` as a page writes it; None for anything else, or nothing.

        Points outside the sheet are moved to its edge.
        """
        if len(words) > _LONGEST or not _STROKES.fullmatch(words):
            return None
        return cls(tuple(tuple(_point(point) for point in stroke.split(" ")) for stroke in words.split(";")))


def _point(words: str) -> tuple[int, int]:
    left, _, top = words.partition(",")
    return min(int(left), Drawing.WIDTH), min(int(top), Drawing.HEIGHT)
