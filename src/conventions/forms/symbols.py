"""What the glyphs of a font stand for, where the font does not say it, or not so that anybody understands.

Word writes the symbols of fonts like Wingdings as characters of the private use area (U+F020 to U+F0FF), which mean
nothing outside their font: a program that reads aloud or copies finds nothing, and PDF/A-2a asks for characters that
mean something (ISO 19005-2, 6.2.11.7.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pikepdf

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
_NOTHING: Final = "200B"
"""A space of no width."""
_CODE: Final = re.compile(rb"<([0-9A-Fa-f]{2})>\s*<(?:[0-9A-Fa-f]{4})+>")
_TARGET: Final = re.compile(rb"(<[0-9A-Fa-f]{2,4}>\s*<)((?:[0-9A-Fa-f]{4})+)(?=>)")


def spell(fonts: Iterable[Any]) -> None:
    """Let every font name the characters that its glyphs stand for (6.2.11.7.2)."""
    for font in fonts:
        named = font.get("/ToUnicode")
        if isinstance(named, pikepdf.Stream):
            old = named.read_bytes()
            new = _completed(_TARGET.sub(_spelled_target, old), font)
            if new != old:
                named.write(new)


def _completed(named: bytes, font: Any) -> bytes:
    """With the codes of a simple font that have no character of their own: further glyphs of a cluster of letters."""
    if "/FirstChar" not in font:
        return named
    known = {int(code, 16) for code in _CODE.findall(named)}
    silent = [code for code in range(int(font.FirstChar), int(font.LastChar) + 1) if code not in known]
    lines = "".join(f"<{code:02X}> <{_NOTHING}>\n" for code in silent)
    section = f"{len(silent)} beginbfchar\n{lines}endbfchar\nendcmap"
    return named.replace(b"endcmap", section.encode()) if silent else named


def spelled(words: str) -> str:
    """Words with a character that has a meaning for each one that has none; U+FFFD where nobody knows it."""
    return _PRIVATE.sub(lambda match: _MEANINGS.get(match[0], _UNKNOWN), words)


def _spelled_target(match: re.Match[bytes]) -> bytes:
    words = bytes.fromhex(match[2].decode()).decode("utf-16-be", "replace")
    new = spelled(words)
    return match[0] if new == words else match[1] + new.encode("utf-16-be").hex().upper().encode()
