"""The styles of a further part of a paper: shared where both templates define the same, else added under other names.

A document has one set of defaults (``w:docDefaults``), the language among them. Where those of a further part are not
the same, they become a style of their own, on which its paragraph styles build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from conventions.press.gallery import default_style, lineage, styles_of
from conventions.press.package import W, value_of
from conventions.press.renaming import Names, own_name, rename

__all__ = ["Wardrobe"]

_NEUTRAL: Final = {
    f"{W}{tag}": {f"{W}{name}": value for name, value in attributes.items()}
    for tag, attributes in {
        "spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"},
        "ind": {"left": "0", "right": "0", "firstLine": "0"},
        "jc": {"val": "left"},
        "rFonts": dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), "Times New Roman"),
        "sz": {"val": "20"},
        "szCs": {"val": "20"},
        "color": {"val": "auto"},
        "kern": {"val": "0"},
    }.items()
}
"""What Word takes where a document's defaults are silent."""
_GROUND: Final = "Ground"


class Wardrobe:
    """The styles of one template."""

    def __init__(self, root: etree._Element, locale: str = "") -> None:
        """Take ``w:styles``; the language of the text becomes ``locale`` (``fr-FR``) if one is given."""
        self._styles = styles_of(root)
        self._texts = {key: _text(style) for key, style in self._styles.items()}
        if locale:
            _speak(root, locale)
        self._defaults = {kind: _children(root.find(f"{W}docDefaults/{W}{kind}Default/{W}{kind}")) for kind in _KINDS}

    def names(self, first: Wardrobe, rank: int) -> Mapping[str, str]:
        """What each style is called in a paper that begins with another template."""
        return {key: key if self._is_shared(key, first) else own_name(key, rank) for key in self._styles}

    def added(self, first: Wardrobe, names: Names) -> Iterator[etree._Element]:
        """Definitions of all styles that are not shared, under their new names."""
        ground = self._ground(first, names.own(_GROUND))
        if ground is not None:
            yield ground
        for key, style in self._styles.items():
            if names.style(key) != key:
                yield _renamed(style, names, ground)

    def dress(self, part: etree._Element, first: Wardrobe, names: Names) -> None:
        """Say in a part what went without saying: its default styles, and what its tables ask of paragraphs."""
        paragraph, table = default_style(self._styles, "paragraph"), default_style(self._styles, "table")
        if self._differences(first, "pPr"):
            for found in part.iter(f"{W}tbl"):
                self._settle_cells(found, table)
        if names.style(paragraph) != paragraph:
            for found in part.iter(f"{W}p"):
                _name_style(found, "pPr", "pStyle", paragraph)
        if names.style(table) != table:
            for found in part.iter(f"{W}tbl"):
                _name_style(found, "tblPr", "tblStyle", table)

    def _is_shared(self, key: str, first: Wardrobe) -> bool:
        """Does the same style of the other template do the same? Lists are never shared: each part counts anew."""
        ground = not any(self._differences(first, kind) for kind in _KINDS)
        links = {link: self._styles[link] for link in lineage(self._styles, key)}
        return all(
            self._texts[link] == first._texts.get(link)
            and style.find(f".//{W}numPr") is None
            and (ground or style.get(f"{W}type") != "paragraph")
            for link, style in links.items()
        )

    def _differences(self, first: Wardrobe, kind: str) -> list[str]:
        """Tags of the defaults that are not the same."""
        own, other = self._defaults[kind], first._defaults[kind]
        return [
            tag
            for tag in {**own, **other}
            if tag not in own or tag not in other or _text(own[tag]) != _text(other[tag])
        ]

    def _ground(self, first: Wardrobe, name: str) -> etree._Element | None:
        """The defaults that are not the same, as a style."""
        ground = etree.Element(f"{W}style", {f"{W}type": "paragraph", f"{W}customStyle": "1", f"{W}styleId": name})
        etree.SubElement(ground, f"{W}name", {f"{W}val": name})
        for kind in _KINDS:
            stated = (_stated(tag, self._defaults[kind].get(tag)) for tag in self._differences(first, kind))
            etree.SubElement(ground, f"{W}{kind}").extend(element for element in stated if element is not None)
        return ground if any(len(properties) for properties in ground) else None

    def _settle_cells(self, table: etree._Element, default: str) -> None:
        """What a table style wishes for paragraphs is weaker than their style and stronger than the defaults.

        Where the defaults become a style, it has to be written into the paragraphs.
        """
        style = table.find(f"{W}tblPr/{W}tblStyle")
        wishes = self._properties(default if style is None else value_of(style))
        for paragraph in table.iter(f"{W}p"):
            if next(paragraph.iterancestors(f"{W}tbl")) is not table:
                continue
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            taken = self._properties(default_style(self._styles, "paragraph") if style is None else value_of(style))
            taken |= _children(paragraph.find(f"{W}pPr"))
            _holder(paragraph, "pPr").extend(deepcopy(wish) for tag, wish in wishes.items() if tag not in taken)

    def _properties(self, key: str) -> dict[str, etree._Element]:
        """What a style says of paragraphs, itself or by what it builds on."""
        found: dict[str, etree._Element] = {}
        for link in lineage(self._styles, key):
            found = _children(self._styles[link].find(f"{W}pPr")) | found
        return found


_KINDS: Final = ("pPr", "rPr")
"""Properties of paragraphs and of words."""


def _speak(root: etree._Element, locale: str) -> None:
    for name in ("docDefaults", "rPrDefault", "rPr", "lang"):
        root = _holder(root, name)
    root.set(f"{W}val", locale)


def _stated(tag: str, default: etree._Element | None) -> etree._Element | None:
    """A default in full, so that nothing of another one shows through; None if silence cannot be put into words."""
    if default is None and tag not in _NEUTRAL:
        return None
    stated = etree.Element(tag) if default is None else deepcopy(default)
    for name, value in _NEUTRAL.get(tag, {}).items():
        if name not in stated.attrib and f"{name}Theme" not in stated.attrib:
            stated.set(name, value)
    return stated


def _renamed(style: etree._Element, names: Names, ground: etree._Element | None) -> etree._Element:
    style = deepcopy(style)
    rename(style, names)
    style.set(f"{W}styleId", names.own(style.get(f"{W}styleId", "")))
    style.set(f"{W}customStyle", "1")
    style.attrib.pop(f"{W}default", "")
    if (name := style.find(f"{W}name")) is not None:
        name.set(f"{W}val", names.own(value_of(name)))
    if ground is not None and style.get(f"{W}type") == "paragraph" and style.find(f"{W}basedOn") is None:
        style.insert(1, etree.Element(f"{W}basedOn", {f"{W}val": ground.get(f"{W}styleId", "")}))
    return style


def _name_style(element: etree._Element, holder: str, tag: str, key: str) -> None:
    properties = _holder(element, holder)
    if properties.find(f"{W}{tag}") is None:
        properties.insert(0, etree.Element(f"{W}{tag}", {f"{W}val": key}))


def _holder(element: etree._Element, tag: str) -> etree._Element:
    """The child of that name, made as the first one if need be."""
    found = element.find(f"{W}{tag}")
    if found is None:
        found = etree.Element(f"{W}{tag}")
        element.insert(0, found)
    return found


def _children(element: etree._Element | None) -> dict[str, etree._Element]:
    return {} if element is None else {str(child.tag): child for child in element}


def _text(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
