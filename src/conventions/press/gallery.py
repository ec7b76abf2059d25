"""The styles of a document: which one goes without saying, what each builds on, which ones a paper uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from conventions.press.package import W, value_of
from conventions.press.renaming import named_styles

__all__ = ["default_style", "drop_unused", "lineage", "styles_of"]

_ON: Final = frozenset({"1", "true", "on"})


def styles_of(root: etree._Element) -> dict[str, etree._Element]:
    """The styles in ``w:styles`` by their ids."""
    return {style.get(f"{W}styleId", ""): style for style in root.iterchildren(f"{W}style")}


def default_style(styles: Mapping[str, etree._Element], kind: str) -> str:
    """Id of the style of whatever names none: of a ``paragraph``, a ``table`` …; empty when there is none."""
    found = (key for key, style in styles.items() if _is_default(style) and style.get(f"{W}type") == kind)
    return next(found, "")


def lineage(styles: Mapping[str, etree._Element], key: str) -> Iterator[str]:
    """Ids of a style and of what it builds on; a circle is gone round once."""
    seen: set[str] = set()
    while key in styles and key not in seen:
        seen.add(key)
        yield key
        key = value_of(styles[key].find(f"{W}basedOn"))


def drop_unused(root: etree._Element, named: frozenset[str]) -> None:
    """Leave in ``w:styles`` those that are named, those that go without saying, and all that these mention.

    A template has more of them, for those who write; LibreOffice would read them all.
    """
    styles = styles_of(root)
    waiting = [key for key, style in styles.items() if key in named or _is_default(style)]
    used: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in styles and key not in used:
            used.add(key)
            waiting.extend(named_styles(styles[key]))
    for key, style in styles.items():
        if key not in used:
            root.remove(style)


def _is_default(style: etree._Element) -> bool:
    return style.get(f"{W}default") in _ON
