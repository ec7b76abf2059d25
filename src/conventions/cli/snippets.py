"""Values as somebody would type them: a piece of a dossier in YAML, a piece of ``conventions.toml``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

__all__ = ["toml_snippet", "yaml_snippet"]

_PLAIN: Final = re.compile(r"[^\W_][\w .\'/+@()’–-]*(?<! )")
"""Words that need no quotes, also inside brackets."""
_NOT_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


def yaml_snippet(changes: Mapping[str, object]) -> str:
    """Groups as indented blocks, their lists as one item a line."""
    return "\n".join(_block(changes, ""))


def _block(group: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in group.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _block(value, f"{indent}  ")
        elif isinstance(value, (list, tuple)) and value:
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {_flow(item)}" for item in value)
        else:
            yield f"{indent}{key}: {_flow(value)}"


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_WORDS
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    return "null" if value is None else _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def toml_snippet(settings: Mapping[str, object]) -> str:
    """Tables with their keys; lists of groups as arrays of tables."""
    return "\n".join(_table(settings, "")).strip("\n")


def _table(group: Mapping[str, object], path: str) -> Iterator[str]:
    own = {key: value for key, value in group.items() if not _is_table(value)}
    if own and path:
        yield f"[{path}]"
    yield from (f"{_key(key)} = {_toml(value)}" for key, value in own.items())
    for key, value in group.items():
        inner = f"{path}.{key}".lstrip(".")
        if isinstance(value, Mapping):
            yield from _table(value, inner)
        elif _is_table(value):
            yield from _array(value, inner)


def _is_table(value: object) -> bool:
    items = value if isinstance(value, (list, tuple)) else (value,)
    return any(isinstance(item, Mapping) for item in items)


def _array(items: object, path: str) -> Iterator[str]:
    for item in items if isinstance(items, (list, tuple)) else ():
        yield f"[[{path}]]"
        yield from (f"{_key(key)} = {_toml(value)}" for key, value in item.items())


def _key(key: str) -> str:
    return f'"{key}"' if "-" in key else key


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return _scalar(value)
