"""A Word file as a package of parts: which part leans on which, and of what kind each is (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

__all__ = [
    "BODY",
    "KINDS",
    "NUMBERING",
    "SETTINGS",
    "STYLES",
    "R",
    "Relation",
    "W",
    "kind_of",
    "kinds_with",
    "moved",
    "parsed",
    "printable",
    "reached",
    "related",
    "relations",
    "rels_of",
    "value_of",
    "written",
]

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
BODY: Final = "word/document.xml"
NUMBERING: Final = "word/numbering.xml"
SETTINGS: Final = "word/settings.xml"
STYLES: Final = "word/styles.xml"
KINDS: Final = "[Content_Types].xml"

_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_DEFAULT: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}Default"
_FORBIDDEN: Final = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_RELATIONS: Final = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


@dataclass(frozen=True)
class Relation:
    """That a part uses another part, or an outside address."""

    key: str
    """How the using part calls it: ``rId7``."""
    kind: str
    """URI of the type; its last segment tells: ``…/header``, ``…/image``."""
    target: str
    """Name of the part from the root of the package, without a slash in front; or an address."""
    is_outside: bool = False


def parsed(data: bytes) -> etree._Element:
    """XML of a part, without anything that it could fetch."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def value_of(element: etree._Element | None) -> str:
    """What an element of Word says (``w:val``); empty when it says nothing, or is not there."""
    return "" if element is None else element.get(f"{W}val", "")


def written(root: etree._Element) -> bytes:
    """XML of a part as it stands in a file."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def printable(words: str) -> str:
    """Words for an attribute or a property: XML has no place for control characters."""
    return _FORBIDDEN.sub(" ", words)


def rels_of(part: str) -> str:
    """Name of the part that holds the relations of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(package: Mapping[str, bytes], part: str) -> Iterator[Relation]:
    """What a part uses."""
    for found in parsed(package.get(rels_of(part), _NO_RELATIONS)).iter(_RELATION):
        target, is_outside = found.get("Target", ""), found.get("TargetMode", "").lower() == "external"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
        yield Relation(found.get("Id", ""), found.get("Type", ""), target, is_outside)


def related(rels: bytes | None, added: Iterable[Relation]) -> bytes:
    """Relations with some more, which use parts by their place from the root."""
    root = parsed(rels or _NO_RELATIONS)
    for relation in added:
        mode = {"TargetMode": "External"} if relation.is_outside else {}
        target = relation.target if relation.is_outside else f"/{relation.target}"
        etree.SubElement(root, _RELATION, {"Id": relation.key, "Type": relation.kind, "Target": target, **mode})
    return written(root)


def reached(package: Mapping[str, bytes], parts: Iterable[str]) -> frozenset[str]:
    """Parts, and all that they use, directly or not."""
    waiting, seen = list(parts), set[str]()
    while waiting:
        part = waiting.pop()
        if part in package and part not in seen:
            seen.add(part)
            waiting.extend(relation.target for relation in relations(package, part) if not relation.is_outside)
    return frozenset(seen)


def kind_of(package: Mapping[str, bytes], part: str) -> str:
    """Content type of a part; empty when the package does not say it."""
    root = parsed(package[KINDS])
    kinds = {element.get("PartName", ""): element.get("ContentType", "") for element in root.iter(_OVERRIDE)}
    usual = {element.get("Extension", "").lower(): element.get("ContentType", "") for element in root.iter(_DEFAULT)}
    return kinds.get(f"/{part}") or usual.get(posixpath.splitext(part)[1].lstrip(".").lower(), "")


def kinds_with(kinds: bytes, added: Mapping[str, str]) -> bytes:
    """The content types of a package that has some more parts."""
    root = parsed(kinds)
    for part, kind in added.items():
        etree.SubElement(root, _OVERRIDE, {"PartName": f"/{part}", "ContentType": kind})
    return written(root)


def moved(rels: bytes, folder: str) -> bytes:
    """The same relations when the whole package stands in a folder of another one."""
    root = parsed(rels)
    for relation in root.iter(_RELATION):
        target = relation.get("Target", "")
        if target.startswith("/") and relation.get("TargetMode", "").lower() != "external":
            relation.set("Target", f"/{folder}{target}")
    return written(root)
