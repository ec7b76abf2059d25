"""What a record says of people, read off the declarations beside its fields (``Forgets``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conventions.model.party import Person
from conventions.model.record import Forgets, Record

__all__ = ["declared", "identifying", "people"]

_SHORTEST: Final = 5
"""What is shorter stands in too many places to name anybody."""


def declared(kind: type[Record]) -> Forgets:
    """Everything that a class and those it goes back to declare."""
    own = [base.__dict__["forgets"] for base in kind.__mro__ if "forgets" in base.__dict__]
    return Forgets(
        identifies=tuple(name for one in own for name in one.identifies),
        tells=tuple(name for one in own for name in one.tells),
        general=tuple(name for one in own for name in one.general),
    )


def identifying(record: Record) -> frozenset[str]:
    """Words by which a person can be found: what a full-text search after a purge must not find any more."""
    return frozenset(words for words in _identifying(record) if len(words) >= _SHORTEST)


def _identifying(record: Record) -> Iterator[str]:
    fates = declared(type(record))
    if isinstance(record, Person):
        yield record.name
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name in fates.identifies:
            yield from _words(value)
        elif name not in {*fates.tells, *fates.general}:
            for one in _records(value):
                yield from _identifying(one)


def _words(value: object) -> Iterator[str]:
    """Every text below a value. A country or a number of few digits names nobody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Record):
        yield from (words for name in type(value).model_fields for words in _words(getattr(value, name)))
    elif isinstance(value, tuple):
        yield from (words for item in value for words in _words(item))


def _records(value: object) -> Iterator[Record]:
    if isinstance(value, Record):
        yield value
    elif isinstance(value, tuple):
        yield from (item for item in value if isinstance(item, Record))


def people(record: Record, path: str = "") -> Iterator[tuple[str, Person]]:
    """Everybody in a record, with the dotted path where each stands; somebody in two offices comes twice."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        where = f"{path}.{name}" if path else name
        if isinstance(value, Person):
            yield where, value
        for rank, one in enumerate(_records(value)):
            yield from people(one, f"{where}.{rank}" if isinstance(value, tuple) else where)
