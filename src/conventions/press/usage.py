"""What a template asks for: every name in its placeholders, conditions and loops, held against what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import jinja2
from jinja2 import nodes

from conventions.press.blocks import keyword
from conventions.press.filters import Given, filter_problem, result_of
from conventions.press.remarks import Remark, Spot
from conventions.press.tags import Piece
from conventions.press.vocabulary import FLAG, NUMBER, WORDS, Shape, nearest
from conventions.text import Text

__all__ = ["Use", "readable", "usage"]

How = Literal["printed", "tested", "walked"]

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
_CONSTANTS: Final = ((bool, FLAG), (int, NUMBER), (float, NUMBER), (str, WORDS))
_SEE: Final = Text("take it out; the shipped template shows the names that can be used")


@dataclass(frozen=True)
class Use:
    """One name that a template asks for."""

    path: str
    """Dotted; ``[]`` after a list stands for any of its items."""
    how: How
    """Printed; asked for in a condition; or walked through by a loop."""
    spot: Spot


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
    walk = _Walk(pieces, environment, vocabulary)
    walk.statements(environment.parse(source).body, {})
    return walk.uses, walk.remarks


def readable(piece: Piece) -> str:
    """A piece on its line; what docxtpl adds to Jinja is put into Jinja's terms."""
    word = keyword(piece)
    if word in {"colspan", "cellbg"}:
        return f"{{{{ {piece.source.partition(word)[2].removesuffix('%}')} }}}}"
    return "" if word in {"vm", "hm"} else piece.source


Names = dict[str, Given]
"""Names that the template itself gives, by ``for``, ``set`` and ``with``."""


