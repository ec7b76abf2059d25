"""A further part of a paper: a template made ready to stand behind another one in the same Word document.

Its package moves into a folder of its own, so that no two parts of the document bear the same name; what all parts of a
document share (styles, lists, bookmarks, the relations of the body) gets names of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.press import package as opc
from conventions.press.headings import heading_styles
from conventions.press.package import W
from conventions.press.renaming import Names, bookmarks, named_styles, rename, rename_relations
from conventions.press.shelf import Template
from conventions.press.source import FILLED, Source, compile_source, package_of
from conventions.press.styles import Wardrobe
from conventions.press.theme import THEME, theme_fonts, without_theme
from conventions.text import Text

__all__ = ["Further", "further_part"]

_SHARED: Final = frozenset(
    {
        "comments",
        "commentsExtended",
        "commentsExtensible",
        "commentsIds",
        "customXml",
        "endnotes",
        "fontTable",
        "footnotes",
        "glossaryDocument",
        "numbering",
        "people",
        "settings",
        "styles",
        "stylesWithEffects",
        "theme",
        "webSettings",
    }
)
"""Kinds of parts of which a document has one: those of the first template serve, or they are not printed."""
_NO_STYLES: Final = f'<w:styles xmlns:w="{W[1:-1]}"/>'.encode()


@dataclass(frozen=True)
class Further:
    """A template that stands behind another one."""

    source: Source
    styles: tuple[etree._Element, ...]
    """Definitions to add to the document's styles."""
    named: frozenset[str]
    """Ids of the styles that it mentions, as they are called in the paper."""
    lists: tuple[etree._Element, ...]
    """Definitions to add to the document's lists."""
    relations: tuple[opc.Relation, ...]
    """What its body uses."""
    kinds: Mapping[str, str]
    """Content type of each of its parts."""


@lru_cache(maxsize=32)
def further_part(template: Template, code: str, rank: int, first: Template) -> Further:
    """Make a template ready to stand behind another one.

    Args:
        template: the further one.
        code: of its language.
        rank: its place in the paper, from 1.
        first: the template that the paper begins with.

    Raises:
        TemplateError: it is not well formed (TEMPLATE-04), or has what only the first can have (TEMPLATE-07).
    """
    package, host = package_of(template), package_of(first)
    texts, styles = _texts(package), opc.parsed(package.get(opc.STYLES, _NO_STYLES))
    _require_simple(template, texts)
    if package.get(THEME) != host.get(THEME):
        fonts = theme_fonts(package.get(THEME))
        for root in (styles, *texts.values()):
            without_theme(root, fonts)
    own = Wardrobe(styles, str(Language(code).locale).replace("_", "-"))
    other = Wardrobe(opc.parsed(host.get(opc.STYLES, _NO_STYLES)))
    names = Names(rank, own.names(other, rank), bookmarks(texts[opc.BODY]))
    for text in texts.values():
        own.dress(text, other, names)
        rename(text, names)
    rename_relations(texts[opc.BODY], names)
    _settle_sections(texts[opc.BODY], package)
    named = frozenset().union(*map(named_styles, texts.values()))
    lists = tuple(texts.pop(opc.NUMBERING, etree.Element("none")).iterchildren(f"{W}abstractNum", f"{W}num"))
    used, folder = _used(package), f"part{rank + 1}/"
    parts = opc.reached(package, (relation.target for relation in used if not relation.is_outside))
    headings = frozenset(map(names.style, heading_styles(package.get(opc.STYLES, b""))))
    return Further(
        compile_source(template, code, _moved(package, parts, texts, folder), headings, folder),
        tuple(own.added(other, names)),
        named,
        lists,
        tuple(_renamed(relation, names, folder) for relation in used),
        {f"{folder}{part}": opc.kind_of(package, part) for part in parts},
    )


def _texts(package: Mapping[str, bytes]) -> dict[str, etree._Element]:
    """What names styles, lists and bookmarks: the body, heads and feet, and the definitions of its lists."""
    return {name: opc.parsed(data) for name, data in package.items() if FILLED.fullmatch(name) or name == opc.NUMBERING}


def _used(package: Mapping[str, bytes]) -> list[opc.Relation]:
    """What the body uses and brings along."""
    return [one for one in opc.relations(package, opc.BODY) if one.kind.rpartition("/")[2] not in _SHARED]


def _require_simple(template: Template, texts: Mapping[str, etree._Element]) -> None:
    tags = [f"{W}{name}" for name in ("footnoteReference", "endnoteReference", "numPicBullet")]
    if any(next(text.iter(*tags), None) is not None for text in texts.values()):
        raise TemplateError(
            "TEMPLATE-07",
            Text(
                "{file} has notes or picture bullets, which only the first text of a paper can have",
                file=template.path.name,
            ),
            Text("put the notes into the text, and let a character be the bullet"),
            place=str(template.path),
        )


def _settle_sections(body: etree._Element, package: Mapping[str, bytes]) -> None:
    """Page numbers go on; heads of even pages that the template has switched off stay off."""
    for numbers in body.iter(f"{W}pgNumType"):
        numbers.attrib.pop(f"{W}start", "")
    if b"evenAndOddHeaders" not in package.get(opc.SETTINGS, b""):
        for section in body.iter(f"{W}sectPr"):
            for reference in section.findall(f"*[@{W}type='even']"):
                section.remove(reference)


def _moved(
    package: Mapping[str, bytes], parts: frozenset[str], texts: Mapping[str, etree._Element], folder: str
) -> dict[str, bytes]:
    """The parts that move along, with their relations; those with text as it has become."""
    rels = {opc.rels_of(part): package[opc.rels_of(part)] for part in parts if opc.rels_of(part) in package}
    return {
        **{part: package[part] for part in parts},
        **{part: opc.written(text) for part, text in texts.items() if part in parts or part == opc.BODY},
        **{name: opc.moved(data, folder) for name, data in rels.items()},
    }


def _renamed(relation: opc.Relation, names: Names, folder: str) -> opc.Relation:
    target = relation.target if relation.is_outside else f"{folder}{relation.target}"
    return opc.Relation(names.own(relation.key), relation.kind, target, relation.is_outside)
