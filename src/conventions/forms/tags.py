"""One element of a structure tree: what it is, what it holds, what it says of itself (ISO 32000-1, 14.7.2, 14.8.4)."""

from __future__ import annotations

import re
from typing import Any, Final

from pikepdf import Array, Dictionary, Name

from conventions.forms.boxes import rectangle, signer_of

__all__ = ["content_of", "head_row", "is_frame", "is_reference", "kids_of", "role_of", "trim"]

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


def kids_of(element: Any) -> list[Any]:
    """Elements, pieces of content and annotations, in the order of reading."""
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def content_of(kid: Any, page: Any) -> tuple[Any, int] | None:
    """The page and the number of a piece of content; None for an element or an annotation.

    Args:
        kid: of an element.
        page: on which the element lies.
    """
    if not isinstance(kid, Dictionary):
        return page, int(kid)
    return (kid.get("/Pg", page), int(kid.MCID)) if "/MCID" in kid else None


def is_reference(kid: Any) -> bool:
    """Whether it is an annotation."""
    return isinstance(kid, Dictionary) and kid.get("/Type") == "/OBJR"


def role_of(element: Any, roles: Any) -> str:
    """The standard type of an element: its own, or the one that the style it is named after maps to."""
    name = element.get("/S", Name.P)
    role = str(roles.get(str(name), name))
    return role if role in _STANDARD else "/P"


def is_frame(element: Any, roles: Any) -> bool:
    """Whether what is drawn for an element is decoration: the frame of a field, a picture that nobody described."""
    role = role_of(element, roles)
    is_described = bool(str(element.get("/Alt", "")).strip()) and not signer_of(element)
    return role == "/Form" or (role == "/Figure" and not is_described)


def head_row(row: Any, roles: Any) -> None:
    """Make the first cell of a row its header, when its words are in a style that says so."""
    first = next(iter(kids_of(row)), None)
    if not isinstance(first, Dictionary) or role_of(first, roles) != "/TD":
        return
    styles = [str(kid.get("/S")) for kid in kids_of(first) if isinstance(kid, Dictionary)]
    if styles and all(_ROW_LABEL.fullmatch(style) for style in styles):
        first.S = Name.TH
        first.A = Array([*_attributes(first), Dictionary(O=Name.Table, Scope=Name.Row)])


def trim(element: Any) -> None:
    """Drop the attributes that say nothing, or nothing true."""
    kept = [attribute for attribute in _attributes(element) if attribute.get("/O") in _KEPT]
    if edges := rectangle(element):
        kept.append(Dictionary(O=Name.Layout, BBox=Array(edges)))
    if kept:
        element.A = Array(kept)
    elif "/A" in element:
        del element.A


def _attributes(element: Any) -> list[Any]:
    attributes = element.get("/A", Array())
    return list(attributes) if isinstance(attributes, Array) else [attributes]
