"""The structure tree of a paper, made good: what a screen reader is told (ISO 32000-1, 14.7 and 14.8; ISO 14289-1).

LibreOffice 7.4 writes a tree that names paragraphs after their styles, leaves out the label of a list's item and the
headers of a table's rows, draws pictures outside of it, and calls a signature box a picture. All of this is put right
here, once, before the paper is certified; what LibreOffice does better one day is left as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.forms.boxes import elements, rectangle, signer_of
from conventions.forms.content import Marked, Picture, mark
from conventions.forms.listing import is_label, numbering
from conventions.forms.reading import misdrawn, read
from conventions.forms.symbols import spell
from conventions.languages import Language
from conventions.model.roles import label_of
from conventions.text import Text

__all__ = ["complete"]

_STANDARD: Final = frozenset(
    "/Document /Part /Art /Sect /Div /BlockQuote /Caption /TOC /TOCI /Index /NonStruct /Private /P /H /H1 /H2 /H3 /H4 "
    "/H5 /H6 /L /LI /Lbl /LBody /Table /TR /TH /TD /THead /TBody /TFoot /Span /Quote /Note /Reference /BibEntry /Code "
    "/Link /Annot /Ruby /RB /RT /RP /Warichu /WT /WP /Figure /Formula /Form".split()
)
"""ISO 32000-1, 14.8.4."""
_MAY_BE_EMPTY: Final = frozenset({"/Document", "/Figure", "/Form", "/TR", "/TH", "/TD"})
_ROW_LABELS: Final = frozenset({"/Label", "/Signatory"})
"""Styles of the shipped templates for the words at the beginning of a row that say what the row is about."""
_HEADING: Final = re.compile(r"/H([1-6])")
_KEPT: Final = frozenset({"/Table", "/List", "/PrintField"})
"""Owners of the attributes that are worth keeping; LibreOffice 7.4 writes the lengths among its layout attributes in a
unit of its own, so of these only the rectangle is kept."""


def complete(document: pikepdf.Pdf, language: str) -> None:
    """Complete and correct the structure of a tagged paper from LibreOffice.

    Afterwards every mark on every page is in the tree or said to be none of it; all types of elements are standard
    ones; headings begin at level 1 and skip none; lists have labels, tables headers; a picture without a text is
    decoration; every annotation is in the tree; a signature box is a form field that waits for its widget and is found
    by its identifier ``sig:<role>``.

    Args:
        document: tagged, its annotations already sorted out.
        language: of the paper; the signature boxes are named in it.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-04).
    """
    spell(document)
    roles = document.Root.StructTreeRoot.get("/RoleMap", Dictionary())
    _Mender(document, _marked(document, roles), roles, Language(language)).mend()


def _marked(document: pikepdf.Pdf, roles: Any) -> dict[object, Marked]:
    """Every page with its content marked, by the number of the page's object."""
    pictures: defaultdict[object, list[Picture]] = defaultdict(list)
    decoration: defaultdict[object, set[int]] = defaultdict(set)
    for element, page in elements(document):
        role = _role(element, roles)
        if page is None or role not in {"/Figure", "/Form"}:
            continue
        numbers = {number for kid in _kids(element) if (number := _number(kid)) is not None}
        edges = rectangle(element)
        if role == "/Form" or not _speaks(element):
            decoration[page.objgen] |= numbers
        elif not numbers and edges:
            pictures[page.objgen].append(Picture(element, edges))
    return {
        page.objgen: mark(document, page, pictures[page.objgen], decoration[page.objgen]) for page in document.pages
    }


