"""The structure tree of a paper, made good: what a screen reader is told (ISO 32000-1, 14.7 and 14.8; ISO 14289-1).

LibreOffice 7.4 writes a tree that names paragraphs after their styles, leaves out the labels of lists and the headers
of rows, draws pictures outside of it, and calls a signature box a picture. All of this is put right here, once, before
the paper is certified; what a later LibreOffice does by itself is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.forms.boxes import signer_of
from conventions.forms.content import Marked
from conventions.forms.listing import is_label, numbering
from conventions.forms.pages import marked_pages
from conventions.forms.parents import lead_back
from conventions.forms.reading import misdrawn, read, runs_left
from conventions.forms.symbols import spell
from conventions.forms.tags import content_of, head_row, is_frame, is_reference, kids_of, role_of, trim
from conventions.languages import Language
from conventions.model.roles import label_of
from conventions.text import Text

__all__ = ["complete"]

_MAY_BE_EMPTY: Final = frozenset({"/Document", "/Figure", "/Form", "/TR", "/TH", "/TD"})
_HEADING: Final = re.compile(r"/H([1-6])")
_TITLE: Final = re.compile(r"/Title(?:_\d+)?")
"""Word's style for the title of a document; numbered where texts in several languages are joined."""
_DEEPEST: Final = 6


def complete(document: pikepdf.Pdf, language: str) -> None:
    """Complete and correct the structure of a tagged paper from LibreOffice.

    Afterwards every mark on every page is in the tree or said to be none of it; all types of elements are standard
    ones; headings begin at level 1 and skip none; lists have labels, tables headers; a picture that nobody described
    is decoration; every annotation is in the tree; a signature box is a form field that waits for its widget and is
    found by its identifier ``sig:<role>``.

    Args:
        document: tagged, its annotations already sorted out.
        language: of the paper; the signature boxes are named in it.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11); a sign is lost (CONVERT-12).
    """
    spell(document)
    roles = document.Root.StructTreeRoot.get("/RoleMap", Dictionary())
    _Mender(document, marked_pages(document, roles), roles, Language(language)).mend()


