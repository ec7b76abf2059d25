"""What each filter of a template takes, read from the signature of what stands behind it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from conventions.press.vocabulary import DAY, NUMBER, SENTENCE, WORDS, Shape
from conventions.text import Text

__all__ = ["Given", "filter_problem", "result_of"]

_KINDS: Final = {date: DAY, Decimal: NUMBER, int: NUMBER, str: WORDS, Text: SENTENCE}
_NAMES: Final = {
    DAY: Text("a day"),
    NUMBER: Text("a number"),
    WORDS: Text("words"),
    SENTENCE: Text("a sentence of the program"),
}
_ITEMS: Final = frozenset({"first", "last"})
"""Filters that pick one item of a list."""


@dataclass(frozen=True)
class Given:
    """A value as far as it is known without a dossier."""

    shape: Shape
    path: str = ""
    """Where it comes from; empty for what the template computes."""
    constant: object = None
    """What the template itself writes: ``'EUR'``, ``2``."""


@dataclass(frozen=True)
class _Taken:
    """What a parameter of a filter takes."""

    kinds: frozenset[str] = frozenset()
    """Of single values; empty for anything."""
    is_list: bool = False
    prints_items: bool = False
    choices: tuple[str, ...] = ()


def filter_problem(filter_: Callable[..., Any], given: Sequence[Given]) -> Text | None:
    """Why a filter cannot take these values; None if it can, as far as is known.

    Args:
        filter_: as the environment has it.
        given: what is piped into it, then its arguments.
    """
    signature, taken = _signature(filter_)
    try:
        bound = signature.bind(*given)
    except TypeError:
        most = len(signature.parameters) - 1
        return (
            Text("it takes {most} arguments at most", most=most)
            if len(given) - 1 > most
            else Text("it lacks arguments")
        )
    found = ((taken[name], value) for name, value in bound.arguments.items())
    return next((problem for wanted, value in found if (problem := _mismatch(wanted, value))), None)


def result_of(name: str, piped: Given) -> Given:
    """What comes out of a filter."""
    if name in _ITEMS:
        return Given(piped.shape.item or Shape(), f"{piped.path}[]" if piped.path else "")
    return Given(Shape(frozenset({NUMBER if name == "length" else WORDS})))


def _mismatch(wanted: _Taken, value: Given) -> Text | None:
    if wanted.choices and value.constant is not None and value.constant not in wanted.choices:
        return Text("“{value}” is none of {choices}", value=str(value.constant), choices=wanted.choices)
    if not value.shape.is_known:
        return None
    if wanted.is_list and value.shape.item is None:
        return Text("it takes a list")
    if wanted.prints_items and value.shape.item is not None and not value.shape.item.is_printable:
        return Text("the items of the list cannot be printed as they are")
    if wanted.kinds and not wanted.kinds & value.shape.kinds:
        return Text("it takes {kinds}", kinds=tuple(_NAMES[kind] for kind in sorted(wanted.kinds)))
    return None


@lru_cache(maxsize=64)
def _signature(filter_: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, _Taken]]:
    behind = inspect.unwrap(filter_)
    signature = inspect.signature(behind)
    hints = get_type_hints(behind)
    prints = hints.get("return") is str
    return signature, {name: _taken(hints.get(name), prints=prints) for name in signature.parameters}


def _taken(hint: Any, *, prints: bool) -> _Taken:
    if get_origin(hint) is Literal:
        return _Taken(frozenset({WORDS}), choices=get_args(hint))
    if get_origin(hint) in {Union, UnionType}:
        return _Taken(frozenset(_KINDS[part] for part in get_args(hint) if part is not NoneType))
    if isinstance(get_origin(hint), type) and issubclass(get_origin(hint), Iterable):
        return _Taken(is_list=True, prints_items=prints)
    return _Taken(frozenset({_KINDS[hint]})) if hint in _KINDS else _Taken()
