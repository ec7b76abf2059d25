"""JUDGEMENT: what can be produced, from which data. One module per document type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from conventions.documents import convention
from conventions.text import Text

__all__ = ["DOCUMENTS", "DocumentType"]


@dataclass(frozen=True)
class DocumentType:
    """A kind of paper."""

    key: str
    """Also the name of its template and of its files."""
    title: Text
    context: Callable[..., dict[str, object]]
    """Computes everything that the template may print."""


DOCUMENTS: Final[Mapping[str, DocumentType]] = MappingProxyType(
    {kind.key: kind for kind in (DocumentType("convention", Text("internship agreement"), convention.context),)}
)
"""Every document type by its key."""
