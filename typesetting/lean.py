"""A Word document with nothing in it that nobody asked for: python-docx's default one brings a whole gallery along.

A secretary finds only styles that mean something here, and LibreOffice reads less for every paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle

__all__ = ["GALLERY", "strip"]

GALLERY: Final = frozenset(
    {
        *("Normal", "Header", "Footer", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3"),
        *("List Bullet", "List Number", "Clause", "Note"),
    }
)
"""Styles for what a secretary may add, whether or not the text has it; all others are there because it has."""
_PARTS: Final = frozenset(
    {"officeDocument", "core-properties", "styles", "numbering", "settings", "header", "footer", "image"}
)
"""What stays of a document: not a theme, fonts, a preview and statistics of somebody else, nor a second gallery."""
_SETTINGS: Final = frozenset(qn(f"w:{name}") for name in ("defaultTabStop", "characterSpacingControl", "compat"))
_DROPPED: Final = tuple(qn(f"w:{name}") for name in ("rsid", "link", "lsdException"))
"""Of styles: who edited what and when, twins for single words, and what is said of styles that are not there."""


def strip(document: Document) -> None:
    """Leave the text, the styles that it uses and those of the gallery, and their lists."""
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.rpartition("/")[2] not in _PARTS:
                part.rels.pop(key)
    _remove(setting for setting in document.settings.element if setting.tag not in _SETTINGS)
    _drop_styles(document)
    _drop_lists(document)
    for section in document.sections:
        section._sectPr.attrib.clear()  # noqa: SLF001  # python-docx has no public way to it; again, who edited what


def _drop_styles(document: Document) -> None:
    used = _used(document)
    _remove(style.element for style in document.styles if not _is_wanted(style, used))
    _remove(document.styles.element.iter(*_DROPPED))


def _used(document: Document) -> frozenset[str]:
    """Ids of the styles that the text, its heads and its feet name. What they build on is in the gallery."""
    stories = (part.element for part in document.part.package.iter_parts() if hasattr(part, "element"))
    return frozenset(paragraph.style for story in stories for paragraph in story.iter(qn("w:p")))


def _is_wanted(style: BaseStyle, used: frozenset[str]) -> bool:
    """Used, for a secretary, or the one of whatever names none."""
    return style.style_id in used or style.name in GALLERY or style.element.get(qn("w:default")) == "1"


def _drop_lists(document: Document) -> None:
    lists: Any = document.part.numbering_part.element
    for kept, key, definition in (
        (document.styles.element.iter(qn("w:numId")), "w:numId", "w:num"),
        (lists.iter(qn("w:abstractNumId")), "w:abstractNumId", "w:abstractNum"),
    ):
        used = {number.get(qn("w:val")) for number in kept}
        _remove(each for each in lists.findall(qn(definition)) if each.get(qn(key)) not in used)


def _remove(elements: Iterable[Any]) -> None:
    for element in list(elements):
        element.getparent().remove(element)
