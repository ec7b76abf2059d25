"""Dossiers as a file of the format that its name asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.intake.plain import tree_of
from conventions.intake.refusals import refusal
from conventions.intake.tabletext import csv_bytes, esup_table, table_of, xlsx_bytes
from conventions.intake.yamltext import to_yaml
from conventions.model.dossier import Dossier
from conventions.text import Text

__all__ = ["ESUP", "OWN", "Written", "written"]

OWN: Final = "own"
ESUP: Final = "esup-stage"


@dataclass(frozen=True)
class Written:
    """The bytes of a file, and the filled-in paths that it has no column for."""

    data: bytes
    left_out: tuple[str, ...] = ()


def written(dossiers: Sequence[Dossier], file: str, columns: str = OWN) -> Written:
    """The dossiers in the format that the ending of ``file`` names; read again, they are equal.

    Raises:
        DossierError: EXPORT-01 the ending names no format, EXPORT-02 a value that the format cannot carry.
    """
    ending = file.rpartition(".")[2].lower()
    if ending in _WHOLE and columns == OWN:
        return Written(_WHOLE[ending](dossiers))
    if ending in _TABLES:
        table = table_of(dossiers) if columns == OWN else esup_table(dossiers)
        return Written(_TABLES[ending](table), table.left_out)
    raise refusal(
        "EXPORT-01",
        Text("{file} names no format for these columns", file=file),
        file,
        0,
        Text("let its name end in .csv or .xlsx, or with our own columns in .yaml or .json, too"),
    )


def _yaml(dossiers: Sequence[Dossier]) -> bytes:
    return "---\n".join(to_yaml(dossier) for dossier in dossiers).encode()


def _json(dossiers: Sequence[Dossier]) -> bytes:
    """One dossier as an object, which every command reads; several as a list."""
    trees = [tree_of(dossier) for dossier in dossiers]
    body = trees[0] if len(trees) == 1 else trees
    return (json.dumps(body, ensure_ascii=False, indent=2, default=_typed) + "\n").encode()


def _typed(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


_WHOLE: Final[Mapping[str, Callable[[Sequence[Dossier]], bytes]]] = {"yaml": _yaml, "yml": _yaml, "json": _json}
_TABLES: Final = {"csv": csv_bytes, "xlsx": xlsx_bytes}
