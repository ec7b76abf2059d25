"""What others call our columns: the shipped table of esup-stage, and mapping files of one's own."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from conventions.errors import DossierError
from conventions.intake.encoding import decoded, raw_bytes
from conventions.intake.refusals import refusal
from conventions.intake.shape import column_of
from conventions.intake.yaml12 import parse
from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text, counted

__all__ = ["NO_MAPPING", "Mapped", "esup_columns", "labels", "read_mapping", "squashed"]

_LIMIT: Final = 1_000_000


@dataclass(frozen=True)
class Mapped:
    """Their headings, squashed, with our paths; an empty path is a column that is left out on purpose."""

    paths: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What a path holds where the file has no value for it."""


NO_MAPPING: Final = Mapped()


@lru_cache(maxsize=4096)
def squashed(words: str) -> str:
    """Letters and digits only, without case, accents and blanks: how headings and labels are compared."""
    plain = unicodedata.normalize("NFKD", words.replace("_", "")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(maxsize=1)
def esup_columns() -> Mapping[str, tuple[str, str]]:
    """Of each squashed heading of esup-stage, the heading itself and our path."""
    rows = _shipped("columns-esup-stage.csv")
    return {squashed(row["theirs"]): (row["theirs"], row["ours"]) for row in rows}


@lru_cache(maxsize=1)
def labels() -> Mapping[str, Mapping[str, str]]:
    """Of each column's own name, the codes by squashed label."""
    found: dict[str, dict[str, str]] = {}
    for row in _shipped("labels.csv"):
        found.setdefault(row["column"], {})[squashed(row["label"]) or row["label"]] = row["code"]
    return found


def read_mapping(path: Path) -> Mapped:
    """Read ``theirs,ours[,default]`` from CSV, or ``theirs: ours`` from YAML.

    Raises:
        DossierError: MAP-01 it cannot be read, MAP-02 a path of ours is not known.
        DiskError: the operating system refuses.
    """
    name = str(path)
    raw = raw_bytes(path, _LIMIT)
    pairs = _from_yaml(raw, name) if path.suffix.lower() in {".yaml", ".yml"} else _from_csv(raw, name)
    unknown = tuple(_unknown(ours, name, line) for line, _, ours, _ in pairs if ours and column_of(ours) is None)
    if unknown:
        raise DossierError(
            "MAP-02",
            counted("one column of the mapping is not ours", "{n} columns of the mapping are not ours", n=len(unknown)),
            Text("correct them and run the command again"),
            place=name,
            findings=unknown,
        )
    return Mapped(
        {squashed(theirs): ours for _, theirs, ours, _ in pairs if squashed(theirs)},
        {ours: default for _, _, ours, default in pairs if ours and default},
    )


def _from_csv(raw: bytes, name: str) -> list[tuple[int, str, str, str]]:
    text, _ = decoded(raw, name)
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(row) and not row[0].startswith("#")]
    except csv.Error as error:
        raise refusal("MAP-01", Text("the mapping is not CSV: {problem}", problem=str(error)), name, 0, _FORM) from None
    if not rows or [squashed(word) for word in rows[0][1][:2]] != ["theirs", "ours"]:
        raise refusal("MAP-01", Text("the mapping does not begin with the headings theirs,ours"), name, 1, _FORM)
    return [(line, *(cell.strip() for cell in [*row, "", "", ""][:3])) for line, row in rows[1:]]  # type: ignore[misc]


def _from_yaml(raw: bytes, name: str) -> list[tuple[int, str, str, str]]:
    tree = parse(raw, name)
    wrong = [key for key, value in tree.data.items() if not isinstance(value, str | None)]
    if wrong:
        line = tree.lines.get(wrong[0], 0)
        raise refusal("MAP-01", Text("{key} is not followed by a path of ours", key=wrong[0]), name, line, _FORM)
    return [(tree.lines.get(key, 0), key, value or "", "") for key, value in tree.data.items()]


_FORM: Final = Text(
    "write a CSV file with the headings theirs,ours (and default, if you like), or YAML lines `their heading: our.path`"
)


def _unknown(ours: str, name: str, line: int) -> Finding:
    return Finding(
        "MAP-02",
        Severity.ERROR,
        Text("{path} is not a column of ours", path=ours),
        Text("the columns are the dotted paths that `conventions schema` describes"),
        position=Position(name, line),
    )


def _shipped(name: str) -> Iterable[dict[str, str]]:
    text = files("conventions").joinpath("data", name).read_text(encoding="utf-8")
    return csv.DictReader(io.StringIO(text, newline=""))
