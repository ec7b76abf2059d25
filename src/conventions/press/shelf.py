"""Where the Word templates stand, and which of them may be used.

A workspace's own template wins over the shipped one. A template is code that others edit: before anything is filled in,
it is refused if it could fetch something, run something or fill the memory.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from lxml import etree

from conventions.errors import TemplateError
from conventions.shipped import shipped
from conventions.text import Text

__all__ = ["Template", "documents_available", "find"]

_LARGEST: Final = 50 * 1024 * 1024
"""Bytes of all parts together, unpacked."""
_BODY: Final = "word/document.xml"
_NAME: Final = re.compile(r"[a-z][a-z_]{0,40}")
_ACTIVE_PARTS: Final = re.compile(r"(vbaproject|vbadata|/embeddings/|/activex/|\.dotm$)", re.IGNORECASE)
_ACTIVE_RELATIONS: Final = re.compile(
    r"/(aFChunk|attachedTemplate|control|frame|oleObject|package|subDocument|vbaProject)$"
)
_FETCHING: Final = re.compile(r"INCLUDEPICTURE|INCLUDETEXT|\b(DDE|DDEAUTO|DATABASE|LINK|IMPORT|RD)\b", re.IGNORECASE)
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Template:
    """One Word template, as it was read; what happens to the file later does not matter."""

    document: str
    language: str
    path: Path
    digest: str
    """SHA-256 of the file, hexadecimal."""
    data: bytes = field(repr=False)


def find(document: str, language: str, own: Path | None = None) -> Template:
    """The template of a document type in a language: the workspace's, else the shipped one.

    Args:
        document: such as ``convention``; also the name of the file.
        language: ISO 639-1 code; also the name of the folder.
        own: the workspace's folder of templates, if it has one.

    Raises:
        TemplateError: there is none (TEMPLATE-01), it is not a Word document (TEMPLATE-02), or it reaches outside
            itself (TEMPLATE-05).
    """
    for folder in _folders(own):
        path = folder / language / f"{document}.docx"
        if _NAME.fullmatch(document) and path.is_file():
            return _read(document, language, path)
    raise TemplateError(
        "TEMPLATE-01",
        Text("there is no template for “{document}” in “{language}”", document=document, language=language),
        Text(
            "put one at {path} in the workspace, or choose a language that has it",
            path=f"templates/{language}/{document}.docx",
        ),
    )


def documents_available(own: Path | None = None) -> frozenset[tuple[str, str]]:
    """Every (document, language) that has a template, shipped or the workspace's own."""
    return frozenset(
        (path.stem, path.parent.name)
        for folder in _folders(own)
        for path in folder.glob("*/*.docx")
        if _NAME.fullmatch(path.stem)
    )


def _folders(own: Path | None) -> tuple[Path, ...]:
    return (*((own,) if own else ()), shipped("templates"))


def _read(document: str, language: str, path: Path) -> Template:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _not_word(path) from error
    digest = sha256(data).hexdigest()
    _inspect(path, digest, data)
    return Template(document, language, path, digest, data)


@lru_cache(maxsize=64)
def _inspect(path: Path, digest: str, data: bytes) -> None:  # noqa: ARG001
    """Refuse what is not a Word document, or not only that. Cached by digest."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _LARGEST or _BODY not in package.namelist():
                raise _not_word(path)
            for name in package.namelist():
                _inspect_part(path, name, package.read(name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _not_word(path) from error


def _inspect_part(path: Path, name: str, part: bytes) -> None:
    if _ACTIVE_PARTS.search(name):
        raise _reaches_out(path, name)
    if not name.endswith((".xml", ".rels")):
        return
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise _not_word(path) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _not_word(path)
    if _fetches(root) or any(_links_out(relation) for relation in root.iter(f"{_RELATIONS}Relationship")):
        raise _reaches_out(path, name)


def _links_out(relation: etree._Element) -> bool:
    kind = relation.get("Type", "")
    is_external = relation.get("TargetMode", "").lower() == "external"
    return bool(_ACTIVE_RELATIONS.search(kind)) or (is_external and not kind.endswith("/hyperlink"))


def _fetches(root: etree._Element) -> bool:
    """Fields may be scattered over runs, so their words are put together again, both ways."""
    words = [field.text or "" for field in root.iter(f"{_W}instrText")]
    words += [field.get(f"{_W}instr", "") for field in root.iter(f"{_W}fldSimple")]
    return bool(_FETCHING.search("".join(words)) or _FETCHING.search(" ".join(words)))


def _not_word(path: Path) -> TemplateError:
    return TemplateError(
        "TEMPLATE-02",
        Text("{file} is not a Word document, or it is damaged", file=path.name),
        Text("save it again from Word or LibreOffice Writer as .docx, or restore it"),
        place=str(path),
    )


def _reaches_out(path: Path, part: str) -> TemplateError:
    return TemplateError(
        "TEMPLATE-05",
        Text(
            "{file} holds an outside link, a macro or an embedded object ({part})",
            file=path.name,
            part=part,
        ),
        Text("embed linked pictures, and remove macros, objects and linked fields, then save it as .docx"),
        place=str(path),
    )
