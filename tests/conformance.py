"""What a program can find out about a PDF/A-2a and PDF/UA-1 file, looked at without the help of the program under test.

The conditions are those of the Matterhorn Protocol (the checkpoints of ISO 14289-1) and of ISO 19005-2, as far as they
concern papers like ours. Everything that a person must judge, such as whether a text for a picture is a good one, is
not here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary

from tests.codes import Codes, meanings

__all__ = ["faults", "outline", "said"]

_GROUPS: Final = "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private"
_BLOCKS: Final = "P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot"
_INLINE: Final = "Span Quote Note Reference BibEntry Code Link Annot Ruby Figure Formula Form"
_STANDARD: Final = frozenset(f"{_GROUPS} {_BLOCKS} {_INLINE}".split())
_INSIDE: Final = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
}
"""What may stand directly in an element that is made of certain parts."""
_PAINTING: Final = frozenset(
    {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Tj", "TJ", "'", '"', "Do", "sh", "INLINE IMAGE"}
)
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_HIDDEN, _PRINT, _NO_VIEW = 2, 4, 32


def faults(pdf: bytes) -> list[str]:
    """Every condition that a paper does not meet; none for a good one."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [*_of_document(document), *_Tree(document).faults(), *_of_fonts(document), *_of_annotations(document)]


def outline(pdf: bytes) -> list[tuple[str, str]]:
    """The elements in the order of reading, each with its type and the words that stand in itself."""
    with pikepdf.open(BytesIO(pdf)) as document:
        tree = _Tree(document)
        return [(str(element.S)[1:], tree.words(element)) for element, _ in tree.elements]


def said(pdf: bytes) -> str:
    """What a screen reader says: the words of the structure, in its order."""
    with pikepdf.open(BytesIO(pdf)) as document:
        tree = _Tree(document)
        return "\n".join(filter(None, (tree.words(element, deep=True) for element in tree.blocks())))


def _of_document(document: pikepdf.Pdf) -> Iterator[str]:
    root: Any = document.Root
    nothing = Dictionary()
    with document.open_metadata() as xmp:
        claims = xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance"), xmp.get("pdfuaid:part"), xmp.get("dc:title")
    packet = root.Metadata.read_bytes()
    conditions = {
        f"the claims are {claims}": claims[:3] == ("2", "A", "1"),
        "no title in XMP": bool(claims[3]),
        "Info has another title": str(document.docinfo.Title) == claims[3],
        "the title is not shown": root.get("/ViewerPreferences", nothing).get("/DisplayDocTitle") is True,
        "not marked": root.get("/MarkInfo", nothing).get("/Marked") is True,
        "suspect": not root.get("/MarkInfo", nothing).get("/Suspects", False),
        "no language": bool(str(root.get("/Lang", ""))),
        "another version": document.pdf_version == "1.7" and root.get("/Version", "/1.7") == "/1.7",
        "encrypted": not document.is_encrypted,
        "layers or scripts": not {"/OCProperties", "/OpenAction", "/AA", "/Names"} & set(root.keys()),
        "XFA": "/XFA" not in root.get("/AcroForm", nothing),
        "appearances are missing": not root.get("/AcroForm", nothing).get("/NeedAppearances", False),
        "no sRGB output intent": root.OutputIntents[0].S == "/GTS_PDFA1",
    }
    yield from (fault for fault, is_met in conditions.items() if not is_met)
    for name, namespace in re.findall(rb'xmlns:(\w+)="([^"]+)"', packet):
        known = name in {b"x", b"rdf", b"pdfaid", b"dc", b"pdf", b"xmp"} or name.startswith(b"pdfa")
        if not known and b"<pdfaSchema:namespaceURI>%s<" % namespace not in packet:
            yield f"the XMP schema {name.decode()} is not described"


