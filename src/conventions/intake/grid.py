"""A table as it stands in a file, before anybody asks what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Final

from conventions.model.finding import Finding, Position

__all__ = ["MAX_COLUMNS", "MAX_FILE", "MAX_ROWS", "Grid", "Odd", "Raw", "Row", "letters"]

MAX_FILE: Final = 50_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 1_000


class Odd(Enum):
    """A cell that holds no value of its own."""

    FORMULA = "formula"
    FAULT = "fault"
    """Such as #N/A or #REF!."""


Raw = str | int | float | bool | date | datetime | time | Odd | None
"""What a cell can hold. A CSV file holds text only."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row and its number in the file, from 1."""

    line: int
    values: tuple[Raw, ...]

    @property
    def is_blank(self) -> bool:
        """Nothing but blanks."""
        return not any(
            value is not None and not (isinstance(value, str) and not value.strip()) for value in self.values
        )


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet that are not blank."""

    file: str
    rows: Sequence[Row]
    sheet: str = ""
    """Empty for CSV."""
    findings: tuple[Finding, ...] = ()
    torn: frozenset[int] = frozenset()
    """Rows whose cells are merged with those of a row above: what they should hold stands elsewhere."""
    epoch: date = date(1899, 12, 30)
    """The day that a spreadsheet counts as 0."""

    beside: tuple[tuple[int, str, Mapping[int, int]], ...] = ()
    """Sheets whose columns were put behind: from which column on, their name, their row for each of ours."""

    def place(self, line: int, column: int = 0) -> Position:
        """``file:line``, or ``file:sheet!cell``."""
        if not self.sheet:
            return Position(self.file, line)
        for first, sheet, lines in reversed(self.beside):
            if column >= first:
                line = lines.get(line, line)
                return Position(self.file, line, f"{sheet}!{letters(column - first)}{line}")
        return Position(self.file, line, f"{self.sheet}!{letters(column)}{line}")


def letters(column: int) -> str:
    """A column's name in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
