"""How the text of a paper falls on its pages, read in the structure tree of the tagged PDF (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Final

from conventions.forms.tree import Content, Element, Kid

__all__ = ["orphans_in"]

_HEADINGS: Final = frozenset({"/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
_FIXED: Final = frozenset({"/Table", "/Div"})
"""Tables and text boxes: a paragraph in them cannot begin a page."""


@dataclass(frozen=True)
class _Place:
    """Where something stands that can be seen."""

    page: int = -1
    heading: int | None = None
    """Rank of the heading that it belongs to, if that could begin a page."""
    is_fixed: bool = False


def orphans_in(root: Element) -> tuple[int, ...]:
    """Ranks of the headings that end a page; see :meth:`conventions.forms.exports.Export.orphans`.

    Args:
        root: of the structure tree.
    """
    places = list(_places(root))
    ends = [rank for rank, (one, other) in enumerate(pairwise(places)) if other.page > one.page]
    found = (_first_of_row(places, end) for end in ends)
    return tuple(heading for heading in found if heading is not None)


def _first_of_row(places: Sequence[_Place], end: int) -> int | None:
    """Of the headings that end a page, the first; None if none does, or nothing stands above them."""
    first = None
    for place in reversed(places[: end + 1]):
        if place.page != places[end].page:
            return None
        if place.heading is None:
            return first
        first = place.heading
    return None


def _places(root: Element) -> Iterator[_Place]:
    """Of marked content and pictures, in the order of reading."""
    ranks = count()
    waiting: list[tuple[Kid, _Place]] = [(root, _Place())]
    while waiting:
        item, place = waiting.pop()
        if isinstance(item, Content):
            yield _on(place, item.page)
        elif isinstance(item, Element):
            place = _inside(item, place, ranks)
            if item.kind == "/Figure" and not item.kids:
                yield place
            waiting.extend((kid, place) for kid in reversed(item.kids))


def _inside(element: Element, place: _Place, ranks: Iterator[int]) -> _Place:
    """The place of what an element holds."""
    place = _on(place, element.page)
    if element.kind in _FIXED:
        return replace(place, heading=None, is_fixed=True)
    if element.kind in _HEADINGS:
        rank = next(ranks)
        return replace(place, heading=None if place.is_fixed else rank)
    return place


def _on(place: _Place, page: int) -> _Place:
    return place if page in {-1, place.page} else replace(place, page=page)