class _Tree:
    """The structure tree and the contents that it leads to."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._root: Any = document.Root.StructTreeRoot
        self._pages: dict[Any, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
        self._contents = [_Content(page) for page in document.pages]
        self.elements: list[tuple[Any, Any]] = []
        self._owners: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
        self._annotations: dict[Any, Any] = {}
        for kid in _kids(self._root):
            self._gather(kid, self._root, None)

    def _gather(self, element: Any, parent: Any, page: Any) -> None:
        self.elements.append((element, parent))
        page = element.get("/Pg", page)
        for kid in _kids(element):
            if not isinstance(kid, Dictionary) or "/MCID" in kid:
                self._owners[self._place(kid, page)].append(element)
            elif kid.get("/Type") == "/OBJR":
                self._annotations[kid.Obj.objgen] = element
            else:
                self._gather(kid, element, page)

    def _place(self, kid: Any, page: Any) -> tuple[int, int]:
        if isinstance(kid, Dictionary):
            return self._pages[kid.get("/Pg", page).objgen], int(kid.MCID)
        return self._pages[page.objgen], int(kid)

    def blocks(self) -> Iterator[Any]:
        """The elements that hold words of their own, and are in no other such element."""
        inner: set[Any] = set()
        for element, _ in self.elements:
            if element.objgen in inner:
                continue
            if any(not isinstance(kid, Dictionary) or "/S" not in kid for kid in _kids(element)):
                yield element
                inner |= {kid.objgen for kid in _descendants(element)}

    def words(self, element: Any, *, deep: bool = False) -> str:
        """What an element says, by what it is told to say or by what is written in it."""
        for key in ("/ActualText", "/Alt"):
            if key in element:
                return str(element[key])
        said = ""
        for kid in _kids(element):
            if not isinstance(kid, Dictionary) or "/MCID" in kid:
                page, number = self._place(kid, self._page_of(element))
                said += self._contents[page].words.get(number, "")
            elif deep and "/S" in kid:
                said += self.words(kid, deep=True)
            elif kid.get("/Type") == "/OBJR" and "/TU" in kid.Obj:
                said += str(kid.Obj.TU)
        return said

    def _page_of(self, element: Any) -> Any:
        while "/Pg" not in element and "/P" in element:
            element = element.P
        return element.get("/Pg")

    def faults(self) -> Iterator[str]:
        yield from self._of_contents()
        yield from self._of_parents()
        yield from self._of_headings()
        if "/RoleMap" in self._root:
            yield from (f"{name} is remapped" for name in self._root.RoleMap if name[1:] in _STANDARD)
        for element, parent in self.elements:
            yield from (
                f"{fault} ({element.S}: {self.words(element)[:40]!r})" for fault in _of_element(element, parent)
            )
        names = Counter(str(element.ID) for element, _ in self.elements if "/ID" in element)
        yield from (f"the identifier {name} is used {count} times" for name, count in names.items() if count > 1)
        tree = self._root.get("/IDTree", Dictionary(Names=Array())).Names
        if set(names) != {str(name) for name in list(tree)[::2]}:
            yield "the tree of identifiers has others"

    def _of_contents(self) -> Iterator[str]:
        for rank, content in enumerate(self._contents):
            yield from (f"page {rank + 1}: {fault}" for fault in content.faults)
            owned = {number: owners for (page, number), owners in self._owners.items() if page == rank}
            for number in content.numbers ^ set(owned):
                yield f"page {rank + 1}: mark {number} is in the page or in the structure, not in both"
            yield from (
                f"page {rank + 1}: mark {number} is twice in the structure"
                for number in owned
                if len(owned[number]) > 1
            )
            row = self._entry(int(self._document.pages[rank].StructParents))
            for number, owners in owned.items():
                if number >= len(row) or row[number] is None or row[number].objgen != owners[0].objgen:
                    yield f"page {rank + 1}: the parent of mark {number} is not that of the structure"

    def _entry(self, key: int) -> Any:
        return pikepdf.NumberTree(self._root.ParentTree).get(key, Array())

    def _of_parents(self) -> Iterator[str]:
        keys = [*pikepdf.NumberTree(self._root.ParentTree).keys()]
        if keys != sorted(set(keys)) or int(self._root.get("/ParentTreeNextKey", 0)) <= max(keys):
            yield "the parent tree is out of order"
        for page in self._document.pages:
            for annotation in page.get("/Annots", Array()):
                owner = self._annotations.get(annotation.objgen)
                if _is_elsewhere(annotation, page):
                    continue
                wanted = {"/Widget": "/Form", "/Link": "/Link"}.get(str(annotation.Subtype), "/Annot")
                if owner is None or str(owner.S) != wanted:
                    yield f"an annotation {annotation.Subtype} is not in an element {wanted}"
                elif self._entry(int(annotation.get("/StructParent", -1))).objgen != owner.objgen:
                    yield f"an annotation {annotation.Subtype} does not lead back into the structure"

    def _of_headings(self) -> Iterator[str]:
        last = deepest = 0
        for element, _ in self.elements:
            if match := re.fullmatch(r"/H(\d)", str(element.S)):
                if int(match[1]) > last + 1:
                    yield f"a heading H{match[1]} follows H{last}: {self.words(element)}"
                last = int(match[1])
                deepest = max(deepest, last)
        if deepest > 1 and "/First" not in self._document.Root.get("/Outlines", Dictionary()):
            yield "no bookmarks"


def _of_element(element: Any, parent: Any) -> Iterator[str]:
    kind, above = str(element.S)[1:], str(parent.get("/S", "/StructTreeRoot"))[1:]
    kids, attributes = _kids(element), _attributes(element)
    texts = str(element.get("/Alt", "")) + str(element.get("/ActualText", ""))
    conditions = {
        "not a standard type": kind in _STANDARD,
        "another parent than the structure's": element.P.objgen == parent.objgen,
        f"stands in {above}": kind in _INSIDE.get(above, {kind}),
        "empty": bool(kids) or kind in {"TD", "TH", "Form"},
        "a text with characters that have no meaning": not _PRIVATE.search(texts),
        "a text that is not for people": not re.search(r"(sig|field):", texts),
        "a picture without a text": kind != "Figure" or bool(str(element.get("/Alt", "")).strip()),
        "a picture without a place": kind != "Figure" or "BBox" in attributes,
        "a header without scope": kind != "TH" or "Scope" in attributes,
        "a note without identifier": kind != "Note" or "/ID" in element,
        "no link": kind != "Link" or any(_is_reference(kid) for kid in kids),
    }
    yield from (fault for fault, is_met in conditions.items() if not is_met)
    if kind in _CLOSER:
        yield from _CLOSER[kind](element)


def _of_list(items: Any) -> Iterator[str]:
    has_labels = any(kid.S == "/Lbl" for item in _kids(items) for kid in _kids(item))
    if has_labels and "ListNumbering" not in _attributes(items):
        yield "labels, and no word on how they count"


def _of_form(form: Any) -> Iterator[str]:
    kids, attributes = _kids(form), _attributes(form)
    is_widget = len(kids) == 1 and _is_reference(kids[0])
    is_place = not kids and {"Role", "Desc"} <= set(attributes)
    if not is_widget and not is_place:
        yield "neither one widget nor a place to write in"
    if is_widget and "Role" in attributes:
        yield "a widget in a place to write in by hand"


def _of_table(table: Any) -> Iterator[str]:
    rows = [kid for kid in _descendants(table) if kid.S == "/TR"]
    widths = {sum(int(_attributes(cell).get("ColSpan", 1)) for cell in _kids(row)) for row in rows}
    if len(widths) > 1 and not any("RowSpan" in _attributes(cell) for row in rows for cell in _kids(row)):
        yield f"rows of {sorted(widths)} cells"
    if not any(cell.S == "/TH" for row in rows for cell in _kids(row)):
        yield "no header"


_CLOSER: Final = {"Table": _of_table, "L": _of_list, "Form": _of_form}


class _Content:
    """The content of one page."""

    def __init__(self, page: pikepdf.Page) -> None:
        self.numbers: set[int] = set()
        self.words: defaultdict[int, str] = defaultdict(str)
        self.faults: list[str] = []
        fonts: Any = page.Resources.get("/Font", {})
        self._fonts = {name: Codes(font) for name, font in fonts.items()}
        self._marks: list[tuple[str, Any]] = []
        self._font = ""
        for instruction in pikepdf.parse_content_stream(page):
            self._take(str(instruction.operator), list(instruction.operands))
        if self._marks:
            self.faults.append("a mark does not end")

    def _take(self, operator: str, operands: list[Any]) -> None:
        if operator in {"BDC", "BMC"}:
            self._begin(str(operands[0]), operands[1] if len(operands) > 1 else Dictionary())
        elif operator == "EMC":
            self._marks.pop()
        elif operator == "Tf":
            self._font = str(operands[0])
        elif operator in _PAINTING:
            self._paint(operator, operands)

    def _begin(self, tag: str, details: Any) -> None:
        if "/MCID" in details:
            if int(details.MCID) in self.numbers:
                self.faults.append(f"mark {details.MCID} begins twice")
            self.numbers.add(int(details.MCID))
        if _PRIVATE.search(str(details.get("/ActualText", ""))):
            self.faults.append("a text with characters that have no meaning")
        self._marks.append((tag, details))

    def _paint(self, operator: str, operands: list[Any]) -> None:
        artifacts = [details for tag, details in self._marks if tag == "/Artifact"]
        numbered = [int(details.MCID) for _, details in self._marks if "/MCID" in details]
        if bool(artifacts) == bool(numbered):
            self.faults.append(
                f"{operator} paints something that is {'both' if artifacts else 'neither'} content or artifact"
            )
        if operator not in {"Tj", "TJ"}:
            return
        words, unknown = self._fonts[self._font].words(operands[0])
        if unknown:
            self.faults.append(f"characters without a meaning in the font {self._font}")
        if artifacts and artifacts[-1].get("/Type") != "/Pagination":
            self.faults.append("a running head or foot that does not say so")
        elif numbered:
            told = [str(details.ActualText) for _, details in self._marks if "/ActualText" in details]
            self.words[numbered[-1]] += told[-1] if told else words


def _of_fonts(document: pikepdf.Pdf) -> Iterator[str]:
    for font in document.objects:
        if not isinstance(font, Dictionary) or font.get("/Type") != "/Font" or "/CIDSystemInfo" in font:
            continue
        name = str(font.get("/BaseFont", "?"))
        if "/ToUnicode" not in font:
            yield f"{name} does not say what its characters mean"
            continue
        if any(_PRIVATE.search(words) or set(words) & {"\0", "\ufeff", "\ufffe"} for words in meanings(font).values()):
            yield f"{name} has characters that have no meaning"
        descriptor = (font.DescendantFonts[0] if font.Subtype == "/Type0" else font).FontDescriptor
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"{name} is not embedded"


def _of_annotations(document: pikepdf.Pdf) -> Iterator[str]:
    for rank, page in enumerate(document.pages, start=1):
        annotations = list(page.get("/Annots", Array()))
        if annotations and page.get("/Tabs") != "/S":
            yield f"page {rank}: the fields are not visited in the order of the structure"
        for annotation in annotations:
            flags, kind = int(annotation.get("/F", 0)), str(annotation.Subtype)
            if not flags & _PRINT or flags & (_HIDDEN | _NO_VIEW):
                yield f"page {rank}: {kind} is not printed or not seen"
            if kind == "/Link" and not str(annotation.get("/Contents", "")):
                yield f"page {rank}: a link without a text"
            if kind == "/Widget" and not _is_elsewhere(annotation, page) and not _tooltip(annotation):
                yield f"page {rank}: a field without a tooltip"
            left, bottom, right, top = (float(edge) for edge in annotation.Rect)
            has_extent = (left, bottom) != (right, top)
            if kind == "/Widget" and has_extent and "/N" not in annotation.get("/AP", {}):
                yield f"page {rank}: a field without an appearance"


def _tooltip(annotation: Any) -> str:
    return str(annotation.get("/TU", annotation.get("/Parent", {}).get("/TU", "")))


def _is_elsewhere(annotation: Any, page: pikepdf.Page) -> bool:
    """Outside of the page, where nobody can meet it."""
    left, bottom, right, top = (float(edge) for edge in annotation.Rect)
    return right < page.cropbox[0] or top < page.cropbox[1] or left > page.cropbox[2] or bottom > page.cropbox[3]


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == "/OBJR"


def _descendants(element: Any) -> Iterator[Any]:
    for kid in _kids(element):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from _descendants(kid)


def _attributes(element: Any) -> dict[str, Any]:
    attributes = element.get("/A", Array())
    found: dict[str, Any] = {}
    attribute: Any
    for attribute in attributes if isinstance(attributes, Array) else [attributes]:
        found |= {str(key)[1:]: attribute[key] for key in attribute}
    return found
