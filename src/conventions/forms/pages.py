"""Every page of a paper, with its content marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import pikepdf

from conventions.errors import ConversionError
from conventions.forms.content import Marked, Picture, mark
from conventions.forms.fonts import Fonts
from conventions.forms.reading import has_lost_a_sign, read
from conventions.forms.resources import keep_used
from conventions.forms.tags import Roles, is_frame
from conventions.forms.tree import Content, Element
from conventions.text import Text

__all__ = ["marked_pages"]

_DRAWN: Final = frozenset({"/Figure", "/Form"})


def marked_pages(document: pikepdf.Pdf, root: Element, roles: Roles) -> dict[int, Marked]:
    """Mark every page's content; what it turned out to hold, by the rank of the page.

    Args:
        document: its pages are changed.
        root: of its structure tree.
        roles: of that tree.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11); a sign is lost (CONVERT-12).
    """
    pictures: defaultdict[int, list[Picture]] = defaultdict(list)
    decoration: defaultdict[int, set[int]] = defaultdict(set)
    for element in root.everything():
        role = roles[element.kind]
        contents = [kid for kid in element.kids if isinstance(kid, Content)] if role in _DRAWN else []
        if is_frame(element, role):
            for content in contents:
                decoration[content.page].add(content.number)
        elif role == "/Figure" and not contents and (edges := element.rectangle):
            pictures[element.page].append(Picture(element.item, edges))
    fonts = Fonts()
    marked: dict[int, Marked] = {}
    for rank, page in enumerate(document.pages):
        marked[rank] = mark(document, page, pictures[rank], decoration[rank], fonts)
        keep_used(page, marked[rank].names)
    _require_whole(marked.values())
    return marked


def _require_whole(pages: Iterable[Marked]) -> None:
    for line in (line for page in pages for line in page.lines.values() if has_lost_a_sign(line)):
        words = " ".join(read(line).replace("\u200d", "…").split())
        raise ConversionError(
            "CONVERT-12",
            Text("LibreOffice lost a sign of several characters, such as an emoji, in “{words}”", words=words),
            Text("write it in words"),
        )
