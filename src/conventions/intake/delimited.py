"""CSV: the separator is the one that makes sense of the headings; quotes that do not close are told, not guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from conventions.errors import DossierError
from conventions.intake.encoding import decoded
from conventions.intake.grid import MAX_COLUMNS, MAX_ROWS, Grid, Row
from conventions.intake.headings import find_head
from conventions.intake.mapping import Mapped
from conventions.intake.refusals import refusal
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text

__all__ = ["guarded", "read_csv", "unguarded"]

_SEPARATORS: Final = (";", ",", "\t")
_LOOK: Final = 15
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that make a spreadsheet run a cell instead of showing it (OWASP, CSV injection)."""


def guarded(words: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what looks like one."""
    return f"'{words}" if words.lstrip("'").startswith(_ACTIVE) else words


def unguarded(words: str) -> str:
    """The inverse of :func:`guarded`."""
    return words[1:] if words.startswith("'") and words.lstrip("'").startswith(_ACTIVE) else words


def read_csv(raw: bytes, file: str, mapped: Mapped) -> Grid:
    """The rows of a CSV file, with the line on which each begins.

    Raises:
        DossierError: neither text nor CSV (FILE-03, TABLE-11), or more rows or columns than a year has (TABLE-09).
    """
    text, encoding = decoded(raw, file)
    separator, body, first = _separator(text, file, mapped)
    rows: list[Row] = []
    findings = [_as_windows(file)] if encoding == "cp1252" else []
    try:
        rows.extend(_rows(body, separator, file, first))  # what was read before a fault is kept
    except DossierError as error:
        if not rows or error.code != "TABLE-11":
            raise
        line = int(error.place.rpartition(":")[2])
        findings.append(Finding(error.code, Severity.ERROR, error.message, error.fix, position=Position(file, line)))
    return Grid(file, rows, findings=tuple(findings))


def _separator(text: str, file: str, mapped: Mapped) -> tuple[str, str, int]:
    """The separator, the text that follows a ``sep=`` line if there is one, and the line on which that begins."""
    head, _, rest = text.partition("\n")
    if mark := re.fullmatch(r'\ufeff?"?sep=(.)"?\s*', head, re.IGNORECASE):
        return mark[1], rest, 2
    scores = {separator: _score(text, separator, file, mapped) for separator in _SEPARATORS}
    return max(_SEPARATORS, key=lambda separator: scores[separator]), text, 1


def _score(text: str, separator: str, file: str, mapped: Mapped) -> int:
    rows: list[Row] = []
    with suppress(DossierError):  # told when the rows are read in earnest
        rows.extend(islice(_rows(text, separator, file, 1), _LOOK))
    head = find_head(Grid(file, rows), mapped)
    return len(head.targets) if head else 0


def _rows(text: str, separator: str, file: str, first: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, count = first, 0
    try:
        for values in reader:
            row = Row(line, tuple(unguarded(value) for value in values))
            line = first + reader.line_num
            if row.is_blank:
                continue
            count += 1
            if count > MAX_ROWS or len(values) > MAX_COLUMNS:
                raise refusal("TABLE-09", Text("the table is larger than a year of dossiers"), file, row.line, _SPLIT)
            yield row
    except csv.Error as error:
        raise refusal("TABLE-11", Text("this is not CSV: {problem}", problem=str(error)), file, line, _QUOTES) from None


_SPLIT: Final = Text("divide the file")
_QUOTES: Final = Text("a text in quotes does not end; double the quotes inside it, or save the file again as CSV")


def _as_windows(file: str) -> Finding:
    return Finding(
        "TABLE-12",
        Severity.INFORMATION,
        Text("the file is not UTF-8: it is read as Windows-1252"),
        Text("if accents are wrong, save it again as CSV UTF-8"),
        position=Position(file),
    )
