"""The whole way from YAML to plain values: a node tree, with a reason for everything that is refused.

It takes many times as long as :mod:`conventions.intake.yamlevents` and is asked wherever that one is not certain.
"""

from __future__ import annotations

from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conventions.intake.refusals import MAX_DEPTH, UNPRINTABLE, refusal
from conventions.text import Text, quoted

__all__ = ["from_nodes"]

_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_KINDS = ("map", "seq", "str", "null", "bool", "int", "float", "timestamp")
_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)


def from_nodes(text: str, file: str, above: int) -> tuple[Any, dict[str, int]]:
    """The value of the only document, and the line of each dotted path; ``above`` lines stand before the text.

    Raises:
        DossierError: FILE-03 unprintable, FILE-04 not YAML, FILE-06 what dossiers do not use, FILE-07 a key twice.
    """
    lines: dict[str, int] = {}
    return _Walk(file, lines, above).value(_compose(text, file, above), "", 0), lines


def _compose(text: str, file: str, above: int) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # anchors are refused, in our own words
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
        if depth > MAX_DEPTH:
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
