"""Which column a heading means, however it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from conventions.intake.grid import Grid, Raw, Row
from conventions.intake.mapping import Mapped, esup_columns, squashed
from conventions.intake.shape import Column, column_of, columns
from conventions.model.finding import Finding, Severity
from conventions.text import Text

__all__ = ["Head", "Target", "find_head"]

_LOOK: Final = 15
"""The headings stand somewhere in the first rows: titles and group names may come before."""
_SECRET: Final = re.compile(
    r"^(?:nir|insee|noinsee|ninsee|numeroinsee|idassurance|nss|ssn)$|securitesociale$|^(?:n|no|num|numero|code)secu|^secu$"
    r"|socialsecurityn|sozialversicherungsnummer|seguridadsocial$"
)
"""Headings of social-security numbers. A fund's name or a certificate is none."""


@dataclass(frozen=True)
class Target:
    """A column of the file that is understood."""

    path: str
    column: Column


@dataclass(frozen=True)
class Head:
    """The row of headings: what each column is, and what there is to say about them."""

    line: int
    targets: Mapping[int, Target]
    names: tuple[str, ...]
    """Every heading as it stands, squashed, to recognise the row when it is repeated."""
    findings: tuple[Finding, ...] = ()


def find_head(grid: Grid, mapped: Mapped) -> Head | None:
    """The row in which most headings are understood, alone or under the group names of the row above."""
    best: tuple[int, list[str]] | None = None
    most = 0
    above: Sequence[str] = ()
    for index, row in enumerate(grid.rows[:_LOOK]):
        names = [_words(value) for value in row.values]
        candidate = _below(above, names, mapped)
        score = sum(_target(name, mapped) is not None or _is_secret(name) for name in candidate)
        if score > most:
            most, best = score, (index, candidate)
        above = names
    if best is None:
        return None
    row, names = grid.rows[best[0]], best[1]
    found = {at: target for at, name in enumerate(names) if (target := _target(name, mapped)) and not _is_secret(name)}
    remarks = tuple(
        _remark(grid, row, at, name)
        for at, name in enumerate(names)
        if squashed(name) and at not in found and (_is_secret(name) or not _is_left_out(name, mapped))
    )
    return Head(row.line, found, tuple(squashed(_words(value)) for value in row.values), remarks)


def _words(value: Raw) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _below(above: Sequence[str], names: Sequence[str], mapped: Mapped) -> list[str]:
    """Headings with the group name above them (a merged cell writes it only once) where that makes a column."""
    joined, group = [], ""
    for at, name in enumerate(names):
        group = above[at] if at < len(above) and above[at] else group
        full = f"{group}.{name}"
        joined.append(full if group and name and _target(full, mapped) else name)
    return joined


def _target(name: str, mapped: Mapped) -> Target | None:
    key = squashed(name)
    if not key:
        return None
    path = mapped.paths.get(key)
    if path is None:
        path = _ours().get(key) or _ranked(name) or esup_columns().get(key, ("", ""))[1]
    column = column_of(path) if path else None
    return Target(path, column) if column else None


def _is_left_out(name: str, mapped: Mapped) -> bool:
    key = squashed(name)
    return mapped.paths.get(key) == "" or esup_columns().get(key, ("", "x"))[1] == ""


def _is_secret(name: str) -> bool:
    return bool(_SECRET.search(squashed(name)))


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, str]:
    return {squashed(path): path for path in columns() if "*" not in path}


def _ranked(name: str) -> str:
    """Our path behind a heading with ranks, such as ``Attachments.0.Kind``."""
    parts = [part.strip() for part in name.split(".")]
    if not any(part.isdecimal() for part in parts):
        return ""
    wanted = "".join("*" if part.isdecimal() else squashed(part) for part in parts)
    path = _with_ranks().get(wanted, "")
    ranks = iter([part for part in parts if part.isdecimal()])
    return ".".join(str(int(next(ranks))) if part == "*" else part for part in path.split(".")) if path else ""


@lru_cache(maxsize=1)
def _with_ranks() -> Mapping[str, str]:
    known = {path: path for path in columns() if "*" in path}
    known |= {f"{path}.*": f"{path}.*" for path, column in columns().items() if column.is_list}
    return {"".join("*" if part == "*" else squashed(part) for part in path.split(".")): path for path in known}


def _remark(grid: Grid, row: Row, at: int, name: str) -> Finding:
    place = grid.place(row.line, at)
    if _is_secret(name):
        return Finding(
            "TABLE-03",
            Severity.WARNING,
            Text("the column {name} looks like a social-security number: it is neither read nor kept", name=name),
            Text("take the column out of the file: no internship agreement needs it"),
            position=place,
        )
    nearest = _nearest(name)
    fix = (
        Text("name it {nearest} if that is what it holds, or map it with --mapping", nearest=nearest)
        if nearest
        else Text("map it with --mapping, or take it out; `conventions schema` lists the columns")
    )
    return Finding(
        "TABLE-02",
        Severity.WARNING,
        Text("the column {name} is not known: it is not read", name=name),
        fix,
        position=place,
    )


def _nearest(name: str) -> str:
    key, known = squashed(name), _ours()
    own = {squashed(path.rpartition(".")[2]): path for path in reversed(list(columns())) if "*" not in path}
    theirs = {squash: path for squash, (_, path) in esup_columns().items() if path}
    for table, cutoff in ((known, 0.75), (own, 0.75), (theirs, 0.8), (known, 0.6)):
        if found := get_close_matches(key, table, n=1, cutoff=cutoff):
            return table[found[0]]
    return ""
