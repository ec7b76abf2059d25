"""HAND on data files: a path becomes a dossier, or findings that say where to look; dossiers become files again.

Spreadsheets are loaded when they are first asked for: reading one YAML dossier must not wait for openpyxl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.intake.reading import Source, read
from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.intake.entries import Entry
    from conventions.intake.gathering import Batch, fault_in, read_all
    from conventions.intake.plain import differences, overlaid
    from conventions.intake.proposal import proposed
    from conventions.intake.registrar import registrar_table
    from conventions.intake.schema import dossier_schema
    from conventions.intake.writing import Written, written
    from conventions.intake.yamltext import to_yaml

__all__ = [
    "Batch",
    "Entry",
    "Source",
    "Written",
    "differences",
    "dossier_schema",
    "fault_in",
    "overlaid",
    "proposed",
    "read",
    "read_all",
    "registrar_table",
    "to_yaml",
    "written",
]

_HOMES = {
    "entries": ("Entry",),
    "gathering": ("Batch", "fault_in", "read_all"),
    "plain": ("differences", "overlaid"),
    "registrar": ("registrar_table",),
    "proposal": ("proposed",),
    "schema": ("dossier_schema",),
    "writing": ("Written", "written"),
    "yamltext": ("to_yaml",),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
