"""Where the Word templates stand, and which of them may be used.

A workspace's own template wins over the shipped one. A template is code that others edit: before anything is filled in,
it is refused if it could fetch something, run something or fill the memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from conventions.errors import TemplateError
from conventions.press.unpacking import Damaged, dangers, unpacked
from conventions.shipped import shipped
from conventions.text import Text

__all__ = ["DIGESTS", "Template", "documents_available", "find", "is_as_shipped", "take"]

DIGESTS: Final = "SHA256SUMS"
"""Beside the shipped templates: what each of them was when it was built and looked over."""
_NAME: Final = re.compile(r"[a-z][a-z_]{0,40}")


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
    template = take(document, language, own)
    _inspect(template.path, template.digest, template.data)
    return template


def take(document: str, language: str, own: Path | None = None) -> Template:
    """The same, whatever the file holds: to be looked over, never to be filled.

    Raises:
        TemplateError: there is none (TEMPLATE-01), or it cannot be read (TEMPLATE-02).
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


def is_as_shipped(template: Template) -> bool:
    """Whether a template is, to the byte, one that came with the package under that name."""
    return f"{template.digest}  {template.language}/{template.document}.docx" in _digests()


@lru_cache(maxsize=1)
def _digests() -> frozenset[str]:
    return frozenset((shipped("templates") / DIGESTS).read_text(encoding="ascii").splitlines())


def _folders(own: Path | None) -> tuple[Path, ...]:
    return (*((own,) if own else ()), shipped("templates"))


def _read(document: str, language: str, path: Path) -> Template:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _not_word(path) from error
    return Template(document, language, path, sha256(data).hexdigest(), data)


@lru_cache(maxsize=64)
def _inspect(path: Path, digest: str, data: bytes) -> None:  # noqa: ARG001
    """Refuse what is not a Word document, or not only that. Cached by digest."""
    try:
        package = unpacked(data)
    except Damaged as error:
        raise _not_word(path) from error
    for danger in dangers(package):
        raise _reaches_out(path, danger.part)


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
