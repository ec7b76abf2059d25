"""Lists in one cell: one item a line or items separated by semicolons; groups as ``key: value; key: value`` lines.

A cell that begins with ``[`` is JSON: whatever the plain form cannot carry is written so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from conventions.intake.cells import Remark, Unclear, scalar
from conventions.intake.grid import Raw
from conventions.intake.jsontext import plain_json
from conventions.intake.mapping import squashed
from conventions.intake.shape import Column, Kind, columns
from conventions.text import Text

__all__ = ["closed", "insert", "json_cell", "read_cell"]

_EPOCH: Final = date(1899, 12, 30)
_BULLET: Final = re.compile(r"^[-•*–]\s+")


def read_cell(raw: Raw, column: Column, epoch: date = _EPOCH) -> tuple[Any, tuple[Remark, ...]]:
    """The value of a cell as plain data, and what there is to say about it.

    Raises:
        Unclear: it cannot be read.
    """
    is_group = column.kind is Kind.GROUP
    if column.is_list or is_group:
        words = scalar(raw, Column(column.path, Kind.TEXT), epoch)[0]
        if (found := _json_of(words, "[" if column.is_list else "{")) is not None:
            return found, ()
        if is_group:
            return _records(words, column, epoch) if column.is_list else (_split_name(words, column), ())
        return _items(words, column, epoch)
    value, remark = scalar(raw, column, epoch)
    return value, (remark,) if remark else ()


def json_cell(value: Any) -> str:
    """Lists and groups that the plain form cannot carry."""
    return json.dumps(value, ensure_ascii=False, default=_typed)


def _typed(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _json_of(words: str, opening: str) -> Any:
    if not words.startswith(opening):
        return None
    try:
        return plain_json(words)
    except ValueError:
        return None


def _items(words: str, column: Column, epoch: date) -> tuple[list[Any], tuple[Remark, ...]]:
    if column.kind is Kind.WHOLE:
        parts = re.split(r"[\s,;]+", words)
    else:
        parts = words.split("\n") if "\n" in words else words.split(";")
    kept = [part.strip() for part in parts if part.strip()]
    if all(_BULLET.match(part) for part in kept):
        kept = [_BULLET.sub("", part) for part in kept]
    found = [scalar(part, column, epoch) for part in kept]
    return [value for value, _ in found], tuple(remark for _, remark in found if remark)


def _records(words: str, column: Column, epoch: date) -> tuple[list[Any], tuple[Remark, ...]]:
    below = _below(column.path)
    remarks: list[Remark] = []
    lines = [_BULLET.sub("", line.strip()) for line in words.split("\n") if line.strip()]
    records = [_record(line, column, below, epoch, remarks) for line in lines]
    return records, tuple(remarks)


@lru_cache(maxsize=64)
def _below(path: str) -> Mapping[str, Column]:
    start = f"{path}.*."
    return {squashed(inner.removeprefix(start)): of for inner, of in columns().items() if inner.startswith(start)}


def _record(
    line: str, column: Column, below: Mapping[str, Column], epoch: date, remarks: list[Remark]
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for part in line.strip("{}").split(";"):
        key, colon, words = (piece.strip() for piece in part.partition(":"))
        inner = below.get(squashed(key))
        if not colon or inner is None:
            raise Unclear(
                "CELL-09",
                Text("“{part}” is not `key: value` with a key of {column}", part=part.strip()[:40], column=column.path),
                Text("write one item a line, such as {example}", example=_example(below)),
            )
        if words:
            value, found = read_cell(words, inner, epoch)
            remarks.extend(found)
            insert(record, inner.path.removeprefix(f"{column.path}.*."), value)
    return record


def _example(below: Mapping[str, Column]) -> str:
    names = [inner.name for inner in below.values() if inner.kind is not Kind.GROUP]
    return "; ".join(f"{name}: …" for name in names[:3])


def insert(tree: dict[str, Any], path: str, value: Any) -> bool:
    """Put a value at a dotted path unless one is there; ranks stay keys until the lists are closed."""
    *groups, last = path.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
        if not isinstance(tree, dict):
            return False
    there = tree.setdefault(last, value)
    if there is value:
        return True
    if isinstance(there, dict) and isinstance(value, dict):
        agreed = [insert(there, key, inner) for key, inner in value.items()]  # every one, even after a conflict
        return all(agreed)
    return bool(there == value)


def closed(tree: Any) -> Any:
    """The tree with its ranks made lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(key.isdecimal() for key in tree):
        return [closed(tree[key]) for key in sorted(tree, key=int)]
    return {key: closed(value) for key, value in tree.items()}


def _split_name(words: str, column: Column) -> dict[str, str]:
    """``LEFÈVRE Camille`` as first and last name: capitals tell which is which."""
    if column.record is None or "first_name" not in column.record.model_fields:
        raise Unclear(
            "CELL-09",
            Text("{column} is a group: it has no value of its own", column=column.path),
            Text("give each of its values a column, such as {column}.…", column=column.path),
        )
    parts: Sequence[str] = words.split()
    capitals = 0
    while capitals < len(parts) and parts[capitals].isupper():
        capitals += 1
    if not 0 < capitals < len(parts):
        raise Unclear(
            "CELL-10",
            Text("nothing tells the first name from the last name in {value}", value=words[:60]),
            Text("write the last name in capitals and first, or give each a column"),
        )
    return {"first_name": " ".join(parts[capitals:]), "last_name": " ".join(parts[:capitals])}
