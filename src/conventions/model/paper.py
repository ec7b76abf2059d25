"""How far a paper has gone, as types: mypy refuses to archive what is not sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Final

__all__ = ["ORIGIN_NAMESPACE", "Box", "Origin", "Pdf", "Prepared", "Sealed"]

ORIGIN_NAMESPACE: Final = "https://conventions.example/ns/origin/1/"
"""Of our own XMP properties. ``.example`` is reserved (RFC 2606): the name cannot be mistaken for a site."""


@dataclass(frozen=True)
class Origin:
    """Where a paper comes from; written into the PDF, so that the PDF alone says it."""

    document: str
    """Document type: ``convention``, ``amendment`` …"""
    number: str
    version: int
    """1, 2 … : a corrected paper is a new version."""
    language: str
    dossier_digest: str
    """SHA-256 of the canonical dossier, hexadecimal."""
    template_digest: str
    program: str
    """``conventions`` and its version."""


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, in PDF points from the bottom left; pages count from 0."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class _Bytes:
    origin: Origin
    data: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Pdf(_Bytes):
    """A PDF/A without signature fields; the last stage that may be made again."""

    boxes: Mapping[str, Box] = field(default_factory=dict, compare=False)
    """Where each role signs, as far as whoever made the paper has found it; nobody has when it was read from a file."""


@dataclass(frozen=True)
class Prepared(_Bytes):
    """All fields placed and certified by the institution's seal; from here bytes are only appended."""


@dataclass(frozen=True)
class Sealed(_Bytes):
    """Complete: every role has signed, validation data and a document timestamp close the file."""
