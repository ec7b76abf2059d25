"""Internship agreements: data in, checked, written, signed in order, sealed, archived, verifiable.

One paper, without memory::

    from conventions import archive, check, prepare, produce, read, seal, sign, verify

A year of them, with a registry and a post::

    from conventions import Office

Everything is loaded on first use: ``import conventions`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.errors import ConventionsError
    from conventions.model.dossier import Dossier
    from conventions.model.finding import Finding
    from conventions.office import Office
    from conventions.pipeline import archive, check, prepare, produce, read, seal, sign
    from conventions.signing import Report, verify

__version__ = "0.1.0"

__all__ = [
    "ConventionsError",
    "Dossier",
    "Finding",
    "Office",
    "Report",
    "archive",
    "check",
    "prepare",
    "produce",
    "read",
    "seal",
    "sign",
    "verify",
]

_HOMES = {
    "errors": ("ConventionsError",),
    "model.dossier": ("Dossier",),
    "model.finding": ("Finding",),
    "office": ("Office",),
    "pipeline": ("archive", "check", "prepare", "produce", "read", "seal", "sign"),
    "signing": ("Report", "verify"),
}

__getattr__ = on_first_use(__name__, {name: f"conventions.{home}" for home, names in _HOMES.items() for name in names})
