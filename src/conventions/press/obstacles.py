"""What Word puts into the middle of a placeholder, so that it cannot be joined again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from lxml import etree

from conventions.press.package import W
from conventions.text import Text

__all__ = ["obstacle_in", "parallel"]

_OBSTACLES: Final = {
    **dict.fromkeys(("fldChar", "fldSimple", "instrText"), Text("a field")),
    "hyperlink": Text("a hyperlink"),
    **dict.fromkeys(("bookmarkStart", "bookmarkEnd"), Text("a bookmark")),
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo"), Text("a tracked change")),
    **dict.fromkeys(("drawing", "pict", "object"), Text("a picture")),
    **dict.fromkeys(("footnoteReference", "endnoteReference"), Text("a note")),
    **dict.fromkeys(("sdt", "sdtContent", "smartTag", "customXml"), Text("a content control")),
}
"""What Word can put into the middle of a placeholder, by the local name of the element."""
_BOOKMARKS: Final = frozenset({"bookmarkStart", "bookmarkEnd"})


def obstacle_in(held: Sequence[etree._Element], ranks: Mapping[etree._Element, int]) -> Text | None:
    """What keeps the texts of one tag apart; None when only runs do, and what docxtpl takes out without harm.

    Args:
        held: the texts that the tag lies in, in order.
        ranks: of all elements of the part.
    """
    if len(held) == 1:
        return None
    paragraph = next(held[0].iterancestors(f"{W}p"))
    between = [element for element in paragraph.iter() if ranks[held[0]] < ranks[element] < ranks[held[-1]]]
    names = [etree.QName(element).localname for element in between]
    for name in names:
        if name in _OBSTACLES and name not in _BOOKMARKS:
            return _OBSTACLES[name]
    ends = Counter(element.get(f"{W}id") for element, name in zip(between, names, strict=True) if name in _BOOKMARKS)
    if any(count % 2 for count in ends.values()):
        return _OBSTACLES["bookmarkStart"]
    return None if all(parallel(one, other) for one, other in pairwise(held)) else _container(held)


def _container(held: Sequence[etree._Element]) -> Text:
    """That which one of the texts stands in, and another one does not."""
    for text in held:
        for ancestor in text.iterancestors():
            name = etree.QName(ancestor).localname
            if name in _OBSTACLES:
                return _OBSTACLES[name]
    return Text("something that cannot be taken out")


def parallel(one: etree._Element, other: etree._Element) -> bool:
    """Do both stand equally deep in equal things, so that what lies between them can be left out?"""
    first, second = one, other
    while first is not second:
        if first.tag != second.tag:
            return False
        above, beside = first.getparent(), second.getparent()
        if above is None or beside is None:
            return False
        first, second = above, beside
    return True
