"""The structure tree of a paper, made good: what a screen reader is told (ISO 32000-1, 14.7 and 14.8; ISO 14289-1).

LibreOffice 7.4 writes a tree that names paragraphs after their styles, leaves out the labels of lists and the headers
of rows, draws pictures outside of it, and calls a signature box a picture. All of this is put right here, once, before
the paper is certified; what a later LibreOffice does by itself is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.forms.boxes import signer_of
from conventions.forms.content import Marked
from conventions.forms.fonts import runs_left
from conventions.forms.listing import is_label, numbering
from conventions.forms.pages import marked_pages
from conventions.forms.parents import lead_back
from conventions.forms.reading import misdrawn, read
from conventions.forms.tags import Roles, head_row, is_frame, trim
from conventions.forms.tree import Content, Element, Kid, Reference
from conventions.languages import Language
from conventions.model.roles import label_of
from conventions.text import Text

__all__ = ["complete"]

_MAY_BE_EMPTY: Final = frozenset({"/Document", "/Figure", "/Form", "/TR", "/TH", "/TD"})
_HEADING: Final = re.compile(r"/H([1-6])")
_TITLE: Final = re.compile(r"/Title(?:_\d+)?")
"""Word's style for the title of a document; numbered where texts in several languages are joined."""
_DEEPEST: Final = 6


def complete(document: pikepdf.Pdf, root: Element, language: str) -> None:
    """Complete and correct the structure of a tagged paper from LibreOffice.

    Afterwards every mark on every page is in the tree or said to be none of it; all types of elements are standard
    ones; headings begin at level 1 and skip none; lists have labels, tables headers; a picture that nobody described
    is decoration; every annotation is in the tree; a signature box is a form field that waits for its widget and is
    found by its identifier ``sig:<role>``.

    Args:
        document: tagged, its annotations already sorted out.
        root: of its structure tree.
        language: of the paper; the signature boxes are named in it.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11); a sign is lost (CONVERT-12).
    """
    roles = Roles(root)
    _Mender(document, root, marked_pages(document, root, roles), roles, Language(language)).mend()


