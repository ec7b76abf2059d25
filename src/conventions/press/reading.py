"""A template read without being filled: its parts, its tags, the names it uses, article by article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import jinja2
from lxml import etree

from conventions.press.blocks import broken_blocks, broken_tags, keyword
from conventions.press.headings import heading_styles
from conventions.press.package import STYLES, W, parsed
from conventions.press.remarks import Remark
from conventions.press.shelf import Template
from conventions.press.source import FILLED, environment_of
from conventions.press.tags import Paragraph, Piece, paragraphs, pieces
from conventions.press.unpacking import unpacked
from conventions.press.usage import Use, usage
from conventions.press.vocabulary import Shape
from conventions.text import Text

__all__ = ["Reading", "Section", "read_template"]

_UNFILLED: Final = re.compile(r"docProps/\w+\.xml|word/(charts|diagrams|drawings)/[^/]+\.xml")
"""Parts in which people put placeholders, and nothing is filled in."""
_ORDER: Final = ("document", "header", "footer", "footnotes", "endnotes")
_CONDITIONS: Final = frozenset({"if", "elif", "for"})
_ARTICLE: Final = "art_"


@dataclass(frozen=True)
class Section:
    """One part of a template with words in it."""

    name: str
    root: etree._Element
    paragraphs: tuple[Paragraph, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Reading:
    """What a template holds, and what is wrong with its tags."""

    package: Mapping[str, bytes]
    sections: tuple[Section, ...]
    """The body first."""
    uses: tuple[Use, ...]
    remarks: tuple[Remark, ...]
    is_understood: bool
    """Do the conditions of every part fit together? Otherwise its uses are not known."""

    @property
    def articles(self) -> tuple[str, ...]:
        """Identifiers of the articles, in order; one that stands twice is there twice."""
        marks = self.sections[0].root.iter(f"{W}bookmarkStart")
        names = (mark.get(f"{W}name", "") for mark in marks)
        return tuple(name.removeprefix(_ARTICLE) for name in names if name.startswith(_ARTICLE))

    def printed(self, article: str) -> frozenset[str]:
        """Paths that an article prints; an empty name stands for what belongs to none."""
        return frozenset(use.path for use in self.uses if use.spot.article == article and use.how == "printed")

    def asked(self, article: str) -> frozenset[str]:
        """Paths that an article asks for in conditions."""
        return frozenset(use.path for use in self.uses if use.spot.article == article and use.how != "printed")

    def conditions(self, article: str) -> frozenset[str]:
        """The conditions and loops of an article, as they are written."""
        found = (piece for section in self.sections for piece in section.pieces if piece.spot.article == article)
        return frozenset(piece.source for piece in found if keyword(piece) in _CONDITIONS)

    def alternative_texts(self) -> Iterator[Piece]:
        """What pictures say to those who cannot see them, and to the program."""
        for section in self.sections:
            yield from (piece for piece in section.pieces if piece.attribute == "descr")


def read_template(template: Template, vocabulary: Shape) -> Reading:
    """Read a template, whatever is wrong with it.

    Raises:
        Damaged: it is not a Word document.
    """
    package = unpacked(template.data)
    headings = heading_styles(package.get(STYLES, b""))
    environment = environment_of(template.language)
    sections: list[Section] = []
    uses: list[Use] = []
    remarks: list[Remark] = []
    is_understood = True
    for name in sorted(filter(FILLED.fullmatch, package), key=_rank):
        root = parsed(package[name])
        found, strays = pieces(name, root, headings)
        sections.append(Section(name, root, tuple(paragraphs(name, root, headings)), tuple(found)))
        used, wrong = _understood(found, environment, vocabulary)
        is_understood = is_understood and used is not None
        uses += used or ()
        remarks += [*strays, *wrong]
    for name in filter(_UNFILLED.fullmatch, package):
        found, _ = pieces(name, parsed(package[name]), headings)
        remarks += _understood(found, environment, vocabulary)[1]
        remarks += [_never_filled(piece) for piece in found]
    return Reading(package, tuple(sections), tuple(uses), tuple(remarks), is_understood)


def _rank(name: str) -> tuple[int, str]:
    return next(rank for rank, kind in enumerate(_ORDER) if f"/{kind}" in name), name


def _understood(
    found: Sequence[Piece], environment: jinja2.Environment, vocabulary: Shape
) -> tuple[list[Use] | None, list[Remark]]:
    """The names that a part uses; None while its conditions do not fit together: nothing can be said then."""
    broken = broken_tags(found, environment)
    wrong = [*broken.values(), *broken_blocks(found)]
    if any(keyword(piece) for piece in broken) or len(wrong) > len(broken):
        return None, wrong
    try:
        uses, remarks = usage(found, environment, vocabulary, broken)
    except RecursionError:
        fix = Text("take conditions and loops apart that stand in one another")
        return None, [*wrong, Remark("LINT-03", Text("conditions are nested too deeply"), fix, found[0].spot)]
    return uses, [*wrong, *remarks]


def _never_filled(piece: Piece) -> Remark:
    return Remark(
        "LINT-28",
        Text("nothing is filled in here"),
        Text("take the placeholder out: the program writes title and author itself"),
        replace(piece.spot, words=piece.spot.words or piece.source),
    )
