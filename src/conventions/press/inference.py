"""What an expression of a template stands for, as far as that is known without a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import jinja2
from jinja2 import nodes

from conventions.press.filters import Given, filter_problem, result_of
from conventions.press.remarks import Remark, Spot
from conventions.press.tags import Piece
from conventions.press.vocabulary import FLAG, NUMBER, WORDS, Shape, nearest
from conventions.text import Text

__all__ = ["SEE", "How", "Inference", "Names", "Use"]

How = Literal["printed", "tested", "walked"]
Names = dict[str, Given]
"""Names that the template itself gives, by ``for``, ``set`` and ``with``."""
SEE: Final = Text("take it out; the shipped template shows the names that can be used")

_NOTHING: Final = Given(Shape())
_FLAG: Final = Given(Shape(frozenset({FLAG})))
_CONSTANTS: Final = ((bool, FLAG), (int, NUMBER), (float, NUMBER), (str, WORDS))


@dataclass(frozen=True)
class Use:
    """One name that a template asks for."""

    path: str
    """Dotted; ``[]`` after a list stands for any of its items."""
    how: How
    """Printed; asked for in a condition; or walked through by a loop."""
    spot: Spot


class Inference:
    """Goes through expressions, keeps the names they use and what is wrong with any of them."""

    def __init__(self, pieces: Sequence[Piece], environment: jinja2.Environment, vocabulary: Shape) -> None:
        """Take what a part holds, one piece a line, what filters and tests there are, what the document offers."""
        self.uses: list[Use] = []
        self.remarks: list[Remark] = []
        self._pieces = pieces
        self._environment = environment
        self._vocabulary = vocabulary

    def value(self, node: nodes.Node, names: Names, how: How) -> Given:
        """What an expression stands for.

        Args:
            node: the expression.
            names: those that the template has given so far.
            how: what is done with it.
        """
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
                return _FLAG
            case nodes.CondExpr():
                self.value(node.test, names, "tested")
                branches = [self.value(one, names, how) for one in (node.expr1, node.expr2) if one is not None]
                return branches[0] if len(branches) == 1 or branches[0].shape == branches[1].shape else _NOTHING
            case nodes.Call():
                return self._called(node, names)
            case _:
                for child in node.iter_child_nodes():
                    self.value(child, names, how)
                return _FLAG if isinstance(node, (nodes.Compare, nodes.Not)) else _NOTHING

    def _found(self, node: nodes.Name | nodes.Getattr | nodes.Getitem, names: Names) -> Given:
        if isinstance(node, nodes.Name):
            return self._root(node, names)
        owner = self._owner(node.node, names)
        if isinstance(node, nodes.Getattr):
            return self._member(node, owner, node.attr)
        key = node.arg
        if isinstance(key, nodes.Const) and isinstance(key.value, str):
            return self._member(node, owner, key.value)
        self.value(key, names, "tested")
        if isinstance(key, nodes.Slice):
            return owner
        return Given(owner.shape.item or Shape(), f"{owner.path}[]" if owner.path else "")

    def _owner(self, node: nodes.Node, names: Names) -> Given:
        is_path = isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem))
        return self._found(node, names) if is_path else self.value(node, names, "tested")  # type: ignore[arg-type]

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
        fix = Text("write one of {names}, or take it out", names=near) if len(near) > 1 else SEE
        if len(near) == 1:
            fix = Text("write {name}, or take it out", name=near[0])
        self.remark(node, "LINT-01", Text("{name} does not exist", name=path), fix, path)

    def _filtered(self, node: nodes.Filter, names: Names, how: How) -> Given:
        given = [self.value(one, names, how) for one in (node.node, *node.args) if one is not None]
        filter_ = self._environment.filters.get(node.name)
        if filter_ is None:
            self._no_such(node, Text("there is no filter {name}", name=node.name), self._environment.filters)
            return _NOTHING
        problem = Text("its arguments bear no names") if node.kwargs else filter_problem(filter_, given)
        if problem:
            what = Text("the filter {name} does not fit: {why}", name=node.name, why=problem)
            self.remark(node, "LINT-02", what, Text("compare it with the shipped template"))
        return result_of(node.name, given[0]) if given else _NOTHING

    def _test(self, node: nodes.Test, names: Names) -> None:
        for one in (node.node, *node.args):
            self.value(one, names, "tested")
        if node.name not in self._environment.tests:
            self._no_such(node, Text("there is no test {name}", name=node.name), self._environment.tests)

    def _no_such(self, node: nodes.Filter | nodes.Test, what: Text, known: Iterable[str]) -> None:
        near = nearest(node.name, known, ())
        fix = Text("write one of {names}", names=near or tuple(sorted(name for name in known if name.isalpha())))
        self.remark(node, "LINT-02", what, fix)

    def _called(self, node: nodes.Call, names: Names) -> Given:
        for one in node.args:
            self.value(one, names, "tested")
        owner = node.node
        is_of_loop = (
            isinstance(owner, nodes.Getattr) and isinstance(owner.node, nodes.Name) and owner.node.name == "loop"
        )
        before = len(self.remarks)
        self.value(owner, names, "tested")
        if not is_of_loop and len(self.remarks) == before:
            self.remark(node, "LINT-05", Text("a template cannot call anything"), SEE)
        return _NOTHING

    def name(self, node: nodes.Node, given: Given) -> str:
        """Of a value, for people: its path, else the tag that computes it."""
        return given.path or self._pieces[node.lineno - 1].source

    def _spot(self, node: nodes.Node) -> Spot:
        return self._pieces[node.lineno - 1].spot

    def remark(self, node: nodes.Node, code: str, what: Text, fix: Text, path: str = "") -> None:
        """Keep what is wrong with an expression."""
        self.remarks.append(Remark(code, what, fix, self._spot(node), field=path))