class _Walk:
    """Goes through a part, statement by statement."""

    def __init__(self, pieces: Sequence[Piece], environment: jinja2.Environment, vocabulary: Shape) -> None:
        self.uses: list[Use] = []
        self.remarks: list[Remark] = []
        self._pieces = pieces
        self._environment = environment
        self._vocabulary = vocabulary

    def statements(self, body: Iterable[nodes.Node], names: Names) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for shown in node.nodes:
                        self._print(shown, names)
                case nodes.If():
                    self._value(node.test, names, "tested")
                    self.statements((*node.body, *node.elif_, *node.else_), names)
                case nodes.For():
                    self._loop(node, names)
                case nodes.With():
                    given = [self._value(value, names, "tested") for value in node.values]
                    self.statements(node.body, names | self._named(node.targets, given))
                case nodes.Assign():
                    names |= self._named([node.target], [self._value(node.node, names, "tested")])
                case nodes.AssignBlock():
                    self.statements(node.body, dict(names))
                    names |= self._named([node.target], [Given(Shape(frozenset({WORDS})))])

    def _loop(self, node: nodes.For, names: Names) -> None:
        walked = self._value(node.iter, names, "walked")
        shape = walked.shape
        if shape.is_known and shape.item is None and not shape.members:
            self._remark(node, "LINT-05", Text("{name} is no list", name=self._name(node, walked)), _SEE)
        item = Given(shape.item or Shape(), f"{walked.path}[]" if walked.path else "")
        inner = names | self._named([node.target], [item]) | {"loop": _LOOP}
        if node.test is not None:
            self._value(node.test, inner, "tested")
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
        shown = self._value(node, names, "printed")
        if shown.shape.is_printable:
            return
        name, shape = self._name(node, shown), shown.shape
        if shape.item is not None:
            fix = Text("join its items, or print them in a loop: {example}", example=f"{{{{ {name} | join }}}}")
            self._remark(node, "LINT-05", Text("{name} is a list and cannot be printed as it is", name=name), fix)
        elif shape.members:
            fix = Text("print one of its values: {names}", names=tuple(shape.members))
            self._remark(node, "LINT-05", Text("{name} is a group and cannot be printed as it is", name=name), fix)
        else:
            fix = Text("ask for it in a condition: {example}", example=f"{{% if {name} %}} … {{% endif %}}")
            self._remark(node, "LINT-05", Text("{name} is a yes or a no and cannot be printed", name=name), fix)

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────

    def _value(self, node: nodes.Node, names: Names, how: How) -> Given:
        match node:
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                found = self._found(node, names)
                if found.path:
                    self.uses.append(Use(found.path, how, self._spot(node)))
                return found
            case nodes.Const():
                kind = next((kind for type_, kind in _CONSTANTS if isinstance(node.value, type_)), None)
                return Given(Shape(frozenset({kind} if kind else ())), constant=node.value)
            case nodes.Filter():
                return self._filtered(node, names, how)
            case nodes.Test():
                self._test(node, names)
                return Given(Shape(frozenset({FLAG})))
            case nodes.CondExpr():
                self._value(node.test, names, "tested")
                branches = [self._value(one, names, how) for one in (node.expr1, node.expr2) if one is not None]
                return branches[0] if len(branches) == 1 or branches[0].shape == branches[1].shape else _NOTHING
            case nodes.Call():
                return self._called(node, names)
            case _:
                for child in node.iter_child_nodes():
                    self._value(child, names, how)
                return Given(Shape(frozenset({FLAG}))) if isinstance(node, (nodes.Compare, nodes.Not)) else _NOTHING

    def _found(self, node: nodes.Name | nodes.Getattr | nodes.Getitem, names: Names) -> Given:
        if isinstance(node, nodes.Name):
            return self._root(node, names)
        owner = self._owner(node.node, names)
        if isinstance(node, nodes.Getattr):
            return self._member(node, owner, node.attr)
        key = node.arg
        if isinstance(key, nodes.Const) and isinstance(key.value, str):
            return self._member(node, owner, key.value)
        self._value(key, names, "tested")
        if isinstance(key, nodes.Slice):
            return owner
        return Given(owner.shape.item or Shape(), f"{owner.path}[]" if owner.path else "")

    def _owner(self, node: nodes.Node, names: Names) -> Given:
        is_path = isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem))
        return self._found(node, names) if is_path else self._value(node, names, "tested")  # type: ignore[arg-type]

    def _root(self, node: nodes.Name, names: Names) -> Given:
        if node.name in names:
            return names[node.name]
        shape = self._vocabulary.members.get(node.name)
        if shape is None:
            self._unknown(node, node.name, (*names, *self._vocabulary.members))
            return _NOTHING
        return Given(shape, node.name)

    def _member(self, node: nodes.Expr, owner: Given, name: str) -> Given:
        path = f"{owner.path}.{name}" if owner.path else ""
        if not owner.shape.is_known:
            return Given(Shape(), path)
        if name not in owner.shape.members:
            self._unknown(node, path or name, owner.shape.members)
            return _NOTHING
        return Given(owner.shape.members[name], path)

    def _unknown(self, node: nodes.Expr, path: str, members: Iterable[str]) -> None:
        near = nearest(path, members, self._vocabulary.paths())
        fix = Text("write one of {names}, or take it out", names=near) if len(near) > 1 else _SEE
        if len(near) == 1:
            fix = Text("write {name}, or take it out", name=near[0])
        self._remark(node, "LINT-01", Text("{name} does not exist", name=path), fix, path)

    def _filtered(self, node: nodes.Filter, names: Names, how: How) -> Given:
        given = [self._value(one, names, how) for one in (node.node, *node.args) if one is not None]
        filter_ = self._environment.filters.get(node.name)
        if filter_ is None:
            self._no_such(node, Text("there is no filter {name}", name=node.name), self._environment.filters)
            return _NOTHING
        problem = Text("its arguments bear no names") if node.kwargs else filter_problem(filter_, given)
        if problem:
            what = Text("the filter {name} does not fit: {why}", name=node.name, why=problem)
            self._remark(node, "LINT-02", what, Text("compare it with the shipped template"))
        return result_of(node.name, given[0]) if given else _NOTHING

    def _test(self, node: nodes.Test, names: Names) -> None:
        for one in (node.node, *node.args):
            self._value(one, names, "tested")
        if node.name not in self._environment.tests:
            self._no_such(node, Text("there is no test {name}", name=node.name), self._environment.tests)

    def _no_such(self, node: nodes.Filter | nodes.Test, what: Text, known: Iterable[str]) -> None:
        near = nearest(node.name, known, ())
        fix = Text("write one of {names}", names=near or tuple(sorted(name for name in known if name.isalpha())))
        self._remark(node, "LINT-02", what, fix)

    def _called(self, node: nodes.Call, names: Names) -> Given:
        for one in node.args:
            self._value(one, names, "tested")
        owner = node.node
        is_of_loop = (
            isinstance(owner, nodes.Getattr) and isinstance(owner.node, nodes.Name) and owner.node.name == "loop"
        )
        before = len(self.remarks)
        self._value(owner, names, "tested")
        if not is_of_loop and len(self.remarks) == before:
            self._remark(node, "LINT-05", Text("a template cannot call anything"), _SEE)
        return _NOTHING

    # ── telling ──────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, node: nodes.Node, given: Given) -> str:
        return given.path or self._pieces[node.lineno - 1].source

    def _spot(self, node: nodes.Node) -> Spot:
        return self._pieces[node.lineno - 1].spot

    def _remark(self, node: nodes.Node, code: str, what: Text, fix: Text, path: str = "") -> None:
        self.remarks.append(Remark(code, what, fix, self._spot(node), field=path))
