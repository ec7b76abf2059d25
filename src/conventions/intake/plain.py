"""A dossier as plain data: what was typed, in the order in which it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from conventions.intake.shape import column_of, fields_of
from conventions.model.dossier import Dossier
from conventions.text import typed

__all__ = ["differences", "leaves", "overlaid", "tree_of"]


def tree_of(record: BaseModel) -> dict[str, Any]:
    """Groups as dicts, lists as lists; dates, decimals, whole numbers, truths and text as themselves; moments as typed.

    What is absent, and what is empty by default, is left out: the tree read again is an equal record.
    """
    found: dict[str, Any] = {}
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        if value is None or name not in record.model_fields_set:
            continue
        plain = _plain(value)
        if plain in ("", [], {}) and value == field.get_default(call_default_factory=True):
            continue
        if plain == {} and field.default is not None and not field.is_required():
            continue
        found[name] = plain
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return tree_of(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return typed(value)
    return _rounded(value) if isinstance(value, Decimal) else value


def _rounded(number: Decimal) -> Decimal:
    """Without the zeros beyond two decimals, which mean nothing and read like thousands."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        number = number.quantize(Decimal("0.01"))
    return number


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its dotted path; a list is one value, and so is a group without any."""
    for name, value in tree.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


def overlaid(old: Dossier, new: Dossier, columns: frozenset[str] | None) -> Dossier:
    """The new dossier, with the old one's values wherever the new one's file has no column for them."""
    if columns is None:
        return new
    tree = tree_of(new)
    for path, value in leaves(tree_of(old)):
        if not any(path == known or path.startswith(f"{known}.") or known.startswith(f"{path}.") for known in columns):
            _put(tree, path, value)
    return Dossier.model_validate(tree)


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree.setdefault(last, value)


def differences(old: Dossier, new: Dossier) -> tuple[tuple[str, Any, Any], ...]:
    """Path, old value, new value of everything that differs; nothing stands for what is absent."""
    before, after = dict(leaves(_complete(old))), dict(leaves(_complete(new)))
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        (path, before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path) and column_of(path)
    )


def _complete(dossier: Dossier) -> dict[str, Any]:
    """Defaults included, so that what was typed and what goes without saying are the same."""
    return {name: value for name, value in dossier.model_dump(mode="python").items() if value is not None}
