"""The life of a paper: every state, and every event that leads from one to another. There is no other table.

``docs/reference/life-of-a-paper.md`` is drawn from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conventions.model.event import (
    Archived,
    Bounced,
    Checked,
    Declined,
    Event,
    Expired,
    Issued,
    Opened,
    Recalled,
    Refusal,
    Reminded,
    Renewed,
    Replaced,
    Returned,
    Sealing,
    Sent,
    Signed,
    Superseded,
    Undelivered,
)
from conventions.text import Text

__all__ = ["ENDED", "STATE_LABELS", "TRANSITIONS", "State", "Transition", "after", "allows"]


class State(StrEnum):
    """Where a paper stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    COMPLETE = "complete"
    SEALED = "sealed"
    ARCHIVED = "archived"
    DECLINED = "declined"
    RECALLED = "recalled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


STATE_LABELS: Final = {
    State.DRAFT: Text("draft"),
    State.WAITING: Text("waiting for signatures"),
    State.COMPLETE: Text("complete"),
    State.SEALED: Text("sealed"),
    State.ARCHIVED: Text("archived"),
    State.DECLINED: Text("declined"),
    State.RECALLED: Text("recalled"),
    State.EXPIRED: Text("expired"),
    State.SUPERSEDED: Text("replaced by a new version"),
}

ENDED: Final = frozenset({State.DECLINED, State.RECALLED, State.EXPIRED, State.SUPERSEDED})
"""Nobody signs any more; a corrected paper is a new version."""


@dataclass(frozen=True)
class Transition:
    """From a state, an event leads to another, or leaves it as it is."""

    before: State
    event: type[Event]
    after: State


def _stays(state: State, *events: type[Event]) -> tuple[Transition, ...]:
    return tuple(Transition(state, event, state) for event in events)


_POST: Final = (Sent, Undelivered, Bounced, Refusal)

TRANSITIONS: Final = (
    Transition(State.DRAFT, Issued, State.WAITING),
    *_stays(State.WAITING, *_POST, Opened, Reminded, Replaced),
    Transition(State.WAITING, Signed, State.WAITING),
    Transition(State.WAITING, Signed, State.COMPLETE),
    Transition(State.WAITING, Checked, State.WAITING),
    Transition(State.WAITING, Checked, State.COMPLETE),
    Transition(State.WAITING, Returned, State.WAITING),
    Transition(State.WAITING, Returned, State.COMPLETE),
    Transition(State.WAITING, Declined, State.DECLINED),
    Transition(State.WAITING, Recalled, State.RECALLED),
    Transition(State.WAITING, Expired, State.EXPIRED),
    *_stays(State.COMPLETE, *_POST, Returned),
    Transition(State.COMPLETE, Recalled, State.RECALLED),
    Transition(State.COMPLETE, Sealing, State.SEALED),
    *_stays(State.SEALED, *_POST),
    Transition(State.SEALED, Archived, State.ARCHIVED),
    *_stays(State.ARCHIVED, *_POST, Renewed),
    *(
        transition
        for ended in (State.DECLINED, State.RECALLED, State.EXPIRED)
        for transition in (*_stays(ended, *_POST), Transition(ended, Superseded, State.SUPERSEDED))
    ),
    *_stays(State.SUPERSEDED, *_POST),
)
"""The whole table. Where an event may lead to two states, the circuit decides: is anybody's signature still missing?"""


def allows(state: State, event: Event) -> bool:
    """May this happen to a paper in this state?"""
    return any(one.before is state and isinstance(event, one.event) for one in TRANSITIONS)


def after(state: State, event: Event, *, is_complete: bool) -> State:
    """Where the event leads.

    Args:
        state: before it.
        event: what happens; it must be allowed.
        is_complete: everybody has acted, this event included.
    """
    found = {one.after for one in TRANSITIONS if one.before is state and isinstance(event, one.event)}
    if len(found) == 1:
        return found.pop()
    return State.COMPLETE if is_complete else State.WAITING