class _Mender:
    """Walks through the tree once, in reading order."""

    def __init__(self, document: pikepdf.Pdf, marked: dict[object, Marked], roles: Any, language: Language) -> None:
        self._document, self._marked, self._roles, self._language = document, marked, roles, language
        self._root: Any = document.Root.StructTreeRoot
        self._parents: dict[object, dict[int, Any]] = {page.objgen: {} for page in document.pages}
        self._known = {annotation.objgen for page in document.pages for annotation in page.get("/Annots", Array())}
        self._annotated: list[tuple[Any, Any]] = []
        self._pictures = {element.objgen: number for one in marked.values() for element, number in one.pictures}
        self._names: dict[str, Any] = {}
        self._headings: list[int] = []

    def mend(self) -> None:
        self._root.K = Array([kid for kid in _kids(self._root) if self._is_kept(kid, None)])
        if "/RoleMap" in self._root:
            del self._root.RoleMap
        if self._names:
            pairs = [item for name in sorted(self._names) for item in (String(name), self._names[name])]
            self._root.IDTree = self._document.make_indirect(Dictionary(Names=Array(pairs)))
        self._lead_back()

    def _is_kept(self, element: Any, page: Any) -> bool:
        """Mend an element and what is in it; say whether anything is left of it."""
        page = element.get("/Pg", page)
        style, role = str(element.S), _role(element, self._roles)
        if role == "/TR":
            _head(element, self._roles)
        signer = signer_of(element)
        if role == "/Figure" and not _speaks(element):
            role = "/Div"
        is_silent = role in {"/Div", "/Form"} or bool(signer)
        kids = [
            kept
            for kid in _kids(element)
            if not (is_silent and _number(kid) is not None)
            for kept in self._kept(kid, element, page)
        ]
        element.S, element.K = Name(role), Array(kids)
        if not kids:
            del element.K
        _trim(element)
        if signer:
            self._await_signature(element, signer)
        elif kids or role in _MAY_BE_EMPTY:
            self._refine(element, style, role, page)
        return bool(kids) or role in _MAY_BE_EMPTY

    def _kept(self, kid: Any, parent: Any, page: Any) -> Iterator[Any]:
        if _number(kid) is not None:
            yield self._content(kid, parent, page)
        elif kid.get("/Type") == "/OBJR":
            if kid.Obj.objgen in self._known:
                self._annotated.append((kid.Obj, parent))
                yield kid
        elif self._is_kept(kid, page):
            yield kid

    def _content(self, kid: Any, parent: Any, page: Any) -> Any:
        """Content of a page; where it is drawn in another order than one reads it, in an element that says it."""
        number = _number(kid) or 0
        page = kid.get("/Pg", page) if isinstance(kid, Dictionary) else page
        words = misdrawn(self._marked[page.objgen].lines.get(number, []))
        if words is None:
            self._parents[page.objgen][number] = parent
            return kid
        return self._element("/Span", parent, page, number, ActualText=String(words))

    def _element(self, role: str, parent: Any, page: Any, number: int, **entries: Any) -> Any:
        element = self._document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(role), P=parent, Pg=page, K=Array([number]), **entries)
        )
        self._parents[page.objgen][number] = element
        return element

    def _await_signature(self, element: Any, signer: str) -> None:
        """A place for a hand-written signature, until it gets the widget of an electronic one (14.8.5.6)."""
        words = self._language.say(Text("signature of the {role}", role=label_of(signer)))
        layout = Dictionary(O=Name.Layout, BBox=Array(rectangle(element) or (0, 0, 0, 0)))
        element.S, element.ID = Name.Form, String(f"sig:{signer}")
        element.A = Array([layout, Dictionary(O=Name.PrintField, Role=Name.tv, Desc=String(words))])
        if "/Alt" in element:
            del element.Alt
        self._names.setdefault(str(element.ID), element)

    def _refine(self, element: Any, style: str, role: str, page: Any) -> None:
        heading = _HEADING.fullmatch(role)
        if style == "/Title" or heading:
            element.S = Name(self._level(int(heading[1]) if heading and style != "/Title" else 0))
        elif role == "/Figure" and element.objgen in self._pictures:
            number = self._pictures[element.objgen]
            self._parents[page.objgen][number] = element
            element.K = Array([*_kids(element), number])
        elif role == "/Link" and not any(_is_reference(kid) for kid in _kids(element)):
            element.S = Name.Span
        elif role == "/Note":
            element.ID = String(f"note-{len(self._names)}")
            self._names[str(element.ID)] = element
        elif role == "/LI":
            self._label(element, page)
        elif role == "/L":
            self._number(element)

    def _level(self, rank: int) -> str:
        """The level of a heading, one deeper than that of the heading it stands under; a title is above all."""
        while self._headings and self._headings[-1] >= rank:
            self._headings.pop()
        self._headings.append(rank)
        return f"/H{min(len(self._headings), 6)}"

    def _label(self, item: Any, page: Any) -> None:
        """Take the bullet or the number of a list's item out of its words."""
        words = item
        while _number(words.K[0]) is None:
            words = words.K[0]
            if not _kids(words):
                return
        number, page = int(_number(words.K[0]) or 0), words.get("/Pg", page)
        if words.S == "/Lbl" or len(words.K) < 2 or not is_label(self._said(page, number)):
            return
        del words.K[0]
        item.K.insert(0, self._element("/Lbl", item, page, number))

    def _number(self, items: Any) -> None:
        first = _kids(items)[0]
        labels = [kid for kid in _kids(first) if _number(kid) is None and kid.get("/S") == "/Lbl"]
        if labels and "/A" not in items:
            kind = numbering(self._said(labels[0].Pg, labels[0].K[0]))
            items.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{kind}"))

    def _said(self, page: Any, number: int) -> str:
        return read(self._marked[page.objgen].lines.get(number, [])).strip()

    def _lead_back(self) -> None:
        """From the pages into the tree (14.7.4.4); a link that is not in the tree, in a running head, is no link."""
        entries = Array()
        tagged = {annotation.objgen for annotation, _ in self._annotated}
        for rank, page in enumerate(self._document.pages):
            parents = self._parents[page.objgen]
            row = Array([parents.get(number) for number in range(max(parents, default=-1) + 1)])
            entries.extend([rank, self._document.make_indirect(row)])
            page.StructParents, page.Tabs = rank, Name.S
            if "/Annots" in page:
                page.Annots = Array([annotation for annotation in page.Annots if annotation.objgen in tagged])
        following = len(self._document.pages)
        for annotation, element in self._annotated:
            annotation.StructParent = following
            entries.extend([following, element])
            following += 1
        self._root.ParentTree = self._document.make_indirect(Dictionary(Nums=entries))
        self._root.ParentTreeNextKey = following


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _number(kid: Any) -> int | None:
    """The number of a piece of content; None for an element or an annotation."""
    if isinstance(kid, Dictionary):
        return int(kid.MCID) if "/MCID" in kid else None
    return int(kid)


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == "/OBJR"


