"""Dossiers that nobody would think of: every field of the model, filled with what trips readers and writers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from conventions.intake.shape import Column, Kind, columns, fields_of
from conventions.model.dossier import Dossier

NASTY: Final = (
    "=1+1", "+33 6 39 98 01 01", "-x", "@SUM(A1)", "'=x", "''+y", "'quoted'", "a;b", "a,b\tc", "a\nb",
    "- a\n- b", "• x", "[x]", "[1]", "{x}", "a: b", "a:", "#x", "a #b", "yes", "NO", "null", "~", "01000",
    "0x1F", "1e5", "1.100", "1,5", "2026-04-13", "13/04/2026", "a  b", "x\u00a0y", "_x000D_", "_x005F_", '"',
    "\\n", "12:30", "46125", "---", "...", "é" * 40, "mot " * 40 + "fin", "%a", "`a", "!t", "&a", "*a", "|",
    ">", "? a", "€ 4", "true", "oui", "x\n\n  y\nz",
)  # fmt: skip
LETTERS: Final = st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\n\t")
DAYS: Final = st.dates() | st.dates(date(2025, 9, 1), date(2026, 12, 31))
HOURS: Final = st.builds(time, st.integers(7, 21), st.integers(0, 59))
MOMENTS: Final = st.builds(datetime.combine, DAYS, HOURS)
SHAPED: Final[dict[str, st.SearchStrategy[Any]]] = {
    "number": st.from_regex(r"\A[0-9A-Za-z][0-9A-Za-z_.-]{0,20}\Z"),
    "academic_year": st.from_regex(r"\A[0-9]{4}-[0-9]{4}\Z").filter(str.isascii),
    "email": st.just("a.b@c.test"),
    "personal_email": st.just("=a@c.test"),
    "country": st.sampled_from(["FR", "DE", "NO"]),
    "applicable_law": st.sampled_from(["FR", "ES"]),
    "currency": st.sampled_from(["EUR", "GBP"]),
    "gender": st.sampled_from(["", "F", "M", "X"]),
    "role": st.sampled_from(["tutor", "dean"]),
    "fingerprint": st.just("ab" * 32),
    "sha256": st.just("0" * 64),
    "national_id": st.just("0ABCDEFGH1A"),
    "activity_code": st.just("62.01Z"),
    "activity_code_revision": st.just("2025"),
    "siret": st.just("01234567890123"),
    "postal_code": st.sampled_from(["01000", "59000", "D02 X285"]),
    "region": st.sampled_from(["57", "01", "BY"]),
    "phone": st.sampled_from(["", "+33639980101", "0639980101"]),
    "weekdays": st.integers(1, 7),
    "minutes": st.integers(5, 240),
    "session": st.integers(1, 2),
    "weekly_reports": st.integers(0, 60),
    "days_per_week": st.decimals(0, 7, places=1),
    "hours_per_day": st.decimals(0, 24, places=2),
    "hours": st.decimals(0, 24, places=2),
    "points": st.decimals("0.01", 20, places=2),
    "weekly_hours": st.decimals("0.01", 60, places=2),
}


def texts(longest: int = 120) -> st.SearchStrategy[str]:
    """Text with something in it, never longer than its field allows."""
    some = st.text(LETTERS, min_size=1, max_size=min(longest, 30)) | st.sampled_from(NASTY)
    return some.map(lambda words: words.strip()[:longest].strip()).filter(bool)


def dossiers() -> st.SearchStrategy[Dossier]:
    """Any dossier that the model accepts."""
    return st.builds(_validated, _record(Dossier, "")).filter(lambda dossier: dossier is not None)


def _validated(data: dict[str, Any]) -> Any:
    try:
        return Dossier.model_validate(_in_order(data))
    except ValidationError:
        return None


def _in_order(data: Any) -> Any:
    """Spans that end after they start."""
    if isinstance(data, list):
        return [_in_order(item) for item in data]
    if not isinstance(data, dict):
        return data
    ordered = {key: _in_order(value) for key, value in data.items()}
    if isinstance(ordered.get("start"), date) and isinstance(ordered.get("end"), date):
        ordered["start"], ordered["end"] = sorted((ordered["start"], ordered["end"]))
    return ordered


def _record(record: type[BaseModel], prefix: str) -> st.SearchStrategy[dict[str, Any]]:
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in fields_of(record).items():
        column = columns()[f"{prefix}{name}"]
        target = required if field.is_required() else optional
        target[name] = _values(column)
    return st.fixed_dictionaries(required, optional=optional)


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.is_list:
        return st.lists(_one(Column(f"{column.path}.*", column.kind, record=column.record)), min_size=1, max_size=2)
    return _one(column)


def _one(column: Column) -> st.SearchStrategy[Any]:
    if column.record:
        return st.deferred(lambda: _record(column.record, f"{column.path}."))  # type: ignore[arg-type]
    if column.name in SHAPED and (column.name, column.kind) != ("number", Kind.WHOLE):
        return SHAPED[column.name]
    if column.kind is Kind.CHOICE:
        return st.sampled_from(_codes(column))
    return {
        Kind.TEXT: texts(),
        Kind.DATE: DAYS,
        Kind.MOMENT: MOMENTS,
        Kind.NUMBER: st.decimals(0, 20, places=2),
        Kind.WHOLE: st.integers(1, 99),
        Kind.TRUTH: st.booleans(),
    }[column.kind]


def _codes(column: Column) -> list[str]:
    from conventions.intake import dossier_schema

    schema = dossier_schema()
    node: Any = schema
    for part in column.path.split("."):
        node = _resolved(node, schema)
        node = node["items"] if part == "*" else node["properties"][part]
    node = _resolved(node, schema)
    if "items" in node:
        node = _resolved(node["items"], schema)
    return list(node.get("enum", [node.get("const")]))


def _resolved(node: Any, schema: Any) -> Any:
    for _ in range(4):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node:
            node = next(one for one in node["anyOf"] if one.get("type") != "null")
    return node
