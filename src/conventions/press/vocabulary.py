"""Which names a template may use: taken from what documents compute, not written down a second time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import reduce
from typing import Final

from conventions.press.scope import Missing, Scope, inside, view
from conventions.text import Text

__all__ = ["DAY", "FLAG", "NUMBER", "SENTENCE", "WORDS", "Shape", "nearest", "shape_of"]

WORDS, SENTENCE, NUMBER, DAY, FLAG = "words", "sentence", "number", "day", "flag"
"""Kinds of single values. A sentence is said in the language of the paper; a flag is for conditions only."""
_KINDS: Final = ((bool, FLAG), (int, NUMBER), (Decimal, NUMBER), (date, DAY), (str, WORDS), (Text, SENTENCE))
"""The first that fits: for Python a flag is a number too."""
_NEAR: Final = 0.7
"""How much two names must have in common for one to be taken for the other."""


@dataclass(frozen=True)
class Shape:
    """What may stand behind a name: single values, a record, a list; none of them where no specimen has a value."""

    kinds: frozenset[str] = frozenset()
    """Of single values."""
    members: Mapping[str, Shape] = field(default_factory=dict)
    """Of a record, by name."""
    item: Shape | None = None
    """Of a list: what stands behind each of its items."""

    @property
    def is_known(self) -> bool:
        """Has any specimen a value here?"""
        return bool(self.kinds or self.members or self.item)

    @property
    def is_printable(self) -> bool:
        """Can it be printed as it stands? What nobody knows is given the benefit of the doubt."""
        return bool(self.kinds - {FLAG}) or not self.is_known

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The dotted path of everything that can be printed, or asked for in a condition, without a loop."""
        for name, member in self.members.items():
            path = f"{prefix}{name}"
            if member.kinds or not member.members:
                yield path
            yield from member.paths(f"{path}.")


def shape_of(contexts: Iterable[Mapping[str, object]]) -> Shape:
    """The shape of all that these contexts hold together: what one leaves out, another one shows."""
    return reduce(_merged, (_shape(view(dict(context), "")) for context in contexts), Shape())


def _shape(value: object) -> Shape:
    if isinstance(value, Missing):
        return Shape()
    if not isinstance(value, Scope):
        return Shape(frozenset({next(kind for type_, kind in _KINDS if isinstance(value, type_))}))
    found = inside(value)
    if isinstance(found, Mapping):
        return Shape(members={name: _shape(view(member, name)) for name, member in found.items()})
    return Shape(item=reduce(_merged, (_shape(view(member, "")) for member in found), Shape()))


def _merged(one: Shape, other: Shape) -> Shape:
    names = dict.fromkeys((*one.members, *other.members))
    items = [shape.item for shape in (one, other) if shape.item is not None]
    return Shape(
        one.kinds | other.kinds,
        {name: _merged(one.members.get(name, Shape()), other.members.get(name, Shape())) for name in names},
        reduce(_merged, items) if items else None,
    )


def nearest(path: str, members: Iterable[str], every: Iterable[str]) -> tuple[str, ...]:
    """Names that somebody may have meant, the nearest first, three at most.

    Args:
        path: what does not exist.
        members: names that can stand in place of its last one.
        every: all paths there are, for a name that stands in the wrong group.
    """
    owner, _, name = path.rpartition(".")
    close = get_close_matches(name, list(members), n=3, cutoff=_NEAR)
    if close:
        return tuple(f"{owner}.{found}" if owner else found for found in close)
    elsewhere = [known for known in every if known.rpartition(".")[2] == name]
    return tuple(elsewhere[:3] or get_close_matches(path, list(every), n=3, cutoff=_NEAR))
