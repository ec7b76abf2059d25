"""The structure tree of a tagged PDF, read once (ISO 32000-1, 14.7).

To ask a PDF anything takes longer than everything that is done with the answer: what each element is, where it lies
and what it holds is asked here, for all who want to know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import is_
from typing import Any, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

__all__ = ["Content", "Element", "Kid", "Rectangle", "Reference", "read_tree", "rectangle_in"]

_MOST: Final = 200_000
"""Structure elements looked at; an agreement has about a thousand."""

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""


class Content(NamedTuple):
    """A piece of the content of a page."""

    item: Any
    """As the element holds it."""
    page: int
    """Rank of the page from 0; -1 when it is none of the document."""
    number: int
    """Of the mark on that page (MCID)."""


class Reference(NamedTuple):
    """An annotation that belongs to an element (OBJR)."""

    item: Any
    annotation: Any


@dataclass(slots=True, eq=False)
class Element:
    """One element, and what it holds in the order of reading."""

    item: Any
    """The element itself, in the document."""
    kind: str
    """Its type (S), with the slash; empty for the root, which has none, and for what cannot be read."""
    page: int
    """Rank of the page from 0, its own or that of what it is in; -1 when it is on none."""
    kids: Sequence[Kid] = ()

    def everything(self) -> Iterator[Element]:
        """The element and all that are in it, in the order of reading."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(kid for kid in reversed(element.kids) if isinstance(kid, Element))

    def innermost(self) -> Element:
        """The element in it whose content is read first."""
        first = next(iter(self.kids), None)
        return first.innermost() if isinstance(first, Element) else self

    def be(self, kind: str) -> None:
        """Let the element have another type."""
        if kind != self.kind:
            self.kind = kind
            self.item["/S"] = _name(kind)

    def hold(self, kids: Sequence[Kid]) -> None:
        """Let the element hold these, and nothing else."""
        if kids and len(kids) == len(self.kids) and all(map(is_, kids, self.kids)):
            return
        self.kids = kids
        if kids:
            self.item.K = Array([kid.item for kid in kids])
        elif "/K" in self.item:
            del self.item["/K"]

    @property
    def attributes(self) -> list[Any]:
        """What is said of it, by owners (14.7.5)."""
        return _listed(self.item["/A"]) if "/A" in self.item else []

    @property
    def rectangle(self) -> Rectangle | None:
        """From its layout attributes; None when it has none."""
        return rectangle_in(self.attributes)


Kid = Element | Content | Reference


def read_tree(document: pikepdf.Pdf) -> Element:
    """The root of a document's structure; shared and circular elements are found once, where they are found first."""
    ranks: Mapping[object, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
    top = document.Root.get("/StructTreeRoot")
    root = Element(top if isinstance(top, Dictionary) else Dictionary(), "", -1)
    seen: set[object] = set()
    waiting = [root]
    while waiting and len(seen) < _MOST:
        element = waiting.pop()
        element.kids = kids = list[Kid]()
        inner = list[Element]()
        for item in _listed(element.item.get("/K")):
            kid = Content(item, element.page, item) if isinstance(item, int) else _kid(item, element.page, ranks)
            if isinstance(kid, Element):
                if kid.item.is_indirect and kid.item.objgen in seen:
                    continue
                seen.add(kid.item.objgen)
                inner.append(kid)
            if kid is not None:
                kids.append(kid)
        waiting.extend(reversed(inner))
    return root


def _kid(item: Any, page: int, ranks: Mapping[object, int]) -> Kid | None:
    if not isinstance(item, Dictionary):
        return None
    kind, own = item.get("/S"), item.get("/Pg")
    if own is not None:
        page = ranks.get(own.objgen, -1) if isinstance(own, Dictionary) else -1
    if kind is not None:
        return Element(item, _read(kind), page)
    if "/MCID" in item:
        number: Any = item["/MCID"]
        return Content(item, page, number) if isinstance(number, int) else None
    if item.get("/Type") == "/OBJR":
        return Reference(item, item.get("/Obj"))
    return Element(item, "", page)


def rectangle_in(attributes: Iterable[Any]) -> Rectangle | None:
    """The first among attributes (14.8.5.4.3)."""
    for attribute in attributes:
        if not isinstance(attribute, Dictionary) or "/BBox" not in attribute:
            continue
        edges = [float(edge) for edge in _listed(attribute["/BBox"]) if isinstance(edge, int | float | Decimal)]
        if len(edges) == 4:
            one, two, three, four = edges
            return min(one, three), min(two, four), max(one, three), max(two, four)
    return None


def _read(kind: Any) -> str:
    try:
        return str(kind)
    except UnicodeDecodeError:  # not a name that any program writes (7.3.5)
        return ""


@lru_cache(maxsize=64)
def _name(kind: str) -> Name:
    return Name(kind)


def _listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, Array) else [found]
