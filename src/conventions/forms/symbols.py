"""Symbols of fonts like Wingdings: which characters they stand for.

Word writes such a symbol as a character of the private use area (U+F020 to U+F0FF), which means nothing outside its
font: a program that reads aloud or copies finds nothing, and PDF/A-2a asks for a text (ISO 19005-2, 6.2.11.7.3).
"""

from __future__ import annotations

import re
from typing import Final

import pikepdf
from pikepdf import Dictionary

__all__ = ["spell", "spelled"]

_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_MEANINGS: Final = {
    "\uf02d": "–",
    "\uf06c": "●",
    "\uf06e": "■",
    "\uf06f": "☐",
    "\uf071": "☐",
    "\uf072": "☐",
    "\uf076": "❖",
    "\uf0a7": "▪",
    "\uf0a8": "☐",
    "\uf0b7": "•",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0e8": "➔",
    "\uf0f0": "⇨",
    "\uf0fb": "✗",
    "\uf0fc": "✓",
    "\uf0fd": "☒",
    "\uf0fe": "☑",
}
"""What Word's own bullets, check boxes and arrows mean: Wingdings, and the bullet and the dash of Symbol."""
_UNKNOWN: Final = "\ufffd"
_TARGET: Final = re.compile(rb"(<[0-9A-Fa-f]{2,4}>\s*<)((?:[0-9A-Fa-f]{4})+)(?=>)")


def spell(document: pikepdf.Pdf) -> None:
    """Let every font name the characters that its symbols stand for."""
    for item in document.objects:
        named = item.get("/ToUnicode") if isinstance(item, Dictionary) else None
        if isinstance(named, pikepdf.Stream):
            old = named.read_bytes()
            if (new := _TARGET.sub(_spelled_target, old)) != old:
                named.write(new)


def spelled(words: str) -> str:
    """Words with a character that has a meaning for each one that has none; U+FFFD where nobody knows it."""
    return _PRIVATE.sub(lambda match: _MEANINGS.get(match[0], _UNKNOWN), words)


def _spelled_target(match: re.Match[bytes]) -> bytes:
    words = bytes.fromhex(match[2].decode()).decode("utf-16-be", "replace")
    new = spelled(words)
    return match[0] if new == words else match[1] + new.encode("utf-16-be").hex().upper().encode()
