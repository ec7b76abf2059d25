"""A Word file that somebody edited, taken apart with care: not too large, plain XML, and what in it reaches outside."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from lxml import etree

from conventions.press.package import BODY, W, parsed

__all__ = ["Damaged", "Danger", "dangers", "unpacked"]

_LARGEST: Final = 50 * 1024 * 1024
"""Bytes of all parts together, unpacked."""
_COMPRESSIONS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MACRO_PARTS: Final = re.compile(r"vbaproject|vbadata|\.dotm$", re.IGNORECASE)
_OBJECT_PARTS: Final = re.compile(r"/embeddings/|/activex/", re.IGNORECASE)
_OBJECTS: Final = frozenset({"aFChunk", "control", "oleObject", "package"})
_LINKS: Final = frozenset({"attachedTemplate", "frame", "subDocument"})
_FETCHING: Final = re.compile(r"INCLUDEPICTURE|INCLUDETEXT|\b(DDE|DDEAUTO|DATABASE|LINK|IMPORT|RD)\b", re.IGNORECASE)
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

Kind = Literal["macro", "object", "link", "fetch"]


class Damaged(ValueError):
    """Not a Word document, or not only that."""


@dataclass(frozen=True)
class Danger:
    """Something that a template may not hold."""

    kind: Kind
    """A macro; an embedded object; a link to another file; a picture or a field that fetches what it shows."""
    part: str
    """Name of the part that holds it."""
    words: str = ""
    """The address or the field, as far as there is one."""


def unpacked(data: bytes) -> dict[str, bytes]:
    """Every part by name, in the order of the file.

    Raises:
        Damaged: not a zip, no document in it, more than 50 MB, XML that cannot be read or that has a document type.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST or BODY not in archive.namelist():
                raise Damaged("too large, or no document")
            if any(entry.compress_type not in _COMPRESSIONS for entry in entries):
                raise Damaged("packed in a way that Word does not use")
            package = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError, UnicodeError) as error:
        raise Damaged(str(error)) from error
    for name, part in package.items():
        if _is_xml(name):
            _require_plain(part)
    return package


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _require_plain(part: bytes) -> None:
    try:
        root = parsed(part)
    except etree.XMLSyntaxError as error:
        raise Damaged(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Damaged("it has a document type")


def dangers(package: Mapping[str, bytes]) -> Iterator[Danger]:
    """All that runs, fetches or is embedded, in the order of the file."""
    for name, part in package.items():
        if _MACRO_PARTS.search(name):
            yield Danger("macro", name)
        elif _OBJECT_PARTS.search(name):
            yield Danger("object", name)
        elif _is_xml(name):
            root = parsed(part)
            yield from (danger for relation in root.iter(_RELATION) if (danger := _of_relation(name, relation)))
            if words := _fetching(root):
                yield Danger("fetch", name, words)


def _of_relation(name: str, relation: etree._Element) -> Danger | None:
    kind, target = relation.get("Type", "").rpartition("/")[2], relation.get("Target", "")
    if kind == "vbaProject":
        return Danger("macro", name, target)
    if kind in _OBJECTS:
        return Danger("object", name, target)
    is_external = relation.get("TargetMode", "").lower() == "external"
    if kind in _LINKS or (is_external and kind != "hyperlink"):
        return Danger("fetch" if kind == "image" else "link", name, target)
    return None


def _fetching(root: etree._Element) -> str:
    """The field that fetches. Word may scatter it over runs, so its words are put together again, both ways."""
    words = [field.text or "" for field in root.iter(f"{W}instrText")]
    words += [field.get(f"{W}instr", "") for field in root.iter(f"{W}fldSimple")]
    for joined in ("".join(words), " ".join(words)):
        if found := _FETCHING.search(joined):
            return joined[found.start() : found.start() + 120].strip()
    return ""
