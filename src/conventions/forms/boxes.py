"""Where the signature boxes are: pictures of the template whose alternative text is ``sig:<role>``.

A tagged PDF keeps a picture's alternative text and its rectangle in the structure tree (ISO 32000-1, 14.7, 14.8.5.4):
a secretary can move a box in Word and nothing else has to be told. Freezing turns the picture into a form field that
keeps the rectangle, and ``sig:<role>`` as its identifier.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, String

from conventions.errors import TemplateError
from conventions.forms.files import mapped
from conventions.forms.tree import Element, read_tree
from conventions.model.paper import Box
from conventions.model.roles import ROLE_LABELS
from conventions.text import Text, quoted

__all__ = ["anchors", "boxes_in", "signer_of"]

_MARK: Final = re.compile(r"(?<!\w)sig:([a-z][a-z_]{0,30})")
_SAYS: Final = {"/Figure": "/Alt", "/Form": "/ID"}
"""Where an element says so, by its type."""
_DEEPEST: Final = 100
"""Elements in one another; those of an agreement are ten."""
_SLACK: Final = 0.5
"""Points by which a frame may touch the edge of the page or its neighbour."""


def anchors(pdf: bytes, roles: Collection[str]) -> dict[str, Box]:
    """The box of each role. Works on signed files, changes nothing.

    Raises:
        TemplateError: a role has no box or two (ANCHOR-01), a box is not wholly on its page (ANCHOR-02), or two boxes
            overlap (ANCHOR-03).
        ForeignPaper: the file is not a readable PDF (PDF-01).
    """
    with mapped(pdf) as document:
        listed = _listed(document)
        if listed.keys() >= set(roles):
            boxes = {role: listed[role] for role in roles}
        else:
            boxes = {role: _only(role, found) for role, found in _looked_for(document, roles).items()}
        _require_sound(document, boxes)
    return boxes


def boxes_in(document: pikepdf.Pdf) -> dict[str, Box]:
    """The box of each role that an open paper lists; none when there is anything that :func:`anchors` would refuse."""
    boxes = _listed(document)
    try:
        _require_sound(document, boxes)
    except TemplateError:
        return {}
    return boxes


def _listed(document: pikepdf.Pdf) -> dict[str, Box]:
    """What a frozen paper lists by identifiers (14.7.2). A box that is there twice is not in the list."""
    ranks: dict[object, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
    named = ((_MARK.fullmatch(name), item) for name, item in _identified(document))
    return {mark[1]: _box(_on_its_page(item, ranks)) for mark, item in named if mark}


def _identified(document: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """The elements that have an identifier."""
    found: Any = document.Root
    for key in ("/StructTreeRoot", "/IDTree", "/Names"):
        found = found.get(key) if isinstance(found, Dictionary) else None
    pairs = [*found] if isinstance(found, Array) else []
    for name, item in zip(pairs[::2], pairs[1::2], strict=False):
        if isinstance(name, String) and isinstance(item, Dictionary):
            yield str(name), item


def _on_its_page(item: Any, ranks: Mapping[object, int]) -> Element:
    """The page is said by the element, or by one that it is in."""
    outer = item
    for _ in range(_DEEPEST):
        if "/Pg" in outer or not isinstance(outer.get("/P"), Dictionary):
            break
        outer = outer.P
    page = outer.get("/Pg")
    return Element(item, "/Form", ranks.get(page.objgen, -1) if isinstance(page, Dictionary) else -1)


def _looked_for(document: pikepdf.Pdf, roles: Collection[str]) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = {role: [] for role in roles}
    for element in read_tree(document).everything():
        role = signer_of(element)
        if role in found:
            found[role].append(_box(element))
    return found


def _box(element: Element) -> Box:
    return Box(element.page, *(element.rectangle or (0.0, 0.0, 0.0, 0.0)))


def signer_of(element: Element) -> str | None:
    """The role that signs in the box of a structure element; None when it is no signature box.

    In the template, and in a paper straight from LibreOffice, the alternative text of a picture says it; in a frozen
    paper, where such a text is for people, the identifier of a form element.
    """
    says = _SAYS.get(element.kind)
    match = _MARK.search(str(element.item[says])) if says and says in element.item else None
    return match[1] if match else None


def _only(role: str, candidates: list[Box]) -> Box:
    if len(candidates) == 1:
        return candidates[0]
    message = (
        Text("the template has {n} signature boxes for the {role}", n=len(candidates), role=_label(role))
        if candidates
        else Text("the template has no signature box for the {role}", role=_label(role))
    )
    fix = Text("give exactly one picture the alternative text {alt}; the shipped template shows how", alt=f"sig:{role}")
    raise TemplateError("ANCHOR-01", message, fix)


def _require_sound(document: pikepdf.Pdf, boxes: Mapping[str, Box]) -> None:
    media = [tuple(float(edge) for edge in page.mediabox) for page in document.pages]
    for role, box in boxes.items():
        _require_inside(role, box, media)
    for (one, first), (other, second) in combinations(boxes.items(), 2):
        _require_apart(one, first, other, second)


def _require_inside(role: str, box: Box, media: list[tuple[float, ...]]) -> None:
    if 0 <= box.page < len(media):
        left, bottom, right, top = media[box.page]
        inside = left - _SLACK <= box.left < box.right <= right + _SLACK
        if inside and bottom - _SLACK <= box.bottom < box.top <= top + _SLACK:
            return
    raise TemplateError(
        "ANCHOR-02",
        Text("the signature box of the {role} is not wholly on a page", role=_label(role)),
        Text("move the picture back into the page, or make it smaller"),
    )


def _require_apart(one: str, first: Box, other: str, second: Box) -> None:
    apart = (
        first.page != second.page
        or first.right <= second.left + _SLACK
        or second.right <= first.left + _SLACK
        or first.top <= second.bottom + _SLACK
        or second.top <= first.bottom + _SLACK
    )
    if not apart:
        raise TemplateError(
            "ANCHOR-03",
            Text("the signature boxes of the {one} and the {other} overlap", one=_label(one), other=_label(other)),
            Text("move one of the two pictures in the template"),
        )


def _label(role: str) -> Text:
    return ROLE_LABELS.get(role, quoted(role))
