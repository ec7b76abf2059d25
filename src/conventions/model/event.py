"""What happened to a paper. Facts are appended, never changed; each says what it must forget.

``personal`` lists the fields that hold personal data: a purge blanks exactly those.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final

__all__ = ["EVENTS", "Archived", "Event", "Issued", "Refusal", "Sealing", "Sent", "Signed", "event_from"]


@dataclass(frozen=True)
class Event:
    """A fact about one paper at one instant (aware, UTC)."""

    kind: ClassVar[str]
    personal: ClassVar[tuple[str, ...]] = ()
    at: datetime

    def facts(self) -> dict[str, Any]:
        """Everything but the instant, as plain JSON values."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "at"}


@dataclass(frozen=True)
class Issued(Event):
    """prepared -> waiting for the first signer. Names the bytes that every later one must extend."""

    kind: ClassVar[str] = "issued"
    sha256: str
    length: int
    file: str


@dataclass(frozen=True)
class Sent(Event):
    """The current bytes went to the person whose turn it is."""

    kind: ClassVar[str] = "sent"
    personal: ClassVar[tuple[str, ...]] = ("to", "message_id")
    role: str
    to: str
    message_id: str
    sha256: str


@dataclass(frozen=True)
class Signed(Event):
    """waiting -> the next step, or complete. The role's signature is in the bytes named here."""

    kind: ClassVar[str] = "signed"
    personal: ClassVar[tuple[str, ...]] = ("signer", "fingerprint")
    role: str
    signer: str
    fingerprint: str
    signed_at: str
    """ISO 8601 instant from the time-stamp, or the claimed one where there is none."""
    sha256: str
    length: int
    file: str
    received: str = ""
    """SHA-256 of the file as it came back: what is kept has our time-stamp, and nothing that followed the signature."""


@dataclass(frozen=True)
class Refusal(Event):
    """A file came back and was refused; it is kept as evidence. The state does not change."""

    kind: ClassVar[str] = "refused"
    personal: ClassVar[tuple[str, ...]] = ("file",)
    code: str
    sha256: str
    file: str


@dataclass(frozen=True)
class Sealing(Event):
    """complete -> sealed: validation data for every signature and a document timestamp."""

    kind: ClassVar[str] = "sealed"
    sha256: str
    length: int
    file: str


@dataclass(frozen=True)
class Archived(Event):
    """sealed -> archived: the receipt of the archive."""

    kind: ClassVar[str] = "archived"
    sha256: str
    place: str


EVENTS: Final = (Issued, Sent, Signed, Refusal, Sealing, Archived)


def event_from(kind: str, at: datetime, facts: dict[str, Any]) -> Event:
    """The event that was stored under this kind; a field that is younger than the event has its default.

    Raises:
        KeyError: a kind that this version does not know, or a fact that it needs and that is not there.
    """
    cls = {event.kind: event for event in EVENTS}[kind]
    wanted = (item for item in fields(cls) if item.name != "at" and (item.name in facts or item.default is MISSING))
    return cls(at=at, **{item.name: facts[item.name] for item in wanted})
