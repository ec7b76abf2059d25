"""What stands in one paragraph of a Word document, as plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree

from conventions.press.package import W

__all__ = ["boxes", "inline", "without_results"]

_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_BOX: Final = f"{W}txbxContent"
_SILENT: Final = frozenset({_BOX, _FALLBACK, f"{W}pPr", f"{W}rPr"})
_WORDS: Final[Mapping[str, Callable[[etree._Element], str]]] = {
    f"{W}t": lambda text: text.text or "",
    f"{W}tab": lambda _: "\t",
    f"{W}br": lambda _: "\n  ",
    f"{W}cr": lambda _: "\n  ",
    f"{W}noBreakHyphen": lambda _: "\u2011",
    f"{W}instrText": lambda field: f"[{(field.text or '').strip()}]",
    f"{W}fldSimple": lambda field: f"[{field.get(f'{W}instr', '').strip()}]",
    f"{W}footnoteReference": lambda note: f"[{note.get(f'{W}id', '')}]",
    f"{W}endnoteReference": lambda note: f"[{note.get(f'{W}id', '')}]",
    _PICTURE: lambda picture: f"[{picture.get('descr') or picture.get('name', '')}]",
}
"""What each kind of element says."""


def boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The text boxes that hang on a paragraph."""
    for box in paragraph.iter(_BOX):
        if next(box.iterancestors(_FALLBACK), None) is None and next(box.iterancestors(f"{W}p")) is paragraph:
            yield box


def inline(element: etree._Element) -> Iterator[str]:
    """What stands in a paragraph, without its text boxes."""
    for child in element.iterchildren(etree.Element):
        if child.tag in _WORDS:
            yield _WORDS[child.tag](child)
        elif child.tag not in _SILENT:
            yield from inline(child)


def without_results(root: etree._Element) -> etree._Element:
    """Without what Word last computed for its fields: a page number is no difference between two versions."""
    opened: list[str] = []
    for element in root.iter(f"{W}fldChar", f"{W}t"):
        kind = element.get(f"{W}fldCharType", "")
        if kind == "begin":
            opened.append(kind)
        elif opened and kind == "end":
            opened.pop()
        elif opened and kind:
            opened[-1] = kind
        elif "separate" in opened:
            element.text = ""
    return root
