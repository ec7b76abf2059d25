"""HAND on state: files that are never overwritten, the registry of papers and events, the archive.

SQLAlchemy is loaded when ``Registry`` is first named, not before: checking a dossier must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.store import archive
from conventions.store.archive import Receipt
from conventions.store.files import digest_name, read_file, replace, write_new
from conventions.store.record import PaperRecord

if TYPE_CHECKING:
    from conventions.store.registry import Registry

__all__ = ["PaperRecord", "Receipt", "Registry", "archive", "digest_name", "read_file", "replace", "write_new"]


def __getattr__(name: str) -> object:
    if name == "Registry":
        from conventions.store.registry import Registry

        return Registry
    raise AttributeError(name)
