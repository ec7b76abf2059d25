"""One element of a structure tree: what it is, and what it says of itself (ISO 32000-1, 14.7.2, 14.8.4)."""

from __future__ import annotations

import re
from typing import Any, Final

from pikepdf import Array, Dictionary, Name

from conventions.forms.boxes import signer_of
from conventions.forms.tree import Element, rectangle_in

__all__ = ["Roles", "head_row", "is_frame", "trim"]

_GROUPS: Final = "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private"
_BLOCKS: Final = "P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot"
_INLINE: Final = "Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form"
_STANDARD: Final = frozenset(f"/{name}" for names in (_GROUPS, _BLOCKS, _INLINE) for name in names.split())
_ROW_LABEL: Final = re.compile(r"/(?:Label|Scale|Signatory)(?:_\d+)?")
"""Styles of the shipped templates for the words at the beginning of a row that say what the row is about; where texts
in several languages are joined, each has its own styles, with a number."""
_KEPT: Final = frozenset({"/Table", "/List", "/PrintField"})
"""Owners of the attributes that are worth keeping. LibreOffice 7.4 writes the lengths among its layout attributes in a
unit of its own; of these only the rectangle is kept."""


class Roles(dict[str, str]):
    """The standard type of each style: its own, or the one that it maps to; of what is neither, a paragraph.

    Args:
        root: of the structure tree.
    """

    def __init__(self, root: Element) -> None:
        super().__init__()
        self._map: Any = root.item.get("/RoleMap", Dictionary())

    def __missing__(self, style: str) -> str:
        role = str(self._map.get(style, style)) if style else ""
        self[style] = role if role in _STANDARD else "/P"
        return self[style]


def is_frame(element: Element, role: str) -> bool:
    """Whether what is drawn for an element is decoration: the frame of a field, a picture that nobody described.

    Args:
        element: as it was read.
        role: its standard type.
    """
    if role != "/Figure":
        return role == "/Form"
    is_described = "/Alt" in element.item and bool(str(element.item.Alt).strip())
    return not is_described or signer_of(element) is not None


def head_row(row: Element, roles: Roles) -> None:
    """Make the first cell of a row its header, when its words are in a style that says so."""
    first = next(iter(row.kids), None)
    if not isinstance(first, Element) or roles[first.kind] != "/TD":
        return
    styles = [kid.kind for kid in first.kids if isinstance(kid, Element)]
    if styles and all(_ROW_LABEL.fullmatch(style) for style in styles):
        first.be("/TH")
        first.item.A = Array([*first.attributes, Dictionary(O=Name.Table, Scope=Name.Row)])


def trim(element: Element) -> None:
    """Drop the attributes that say nothing, or nothing true."""
    attributes = element.attributes
    if not attributes:
        return
    kept = [attribute for attribute in attributes if attribute.get("/O") in _KEPT]
    if edges := rectangle_in(attributes):
        kept.append(Dictionary(O=Name.Layout, BBox=Array(edges)))
    if kept:
        element.item.A = Array(kept)
    else:
        del element.item["/A"]