class _Mender:
    """Walks through the tree once, in the order of reading."""

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
        """Mend the tree, and what leads into it."""
        self._root.K = Array([kid for kid in kids_of(self._root) if self._is_kept(kid, None)])
        if "/RoleMap" in self._root:
            del self._root.RoleMap
        if self._names:
            pairs = [item for name in sorted(self._names) for item in (String(name), self._names[name])]
            self._root.IDTree = self._document.make_indirect(Dictionary(Names=Array(pairs)))
        lead_back(self._document, self._parents, self._annotated)

    def _is_kept(self, element: Any, page: Any) -> bool:
        """Mend an element and what is in it; say whether anything is left of it."""
        page = element.get("/Pg", page)
        style, role, signer = str(element.S), role_of(element, self._roles), signer_of(element)
        frames = is_frame(element, self._roles)
        if role == "/TR":
            head_row(element, self._roles)
        if role == "/Figure" and frames:
            role = "/Form" if signer else "/Div"
        kids = [kept for kid in kids_of(element) for kept in self._kept(kid, element, page, is_silent=frames)]
        element.S, element.K = Name(role), Array(kids)
        if not kids:
            del element.K
        trim(element)
        if signer:
            self._await_signature(element, signer)
        elif kids or role in _MAY_BE_EMPTY:
            self._refine(element, style, role, page)
        return bool(kids) or role in _MAY_BE_EMPTY

    def _kept(self, kid: Any, parent: Any, page: Any, *, is_silent: bool) -> Iterator[Any]:
        place = content_of(kid, page)
        if place:
            if not is_silent:
                yield self._content(kid, parent, *place)
        elif is_reference(kid):
            if kid.Obj.objgen in self._known:
                self._annotated.append((kid.Obj, parent))
                yield kid
        elif self._is_kept(kid, page):
            yield kid

    def _content(self, kid: Any, parent: Any, page: Any, number: int) -> Any:
        """Content of a page; where it is drawn in another order than one reads it, in an element that says it."""
        words = misdrawn(self._marked[page.objgen].lines.get(number, []))
        if words is not None:
            return self._element("/Span", parent, page, number, ActualText=String(words))
        self._parents[page.objgen][number] = parent
        return kid

    def _element(self, role: str, parent: Any, page: Any, number: int, **entries: Any) -> Any:
        element = self._document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(role), P=parent, Pg=page, K=number, **entries)
        )
        self._parents[page.objgen][number] = element
        return element

    def _await_signature(self, element: Any, signer: str) -> None:
        """A place for a hand-written signature, until it gets the widget of an electronic one (14.8.5.6)."""
        words = self._language.say(Text("signature of the {role}", role=label_of(signer)))
        element.ID = String(f"sig:{signer}")
        waiting = Dictionary(O=Name.PrintField, Role=Name.tv, Desc=String(words))
        element.A = Array([*element.get("/A", Array()), waiting])
        if "/Alt" in element:
            del element.Alt
        self._names.setdefault(str(element.ID), element)

    def _refine(self, element: Any, style: str, role: str, page: Any) -> None:
        heading, is_title = _HEADING.fullmatch(role), _TITLE.fullmatch(style)
        if heading or is_title:
            element.S = Name(self._level(0 if is_title or heading is None else int(heading[1])))
        elif role == "/Figure" and element.objgen in self._pictures:
            element.K = self._pictures[element.objgen]
            self._parents[page.objgen][element.K] = element
        elif role == "/Link":
            self._link(element, page)
        elif role == "/Note":
            element.ID = String(f"note-{len(self._names)}")
            self._names[str(element.ID)] = element
        elif role == "/L":
            self._label(element, page)
        elif role == "/Span":
            self._doubt_language(element, page)

    def _link(self, element: Any, page: Any) -> None:
        """Say of a link what is written there, unless it says so already; without its annotation it is only words."""
        kids = kids_of(element)
        links = [kid.Obj for kid in kids if is_reference(kid)]
        words = "".join(self._said(*place) for kid in kids if (place := content_of(kid, page)))
        for link in links:
            link.Contents = link.get("/Contents", String(words))
        element.S = Name.Link if links else Name.Span

    def _doubt_language(self, element: Any, page: Any) -> None:
        """Word knows one language for Arabic, Thai and Hindi at once; when it is Arabic, the letters must be."""
        words = "".join(self._said(*place) for kid in kids_of(element) if (place := content_of(kid, page)))
        if str(element.get("/Lang", "")).startswith("ar") and not runs_left(words):
            del element.Lang

    def _said(self, page: Any, number: int) -> str:
        return read(self._marked[page.objgen].lines.get(number, []))

    def _level(self, rank: int) -> str:
        """The level of a heading: one deeper than that of the heading it stands under; a title is above all."""
        while self._headings and self._headings[-1] >= rank:
            self._headings.pop()
        self._headings.append(rank)
        return f"/H{min(len(self._headings), _DEEPEST)}"

    def _label(self, items: Any, page: Any) -> None:
        """Take the bullets or numbers of a list out of the words of its items, and say what they are."""
        labels = [label for item in kids_of(items) if (label := self._label_of(item, page))]
        if labels and "/A" not in items:
            items.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{numbering(labels[0])}"))

    def _label_of(self, item: Any, page: Any) -> str:
        """The label of one item, which has an element of its own afterwards; nothing when it has none."""
        words = _innermost(item)
        page = words.get("/Pg", page)
        place = content_of(next(iter(kids_of(words)), Dictionary()), page)
        if place is None:
            return ""
        label = self._said(*place).strip()
        if words.S == "/Lbl":
            return label
        if not is_label(label) or len(kids_of(words)) == 1:
            return ""
        del words.K[0]
        item.K.insert(0, self._element("/Lbl", item, *place))
        return label


def _innermost(element: Any) -> Any:
    """The element whose content is read first."""
    first = next(iter(kids_of(element)), None)
    return _innermost(first) if isinstance(first, Dictionary) and "/S" in first else element
