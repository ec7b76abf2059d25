"""Grades as the registrar's own table: chosen columns under chosen headings, nothing in it that a spreadsheet runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

from conventions.intake.tabletext import Cell, Table, csv_bytes, xlsx_bytes

__all__ = ["registrar_table"]

_SHEET: Final = "grades"


def registrar_table(
    rows: Sequence[Mapping[str, Cell]],
    columns: Mapping[str, str],
    kind: Literal["xlsx", "csv"],
    decimal: Literal[".", ","] = ".",
) -> bytes:
    """The bytes of a workbook or a CSV file; equal grades make equal bytes.

    Args:
        rows: what is known of each student, by our names.
        columns: our names of what is wanted, in order, and the heading of each.
        kind: the format.
        decimal: sign of the numbers in CSV; a workbook holds numbers.
    """
    table = Table(tuple(columns.values()), (), tuple(tuple(row[name] for name in columns) for row in rows))
    if kind == "xlsx":
        return xlsx_bytes(table, _SHEET)
    return csv_bytes(_written(table) if decimal == "," else table)


def _written(table: Table) -> Table:
    rows = tuple(tuple(_with_comma(cell) for cell in row) for row in table.rows)
    return Table(table.headings, table.columns, rows)


def _with_comma(cell: Cell) -> Cell:
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else cell
