"""A paper as the registry remembers it: what was frozen at issue, and what has happened since.

There is no status to keep in step: everything a reader wants to know is derived from the events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self, TypeVar

from conventions.model.event import Checked, Event, Issued, Replaced, Returned, Sealing, Signed
from conventions.model.life import ENDED, State, after
from conventions.model.roles import Circuit, Signatory

__all__ = ["PaperRecord", "Revision"]

Revision = Issued | Signed | Sealing
"""Events that name new bytes of the paper, each an extension of the one before."""

_ACTS: Final = (Signed, Checked, Returned)
"""By which a role has done its part."""

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class PaperRecord:
    """One version of one document of one dossier."""

    number: str
    document: str
    """Document type: ``convention``, ``amendment`` …"""
    version: int
    language: str
    dossier_digest: str
    template_digest: str
    starts_on: date
    """First day of the internship: signatures are due before it."""
    abroad: bool
    circuit: Circuit
    """Frozen at issue: a later change of the settings does not change who signs this paper."""
    signatories: tuple[Signatory, ...]
    events: tuple[Event, ...] = ()
    links: tuple[str, ...] = ()
    """Digest of each event's link of the chain."""
    head: str = ""
    """Digest of the last link of the chain: what an append must name to show that it has seen everything."""
    id: int = 0
    """0 until the registry holds the paper."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What no two papers share."""
        return (self.number, self.document, self.version)

    @property
    def current(self) -> Revision | None:
        """The event that names the latest bytes (``file``, ``sha256``, ``length``); None before the issue."""
        return next((event for event in reversed(self.events) if isinstance(event, Revision)), None)

    @property
    def shown(self) -> Revision | Returned | None:
        """What the next person is shown: the latest bytes; of a form that goes on to others, as it was filled in."""
        if not self.is_form or len(self.circuit.steps) == 1:
            return self.current
        filler = self.circuit.fills[0]
        filled = (event for event in reversed(self.events) if isinstance(event, Returned) and event.role == filler)
        return next(filled, self.current)

    @property
    def signed_roles(self) -> tuple[str, ...]:
        """Roles that have signed, in the order in which it was recorded."""
        return tuple(event.role for event in self.events if isinstance(event, Signed))

    @property
    def done(self) -> tuple[str, ...]:
        """Roles that have signed or filled in and offices that have checked, in the order in which it was recorded."""
        return tuple(event.role for event in self.events if isinstance(event, _ACTS))

    @property
    def unproved(self) -> tuple[str, ...]:
        """Roles whose validation data the present bytes lack, because no service answered when they signed."""
        last = self.current
        return tuple(filter(None, last.pending.split(","))) if isinstance(last, Signed) else ()

    @property
    def state(self) -> State:
        """Where the paper stands: what its events make of a draft (:mod:`conventions.model.life`)."""
        state, done = State.DRAFT, set[str]()
        for event in self.events:
            if isinstance(event, _ACTS):
                done.add(event.role)
            state = after(state, event, is_complete=self.circuit.is_complete(done))
        return state

    @property
    def is_form(self) -> bool:
        """Is it filled in, and not signed?"""
        return bool(self.circuit.fills)

    @property
    def has_ended(self) -> bool:
        """Declined, recalled, expired or replaced: nobody signs this version any more."""
        return self.state in ENDED

    def as_of(self, head: str) -> Self:
        """The paper as it was when its chain ended with this link; itself when it never did."""
        if head not in self.links:
            return self
        length = self.links.index(head) + 1
        return replace(self, events=self.events[:length], links=self.links[:length], head=head)

    def last(self, kind: type[E]) -> E | None:
        """The latest event of a kind, such as the last ``Sent``; None when there is none."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)

    @property
    def expected(self) -> tuple[Signatory, ...]:
        """Who is expected in each role now, replacements taken in, in the order of the circuit."""
        people = {person.role: person for person in self.signatories}
        for event in self.events:
            if isinstance(event, Replaced):
                people[event.role] = _replacement(event)
        return tuple(people.values())

    def signatory(self, role: str) -> Signatory:
        """The person expected in a role. Raises KeyError for a role that this paper does not have."""
        for person in self.expected:
            if person.role == role:
                return person
        raise KeyError(role)


def _replacement(event: Replaced) -> Signatory:
    return Signatory(
        role=event.role,
        name=event.name,
        function=event.function,
        email=event.email,
        language=event.language,
        fingerprint=event.fingerprint,
        by_delegation=event.by_delegation,
    )
