"""Where the keys of a TOML text stand: tomllib reads values and tells no lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

__all__ = ["line_finder"]

_TABLE: Final = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"^\s*([A-Za-z0-9_.\"-]+)\s*=\s*(\[\s*(?:#.*)?$)?")
_ITEM: Final = re.compile(r"^\s*\{.*\}\s*,?\s*(?:#.*)?$")


def line_finder(text: str) -> Callable[[str], int]:
    """What tells the line of a dotted key, list ranks from 0 as pydantic counts them.

    A key that is not there has the line of the group it belongs to, or the first line.
    """
    found: dict[str, int] = {}
    for key, number in _keys(text):
        found.setdefault(key, number)

    def line_of(field: str) -> int:
        while field:
            if field in found:
                return found[field]
            if inside := [line for key, line in found.items() if key.startswith(f"{field}.")]:
                return min(inside)
            field = field.rpartition(".")[0]
        return 1

    return line_of


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Tables, their keys, and the items of lists that are written one to a line."""
    ranks: dict[str, int] = {}
    table, listed, rank = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table, listed = _ranked(match[2].replace('"', ""), ranks, is_list=match[1] == "[["), ""
            yield table, number
        elif listed and _ITEM.match(line):
            yield f"{listed}.{rank}", number
            rank += 1
        elif match := _KEY.match(line):
            key = f"{table}.{match[1]}".lstrip(".").replace('"', "")
            listed, rank = (key, 0) if match[2] else ("", 0)
            yield key, number


def _ranked(name: str, ranks: dict[str, int], *, is_list: bool) -> str:
    """The full path of a table: ``host.sections.questions`` is ``host.sections.1.questions.0`` below the second one."""
    path = ""
    parts = name.split(".")
    for depth, part in enumerate(parts, start=1):
        path = f"{path}.{part}".lstrip(".")
        if is_list and depth == len(parts):
            ranks[path] = ranks.get(path, -1) + 1
        if path in ranks:
            path = f"{path}.{ranks[path]}"
    return path
