"""What a template asks for: every name in its placeholders, conditions and loops, held against what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from types import MappingProxyType
from typing import Final

import jinja2
from jinja2 import nodes

from conventions.press.blocks import keyword
from conventions.press.filters import Given
from conventions.press.inference import SEE, Inference, Names, Use
from conventions.press.remarks import Remark
from conventions.press.tags import Piece
from conventions.press.vocabulary import FLAG, NUMBER, WORDS, Shape
from conventions.text import Text

__all__ = ["Use", "readable", "usage"]

_NOTHING: Final = Given(Shape())
_COUNTS: Final = ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0")
_LOOP: Final = Given(
    Shape(
        members=MappingProxyType(
            {
                **{name: Shape(frozenset({NUMBER})) for name in _COUNTS},
                **{name: Shape(frozenset({FLAG})) for name in ("first", "last")},
                **{name: Shape() for name in ("previtem", "nextitem", "cycle", "changed")},
            }
        )
    )
)
"""What Jinja tells inside a loop."""


def usage(
    pieces: Sequence[Piece], environment: jinja2.Environment, vocabulary: Shape, broken: Collection[Piece]
) -> tuple[list[Use], list[Remark]]:
    """Every name that the pieces of one part use, and what is wrong with any of them, in order.

    Args:
        pieces: of a part, in order; its blocks are closed.
        environment: knows the filters and tests.
        vocabulary: what the document offers.
        broken: pieces that are not well formed and are left out.
    """
    source = "\n".join("" if piece in broken else readable(piece) for piece in pieces)
    values = Inference(pieces, environment, vocabulary)
    _Walk(values).statements(environment.parse(source).body, {})
    return values.uses, values.remarks


def readable(piece: Piece) -> str:
    """A piece on its line; what docxtpl adds to Jinja is put into Jinja's terms."""
    word = keyword(piece)
    if word in {"colspan", "cellbg"}:
        return f"{{{{ {piece.source.partition(word)[2].removesuffix('%}')} }}}}"
    return "" if word in {"vm", "hm"} else piece.source


class _Walk:
    """Goes through a part, statement by statement."""

    def __init__(self, values: Inference) -> None:
        self._values = values

    def statements(self, body: Iterable[nodes.Node], names: Names) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for shown in node.nodes:
                        self._print(shown, names)
                case nodes.If():
                    self._values.value(node.test, names, "tested")
                    self.statements((*node.body, *node.elif_, *node.else_), names)
                case nodes.For():
                    self._loop(node, names)
                case nodes.With():
                    given = [self._values.value(value, names, "tested") for value in node.values]
                    self.statements(node.body, names | self._named(node.targets, given))
                case nodes.Assign():
                    names |= self._named([node.target], [self._values.value(node.node, names, "tested")])
                case nodes.AssignBlock():
                    self.statements(node.body, dict(names))
                    names |= self._named([node.target], [Given(Shape(frozenset({WORDS})))])

    def _loop(self, node: nodes.For, names: Names) -> None:
        walked = self._values.value(node.iter, names, "walked")
        shape = walked.shape
        if shape.is_known and shape.item is None and not shape.members:
            self._values.remark(node, "LINT-05", Text("{name} is no list", name=self._values.name(node, walked)), SEE)
        item = Given(shape.item or Shape(), f"{walked.path}[]" if walked.path else "")
        if shape.members and shape.item is None:
            item = Given(Shape(frozenset({WORDS})))  # a loop through a group meets the names of its values
        inner = names | self._named([node.target], [item]) | {"loop": _LOOP}
        if node.test is not None:
            self._values.value(node.test, inner, "tested")
        self.statements(node.body, inner)
        self.statements(node.else_, dict(names))

    def _named(self, targets: Sequence[nodes.Node], values: Sequence[Given]) -> Names:
        """What targets stand for from here on; the parts of one that takes a value apart stand for anything."""
        pairs = [(target, value) for target, value in zip(targets, values, strict=True)]
        simple = {target.name: value for target, value in pairs if isinstance(target, nodes.Name)}
        parts = (name for target, _ in pairs for name in target.find_all(nodes.Name))
        return {**{name.name: _NOTHING for name in parts}, **simple}

    def _print(self, node: nodes.Expr, names: Names) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        shown = self._values.value(node, names, "printed")
        if shown.shape.is_printable:
            return
        name, shape = self._values.name(node, shown), shown.shape
        if shape.item is not None:
            what = Text("{name} is a list and cannot be printed as it is", name=name)
            fix = Text("join its items, or print them in a loop: {example}", example=f"{{{{ {name} | join }}}}")
        elif shape.members:
            what = Text("{name} is a group and cannot be printed as it is", name=name)
            fix = Text("print one of its values: {names}", names=tuple(shape.members))
        else:
            what = Text("{name} is a yes or a no and cannot be printed", name=name)
            fix = Text("ask for it in a condition: {example}", example=f"{{% if {name} %}} … {{% endif %}}")
        self._values.remark(node, "LINT-05", what, fix)
