"""A file of dossiers, whatever its format: entries in the file's order, and what there is to say about the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from conventions.errors import DossierError
from conventions.intake.delimited import read_csv
from conventions.intake.encoding import decoded, raw_bytes
from conventions.intake.entries import Entry, entries_of, entry_of, numbers_as_codes
from conventions.intake.grid import Grid, Row
from conventions.intake.headings import Head, find_head
from conventions.intake.jsontext import parse_json
from conventions.intake.mapping import NO_MAPPING, Mapped, read_mapping
from conventions.intake.refusals import refusal
from conventions.intake.workbook import read_workbook
from conventions.intake.yaml12 import parse_each
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text, quoted

__all__ = ["Batch", "fault_in", "read_all"]

_FORMATS: Final = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
_ZIP: Final = b"PK\x03\x04"
_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", Text("an old or password-protected Office file")),
    (b"%PDF", Text("a PDF")),
    (b"\x1f\x8b", Text("a compressed file")),
)


@dataclass(frozen=True)
class Batch:
    """What a file holds."""

    file: str
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    """About the file and its columns; those of a row are with its entry."""


def read_all(path: Path, *, mapping: Path | None = None, sheet: str = "") -> Batch:
    """Read the dossiers of a YAML, JSON, CSV or XLSX file.

    Raises:
        DossierError: the file as a whole cannot be used; what is wrong with one dossier is in its entry.
        DiskError: it cannot be read.
    """
    file = str(path)
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise refusal(
            "FILE-08",
            Text("{file} is not a file of dossiers: its name must end in .yaml, .json, .csv or .xlsx", file=path.name),
            file,
            0,
            Text("save it as CSV or .xlsx from your spreadsheet"),
        )
    mapped = read_mapping(mapping) if mapping else NO_MAPPING
    raw = raw_bytes(path)
    _assert_is(kind, raw, file)
    if kind == "yaml":
        return _whole([_entry(one, file) for one in parse_each(raw, file)], file)
    if kind == "json":
        return _whole([entry_of(tree, file) for tree in parse_json(decoded(raw, file)[0], file)], file)
    grids = (read_csv(raw, file, mapped),) if kind == "csv" else read_workbook(raw, file, sheet)
    return _table(grids, mapped, file)


def _assert_is(kind: str, raw: bytes, file: str) -> None:
    found = next((name for start, name in _SIGNATURES if raw.startswith(start)), None)
    if raw.startswith(_ZIP) and kind != "xlsx":
        found = Text("a workbook or another zip file")
    elif kind == "xlsx" and not raw.startswith(_ZIP):
        found = found or Text("no workbook")
    if found:
        raise refusal(
            "FILE-10",
            Text("the file is not what its name says: it is {kind}", kind=found),
            file,
            0,
            Text("give it the ending that belongs to it, or save it again as .xlsx or CSV"),
        )


def _entry(one: object, file: str) -> Entry:
    if isinstance(one, DossierError):
        line = one.place.rpartition(":")[2]
        place = Position(file, int(line) if line.isdecimal() else 0)
        return Entry("", place, findings=(Finding(one.code, Severity.ERROR, one.message, one.fix, position=place),))
    return entry_of(one, file)  # type: ignore[arg-type]


def _whole(entries: Sequence[Entry], file: str) -> Batch:
    if not entries:
        raise refusal("TABLE-15", Text("the file holds no dossier"), file)
    return Batch(file, tuple(entries))


def _table(grids: Sequence[Grid], mapped: Mapped, file: str) -> Batch:
    known = [(grid, head) for grid in grids if (head := find_head(grid, mapped))]
    if not known:
        raise refusal(
            "TABLE-01",
            Text("no row of headings is understood"),
            file,
            0,
            Text("name the columns with the dotted paths of `conventions schema`, or map yours with --mapping"),
        )
    grid, head = _joined(known)
    findings = [finding for one in grids for finding in one.findings]
    if grid is known[0][0]:
        findings += [_left(file, other.sheet) for other, _ in known[1:]]
    findings += [*head.findings, *numbers_as_codes(grid, head)]
    entries = tuple(entries_of(grid, head, mapped))
    if not entries:
        raise fault_in(findings) or refusal("TABLE-15", Text("the file holds no dossier"), file)
    return Batch(file, entries, tuple(findings))


def fault_in(findings: Sequence[Finding]) -> DossierError | None:
    """What kept a file from being read to its end, with everything else that there is to say of it; None: nothing."""
    fault = next((one for one in findings if one.severity is Severity.ERROR), None)
    if fault is None:
        return None
    return DossierError(fault.code, fault.message, fault.fix, place=str(fault.position), findings=findings)


def _joined(known: Sequence[tuple[Grid, Head]]) -> tuple[Grid, Head]:
    """Sheets that give the same dossiers other columns, row by row, are one table; else the first sheet."""
    grid, head = known[0]
    for other, more in known[1:]:
        if not _completes(head, more):
            return known[0]
        grid, head = _beside(grid, head, other, more)
    return grid, head


_KEYS: Final = frozenset({"number", "student", "student.student_number"})


def _completes(head: Head, more: Head) -> bool:
    ours, theirs = ({target.path for target in one.targets.values()} for one in (head, more))
    return "number" in ours and "number" in theirs and not (ours & theirs) - _KEYS


def _beside(grid: Grid, head: Head, other: Grid, more: Head) -> tuple[Grid, Head]:
    """The second sheet's columns behind those of the first, matched by number."""
    width = max(len(row.values) for row in grid.rows)
    theirs, ours = _by_number(other, more), _by_number(grid, head)
    blank = Row(0, ())
    pairs = [(row, theirs.get(_number(row, head), blank) if row.line > head.line else blank) for row in grid.rows]
    rows = [
        replace(row, values=(*row.values, *[None] * (width - len(row.values)), *also.values)) for row, also in pairs
    ]
    lines = {row.line: also.line for row, also in pairs if also.line} | {head.line: more.line}
    alone = tuple(_alone(other, row, grid.sheet) for number, row in theirs.items() if number not in ours)
    targets = dict(head.targets) | {at + width: target for at, target in more.targets.items()}
    names = (*head.names, *[""] * (width - len(head.names)), *more.names)
    wide = replace(grid, rows=rows, beside=(*grid.beside, (width, other.sheet, lines)))
    return wide, Head(head.line, targets, names, (*head.findings, *more.findings, *alone))


def _by_number(grid: Grid, head: Head) -> dict[str, Row]:
    return {_number(row, head): row for row in grid.rows if row.line > head.line}


def _number(row: Row, head: Head) -> str:
    at = next(at for at, target in head.targets.items() if target.path == "number")
    return str(row.values[at]).strip() if at < len(row.values) else ""


def _alone(grid: Grid, row: Row, sheet: str) -> Finding:
    return Finding(
        "TABLE-16",
        Severity.WARNING,
        Text("the sheet {name} has no dossier of that number: the row is not read", name=sheet),
        Text("correct the number, or add the dossier there"),
        position=grid.place(row.line),
    )


def _left(file: str, sheet: str) -> Finding:
    return Finding(
        "TABLE-06",
        Severity.WARNING,
        Text("the sheet {name} holds dossiers, too: it is not read", name=quoted(sheet)),
        Text("import it in another run, with --sheet"),
        position=Position(file),
    )
