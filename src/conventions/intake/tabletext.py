"""Dossiers as a table: the columns that somebody filled in, each cell such that it is read back exactly."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from conventions.errors import DossierError
from conventions.intake.cells import Unclear
from conventions.intake.delimited import guarded
from conventions.intake.lists import json_cell, read_cell
from conventions.intake.mapping import esup_columns
from conventions.intake.plain import leaves, tree_of
from conventions.intake.shape import Column, Kind, column_of, columns
from conventions.intake.workbook import escaped
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text, counted

__all__ = ["Cell", "Table", "csv_bytes", "esup_table", "table_of", "xlsx_bytes"]

_LONGEST: Final = 32_767
"""Characters that a cell of a spreadsheet can hold."""
_FIRST_DAY: Final = date(1900, 3, 1)
"""Before, spreadsheets count a day that never was."""

Cell = str | int | Decimal | bool | date | None


@dataclass(frozen=True)
class Table:
    """Headings, what they hold, and rows."""

    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: tuple[str, ...] = ()
    """Paths that are filled in and have no column."""


def table_of(dossiers: Sequence[Dossier]) -> Table:
    """Our own columns: the dotted paths that at least one dossier fills in.

    Raises:
        DossierError: EXPORT-02, a value that no cell can carry so that it is read back.
    """
    trees = [dict(leaves(tree_of(dossier))) for dossier in dossiers]
    used = {path for tree in trees for path in tree}
    chosen = tuple(column for path, column in columns().items() if path in used)
    return Table(tuple(column.path for column in chosen), chosen, _rows(dossiers, trees, chosen))


def esup_table(dossiers: Sequence[Dossier]) -> Table:
    """The field names of esup-stage, as far as it has a field for what is filled in."""
    trees = [dict(leaves(tree_of(dossier))) for dossier in dossiers]
    used = {path for tree in trees for path in tree}
    names: dict[str, str] = {}
    for heading, path in esup_columns().values():
        if path in used:
            names.setdefault(path, heading)
    chosen = tuple(column for path in names if (column := column_of(path)))
    rest = tuple(path for path in columns() if path in used - names.keys())
    return Table(tuple(names.values()), chosen, _rows(dossiers, trees, chosen), rest)


def _rows(
    dossiers: Sequence[Dossier], trees: Sequence[dict[str, Any]], chosen: Sequence[Column]
) -> tuple[tuple[Cell, ...], ...]:
    findings: list[Finding] = []
    rows = []
    for dossier, tree in zip(dossiers, trees, strict=True):
        cells: list[Cell] = []
        for column in chosen:
            value = tree.get(column.path)
            cell = None if value is None else _cell(value, column)
            if value is not None and not _returns(cell, value, column):
                findings.append(_lost(dossier.number, column.path))
            cells.append(cell)
        rows.append(tuple(cells))
    if findings:
        raise DossierError(
            "EXPORT-02",
            counted("one value cannot be put into a table", "{n} values cannot be put into a table", n=len(findings)),
            Text("export to YAML or JSON, or shorten the values"),
            findings=findings,
        )
    return tuple(rows)


def _cell(value: Any, column: Column) -> Cell:
    if column.is_list or column.kind is Kind.GROUP:
        plain = _plain_list(value)
        return plain if _returns(plain, value, column) else json_cell(value)
    return value  # type: ignore[no-any-return]


def _plain_list(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    return "\n".join(_line(item) for item in value)


def _line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    return "; ".join(f"{path}: {_words(value)}" for path, value in leaves(item))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _returns(cell: Cell, value: Any, column: Column) -> bool:
    """Is the cell, read again, the same value? The writer never trusts itself."""
    raw = float(cell) if isinstance(cell, Decimal) else cell
    try:
        found, remarks = read_cell(raw, column)
    except Unclear:
        return False
    shortest = not isinstance(cell, str) or len(guarded(cell)) <= _LONGEST
    return shortest and not remarks and _same(found, value)


def _same(found: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(found, dict) and _flat(found) == _flat(value)
    if isinstance(value, list):
        return isinstance(found, list) and len(found) == len(value) and all(map(_same, found, value))
    if isinstance(value, bool):
        return found is value
    if isinstance(value, int | Decimal) and isinstance(found, str):
        return _is_number(found) and Decimal(found) == value
    return bool(found == (value.isoformat() if isinstance(value, date) else value))


def _flat(tree: dict[str, Any]) -> dict[str, str]:
    return {path: _canonical(value) for path, value in leaves(tree)}


def _canonical(value: Any) -> str:
    if isinstance(value, list):
        return json_cell([_flat(item) if isinstance(item, dict) else _canonical(item) for item in value])
    return _words(value)


def _is_number(words: str) -> bool:
    return words.replace(".", "", 1).removeprefix("-").isdecimal()


def _lost(number: str, path: str) -> Finding:
    return Finding(
        "EXPORT-02",
        Severity.ERROR,
        Text("{field} of dossier {number}: no cell can carry it so that it is read back", field=path, number=number),
        Text("shorten it, or take out what is unusual in it"),
        field=path,
        position=Position(number),
    )


def csv_bytes(table: Table) -> bytes:
    """For a spreadsheet as for a program: UTF-8 with its mark, semicolons, no cell that runs."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(guarded, table.headings))
    for row in table.rows:
        writer.writerow(["" if cell is None else guarded(_words(cell)) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: Table, title: str = "dossiers") -> bytes:
    """A workbook with fixed headings; text is text, whatever it looks like. The same dossiers give the same bytes."""
    book = Workbook(write_only=False)
    page = book.active
    assert page is not None  # noqa: S101 - a new workbook has one sheet
    page.title = title
    for at, heading in enumerate(table.headings, start=1):
        _write(page.cell(1, at), heading)
        page.cell(1, at).font = Font(bold=True)
    for line, row in enumerate(table.rows, start=2):
        for at, cell in enumerate(row, start=1):
            if cell is not None:
                _write(page.cell(line, at), cell)
    for at, heading in enumerate(table.headings):
        longest = max([len(heading), *(len(_words(row[at])) for row in table.rows if row[at] is not None)])
        page.column_dimensions[get_column_letter(at + 1)].width = min(max(longest + 2, 8), 48)
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions
    return _undated(book)


def _write(place: Any, cell: Cell) -> None:
    if isinstance(cell, date) and cell >= _FIRST_DAY:
        place.value, place.number_format = cell, "yyyy-mm-dd"
    elif isinstance(cell, bool | int):
        place.value = cell
    elif isinstance(cell, Decimal) and Decimal(repr(float(cell))) == cell:
        place.value, place.number_format = float(cell), "0.00"
    else:
        place.value, place.number_format = escaped(_words(cell)), "@"
        place.data_type = "s"  # also what begins like a formula
        place.quotePrefix = True


_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LONG_AGO: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - OOXML's own dates carry no zone here


def _undated(book: Workbook) -> bytes:
    """The workbook without the instants at which it was made: openpyxl notes them in its properties and its zip."""
    book.properties.created = _LONG_AGO
    stream, result = io.BytesIO(), io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as again:
        for part in made.infolist():
            plain = zipfile.ZipInfo(part.filename, _LONG_AGO.timetuple()[:6])
            again.writestr(plain, _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", made.read(part)), zipfile.ZIP_DEFLATED)
    return result.getvalue()
