"""A dossier as YAML that is pleasant to read and to correct: blocks, no quotes where none are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from conventions.intake.plain import tree_of
from conventions.model.dossier import Dossier

__all__ = ["SCHEMA_LINE", "to_yaml"]

SCHEMA_LINE: Final = "# yaml-language-server: $schema=../dossier.schema.json\n"
"""Editors complete and check while one types."""

_WIDTH: Final = 118
_PLAIN: Final = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`=~<])[^\s].*")
"""Text that may begin without quotes."""
_RESOLVED: Final = re.compile(
    r"[-+]?(?:0[0-9xob].*|\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[0-9_]+(?::[0-9]+)+(?:\.[0-9]*)?|\.inf|\.nan)"
    r"|\d{4}-\d{1,2}-\d{1,2}.*|null|true|false|yes|no|on|off|y|n|~|",
    re.IGNORECASE,
)
"""Text that some YAML reader takes for something else than text."""
_BARE: Final = re.compile(r"0|[1-9]\d{0,14}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
"""Codes such as 42100001 need none: the schema lets them be typed as numbers, and nothing is lost; nor do moments."""


def to_yaml(dossier: Dossier) -> str:
    """The file of one dossier; read again, it is an equal dossier."""
    return SCHEMA_LINE + "".join(f"{line}\n" for line in _mapping(tree_of(dossier), ""))


def _mapping(tree: dict[str, Any], pad: str) -> Iterator[str]:
    for key, value in tree.items():
        yield from _entry(f"{pad}{key}:", value, f"{pad}  ")


def _entry(head: str, value: Any, pad: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, pad)
    elif isinstance(value, list) and value and not all(type(item) is int for item in value):
        yield head
        for item in value:
            yield from _item(item, pad)
    else:
        first, *rest = _scalar(value, pad, len(head))
        yield f"{head} {first}"
        yield from rest


def _item(item: Any, pad: str) -> Iterator[str]:
    if isinstance(item, dict) and item:
        first, *rest = _mapping(item, f"{pad}  ")
        yield f"{pad}- {first.lstrip(' ')}"
        yield from rest
    else:
        first, *rest = _scalar(item, f"{pad}  ", len(pad) + 1)
        yield f"{pad}- {first}"
        yield from rest


def _scalar(value: Any, pad: str, used: int) -> list[str]:
    if isinstance(value, str):
        return _text(value, pad, used)
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, Decimal):
        return [f"{value:f}"]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, list):
        return [f"[{', '.join(str(item) for item in value)}]"]
    return ["{}" if value == {} else str(value)]


def _text(words: str, pad: str, used: int) -> list[str]:
    if not all(_is_shown(letter) for letter in words) or words != words.strip():
        return [_quoted(words)]
    if "\n" in words:
        return ["|-", *(f"{pad}{line}" if line else "" for line in words.split("\n"))]
    if used + len(words) > _WIDTH and "  " not in words and " " in words:
        return [">-", *_folded(words, pad)]
    if _BARE.fullmatch(words) or (_PLAIN.fullmatch(words) and not _RESOLVED.fullmatch(words) and _is_calm(words)):
        return [words]
    return [_quoted(words)]


def _is_calm(words: str) -> bool:
    return ": " not in words and " #" not in words and not words.endswith(":") and "\t" not in words


def _is_shown(letter: str) -> bool:
    """Printable, a line break, or one of the no-break spaces that French wants."""
    return letter.isprintable() or letter in "\n\u00a0\u202f"


def _folded(words: str, pad: str) -> Iterator[str]:
    line = pad
    for word in words.split(" "):
        if len(line) > len(pad) and len(line) + len(word) > _WIDTH:
            yield line.removesuffix(" ")
            line = pad
        line += f"{word} "
    yield line.removesuffix(" ")


def _quoted(words: str) -> str:
    inside = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if _is_inside(letter) else _escaped(letter) for letter in inside) + '"'


def _is_inside(letter: str) -> bool:
    return letter != "\n" and _is_shown(letter)


def _escaped(letter: str) -> str:
    short = {"\n": "\\n", "\t": "\\t"}
    return short.get(letter) or (f"\\u{ord(letter):04X}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08X}")
