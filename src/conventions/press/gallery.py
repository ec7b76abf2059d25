"""The styles that a paper uses. A template has more of them, for those who write; LibreOffice would read them all."""

from __future__ import annotations

from typing import Final

from lxml import etree

from conventions.press.package import W
from conventions.press.renaming import named_styles

__all__ = ["drop_unused", "is_default"]

_ON: Final = frozenset({"1", "true", "on"})


def drop_unused(root: etree._Element, named: frozenset[str]) -> None:
    """Leave in ``w:styles`` those that are named, those that go without saying, and all that these mention."""
    styles = {style.get(f"{W}styleId", ""): style for style in root.iterchildren(f"{W}style")}
    waiting = [key for key, style in styles.items() if key in named or is_default(style)]
    used: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in styles and key not in used:
            used.add(key)
            waiting.extend(named_styles(styles[key]))
    for key, style in styles.items():
        if key not in used:
            root.remove(style)


def is_default(style: etree._Element) -> bool:
    """Is it the style of whatever names none?"""
    return style.get(f"{W}default") in _ON
