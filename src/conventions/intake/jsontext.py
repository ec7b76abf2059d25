"""JSON with the line of every value, numbers kept as they were typed, and nothing that a dossier does not need."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from conventions.errors import DossierError
from conventions.intake.refusals import MAX_DEPTH, UNPRINTABLE, refusal
from conventions.intake.yaml12 import Tree
from conventions.text import Text

__all__ = ["parse_json", "plain_json"]

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORDS: Final = {"true": True, "false": False, "null": None}


def parse_json(text: str, file: str) -> list[Tree]:
    """One dossier, or a list of them; lines count from 1.

    Raises:
        DossierError: not JSON, nested too deeply, a key that is there twice, or no object.
    """
    reader = _Reader(text.removeprefix("\ufeff"), file)
    reader.skip()
    found = reader.items() if reader.sees("[") else [reader.tree()]
    reader.finish()
    return found


def plain_json(text: str) -> Any:
    """The value of a JSON text in a cell. Raises ValueError when it is none."""
    reader = _Reader(text, "")
    try:
        reader.skip()
        value = reader.value("", 0)
        reader.finish()
    except DossierError as error:
        raise ValueError(str(error)) from None
    return value


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._at = 0
        self._line = 1
        self._lines: dict[str, int] = {}

    def skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        if match and match.end() > self._at:
            self._line += match[0].count("\n")
            self._at = match.end()

    def sees(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def take(self, character: str) -> None:
        if not self.sees(character):
            raise self._broken(Text("{character} is expected here", character=character))
        self._at += 1
        self.skip()

    def finish(self) -> None:
        if self._at < len(self._text):
            raise self._broken(Text("there is something after the end"))

    def items(self) -> list[Tree]:
        found: list[Tree] = []
        self.take("[")
        while not self.sees("]"):
            if found:
                self.take(",")
            found.append(self.tree())
        self.take("]")
        return found

    def tree(self) -> Tree:
        self._lines = {"": self._line}
        start = self._line
        data = self.value("", 0)
        if not isinstance(data, dict):
            raise refusal("FILE-05", Text("this is not a dossier: it has no keys"), self._file, start)
        return Tree(data, self._lines)

    def value(self, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise refusal("FILE-06", Text("the file is nested deeper than any dossier"), self._file, self._line)
        self._lines.setdefault(path, self._line)
        if self.sees("{"):
            return self._object(path, depth)
        if self.sees("["):
            return self._list(path, depth)
        if self.sees('"'):
            return self._string()
        return self._plain()

    def _object(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.take("{")
        while not self.sees("}"):
            if found:
                self.take(",")
            line = self._line
            key = self._string()
            if key in found:
                twice = Text("the key {key} is there twice", key=key)
                raise refusal("FILE-07", twice, self._file, line, Text("keep one of the two lines"))
            self.take(":")
            inner = f"{path}.{key}".lstrip(".")
            self._lines[inner] = line
            found[key] = self.value(inner, depth + 1)
        self.take("}")
        return found

    def _list(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        self.take("[")
        while not self.sees("]"):
            if found:
                self.take(",")
            found.append(self.value(f"{path}.{len(found)}".lstrip("."), depth + 1))
        self.take("]")
        return found

    def _string(self) -> str:
        match = _STRING.match(self._text, self._at)
        if match is None:
            raise self._broken(Text("text in double quotes is expected here"))
        words = match[0][1:-1]
        if "\\" in words:
            words = self._unescaped(match[0])
        if UNPRINTABLE.search(words):
            raise refusal("FILE-03", Text("the text holds an unprintable character"), self._file, self._line)
        self._at = match.end()
        self.skip()
        return words

    def _unescaped(self, typed: str) -> str:
        try:
            return str(json.loads(typed))
        except ValueError:
            raise self._broken(Text("this text in quotes is damaged")) from None

    def _plain(self) -> str | bool | None:
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                self.skip()
                return value
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            raise self._broken(Text("a value is expected here"))
        self._at = match.end()
        self.skip()
        return match[0]

    def _broken(self, problem: Text) -> DossierError:
        message = Text("this is not JSON: {problem}", problem=problem)
        return refusal("FILE-04", message, self._file, self._line, Text("correct the line"))
