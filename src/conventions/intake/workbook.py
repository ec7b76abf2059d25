"""XLSX: every visible sheet as rows, formulas and faults marked, dates as dates, in bounded memory."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import load_workbook

from conventions.errors import DossierError
from conventions.intake.archive_check import assert_harmless, broken
from conventions.intake.grid import MAX_COLUMNS, MAX_ROWS, Grid, Odd, Raw, Row
from conventions.intake.refusals import refusal
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text

__all__ = ["escaped", "read_workbook"]

_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # every XML parser's own error is one
    TypeError,
    ValueError,  # defusedxml's refusals are such
)
"""What openpyxl raises on files that are not what they say."""
_CELLS: Final = 2_000_000
_EMPTY: Final = 2_000
"""Rows without a value in sequence after which a sheet is taken to be at its end."""
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="[A-Z]+(\d+):[A-Z]+(\d+)"')


def read_workbook(raw: bytes, file: str, sheet: str = "") -> tuple[Grid, ...]:
    """The visible sheets, or the one that is named.

    Raises:
        DossierError: TABLE-10 it cannot or should not be opened, TABLE-14 there is no such sheet, TABLE-09 too large.
    """
    assert_harmless(raw, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it does not support; nothing of it is data
            book = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
            try:
                return tuple(_grids(book, raw, file, sheet))
            finally:
                book.close()
    except DossierError:
        raise
    except _BROKEN as error:
        raise broken(file, Text("{problem}", problem=f"{type(error).__name__} {error}".strip()[:200])) from None


def _grids(book: Any, raw: bytes, file: str, wanted: str) -> Iterator[Grid]:
    names = [page.title for page in book.worksheets]
    if wanted and wanted not in names:
        raise refusal(
            "TABLE-14",
            Text("there is no sheet {name}; the sheets are {names}", name=wanted, names=", ".join(names)),
            file,
            0,
            Text("name one of them with --sheet"),
        )
    for page in book.worksheets:
        if wanted == page.title or (not wanted and page.sheet_state == "visible"):
            yield _grid(page, book.epoch.date(), raw, file)
        elif not wanted:
            yield Grid(file, (), page.title, findings=(_hidden(file, page.title),))


def _grid(page: Any, epoch: date, raw: bytes, file: str) -> Grid:
    page.reset_dimensions()  # what a file says of its own size is not believed
    rows: list[Row] = []
    findings: list[Finding] = []
    cells = empty = 0
    for line, row in enumerate(page.iter_rows(), start=1):
        values = _values(row)
        read = Row(line, values)
        empty = empty + 1 if read.is_blank else 0
        if empty >= _EMPTY:
            findings.append(_stopped(file, page.title, line))
            break
        if empty:
            continue
        rows.append(read)
        cells += len(values)
        if len(rows) > MAX_ROWS or len(values) > MAX_COLUMNS or cells > _CELLS:
            place = f"{file}:{page.title}!A{line}"
            raise refusal("TABLE-09", Text("the table is larger than a year of dossiers"), place, 0, _DIVIDE)
    torn = frozenset(_torn(raw, page._worksheet_path))  # noqa: SLF001 - a read-only sheet tells its merged cells nowhere
    return Grid(file, rows, page.title, tuple(findings), torn, epoch)


_DIVIDE: Final = Text("divide the file")


def escaped(words: str) -> str:
    """Text that no reader of workbooks takes for its own escapes, such as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: f"_x005F{match[0]}", words)


def _values(row: tuple[Any, ...]) -> tuple[Raw, ...]:
    values = [_value(cell) for cell in row]
    while values and values[-1] is None:
        values.pop()
    return tuple(values)


def _value(cell: Any) -> Raw:
    if cell.data_type == "f":
        return Odd.FORMULA
    if cell.data_type == "e":
        return Odd.FAULT
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value
    return value if isinstance(value, int | float | date | datetime | time | None) else str(value)


def _torn(raw: bytes, part: str) -> Iterable[int]:
    """The rows below the first of every merged range, read from the end of the sheet's own XML."""
    kept = b""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(part.lstrip("/")) as stream:
        while chunk := stream.read(1 << 20):
            for first, last in _MERGED.findall(kept + chunk):
                yield from range(int(first) + 1, min(int(last), int(first) + MAX_ROWS) + 1)
            kept = chunk[-200:]


def _hidden(file: str, name: str) -> Finding:
    return Finding(
        "TABLE-06",
        Severity.WARNING,
        Text("the sheet {name} is hidden: it is not read", name=name),
        Text("name it with --sheet if it holds dossiers"),
        position=Position(file),
    )


def _stopped(file: str, name: str, line: int) -> Finding:
    return Finding(
        "TABLE-08",
        Severity.WARNING,
        Text("reading stopped at row {line}, after {n} rows without a value", line=line, n=_EMPTY),
        Text("delete the empty rows if there is something below them"),
        position=Position(file, line, f"{name}!A{line}"),
    )
