"""One Word document from several templates: each begins a section of its own, behind the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from conventions.press import package as opc
from conventions.press.further import Further, further_part
from conventions.press.gallery import drop_unused
from conventions.press.package import R, W
from conventions.press.renaming import named_styles
from conventions.press.shelf import Template
from conventions.press.source import FILLED, Source, package_of, source_of

__all__ = ["Joint", "join", "joint_of"]

_OFFICE: Final = R[1:-1]
_WORD_KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_BLANKS: Final = {"header": ("word/blank_header.xml", "hdr"), "footer": ("word/blank_footer.xml", "ftr")}
"""A section that has no header of its own shows that of the section before, so it gets one with nothing in it."""
_NO_LINE: Final = (
    f'<w:pPr xmlns:w="{W[1:-1]}"><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>'
)
_ORDER: Final = {f"{W}num": 1, f"{W}numIdMacAtCleanup": 2}
"""Of the definitions of lists; styles stay where they are."""
_OWN_PAGE: Final = frozenset({"nextPage", "evenPage", "oddPage"})


@dataclass(frozen=True)
class Joint:
    """The templates of one paper, ready to be filled."""

    sources: tuple[Source, ...]
    kept: tuple[tuple[str, bytes], ...]
    """Parts of the document that are the same in every paper."""
    headings: frozenset[str]
    """Ids of the styles of headings."""


@lru_cache(maxsize=32)
def joint_of(*templates: tuple[Template, str]) -> Joint:
    """Join templates, each with the code of its language, in the order of the paper.

    Raises:
        TemplateError: one of them is not well formed (TEMPLATE-04), or one that is not the first has notes or picture
            bullets (TEMPLATE-07).
    """
    (first, code), *others = templates
    source = source_of(first, code)
    further = [further_part(template, code, rank, first) for rank, (template, code) in enumerate(others, start=1)]
    sources = (source, *(part.source for part in further))
    kept = {name: data for each in sources for name, data in each.kept}
    if further:
        kept |= _shared(package_of(first), further)
    if opc.STYLES in kept:
        kept[opc.STYLES] = _used(kept[opc.STYLES], package_of(first), further)
    return Joint(sources, tuple(kept.items()), frozenset().union(*(each.heading_styles for each in sources)))


def join(documents: Sequence[etree._Element]) -> etree._Element:
    """One ``w:document`` out of several: the first one, with what the others hold behind its own."""
    bodies = [_child(document, "body") for document in documents]
    for body in bodies:
        _end_flat(body)
    for body in bodies[1:]:
        _end_section(bodies[0])
        _begin_section(body)
        bodies[0].extend(list(body))
    return documents[0]


def _shared(package: Mapping[str, bytes], further: Sequence[Further]) -> Iterator[tuple[str, bytes]]:
    """The parts that a document has once, with what the further texts bring along."""
    added = {
        (opc.STYLES, "styles"): [style for each in further for style in each.styles],
        (opc.NUMBERING, "numbering"): [definition for each in further for definition in each.lists],
    }
    relations = [relation for each in further for relation in each.relations]
    kinds = {part: kind for each in further for part, kind in each.kinds.items()}
    for (part, kind), definitions in added.items():
        yield part, _extended(package.get(part), kind, definitions)
        if part not in package:
            relations.append(opc.Relation(kind, f"{_OFFICE}/{kind}", part))
            kinds[part] = f"{_WORD_KIND}.{kind}+xml"
    for kind, (part, root) in _BLANKS.items():
        yield part, f'<w:{root} xmlns:w="{W[1:-1]}"><w:p/></w:{root}>'.encode()
        relations.append(opc.Relation(_blank(kind), f"{_OFFICE}/{kind}", part))
        kinds[part] = f"{_WORD_KIND}.{kind}+xml"
    rels = opc.rels_of(opc.BODY)
    yield rels, opc.related(package.get(rels), relations)
    yield opc.KINDS, opc.kinds_with(package[opc.KINDS], kinds)


def _used(styles: bytes, package: Mapping[str, bytes], further: Sequence[Further]) -> bytes:
    """The styles that one of the texts uses."""
    texts = (opc.parsed(data) for name, data in package.items() if FILLED.fullmatch(name) or name == opc.NUMBERING)
    root = opc.parsed(styles)
    drop_unused(root, frozenset().union(*map(named_styles, texts), *(each.named for each in further)))
    return opc.written(root)


def _extended(part: bytes | None, kind: str, added: Sequence[etree._Element]) -> bytes:
    root = opc.parsed(part or f'<w:{kind} xmlns:w="{W[1:-1]}"/>'.encode())
    root.extend(map(deepcopy, added))
    root[:] = sorted(root, key=lambda definition: _ORDER.get(str(definition.tag), 0))
    return opc.written(root)


def _blank(kind: str) -> str:
    return f"blank_{kind}"


def _end_flat(body: etree._Element) -> None:
    """Below a table that ends a text Word wants a paragraph; where nothing is in it, it asks for no line nor page."""
    last = next((child for child in reversed(body) if child.tag != f"{W}sectPr"), None)
    above = None if last is None else last.getprevious()
    if last is None or above is None or (above.tag, last.tag) != (f"{W}tbl", f"{W}p"):
        return
    if next(last.iter(f"{W}r", f"{W}sectPr", f"{W}fldSimple"), None) is None:
        last[:] = [etree.fromstring(_NO_LINE)]


def _end_section(body: etree._Element) -> None:
    """The section that ends with the body ends with the last paragraph instead; a new one would ask for a line."""
    section = _child(body, "sectPr")
    last = body[-2] if len(body) > 1 else None
    if last is None or last.tag != f"{W}p" or last.find(f"{W}pPr/{W}sectPr") is not None:
        last = etree.SubElement(body, f"{W}p")
        last.append(etree.fromstring(_NO_LINE))
    properties = last.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        last.insert(0, properties)
    properties.append(section)


def _begin_section(body: etree._Element) -> None:
    """A page of its own, and no head or foot of the part before."""
    section = next(body.iter(f"{W}sectPr"), None)
    if section is None:
        section = etree.SubElement(body, f"{W}sectPr")
    kind = section.find(f"{W}type")
    if kind is None:
        kind = etree.Element(f"{W}type")
        section.insert(0, kind)
    if kind.get(f"{W}val") not in _OWN_PAGE:
        kind.set(f"{W}val", "nextPage")
    for place in _BLANKS:
        tag = f"{W}{place}Reference"
        own = {reference.get(f"{W}type"): reference.get(f"{R}id", "") for reference in section.findall(tag)}
        blank = _blank(place)
        missing = {"default": blank, "first": blank, "even": own.get("default", blank)}
        for page, key in missing.items():
            if page not in own:
                section.insert(0, etree.Element(tag, {f"{W}type": page, f"{R}id": key}))


def _child(element: etree._Element, tag: str) -> etree._Element:
    """The child of that name, made as the last one if need be."""
    found = element.find(f"{W}{tag}")
    return etree.SubElement(element, f"{W}{tag}") if found is None else found
