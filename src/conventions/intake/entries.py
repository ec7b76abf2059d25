"""One row, one dossier: every problem of the row at once, each at its cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from conventions.intake.cells import Remark, Unclear, is_blank
from conventions.intake.grid import Grid, Row
from conventions.intake.headings import Head, Target
from conventions.intake.lists import closed, insert, read_cell
from conventions.intake.mapping import Mapped, squashed
from conventions.intake.reading import position_of
from conventions.intake.shape import Column, column_of
from conventions.intake.yaml12 import Tree
from conventions.model.complaints import findings_from
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text

__all__ = ["Entry", "entries_of", "entry_of", "numbers_as_codes"]

_CODES: Final = frozenset({"student_number", "region", "phone", "policy", "siret", "national_id"})
"""Columns of codes: stored as numbers, their leading zeros are gone."""


@dataclass(frozen=True)
class Entry:
    """One dossier of a file, or what keeps it from being one."""

    number: str
    """As it was typed; may be empty."""
    place: Position
    dossier: Dossier | None = None
    findings: tuple[Finding, ...] = ()
    columns: frozenset[str] | None = None
    """The paths the file has columns for; it says nothing of the others. Nothing: the file says everything."""


def entry_of(tree: Tree, file: str) -> Entry:
    """A dossier that was written whole, in YAML or JSON."""
    number, place = str(tree.data.get("number") or ""), Position(file, tree.lines.get("", 1))
    try:
        return Entry(number, place, Dossier.model_validate(tree.data))
    except ValidationError as error:
        found = findings_from(error, lambda field: position_of(field, file, tree.lines))
        return Entry(number, place, findings=found)


def entries_of(grid: Grid, head: Head, mapped: Mapped) -> Iterator[Entry]:
    """The rows below the headings; where these are repeated, they are passed over."""
    covered = frozenset(target.path for target in head.targets.values()) | mapped.defaults.keys()
    for row in grid.rows:
        if row.line > head.line and not _repeats(row, head):
            yield replace(_RowReader(grid, head, mapped, row).entry(), columns=covered)


def numbers_as_codes(grid: Grid, head: Head) -> Iterator[Finding]:
    """One warning for each column of codes that a spreadsheet keeps as numbers."""
    for at, target in head.targets.items():
        below = (row.values[at] for row in grid.rows if row.line > head.line and at < len(row.values))
        if target.column.name in _CODES and any(type(value) in (int, float) for value in below):
            yield Finding(
                "TABLE-13",
                Severity.WARNING,
                Text("{column} is kept as numbers: zeros at the beginning are lost", column=target.path),
                Text("format the column as text, and type again the values that begin with a zero"),
                field=target.path,
                position=grid.place(head.line, at),
            )


def _repeats(row: Row, head: Head) -> bool:
    pairs = zip(row.values, head.names, strict=False)
    return all((squashed(value) if isinstance(value, str) else "") == name for value, name in pairs)


class _RowReader:
    def __init__(self, grid: Grid, head: Head, mapped: Mapped, row: Row) -> None:
        self._grid = grid
        self._head = head
        self._mapped = mapped
        self._row = row
        self._tree: dict[str, Any] = {}
        self._cells: dict[str, int] = {}
        self._unclear: set[str] = set()
        self._findings: list[Finding] = []

    def entry(self) -> Entry:
        for at, target in self._head.targets.items():
            self._read(at, target)
        for path, words in self._mapped.defaults.items():
            if not self._has(path) and (column := column_of(path)):
                self._put(-1, path, column, words)
        self._look_beside()
        data = closed(self._tree)
        for address, path in _addresses(data, ""):
            self._mend(address, path)
        number = data.get("number")
        entry = Entry(number if isinstance(number, str) else "", self._grid.place(self._row.line))
        dossier = self._dossier(data)
        if any(finding.severity is Severity.ERROR for finding in self._findings):
            dossier = None
        return replace(entry, dossier=dossier, findings=tuple(self._findings))

    def _read(self, at: int, target: Target) -> None:
        raw = self._row.values[at] if at < len(self._row.values) else None
        if is_blank(raw):
            self._cells.setdefault(target.path, at)
        else:
            self._put(at, target.path, target.column, raw)

    def _put(self, at: int, path: str, column: Column, raw: Any) -> None:
        self._cells[path] = at
        try:
            value, remarks = read_cell(raw, column, self._grid.epoch)
        except Unclear as unclear:
            self._unclear.add(path)
            self._say(unclear.remark, path, at)
            return
        for remark in remarks:
            self._say(remark, path, at)
        if not insert(self._tree, path, value):
            self._say(_TWICE, path, at)

    def _has(self, path: str) -> bool:
        tree: Any = self._tree
        for part in path.split("."):
            tree = tree.get(part) if isinstance(tree, dict) else None
        return tree is not None

    def _look_beside(self) -> None:
        """Values where they cannot be read: without a heading, or merged with a cell above."""
        heads = self._head.names
        for at, raw in enumerate(self._row.values):
            if not is_blank(raw) and (at >= len(heads) or not heads[at]) and at not in self._head.targets:
                severity = Severity.WARNING if self._grid.sheet else Severity.ERROR
                self._say(replace(_BESIDE, severity=severity), "", at)
                break
        if self._row.line in self._grid.torn:
            self._say(_MERGED, "", 0)

    def _mend(self, address: dict[str, Any], path: str) -> None:
        """A French postal code that lost its zero gets it back; a spreadsheet took it for a number."""
        code = address.get("postal_code", "")
        if isinstance(code, str) and len(code) == 4 and code.isdecimal() and address.get("country", "FR") == "FR":
            address["postal_code"] = f"0{code}"
            field = f"{path}.postal_code"
            message = Text("{value} has lost its zero: it is read as {mended}", value=code, mended=f"0{code}")
            self._say(Remark("CELL-07", message, _AS_TEXT, Severity.WARNING), field, self._column(field))

    def _dossier(self, data: dict[str, Any]) -> Dossier | None:
        try:
            return Dossier.model_validate(data)
        except ValidationError as error:
            self._findings += [
                replace(finding, fix=_FILL) if finding.code == "DATA-01" else finding
                for finding in findings_from(error, lambda path: self._place(self._column(path)))
                if not any(path == finding.field or path.startswith(f"{finding.field}.") for path in self._unclear)
            ]
            return None

    def _column(self, path: str) -> int:
        """The cell of a path, of the nearest group above it, or of the first thing below it; -1: there is none."""
        below = (at for known, at in self._cells.items() if known.startswith(f"{path}."))
        if path not in self._cells and (at := next(below, None)) is not None:
            return at
        while path and path not in self._cells:
            path = path.rpartition(".")[0]
        return self._cells.get(path, -1)

    def _place(self, at: int) -> Position:
        return self._grid.place(self._row.line, max(at, 0))

    def _say(self, remark: Remark, field: str, at: int) -> None:
        message = Text("{field}: {problem}", field=field, problem=remark.message) if field else remark.message
        self._findings.append(
            Finding(remark.code, remark.severity, message, remark.fix, field=field, position=self._place(at))
        )


def _addresses(tree: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(tree, dict):
        if "postal_code" in tree:
            yield tree, path
        for key, value in tree.items():
            yield from _addresses(value, f"{path}.{key}".lstrip("."))
    elif isinstance(tree, list):
        for rank, item in enumerate(tree):
            yield from _addresses(item, f"{path}.{rank}".lstrip("."))


_TWICE: Final = Remark(
    "TABLE-04", Text("two columns give it, and they differ"), Text("keep one of the two columns, or correct one value")
)
_BESIDE: Final = Remark(
    "TABLE-05",
    Text("the row has a value where there is no heading: the values may stand in wrong columns"),
    Text("put texts that hold the separator in quotes, or give the column a heading"),
)
_MERGED: Final = Remark(
    "TABLE-07",
    Text("a cell of this row is merged with the row above: its value stands there only"),
    Text("separate the merged cells and fill in each row"),
)
_FILL: Final = Text("fill in the column; if there is none, add one with that path as its heading")
_AS_TEXT: Final = Text("format the column as text")
