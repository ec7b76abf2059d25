"""Names and numbers that must be unique in a document: a further part of a paper gets its own ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from conventions.press.package import R, W

__all__ = ["Names", "bookmarks", "named_styles", "own_name", "rename", "rename_relations"]

_STYLES: Final = frozenset(
    f"{W}{name}" for name in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "styleLink", "numStyleLink")
)
_VALUE: Final = f"{W}val"
_NO_LIST: Final = "0"
"""As ``numId``: this paragraph is in no list, whatever its style says (ECMA-376 part 1, 17.9.18)."""
_NUMBERS: Final = {
    f"{W}abstractNum": f"{W}abstractNumId",
    f"{W}abstractNumId": _VALUE,
    f"{W}num": f"{W}numId",
    f"{W}numId": _VALUE,
    f"{W}bookmarkStart": f"{W}id",
    f"{W}bookmarkEnd": f"{W}id",
}
_BOOKMARKS: Final = {f"{W}bookmarkStart": f"{W}name", f"{W}hyperlink": f"{W}anchor"}
_UNPRINTED: Final = tuple(f"{W}{name}" for name in ("commentRangeStart", "commentRangeEnd", "commentReference"))


@dataclass(frozen=True)
class Names:
    """What the names of a further part become."""

    rank: int
    """Of the part in the paper; the first, 0, keeps its names."""
    styles: Mapping[str, str]
    """Id of each style in the joined paper; a style that is not here is named and nowhere defined."""
    bookmarks: frozenset[str]

    def own(self, name: str) -> str:
        """A name that no other part has."""
        return own_name(name, self.rank)

    def number(self, number: str) -> str:
        """A number that no other part has."""
        return f"{self.rank}0000{number}"

    def style(self, key: str) -> str:
        """Id of a style in the joined paper."""
        return self.styles.get(key) or self.own(key)

    def field(self, code: str) -> str:
        """The code of a field (``PAGEREF``, ``HYPERLINK`` …) that may name bookmarks."""
        return re.sub(r"\w+", lambda word: self.own(word[0]) if word[0] in self.bookmarks else word[0], code)


def own_name(name: str, rank: int) -> str:
    """A name as the part of that rank bears it."""
    return f"{name}_{rank + 1}"


def bookmarks(root: etree._Element) -> frozenset[str]:
    """Names of all bookmarks of a part."""
    return frozenset(mark.get(f"{W}name", "") for mark in root.iter(f"{W}bookmarkStart"))


def named_styles(root: etree._Element) -> frozenset[str]:
    """Ids of the styles that a part, or the definition of a style, mentions."""
    return frozenset(mention.get(_VALUE, "") for mention in root.iter(*_STYLES))


def rename(root: etree._Element, names: Names) -> None:
    """Change the names and numbers in a part; comments, which are not printed, lose what holds them."""
    for element in list(root.iter(*_UNPRINTED)):
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    for element in root.iter(f"{W}*"):
        tag = str(element.tag)
        if tag in _STYLES:
            element.set(_VALUE, names.style(element.get(_VALUE, "")))
        if tag in _NUMBERS:
            _number(element, _NUMBERS[tag], names)
        if tag in _BOOKMARKS and (name := element.get(_BOOKMARKS[tag])):
            element.set(_BOOKMARKS[tag], names.own(name))
        if tag == f"{W}instrText":
            element.text = names.field(element.text or "")
        if tag == f"{W}fldSimple":
            element.set(f"{W}instr", names.field(element.get(f"{W}instr", "")))


def rename_relations(root: etree._Element, names: Names) -> None:
    """Change every mention of a relation (``r:id``, ``r:embed`` …) in a body: texts share their relations."""
    for element in root.iter("*"):
        for key, value in element.attrib.items():
            if str(key).startswith(R):
                element.set(key, names.own(str(value)))


def _number(element: etree._Element, attribute: str, names: Names) -> None:
    number = element.get(attribute)
    if number and not (element.tag == f"{W}numId" and number == _NO_LIST):
        element.set(attribute, names.number(number))
