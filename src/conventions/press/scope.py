"""What a template sees: a read-only view in which nothing absent can be printed by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, NoReturn

from jinja2 import StrictUndefined
from pydantic import BaseModel

from conventions.text import Text

__all__ = ["Missing", "Scope", "Unknown", "inside", "passing", "view"]

_PLAIN = (str, int, Decimal, date, Text)


class Missing:
    """A value that is known by name and was left empty: false in a condition, an error when printed."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("_"):
            raise AttributeError(name)
        return Missing(f"{self.path}.{name}")


class Unknown(StrictUndefined):
    """A name that nothing has: an error wherever it is used."""

    __slots__ = ()

    @property
    def path(self) -> str:
        """The name as the template writes it, as far as it can be told."""
        owner = self._undefined_obj
        prefix = f"{owner._path}." if isinstance(owner, Scope) else ""  # noqa: SLF001
        return f"{prefix}{self._undefined_name}"


class Scope:
    """A record, a mapping or a list, read-only; each member knows the path that led to it."""

    __slots__ = ("_members", "_path")

    def __init__(self, members: Mapping[str, object] | tuple[object, ...], path: str) -> None:
        self._members = members
        self._path = path

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or not isinstance(self._members, Mapping) or name not in self._members:
            raise AttributeError(name)
        return view(self._members[name], f"{self._path}.{name}")

    def __getitem__(self, key: Any) -> object:
        try:
            return view(self._members[key], f"{self._path}.{key}")
        except TypeError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[object]:
        if isinstance(self._members, Mapping):
            return iter(self._members)
        return (view(member, f"{self._path}.{rank}") for rank, member in enumerate(self._members))

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, key: object) -> bool:
        return key in self._members

    def __bool__(self) -> bool:
        return bool(self._members)

    def __str__(self) -> NoReturn:
        raise TypeError(self._path)


def inside(scope: Scope) -> Mapping[str, object] | tuple[object, ...]:
    """What a view was made of: the members of a record or a mapping by name, or those of a list."""
    return scope._members  # noqa: SLF001  # hidden from templates, not from here


def view(value: object, path: str) -> Any:
    """A value as a template may see it: plain if it is plain and present, else a view of it."""
    if value is None or value == "":
        return Missing(path)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, BaseModel):
        return Scope(_members(value, (*type(value).model_fields, *type(value).model_computed_fields)), path)
    if is_dataclass(value):
        return Scope(_members(value, tuple(field.name for field in fields(value))), path)
    if isinstance(value, Mapping):
        return Scope(value, path)
    if isinstance(value, (tuple, list, frozenset, set)):
        return Scope(tuple(value), path)
    raise TypeError(f"a template cannot show {type(value).__name__} at {path}")


def _members(record: object, names: tuple[str, ...]) -> dict[str, object]:
    properties = (
        name
        for kind in type(record).__mro__
        if kind.__module__.startswith("conventions.")
        for name, member in vars(kind).items()
        if isinstance(member, property) and not name.startswith("_")
    )
    return {name: getattr(record, name) for name in (*names, *properties)}


def passing(filter_: Callable[..., object]) -> Callable[..., object]:
    """A filter that hands absent and unknown values on, so that they are told where they would be printed."""

    @wraps(filter_)
    def filtered(value: object, *arguments: object) -> object:
        for argument in (value, *arguments):
            if isinstance(argument, (Missing, Unknown)):
                return argument
        if isinstance(value, Scope):
            members = tuple(value)
            absent = next((member for member in members if isinstance(member, Missing)), None)
            return absent if absent is not None else filter_(members, *arguments)
        return filter_(value, *arguments)

    return filtered
