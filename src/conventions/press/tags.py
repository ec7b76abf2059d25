"""The placeholders and conditions of a template as Word keeps them: scattered over runs, in boxes, in attributes.

What docxtpl can join again is joined here in the same way; what it cannot is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from conventions.press.obstacles import obstacle_in
from conventions.press.package import W
from conventions.press.remarks import Remark, Spot, excerpt
from conventions.text import Text

__all__ = ["LEVELS", "Paragraph", "Piece", "paragraphs", "pieces"]

LEVELS: Final = {"p": f"{W}p", "tr": f"{W}tr", "tc": f"{W}tc"}
"""What ``{%p …``, ``{%tr …`` and ``{%tc …`` stand for: the whole paragraph, row or cell."""

_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LEVEL: Final = re.compile(r"(\{[{%#])(p|tr|tc|r) ")
_STRAY: Final = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}|\{\s+[{%]|[}%]\s+\}|\{\s*[a-z_]+(?:\.[a-z_]+)*\s*\}")
"""Half a tag; also braces parted by a blank, and a single brace around a name."""
_CURLED: Final = str.maketrans("“”‘’", "\"\"''")
"""Word makes such quotes while one types."""
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_ARTICLE: Final = "art_"
_RETYPE: Final = Text("delete it from its first brace to its last, and type it again in one go")
_EXAMPLE: Final = "{{ student.name }}"


@dataclass(frozen=True)
class Piece:
    """One tag; or an attribute, such as the alternative text of a picture, with all the tags in it."""

    source: str
    """As Jinja reads it."""
    spot: Spot
    element: etree._Element
    """What it stands in."""
    attribute: str = ""
    level: str = ""
    """A key of :data:`LEVELS`, or nothing for a tag that stands among words."""


@dataclass(frozen=True)
class Paragraph:
    """The words of one paragraph, without those of the text boxes in it."""

    element: etree._Element
    texts: tuple[etree._Element, ...]
    spot: Spot

    @property
    def words(self) -> str:
        """All of them, tags included."""
        return "".join(text.text or "" for text in self.texts)


def paragraphs(part: str, root: etree._Element, headings: Collection[str]) -> Iterator[Paragraph]:
    """The paragraphs of a part in order; those that are there for old programs only are left out."""
    texts: dict[etree._Element, list[etree._Element]] = {}
    for paragraph in root.iter(f"{W}p"):
        if next(paragraph.iterancestors(_FALLBACK), None) is None:
            texts[paragraph] = []
    for text in root.iter(f"{W}t"):
        holder = next(text.iterancestors(f"{W}p"), None)
        if holder in texts:
            texts[holder].append(text)
    heading = article = ""
    for rank, (element, own) in enumerate(texts.items()):
        words = "".join(text.text or "" for text in own)
        names = (mark.get(f"{W}name", "") for mark in element.iterchildren(f"{W}bookmarkStart"))
        article = next((name.removeprefix(_ARTICLE) for name in names if name.startswith(_ARTICLE)), article)
        style = element.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in headings:
            heading = excerpt(words)
        yield Paragraph(element, tuple(own), Spot(part, heading, article, words, rank))


def pieces(part: str, root: etree._Element, headings: Collection[str]) -> tuple[list[Piece], list[Remark]]:
    """Every tag and every attribute with tags, in the order of the part; and what cannot be read as one."""
    ranks = {element: rank for rank, element in enumerate(root.iter())}
    known = {paragraph.element: paragraph for paragraph in paragraphs(part, root, headings)}
    found: list[Piece] = []
    remarks: list[tuple[int, Remark]] = []
    for paragraph in known.values():
        for one in _in_words(paragraph, ranks):
            if isinstance(one, Piece):
                found.append(one)
            else:
                remarks.append((ranks[paragraph.element], one))
    found.extend(_elsewhere(part, root, known))
    return sorted(found, key=lambda piece: ranks[piece.element]), [remark for _, remark in sorted(remarks, key=_rank)]


def _rank(entry: tuple[int, Remark]) -> int:
    return entry[0]


def _in_words(paragraph: Paragraph, ranks: dict[etree._Element, int]) -> Iterator[Piece | Remark]:
    words = paragraph.words
    for match in _TAG.finditer(words):
        spot = _cut(paragraph.spot, match[0])
        held = _held(paragraph, match.start(), match.end())
        if obstacle := obstacle_in(held, ranks):
            what = Text("Word has put {obstacle} into {tag}", obstacle=obstacle, tag=match[0])
            yield Remark("LINT-04", what, _RETYPE, spot)
        piece = _piece(match[0], spot, held[0])
        if stray := _beside(piece):
            yield stray
        yield piece
    if half := _STRAY.search(_TAG.sub("", words)):
        yield Remark(
            "LINT-03",
            Text("{braces} is not a whole placeholder or condition", braces=half[0]),
            Text("write {example}, from its first brace to its last in one paragraph", example=_EXAMPLE),
            _cut(paragraph.spot, half[0]),
        )


def _cut(spot: Spot, around: str) -> Spot:
    return replace(spot, words=excerpt(spot.words, around))


def _held(paragraph: Paragraph, start: int, end: int) -> list[etree._Element]:
    """The texts that a stretch of the paragraph's words lies in."""
    held, at = [], 0
    for text in paragraph.texts:
        length = len(text.text or "")
        if at < end and at + length > start:
            held.append(text)
        at += length
    return held


def _piece(tag: str, spot: Spot, element: etree._Element) -> Piece:
    source = " ".join(tag.translate(_CURLED).split())
    level = _LEVEL.match(source)
    if level is None:
        return Piece(source, spot, element)
    return Piece(f"{level[1]} {source[level.end() :]}", spot, element, level=level[2])


def _beside(piece: Piece) -> Remark | None:
    """A tag that stands for a whole paragraph, row or cell takes everything with it that stands there too."""
    if not piece.level:
        return None
    if piece.level not in LEVELS or piece.source.startswith("{{"):
        return Remark(
            "LINT-03",
            Text("{tag} prints nothing", tag=piece.source),
            Text("write {example}", example=_EXAMPLE),
            piece.spot,
        )
    holder = next(piece.element.iterancestors(LEVELS[piece.level]), None)
    words = "" if holder is None else "".join(text.text or "" for text in holder.iter(f"{W}t"))
    if holder is not None and not _TAG.sub("", words, count=1).strip():
        return None
    return Remark(
        "LINT-03",
        Text("what stands beside {tag} would be lost", tag=piece.source),
        Text("leave the condition alone in its paragraph, row or cell"),
        piece.spot,
    )


def _elsewhere(part: str, root: etree._Element, known: dict[etree._Element, Paragraph]) -> Iterator[Piece]:
    """Attributes with tags, alternative texts, and tags in text that is no text of Word's, such as a field's."""
    for element in root.iter(etree.Element):
        for name, words in _held_by(element):
            holder = next(element.iterancestors(f"{W}p"), None)
            if (holder is None or holder in known) and next(element.iterancestors(_FALLBACK), None) is None:
                spot = known[holder].spot if holder is not None else Spot(part)
                yield Piece(_one_line(words), replace(spot, words=excerpt(words)), element, name)


def _held_by(element: etree._Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if _TAG.search(str(value)) or (element.tag == _PICTURE and name == "descr"):
            yield str(name), str(value)
    if element.tag != f"{W}t" and element.text and _TAG.search(element.text):
        yield "text", element.text


def _one_line(words: str) -> str:
    return " ".join(words.translate(_CURLED).split())