class _Mender:
    """Walks through the tree once, in the order of reading."""

    def __init__(
        self, document: pikepdf.Pdf, root: Element, marked: Mapping[int, Marked], roles: Roles, language: Language
    ) -> None:
        self._document, self._marked, self._roles, self._language = document, marked, roles, language
        self._root = root
        self._pages = [page.obj for page in document.pages]
        self._parents: dict[int, dict[int, Any]] = {rank: {} for rank in range(len(self._pages))}
        self._known = {annotation.objgen for page in self._pages for annotation in page.get("/Annots", Array())}
        self._annotated: list[tuple[Any, Any]] = []
        self._pictures = {element.objgen: number for one in marked.values() for element, number in one.pictures}
        self._names: dict[str, Any] = {}
        self._doubled: set[str] = set()
        self._headings: list[int] = []

    def mend(self) -> None:
        """Mend the tree, and what leads into it."""
        root = self._root.item
        self._root.hold([kid for kid in self._root.kids if isinstance(kid, Element) and self._is_kept(kid)])
        if "/RoleMap" in root:
            del root.RoleMap
        if names := sorted(self._names.keys() - self._doubled):
            pairs = [item for name in names for item in (String(name), self._names[name])]
            root.IDTree = self._document.make_indirect(Dictionary(Names=Array(pairs)))
        lead_back(self._document, self._parents, self._annotated)

    def _is_kept(self, element: Element) -> bool:
        """Mend an element and what is in it; say whether anything is left of it."""
        style, role, signer = element.kind, self._roles[element.kind], signer_of(element)
        frames = is_frame(element, role)
        if role == "/TR":
            head_row(element, self._roles)
        if role == "/Figure" and frames:
            role = "/Form" if signer else "/Div"
        element.hold([kept for kid in element.kids for kept in self._kept(kid, element, is_silent=frames)])
        element.be(role)
        trim(element)
        if signer:
            self._await_signature(element, signer)
        elif element.kids or role in _MAY_BE_EMPTY:
            self._refine(element, style, role)
        return bool(element.kids) or role in _MAY_BE_EMPTY

    def _kept(self, kid: Kid, parent: Element, *, is_silent: bool) -> Iterator[Kid]:
        if isinstance(kid, Content):
            if not is_silent:
                yield self._content(kid, parent)
        elif isinstance(kid, Reference):
            if kid.annotation.objgen in self._known:
                self._annotated.append((kid.annotation, parent.item))
                yield kid
        elif self._is_kept(kid):
            yield kid

    def _content(self, content: Content, parent: Element) -> Kid:
        """Content of a page; where it is drawn in another order than one reads it, in an element that says it."""
        words = misdrawn(self._marked[content.page].lines.get(content.number, []))
        if words is not None:
            return self._element("/Span", parent, content, ActualText=String(words))
        self._parents[content.page][content.number] = parent.item
        return content

    def _element(self, role: str, parent: Element, content: Content, **entries: Any) -> Element:
        page = self._pages[content.page]
        item = self._document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(role), P=parent.item, Pg=page, K=content.number, **entries)
        )
        self._parents[content.page][content.number] = item
        return Element(item, role, content.page, [content])

    def _await_signature(self, element: Element, signer: str) -> None:
        """A place for a hand-written signature, until it gets the widget of an electronic one (14.8.5.6)."""
        words = self._language.say(Text("signature of the {role}", role=label_of(signer)))
        item = element.item
        item.ID = String(f"sig:{signer}")
        waiting = Dictionary(O=Name.PrintField, Role=Name.tv, Desc=String(words))
        item.A = Array([*element.attributes, waiting])
        if "/Alt" in item:
            del item.Alt
        if self._names.setdefault(f"sig:{signer}", item) is not item:
            self._doubled.add(f"sig:{signer}")

    def _refine(self, element: Element, style: str, role: str) -> None:
        heading, is_title = _HEADING.fullmatch(role), _TITLE.fullmatch(style)
        if heading or is_title:
            element.be(self._level(0 if is_title or heading is None else int(heading[1])))
        elif role == "/Figure" and element.item.objgen in self._pictures:
            element.item.K = self._pictures[element.item.objgen]
            self._parents[element.page][element.item.K] = element.item
        elif role == "/Link":
            self._link(element)
        elif role == "/Note":
            name = f"note-{len(self._names)}"
            element.item.ID = String(name)
            self._names[name] = element.item
        elif role == "/L":
            self._label(element)
        elif role == "/Span":
            self._doubt_language(element)

    def _link(self, element: Element) -> None:
        """Say of a link what is written there, unless it says so already; without its annotation it is only words."""
        links = [kid.annotation for kid in element.kids if isinstance(kid, Reference)]
        words = self._said(element.kids)
        for link in links:
            link.Contents = link.get("/Contents", String(words))
        element.be("/Link" if links else "/Span")

    def _doubt_language(self, element: Element) -> None:
        """Word knows one language for Arabic, Thai and Hindi at once; when it is Arabic, the letters must be."""
        is_arabic = "/Lang" in element.item and str(element.item.Lang).startswith("ar")
        if is_arabic and not runs_left(self._said(element.kids)):
            del element.item.Lang

    def _said(self, kids: Iterable[Kid]) -> str:
        """What the content among them says."""
        contents = (kid for kid in kids if isinstance(kid, Content))
        return "".join(read(self._marked[page].lines.get(number, [])) for _, page, number in contents)

    def _level(self, rank: int) -> str:
        """The level of a heading: one deeper than that of the heading it stands under; a title is above all."""
        while self._headings and self._headings[-1] >= rank:
            self._headings.pop()
        self._headings.append(rank)
        return f"/H{min(len(self._headings), _DEEPEST)}"

    def _label(self, items: Element) -> None:
        """Take the bullets or numbers of a list out of the words of its items, and say what they are."""
        elements = (item for item in items.kids if isinstance(item, Element))
        labels = [label for item in elements if (label := self._label_of(item))]
        if labels and not items.attributes:
            items.item.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{numbering(labels[0])}"))

    def _label_of(self, item: Element) -> str:
        """The label of one item, which has an element of its own afterwards; nothing when it has none."""
        words = item.innermost()
        place = next(iter(words.kids), None)
        if not isinstance(place, Content):
            return ""
        label = self._said([place]).strip()
        if words.kind == "/Lbl":
            return label
        if not is_label(label) or len(words.kids) == 1:
            return ""
        words.hold(words.kids[1:])
        item.hold([self._element("/Lbl", item, place), *item.kids])
        return label
