"""The quick way from YAML to plain values: libyaml's events, where they mean the same in YAML 1.1 and 1.2.

libyaml speaks YAML 1.1, dossiers are YAML 1.2. Which of the two is meant matters only for some characters and some
constructs; a text that holds one of them is given back unread, and so is a text that dossiers may not hold or that
libyaml refuses. Then :mod:`conventions.intake.yamlnodes` has the word. What is read here is read the same there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import yaml

from conventions.intake.refusals import MAX_DEPTH, UNPRINTABLE

__all__ = ["from_events"]

_LOADER: Final = getattr(yaml, "CBaseLoader", None)
"""Not there where PyYAML was built without libyaml."""
_OTHERWISE: Final = re.compile(
    r"""
      [^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff] | \r(?!\n)
    | ^ (?: % | \.\.\. )  # a directive, the end of a document
    | [|>] [-+0-9]* \#    # a comment that touches the head of a block
    """,
    re.MULTILINE | re.VERBOSE,
)
"""Tabs, breaks of lines that 1.2 does not know, marks of the byte order, and what one of the two parsers lets pass."""
_MAX_KEY: Final = 1_000
"""Characters; about there begin the keys that are refused."""
_WORDS: Final = {"": None, "~": None} | {
    written: value
    for word, value in {"null": None, "true": True, "false": False}.items()
    for written in (word, word.title(), word.upper())
}
"""The plain words of YAML 1.2 that are no text."""
_TAGGED: Final = frozenset({"=", "<<"})
"""The plain words that have a tag of their own."""
_BLOCKS: Final = frozenset("|>")


class _Unlike(Exception):
    """The text holds what the two versions may read differently, or what is refused with a reason."""


def from_events(text: str, above: int) -> tuple[Any, dict[str, int]] | None:
    """The value of the only document, and the line of each dotted path; nothing where the quick way is not certain."""
    if _LOADER is None or _OTHERWISE.search(text):
        return None
    try:
        walk = _Walk(_LOADER(text), above)
        return walk.document(), walk.lines
    except (yaml.YAMLError, _Unlike):
        return None


class _Walk:
    """One pass over the events, no deeper than dossiers go; libyaml does not recurse either."""

    def __init__(self, parser: Any, above: int) -> None:
        self.lines: dict[str, int] = {}
        self._next: Callable[[], Any] = parser.get_event
        self._first = above + 1

    def document(self) -> Any:
        """The value between the start and the end of the only document."""
        self._expect(yaml.StreamStartEvent)
        self._expect(yaml.DocumentStartEvent)
        root = self._next()
        if not isinstance(root, yaml.MappingStartEvent):
            raise _Unlike
        value = self._value(root, "", 0)
        self._expect(yaml.DocumentEndEvent)
        self._expect(yaml.StreamEndEvent)
        return value

    def _expect(self, kind: type[yaml.Event]) -> None:
        if not isinstance(self._next(), kind):
            raise _Unlike

    def _value(self, event: Any, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise _Unlike
        self.lines.setdefault(path, self._first + event.start_mark.line)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.MappingStartEvent):
            if event.flow_style and event.start_mark.index == event.end_mark.index:
                raise _Unlike  # a pair in a list, without braces
            return self._mapping(path, depth + 1)
        return self._sequence(path, depth + 1)

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = _key(event)
            if key in found:
                raise _Unlike
            inner = f"{path}.{key}".lstrip(".")
            self.lines[inner] = self._first + event.start_mark.line
            found[key] = self._value(self._next(), inner, depth)
        return found

    def _sequence(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{path}.{len(found)}".lstrip("."), depth))
        return found


def _key(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag or not event.value:
        raise _Unlike
    start, end = event.start_mark, event.end_mark
    if start.line != end.line or end.index - start.index > _MAX_KEY:
        raise _Unlike
    return str(event.value)


def _scalar(event: Any) -> str | bool | None:
    words = str(event.value)
    if event.implicit[0]:  # neither quoted nor a block
        if words in _TAGGED:
            raise _Unlike
        return _WORDS.get(words, words)
    if UNPRINTABLE.search(words) or (event.style in _BLOCKS and words[:1] in ("", "\n")):
        raise _Unlike
    return words
