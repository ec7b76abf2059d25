"""What the codes of a font in a PDF stand for, by its own ToUnicode map."""

from __future__ import annotations

import re
from typing import Any, Final

import pikepdf
from pikepdf import Array

__all__ = ["Codes", "meanings"]

_SECTION: Final = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_HEX: Final = re.compile(rb"<([0-9A-Fa-f]+)>")
_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:\[([^\]]*)\]|<([0-9A-Fa-f]+)>)")


class Codes:
    """What the codes of a font mean."""

    def __init__(self, font: Any) -> None:
        self._texts = meanings(font)
        self._length = 2 if font.Subtype == "/Type0" else 1

    def words(self, operand: Any) -> tuple[str, bool]:
        """Of what one operator paints; and whether a code has no meaning."""
        strings = [
            bytes(piece)
            for piece in (operand if isinstance(operand, Array) else [operand])
            if isinstance(piece, pikepdf.String)
        ]
        codes = [
            int.from_bytes(string[at : at + self._length], "big")
            for string in strings
            for at in range(0, len(string), self._length)
        ]
        return "".join(self._texts.get(code, "") for code in codes), any(not self._texts.get(code) for code in codes)


def meanings(font: Any) -> dict[int, str]:
    """What each code of a font stands for, by its ToUnicode map."""
    found: dict[int, str] = {}
    for kind, section in _SECTION.findall(font.ToUnicode.read_bytes() if "/ToUnicode" in font else b""):
        if kind == b"bfchar":
            found |= {int(code, 16): _decoded(text) for code, text in _PAIR.findall(section)}
            continue
        for first, last, texts, text in _RANGE.findall(section):
            codes = range(int(first, 16), int(last, 16) + 1)
            start = _decoded(text) if text else ""
            each = [start[:-1] + chr(ord(start[-1]) + step) for step in range(len(codes))] if text else None
            found |= dict(zip(codes, each or map(_decoded, _HEX.findall(texts)), strict=True))
    return found


def _decoded(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")
