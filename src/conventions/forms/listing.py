"""The labels of lists: a bullet or a number, told from the words of an item by how it looks."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_label", "numbering"]

_BULLETS: Final = {"•": "Disc", "●": "Disc", "o": "Circle", "◦": "Circle", "○": "Circle", "■": "Square", "▪": "Square"}
_BULLET: Final = re.compile(r"[^\w\s]{1,2}|o")
_NUMBER: Final = re.compile(
    r"\(?(?:(?P<digits>\d{1,3}(?:\.\d{1,3})*)|(?P<roman>[ivxIVX]{1,5})|(?P<letter>[A-Za-z]))[.)°]+"
)


def is_label(words: str) -> bool:
    """Whether words at the beginning of an item are its bullet or its number."""
    return bool(_BULLET.fullmatch(words) or _NUMBER.fullmatch(words))


def numbering(label: str) -> str:
    """How a list is numbered, by its first label (ListNumbering, ISO 32000-1, table 347)."""
    match = _NUMBER.fullmatch(label)
    if match is None:
        return _BULLETS.get(label, "None")
    if match["digits"]:
        return "Decimal"
    case = "Upper" if match[0].upper() == match[0] else "Lower"
    return f"{case}{'Roman' if match['roman'] else 'Alpha'}"
