"""What an action of the board is about: dossiers, or single papers of them; and which of them are ready for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conventions.model.life import STATE_LABELS, State
from conventions.office import Glance, Row, life, links
from conventions.portal.desk import Desk
from conventions.store import PaperRecord
from conventions.text import Text

__all__ = ["Choice", "action_for", "choices", "closing_of"]

_AGREEMENT: Final = "convention"
_CLOSING: Final = {State.COMPLETE: "seal", State.SEALED: "archive"}


@dataclass(frozen=True)
class Choice:
    """One line of the question that is asked before anything is done."""

    name: str
    """``2027-0001``, or ``2027-0001/amendment-1`` where a single paper is meant."""
    one: Glance
    is_ready: bool
    state: Text
    """Why it would be left out, when it is not ready."""
    is_early: bool = False
    """Nobody would be reminded of it today, unless that is insisted upon."""


def action_for(one: Glance, row: Row) -> str:
    """What brings a paper forward from here; empty when it is nothing that the board can do."""
    if row.standing and row.standing.turn:
        return "remind"
    document = row.number.partition("/")[2] or _AGREEMENT
    closing = next((closing_of(paper) for paper in one.papers if paper.document == document), "")
    return closing or ("issue" if one.stage in {"issue", "again"} else "")


def closing_of(paper: PaperRecord) -> str:
    """What closes a paper that everybody has signed: ``seal``, then ``archive``; a form is neither."""
    return "" if paper.is_form else _CLOSING.get(paper.state, "")


def choices(desk: Desk, action: str, names: Sequence[str]) -> tuple[Choice, ...]:
    """What is meant, each once, in order: nothing but the office's own dossiers and their papers.

    Args:
        desk: whose dossiers they are.
        action: a key of :data:`conventions.portal.boardwords.ACTIONS`.
        names: numbers of dossiers; for ``seal`` and ``archive`` also ``number/document`` for one paper alone.
    """
    known = desk.known([name.partition("/")[0] for name in names])
    if action == "end-links":
        return tuple(Choice(one.number, one, bool(desk.links_of(one)), links.NO_LINK) for one in known)
    if action not in _CLOSING.values():
        return tuple(_choice(desk, action, one) for one in known)
    by_number = {one.number: one for one in known}
    found = [choice for name in names for choice in _closing(action, by_number, name)]
    return tuple({choice.name: choice for choice in found}.values())


def _choice(desk: Desk, action: str, one: Glance) -> Choice:
    is_ready, door = _is_ready(action, one), desk.door
    is_early = action == "remind" and not any(
        life.due(door.workspace, door.registry, paper, door.now()) for paper in one.papers
    )
    return Choice(one.number, one, is_ready, one.row.todo or one.row.state, is_early)


def _is_ready(action: str, one: Glance) -> bool:
    if action == "issue":
        return one.stage in {"issue", "again"} and not one.errors
    return any(row.standing and row.standing.turn for row in one.rows)


def _closing(action: str, known: dict[str, Glance], name: str) -> Iterator[Choice]:
    """The paper that is named; of a dossier every paper that is ready, or that none is."""
    number, _, document = name.partition("/")
    one = known.get(number)
    if one is None:
        return
    meant = [paper for paper in one.papers if (paper.document == document if document else closing_of(paper) == action)]
    for paper in meant:
        is_ready = closing_of(paper) == action
        yield Choice(f"{number}/{paper.document}", one, is_ready, STATE_LABELS[paper.state])
    if not meant and not document:
        yield Choice(number, one, is_ready=False, state=one.row.state)
