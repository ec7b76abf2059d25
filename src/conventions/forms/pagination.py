"""How the text of a paper falls on its pages, read in the structure tree of the tagged PDF (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary

from conventions.forms.stamp import opened

__all__ = ["orphans"]

_HEADINGS: Final = frozenset({"/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
_FIXED: Final = frozenset({"/Table", "/Div"})
"""Tables and text boxes: a paragraph in them cannot begin a page."""
_MOST: Final = 200_000
"""Structure elements looked at; an agreement has about a thousand."""


@dataclass(frozen=True)
class _Place:
    """Where something stands that can be seen."""

    page: int = -1
    heading: int | None = None
    """Rank of the heading that it belongs to, if that could begin a page."""
    is_fixed: bool = False


def orphans(pdf: bytes) -> tuple[int, ...]:
    """Headings that end a page, while what they are the heading of stands on the next.

    LibreOffice keeps a heading with the next paragraph only where a line of that finds room.

    A rank counts every heading of the structure tree (H, H1 … H6) from 0 in the order of reading, also those in tables:
    LibreOffice tags every paragraph that has an outline level, even an empty one. Headers and footers are no part of
    the tree. Of several headings in a row only the first is told, because a page break before it moves all of them. A
    heading that has the page to itself or stands in a table or a text box is not told: no break would help it.

    Raises:
        ForeignPaper: the file is not a readable PDF (PDF-01).
    """
    with opened(pdf) as document:
        places = list(_places(document))
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


def _places(document: pikepdf.Pdf) -> Iterator[_Place]:
    """Of marked content and pictures, in the order of reading; shared and circular elements once."""
    pages: Mapping[object, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
    ranks = count()
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[object, _Place]] = [(document.Root.get("/StructTreeRoot"), _Place())]
    while waiting and len(seen) < _MOST:
        item, place = waiting.pop()
        if isinstance(item, Array):
            waiting.extend((kid, place) for kid in reversed(list(item)))
        elif isinstance(item, int):
            yield place
        elif isinstance(item, Dictionary) and not (item.is_indirect and item.objgen in seen):
            seen.add(item.objgen)
            place = _inside(item, place, pages, ranks)
            if item.get("/Type") == "/MCR" or (item.get("/S") == "/Figure" and "/K" not in item):
                yield place
            waiting.append((item.get("/K"), place))


def _inside(element: Dictionary, place: _Place, pages: Mapping[object, int], ranks: Iterator[int]) -> _Place:
    """The place of what an element holds."""
    kind = element.get("/S")
    page = element.get("/Pg")
    if page is not None:
        place = replace(place, page=pages.get(page.objgen, place.page))
    if kind in _FIXED:
        return replace(place, heading=None, is_fixed=True)
    if kind in _HEADINGS:
        rank = next(ranks)
        return replace(place, heading=None if place.is_fixed else rank)
    return place
