"""The columns of a dossier: every dotted path of the model, what it holds, in the order in which it is written."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from conventions.model.dossier import Dossier

__all__ = ["Column", "Kind", "column_of", "columns", "fields_of"]

_AFTER: Final = {("Dossier", "workplace"): "referent", ("Student", "usage_name"): "last_name"}
"""Where a field is written elsewhere than where its class declares it: as a reader expects it."""
_RANK: Final = re.compile(r"^\d{1,3}$")


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "date and time"
    NUMBER = "number"
    WHOLE = "whole number"
    TRUTH = "yes or no"
    CHOICE = "one of a list"
    GROUP = "group"


@dataclass(frozen=True)
class Column:
    """One dotted path; ``*`` stands for the rank in a list."""

    path: str
    kind: Kind
    is_list: bool = False
    record: type[BaseModel] | None = None
    """The class of a group."""

    @cached_property
    def name(self) -> str:
        """The field's own name, without its groups."""
        return next(part for part in reversed(self.path.split(".")) if part != "*")

    @property
    def item(self) -> Column:
        """One item of a list."""
        return replace(self, path=f"{self.path}.*", is_list=False)


@lru_cache(maxsize=1)
def columns() -> Mapping[str, Column]:
    """Every column, groups and lists before what they hold."""
    return {column.path: column for column in _of(Dossier, "")}


def column_of(path: str) -> Column | None:
    """The column of a dotted path with its ranks, such as ``attachments.0.kind``."""
    parts = ["*" if _RANK.match(part) else part for part in path.split(".")]
    known = columns()
    if found := known.get(".".join(parts)):
        return found
    owner = known.get(".".join(parts[:-1]))
    return owner.item if owner and owner.is_list and parts[-1] == "*" else None


def fields_of(record: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of a group in the order in which they are written."""
    names = list(record.model_fields)
    for (owner, name), after in _AFTER.items():
        if owner == record.__name__:
            names.remove(name)
            names.insert(names.index(after) + 1, name)
    return {name: record.model_fields[name] for name in names}


def _of(record: type[BaseModel], prefix: str) -> Iterator[Column]:
    for name, field in fields_of(record).items():
        column = _column(f"{prefix}{name}", field.annotation)
        yield column
        if column.record:
            yield from _of(column.record, f"{column.path}.*." if column.is_list else f"{column.path}.")


def _column(path: str, annotation: Any) -> Column:
    kind = _bare(annotation)
    if get_origin(kind) is tuple:
        return replace(_column(path, get_args(kind)[0]), is_list=True)
    if get_origin(kind) is Literal:
        return Column(path, Kind.CHOICE if isinstance(get_args(kind)[0], str) else Kind.WHOLE)
    if issubclass(kind, BaseModel):
        return Column(path, Kind.GROUP, record=kind)
    if issubclass(kind, StrEnum):
        return Column(path, Kind.CHOICE)
    return Column(path, _PLAIN[kind])


_PLAIN: Final[Mapping[type, Kind]] = {
    bool: Kind.TRUTH,
    int: Kind.WHOLE,
    Decimal: Kind.NUMBER,
    date: Kind.DATE,
    datetime: Kind.MOMENT,
    str: Kind.TEXT,
}


def _bare(annotation: Any) -> Any:
    """The type without its constraints and without "or nothing"."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation
