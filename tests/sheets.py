"""Tables for tests: one sound dossier as headings and cells, changed where a test says so, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from conventions.intake import Batch, read_all
from conventions.intake.lists import json_cell
from conventions.intake.plain import leaves, tree_of
from conventions.model.dossier import Dossier
from conventions.model.finding import Severity
from tests.builders import a_dossier

__all__ = ["a_row", "book", "codes", "read_csv", "read_xlsx", "refused", "table", "the"]


def a_row(**changes: Any) -> dict[str, Any]:
    """Heading and cell of a sound dossier; double underscores stand for dots, ``None`` drops the column."""
    row = {path: json_cell(value) if isinstance(value, list) else value for path, value in leaves(tree_of(a_dossier()))}
    for name, value in changes.items():
        row[name.replace("__", ".")] = value
    return {path: value for path, value in row.items() if value is not None}


def table(*rows: Mapping[str, Any]) -> list[list[Any]]:
    """The headings of all rows, then the rows."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    return [heads, *([row.get(head) for head in heads] for row in rows)]


def read_csv(
    folder: Path,
    rows: Sequence[Sequence[Any]],
    *,
    separator: str = ";",
    encoding: str = "utf-8",
    mapping: str = "",
    name: str = "year.csv",
) -> Batch:
    """Write the rows as CSV and read them."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows([["" if cell is None else cell for cell in row] for row in rows])
    path = folder / name
    path.write_bytes(stream.getvalue().encode(encoding))
    return read_all(path, mapping=_mapping(folder, mapping))


def _mapping(folder: Path, text: str) -> Path | None:
    if not text:
        return None
    path = folder / ("map.csv" if text.startswith("theirs") else "map.yaml")
    path.write_text(text, encoding="utf-8")
    return path


def book(folder: Path, rows: Sequence[Sequence[Any]], change: Callable[[Workbook], object] = lambda _: None) -> Path:
    """Write the rows as the first sheet of a workbook, changed by whatever a test likes."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = "Stages"
    for row in rows:
        page.append(list(row))
    change(made)
    path = folder / "year.xlsx"
    made.save(path)
    return path


def read_xlsx(
    folder: Path, rows: Sequence[Sequence[Any]], change: Callable[[Workbook], object] = lambda _: None, sheet: str = ""
) -> Batch:
    """Write the rows as XLSX and read them."""
    return read_all(book(folder, rows, change), sheet=sheet)


def codes(batch: Batch) -> list[str]:
    """Of all findings, the file's first."""
    found = [*batch.findings, *(finding for entry in batch.entries for finding in entry.findings)]
    return [finding.code for finding in found]


def the(batch: Batch) -> Dossier:
    """The only dossier, which must be sound."""
    (entry,) = batch.entries
    assert entry.dossier is not None, [str(finding.message) for finding in entry.findings]
    return entry.dossier


def refused(batch: Batch) -> dict[str, tuple[str, str]]:
    """Code and place of each error, by field."""
    (entry,) = batch.entries
    assert entry.dossier is None
    return {
        finding.field: (finding.code, str(finding.position).rpartition("/")[2])
        for finding in entry.findings
        if finding.severity is Severity.ERROR
    }