def _role(element: Any, roles: Any) -> str:
    """The standard type of an element: its own, or the one that the style it is named after maps to."""
    role = str(roles.get(element.get("/S", "/Div"), element.get("/S", "/Div")))
    return role if role in _STANDARD else "/P"


def _speaks(element: Any) -> bool:
    return bool(str(element.get("/Alt", "")).strip())


def _head(row: Any, roles: Any) -> None:
    """The first cell of a row of ours is its header."""
    first = next(iter(_kids(row)), None)
    if not isinstance(first, Dictionary) or _role(first, roles) != "/TD":
        return
    styles = {str(kid.get("/S")) for kid in _kids(first) if isinstance(kid, Dictionary)}
    if styles and styles <= _ROW_LABELS:
        first.S = Name.TH
        first.A = Array([*_attributes(first), Dictionary(O=Name.Table, Scope=Name.Row)])


def _attributes(element: Any) -> list[Any]:
    attributes = element.get("/A", Array())
    return list(attributes) if isinstance(attributes, Array) else [attributes]


def _trim(element: Any) -> None:
    kept = [attribute for attribute in _attributes(element) if attribute.get("/O") in _KEPT]
    if edges := rectangle(element):
        kept.append(Dictionary(O=Name.Layout, BBox=Array(edges)))
    if kept:
        element.A = Array(kept)
    elif "/A" in element:
        del element.A
