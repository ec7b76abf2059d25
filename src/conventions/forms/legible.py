"""What a field shows on the page, read from its appearance: enough to notice that it says something else.

It is no proof. A font can lie about its letters, and only a person who looks at the page can tell; that is why a value
counts, and not its picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Stream, String

from conventions.forms.charcodes import Decode, decoder
from conventions.forms.returned import decoded, instructions

__all__ = ["has_mark", "shown"]

_LONGEST: Final = 1024 * 1024
"""Of an appearance, in bytes."""
_QUIET: Final = frozenset(
    {
        "cm",
        "w",
        "J",
        "j",
        "M",
        "d",
        "ri",
        "i",
        "re",
        "m",
        "l",
        "h",
        "n",
        "W",
        "W*",
        "BMC",
        "BDC",
        "EMC",
        "MP",
        "DP",
        "BX",
    }
    | {"BT", "ET", "Tc", "Tw", "Tz", "TL", "Ts", "Td", "TD", "Tm", "T*", "G", "RG", "K", "CS", "SC", "SCN", "EX"}
)
"""Operators that draw no letter and hide none."""
_PAINT: Final = frozenset({"f", "F", "f*", "S", "s", "B", "B*", "b", "b*"})
_DRAW: Final = _PAINT | {"Tj", "TJ", "'", '"', "Do", "sh", "INLINE IMAGE"}
_UNSEEN: Final = frozenset({3, 7})
"""Text rendering modes that leave no ink (ISO 32000-1, 9.3.6)."""
_LIGHT: Final = 0.8
_NONSENSE: Final = (pikepdf.PdfError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a wrong number or kind of operands leads to."""


@dataclass(frozen=True)
class _Look:
    """The part of the graphics state that decides what is read."""

    decode: Decode | None = None
    has_ink: bool = True
    is_dark: bool = True


def shown(appearance: Stream, spare: object, *, is_list: bool) -> str | None:
    """The words in the appearance of a text field or a list.

    Args:
        appearance: the normal one.
        spare: resources of the form, for fonts that the appearance does not bring itself.
        is_list: a drop-down list, which some viewers draw with its arrow.

    Returns:
        None when they cannot be read: a font that does not tell its characters, pictures, letters drawn as curves,
        something painted over the words.
    """
    steps = _instructions(appearance)
    reader = _Reader([_fonts(appearance.get("/Resources")), _fonts(spare)], is_list=is_list)
    try:
        is_read = steps is not None and all(reader.follows(*step) for step in steps)
    except _NONSENSE:
        return None
    return "".join(reader.words) if is_read else None


def has_mark(appearance: Stream) -> bool:
    """Whether the appearance of a button puts anything on the page; also true when that cannot be told."""
    steps = _instructions(appearance)
    return steps is None or any(operator in _DRAW for _, operator in steps)


def _instructions(appearance: Stream) -> list[tuple[list[object], str]] | None:
    data = decoded(appearance)
    if data is None or len(data) > _LONGEST:
        return None
    try:
        return instructions(data)
    except pikepdf.PdfError:
        return None


def _fonts(resources: object) -> Dictionary:
    fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
    return fonts if isinstance(fonts, Dictionary) else Dictionary()


class _Reader:
    """Follows the instructions of one appearance."""

    def __init__(self, fonts: list[Dictionary], *, is_list: bool) -> None:
        self.words: list[str] = []
        self._fonts = fonts
        self._decoders: dict[str, Decode | None] = {}
        self._is_list = is_list
        self._look = _Look()
        self._saved: list[_Look] = []

    def follows(self, operands: list[object], operator: str) -> bool:
        """Take one instruction in; false when it makes the appearance unreadable."""
        match operator:
            case "q":
                self._saved.append(self._look)
            case "Q":
                self._look = self._saved.pop() if self._saved else self._look
            case "Tf":
                self._look = replace(self._look, decode=self._decoder(str(operands[0])))
            case "Tr":
                self._look = replace(self._look, has_ink=operands[0] not in _UNSEEN)
            case "g" | "rg" | "k":
                self._look = replace(self._look, is_dark=_is_dark(operands))
            case "Tj" | "TJ" | "'" | '"':
                return self._writes(operands[-1])
            case _:
                return operator in _QUIET or (operator in _PAINT and (self._is_list or not self.words))
        return True

    def _decoder(self, name: str) -> Decode | None:
        if name not in self._decoders:
            font = next((fonts[name] for fonts in self._fonts if name in fonts), None)
            self._decoders[name] = decoder(font) if isinstance(font, Dictionary) else None
        return self._decoders[name]

    def _writes(self, operand: object) -> bool:
        parts = operand if isinstance(operand, Array) else [operand]
        data = b"".join(bytes(part) for part in parts if isinstance(part, String))
        if not data or not self._look.has_ink or not self._look.is_dark:
            return True
        if self._look.decode is None:
            return False
        self.words.append(self._look.decode(data))
        return True


def _is_dark(operands: list[object]) -> bool:
    parts = [float(str(part)) for part in operands]
    return max(parts) > 1 - _LIGHT if len(parts) == 4 else min(parts) < _LIGHT
