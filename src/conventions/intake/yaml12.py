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

from conventions.errors import DossierError
from conventions.intake.refusals import refusal
from conventions.intake.yamlevents import from_events
from conventions.text import Text

__all__ = ["MAX_BYTES", "Tree", "parse", "parse_each"]

MAX_BYTES: Final = 1_000_000
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
    text = _decode(raw, file, above)
    data, lines = from_events(text, above) or _with_reasons(text, file, above)
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


def _with_reasons(text: str, file: str, above: int) -> tuple[Any, dict[str, int]]:
    from conventions.intake.yamlnodes import from_nodes  # loads a parser that a sound dossier does not need

    return from_nodes(text, file, above)
