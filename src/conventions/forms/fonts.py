"""The fonts of a document, and what they say of their codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary

__all__ = ["Font", "Fonts", "fonts_of", "meanings", "runs_left"]

_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<((?:[0-9A-Fa-f]{4})+)>")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_FIRST: Final = "\u0590"
"""Nothing before the block of Hebrew runs from right to left."""


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


def fonts_of(document: pikepdf.Pdf) -> list[Any]:
    """Every font of a document; those of composite fonts too."""
    return [item for item in document.objects if isinstance(item, Dictionary) and item.get("/Type") == "/Font"]


def meanings(font: Any) -> dict[int, str]:
    """What the codes of a font stand for: its ``ToUnicode`` map (ISO 32000-1, 9.10.3)."""
    named = font.get("/ToUnicode")
    pairs = _PAIR.findall(named.read_bytes()) if isinstance(named, pikepdf.Stream) else []
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for code, text in pairs}


class Fonts:
    """The fonts of one document, each read once."""

    def __init__(self) -> None:
        self._read: dict[object, Font] = {}

    def read(self, font: Any) -> Font:
        """A font's ``ToUnicode`` map and its widths (ISO 32000-1, 9.6.2)."""
        if not font.is_indirect:
            return _described(font)
        if font.objgen not in self._read:
            self._read[font.objgen] = _described(font)
        return self._read[font.objgen]


def _described(font: Any) -> Font:
    texts = meanings(font)
    first = int(font.get("/FirstChar", 0))
    widths = {first + rank: float(width) for rank, width in enumerate(font.get("/Widths", Array()))}
    length = 2 if font.get("/Subtype") == "/Type0" else 1
    return Font(texts, widths, length, runs_left("".join(texts.values())))


def runs_left(words: str) -> bool:
    """Whether there are letters of a script that runs from right to left."""
    if max(words, default="") < _FIRST:
        return False
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in words)
