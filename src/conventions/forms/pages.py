"""Every page of a paper, with its content marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pikepdf

from conventions.errors import ConversionError
from conventions.forms.boxes import elements, rectangle
from conventions.forms.content import Marked, Picture, mark
from conventions.forms.reading import has_lost_a_sign, read
from conventions.forms.tags import content_of, is_frame, kids_of, role_of
from conventions.text import Text

__all__ = ["marked_pages"]


def marked_pages(document: pikepdf.Pdf, roles: Any) -> dict[object, Marked]:
    """Mark every page's content; what it turned out to hold, by the number of the page's object.

    Args:
        document: its pages are changed, its structure is read.
        roles: the role map of the structure.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11); a sign is lost (CONVERT-12).
    """
    pictures: defaultdict[object, list[Picture]] = defaultdict(list)
    decoration: defaultdict[object, set[int]] = defaultdict(set)
    for element, page in elements(document):
        contents = [place for kid in kids_of(element) if (place := content_of(kid, page))]
        edges = rectangle(element)
        if is_frame(element, roles):
            for where, number in contents:
                decoration[where.objgen].add(number)
        elif role_of(element, roles) == "/Figure" and not contents and edges and page is not None:
            pictures[page.objgen].append(Picture(element, edges))
    marked: dict[object, Marked] = {
        page.objgen: mark(document, page, pictures[page.objgen], decoration[page.objgen]) for page in document.pages
    }
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
