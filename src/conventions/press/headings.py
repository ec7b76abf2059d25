"""Headings: the paragraphs that have a place in the outline, and so are tagged H1 to H6 in the PDF."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lxml import etree

from conventions.press.package import W, parsed

__all__ = ["break_before", "heading_styles", "outline_levels"]

_LEVELS: Final = frozenset("012345678")
"""Levels of the outline; 9 means running text (ECMA-376 part 1, 17.3.1.20)."""
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ORDER: Final = tuple(
    f"{W}{name}"
    for name in (
        *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr"),
        *("suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct"),
        *("topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing"),
    )
)
"""Of the first properties of a paragraph (17.3.1.26)."""


def heading_styles(styles: bytes) -> frozenset[str]:
    """Ids of the paragraph styles that have a place in the outline, themselves or by what they build on."""
    return frozenset(outline_levels(styles))


def outline_levels(styles: bytes) -> Mapping[str, int]:
    """The same with the level of each, from 0."""
    if not styles:
        return {}
    levels: dict[str, str | None] = {}
    based: dict[str, str] = {}
    for style in parsed(styles).iter(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        levels[key] = _value(style.find(f"{W}pPr/{W}outlineLvl"))
        based[key] = _value(style.find(f"{W}basedOn")) or ""
    found = {key: _level(key, levels, based) for key in levels}
    return {key: int(level) for key, level in found.items() if level in _LEVELS}


def break_before(body: etree._Element, styles: Collection[str], ranks: Collection[int]) -> None:
    """Let headings begin a page.

    Args:
        body: of the whole paper; changed.
        styles: ids of the heading styles.
        ranks: of the headings, from 0 in the order of the document; LibreOffice tags every heading, also an empty one
            and one in a table, and in the same order.
    """
    if ranks:
        for rank, heading in enumerate(_headings(body, styles)):
            if rank in ranks:
                _break(heading)


def _headings(body: etree._Element, styles: Collection[str]) -> Iterator[etree._Element]:
    for paragraph in list(body.iter(f"{W}p")):
        level = _value(paragraph.find(f"{W}pPr/{W}outlineLvl"))
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        is_heading = style in styles if level is None else level in _LEVELS
        if is_heading and next(paragraph.iterancestors(_FALLBACK), None) is None:
            yield paragraph


def _break(paragraph: etree._Element) -> None:
    """Without space above: there is none where a heading happens to begin a page either."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    _property(properties, "pageBreakBefore").set(f"{W}val", "1")
    _property(properties, "spacing").set(f"{W}before", "0")


def _property(properties: etree._Element, name: str) -> etree._Element:
    """A property of a paragraph, made in its place if need be."""
    found = properties.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        before = _ORDER[: _ORDER.index(found.tag)]
        properties.insert(sum(child.tag in before for child in properties), found)
    return found


def _level(key: str, levels: Mapping[str, str | None], based: Mapping[str, str]) -> str | None:
    """The level that a style has or inherits."""
    seen: set[str] = set()
    while key in levels and key not in seen:
        if levels[key] is not None:
            return levels[key]
        seen.add(key)
        key = based[key]
    return None


def _value(element: etree._Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")
