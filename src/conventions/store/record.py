"""A paper as the registry remembers it: what was frozen at issue, and what has happened since.

There is no status to keep in step: everything a reader wants to know is derived from the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from conventions.model.event import Event, Issued, Sealing, Signed
from conventions.model.roles import Circuit, Signatory

__all__ = ["PaperRecord", "State"]

State = Issued | Signed | Sealing
"""Events that name new bytes of the paper, each an extension of the one before."""

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
    head: str = ""
    """Digest of the last link of the chain: what an append must name to show that it has seen everything."""
    id: int = 0
    """0 until the registry holds the paper."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What no two papers share."""
        return (self.number, self.document, self.version)

    @property
    def current(self) -> State | None:
        """The event that names the latest bytes (``file``, ``sha256``, ``length``); None before the issue."""
        return next((event for event in reversed(self.events) if isinstance(event, State)), None)

    @property
    def signed_roles(self) -> tuple[str, ...]:
        """Roles that have signed, in the order in which it was recorded."""
        return tuple(event.role for event in self.events if isinstance(event, Signed))

    @property
    def state(self) -> str:
        """Kind of the last event that moved the paper: issued, signed, sealed, archived; "" before the issue.

        Whether a signed paper is complete is for the circuit to say.
        """
        moving = {"issued", "signed", "sealed", "archived"}
        return next((event.kind for event in reversed(self.events) if event.kind in moving), "")

    def last(self, kind: type[E]) -> E | None:
        """The latest event of a kind, such as the last ``Sent``; None when there is none."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)

    def signatory(self, role: str) -> Signatory:
        """The person expected in a role. Raises KeyError for a role that this paper does not have."""
        for person in self.signatories:
            if person.role == role:
                return person
        raise KeyError(role)
