"""YAML 1.2 without its traps, with the line of every value.

Scalars stay the text that was typed: ``59000``, ``01000``, ``NO`` and ``4.50`` reach the model exactly as written,
and the model decides what they are. Only null and booleans are YAML's. Anchors, aliases, tags and duplicate keys are
refused: no dossier needs them, and expansion bombs are made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conventions.errors import DossierError
from conventions.intake.refusals import UNPRINTABLE, refusal
from conventions.text import Text, quoted

__all__ = ["MAX_BYTES", "Tree", "parse", "parse_each"]

MAX_BYTES: Final = 1_000_000
_MAX_DEPTH: Final = 30
_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_KINDS = ("map", "seq", "str", "null", "bool", "int", "float", "timestamp")
_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)
_DOCUMENT: Final = re.compile(rb"^---(?=\s|$)", re.MULTILINE)
_CONTENT: Final = re.compile(rb"^(?!\s*(?:#|$|---\s*$|\.\.\.\s*$))", re.MULTILINE)
"""A line that is neither blank nor a comment nor a mark between documents."""


@dataclass(frozen=True)
class Tree:
    """Plain values, and the line (from 1) of each dotted path."""

    data: dict[str, Any]
    lines: Mapping[str, int]


def parse(raw: bytes, file: str, *, first_line: int = 1) -> Tree:
    """Read one document whose root is a mapping; ``first_line`` is where it begins in its file.

    Raises:
        DossierError: not UTF-8, not YAML, larger than :data:`MAX_BYTES`, or using what a dossier may not use.
    """
    if len(raw) > MAX_BYTES:
        raise refusal("FILE-02", Text("the file is larger than {n} bytes", n=MAX_BYTES), file)
    above = first_line - 1
    root = _compose(_decode(raw, file, above), file, above)
    lines: dict[str, int] = {}
    data = _Walk(file, lines, above).value(root, "", 0)
    if not isinstance(data, dict):
        raise refusal("FILE-05", Text("the file is not a dossier: it has no `key: value` lines"), file, first_line)
    return Tree(data, lines)


def parse_each(raw: bytes, file: str) -> Iterator[Tree | DossierError]:
    """Read a file of documents separated by ``---``; one that cannot be read does not keep the others from it.

    The file is cut before it is read: no scalar can hold the mark, and memory is bounded by one document.
    """
    starts = [0, *(match.start() for match in _DOCUMENT.finditer(raw)), len(raw)]
    line = 1
    for start, end in pairwise(starts):
        piece = raw[start:end]
        if _CONTENT.search(piece.removeprefix(b"---")):
            try:
                yield parse(piece, file, first_line=line)
            except DossierError as error:
                yield error
        line += piece.count(b"\n")


def _decode(raw: bytes, file: str, above: int) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = above + raw.count(b"\n", 0, error.start) + 1
        raise refusal(
            "FILE-03", Text("the file is not UTF-8 text"), file, line, Text("save it again with the encoding UTF-8")
        ) from None
    if "\0" in text:
        line = above + text[: text.index("\0")].count("\n") + 1
        raise refusal("FILE-03", Text("the file holds a NUL byte"), file, line)
    return text


def _compose(text: str, file: str, above: int) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        line = above + error.problem_mark.line + 1 if error.problem_mark else 0
        problem = Text("this is not YAML: {problem}", problem=quoted(error.problem or error.context))
        raise refusal(
            "FILE-04", problem, file, line, Text("correct the line; values with a colon need quotes")
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        problem = Text("this is not YAML: {problem}", problem=quoted(type(error).__name__))
        raise refusal("FILE-04", problem, file) from None
    return node


class _Walk:
    """One pass over the node tree."""

    def __init__(self, file: str, lines: dict[str, int], above: int) -> None:
        self._file = file
        self._lines = lines
        self._above = above
        self._seen: set[int] = set()

    def value(self, node: Node | None, path: str, depth: int) -> Any:
        if node is None:
            return None
        line = self._above + node.start_mark.line + 1
        if id(node) in self._seen or node.anchor:
            raise refusal("FILE-06", Text("anchors and aliases are not used in dossiers"), self._file, line)
        if depth > _MAX_DEPTH:
            raise refusal("FILE-06", Text("the file is nested deeper than any dossier"), self._file, line)
        self._seen.add(id(node))
        self._lines.setdefault(path, line)
        if str(node.tag) not in _TAGS:
            raise refusal("FILE-06", Text("the tag {tag} is not used in dossiers", tag=str(node.tag)), self._file, line)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.value(item, f"{path}.{rank}".lstrip("."), depth + 1) for rank, item in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self._above + key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
            if not key:
                raise refusal("FILE-06", Text("a key must be a plain word"), self._file, line)
            if key in found:
                raise refusal(
                    "FILE-07",
                    Text("the key {key} is there twice", key=key),
                    self._file,
                    line,
                    Text("keep one of the two lines"),
                )
            inner = f"{path}.{key}".lstrip(".")
            self._lines[inner] = line
            found[key] = self.value(value_node, inner, depth + 1)
        return found

    def _scalar(self, node: Node, line: int) -> str | bool | None:
        if str(node.tag) == _NULL:
            return None
        if str(node.tag) == _BOOL:
            return str(node.value).lower() == "true"
        words = str(node.value)
        if UNPRINTABLE.search(words):
            raise refusal("FILE-03", Text("the text holds an unprintable character"), self._file, line)
        return words
