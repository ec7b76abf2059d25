"""What happened to a paper. Facts are appended, never changed; each says what it must forget.

``personal`` lists the fields that hold personal data: a purge blanks exactly those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, tzinfo
from typing import Any, ClassVar, Final

__all__ = [
    "EVENTS",
    "Archived",
    "Bounced",
    "Checked",
    "Declined",
    "Event",
    "Expired",
    "Issued",
    "Opened",
    "Recalled",
    "Refusal",
    "Reminded",
    "Renewed",
    "Replaced",
    "Returned",
    "Sealing",
    "Sent",
    "Signed",
    "Superseded",
    "Undelivered",
    "event_from",
]


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
    personal: ClassVar[tuple[str, ...]] = ("signer", "fingerprint", "evidence")
    role: str
    signer: str
    fingerprint: str
    signed_at: str
    """ISO 8601 instant from the time-stamp, or the claimed one where there is none; of a signature on paper a day."""
    sha256: str
    length: int
    file: str
    received: str = ""
    """SHA-256 of the file as it came back: what is kept has our time-stamp, and nothing that followed the signature."""
    level: str = ""
    """simple, advanced, qualified or paper: measured when it arrived, never declared."""
    pending: str = ""
    """Roles, by commas, whose validation data these bytes lack because no service answered; it is asked for again."""
    evidence: str = ""
    """SHA-256 of the record of how the person was recognised, where the seal signed on the person's behalf."""

    def signed_on(self, zone: tzinfo) -> date:
        """The day of the signature at a place; of a signature on paper, the day that stands beside it."""
        moment = datetime.fromisoformat(self.signed_at)
        return moment.astimezone(zone).date() if moment.tzinfo else moment.date()


@dataclass(frozen=True)
class Checked(Event):
    """waiting -> the next step. An office that signs nothing has looked at the paper."""

    kind: ClassVar[str] = "checked"
    personal: ClassVar[tuple[str, ...]] = ("by",)
    role: str
    by: str
    sha256: str


@dataclass(frozen=True)
class Returned(Event):
    """waiting -> complete: a form came back filled in. A later one replaces it, and this one stays as a trace."""

    kind: ClassVar[str] = "returned"
    personal: ClassVar[tuple[str, ...]] = ("answers", "signers")
    role: str
    sha256: str
    """Of the file as it came back."""
    file: str
    answers: Mapping[str, str]
    """Every value, by the name of its field."""
    signers: str
    """Names in the certificates of whoever signed it, by commas; empty when nobody did."""


@dataclass(frozen=True)
class Opened(Event):
    """The person looked at the paper behind the link that was sent. The state does not change."""

    kind: ClassVar[str] = "opened"
    role: str
    sha256: str


@dataclass(frozen=True)
class Reminded(Event):
    """The person whose turn it is was written to once more. The state does not change."""

    kind: ClassVar[str] = "reminded"
    personal: ClassVar[tuple[str, ...]] = ("to", "message_id")
    role: str
    to: str
    message_id: str
    rank: int
    """1 for the first reminder."""
    sha256: str


@dataclass(frozen=True)
class Undelivered(Event):
    """A letter could not be handed over; it is tried again, later each time. The state does not change."""

    kind: ClassVar[str] = "undelivered"
    personal: ClassVar[tuple[str, ...]] = ("to", "reason")
    role: str
    to: str
    code: str
    sha256: str
    step: str = ""
    """Which letter it was, such as ``turn-student``."""
    rank: int = 1
    """1 for the first failure of this letter."""
    reason: str = ""
    """In words, the mail server's own among them."""


@dataclass(frozen=True)
class Bounced(Event):
    """A letter that was handed over came back: the address does not work. The state does not change."""

    kind: ClassVar[str] = "bounced"
    personal: ClassVar[tuple[str, ...]] = ("to", "message_id", "reason")
    role: str
    to: str
    message_id: str
    reason: str
    sha256: str


@dataclass(frozen=True)
class Refusal(Event):
    """A file came back and was refused; it is kept as evidence. The state does not change."""

    kind: ClassVar[str] = "refused"
    personal: ClassVar[tuple[str, ...]] = ("file",)
    code: str
    sha256: str
    file: str


@dataclass(frozen=True)
class Replaced(Event):
    """Another person is expected in a role that has not signed. The state does not change."""

    kind: ClassVar[str] = "replaced"
    personal: ClassVar[tuple[str, ...]] = (
        "name",
        "function",
        "email",
        "language",
        "fingerprint",
        "reason",
        "by_delegation",
    )
    role: str
    name: str
    function: str
    email: str
    language: str
    fingerprint: str
    reason: str
    by_delegation: str
    """Whose signature it stands for and by which act, when it is a delegation."""
    sha256: str


@dataclass(frozen=True)
class Declined(Event):
    """waiting -> declined: a signatory will not sign, and says why. The paper goes back to correction."""

    kind: ClassVar[str] = "declined"
    personal: ClassVar[tuple[str, ...]] = ("reason", "codes")
    role: str
    reason: str
    sha256: str
    codes: str = ""
    """Reasons of an enumeration, by commas, where there is one; ``reason`` is then a remark, or empty."""


@dataclass(frozen=True)
class Recalled(Event):
    """waiting or complete -> recalled: the office takes the paper back."""

    kind: ClassVar[str] = "recalled"
    personal: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str
    sha256: str


@dataclass(frozen=True)
class Expired(Event):
    """waiting -> expired: the internship has begun, or the days granted have run out, without all signatures."""

    kind: ClassVar[str] = "expired"
    sha256: str


@dataclass(frozen=True)
class Superseded(Event):
    """declined, recalled or expired -> superseded: a new version of the paper was issued."""

    kind: ClassVar[str] = "superseded"
    version: int
    """Of the paper that replaces this one."""
    sha256: str


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
    manifest: str = ""
    """SHA-256 of the package's manifest, which vouches for every file; empty in receipts that are older than that."""
    until: str = ""
    """ISO 8601 instant at which the last timestamp ends: renewed before it."""


@dataclass(frozen=True)
class Renewed(Event):
    """The archived paper got another document timestamp, in a new package beside the old one. Its state stays."""

    kind: ClassVar[str] = "renewed"
    sha256: str
    place: str
    manifest: str
    until: str
    """ISO 8601 instant at which the new timestamp ends: renewed again before it."""


EVENTS: Final = (
    Issued,
    Sent,
    Opened,
    Reminded,
    Undelivered,
    Bounced,
    Signed,
    Checked,
    Returned,
    Refusal,
    Replaced,
    Declined,
    Recalled,
    Expired,
    Superseded,
    Sealing,
    Archived,
    Renewed,
)


def event_from(kind: str, at: datetime, facts: dict[str, Any]) -> Event:
    """The event that was stored under this kind; a field that is younger than the event has its default.

    Raises:
        KeyError: a kind that this version does not know, or a fact that it needs and that is not there.
    """
    cls = {event.kind: event for event in EVENTS}[kind]
    wanted = (item for item in fields(cls) if item.name != "at" and (item.name in facts or item.default is MISSING))
    return cls(at=at, **{item.name: facts[item.name] for item in wanted})
