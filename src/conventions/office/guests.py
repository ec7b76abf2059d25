"""What somebody who has only a link may do: ask for a code, sign, refuse, hand in a file, say that it is not for them.

Everything goes the ways that the secretariat's commands go; here stands only what a guest needs besides.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Final

from conventions import forms, signing
from conventions.apart import ask_apart
from conventions.errors import ForeignPaper, NeverOverwrite
from conventions.languages import Language
from conventions.model.drawing import Drawing
from conventions.model.event import Opened
from conventions.model.life import State
from conventions.model.roles import label_of
from conventions.office import consent, delivery, enclosure, life, links, reception, requests, revisions
from conventions.office.links import Visit
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.post import not_the_person
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = [
    "MISTAKES",
    "REASONS",
    "Mistake",
    "Reason",
    "enter",
    "hand_in",
    "invite",
    "is_not_me",
    "masked",
    "next_roles",
    "paper_now",
    "refuse",
    "sign",
    "wording",
]


class Reason(StrEnum):
    """Why a paper is refused."""

    DATES = "dates"
    PAY = "pay"
    WORK = "work"
    PEOPLE = "people"
    GIVEN_UP = "given_up"
    OTHER = "other"


REASONS: Final = {
    Reason.DATES: Text("the dates or the hours are not what was agreed"),
    Reason.PAY: Text("the allowance or the benefits are not what was agreed"),
    Reason.WORK: Text("the tasks or the place are not what was agreed"),
    Reason.PEOPLE: Text("a name, a function or an address is wrong"),
    Reason.GIVEN_UP: Text("the internship does not take place"),
    Reason.OTHER: Text("another reason"),
}


class Mistake(StrEnum):
    """Why a letter has come to the wrong person."""

    LEFT = "left"
    NOT_ENTITLED = "not_entitled"
    UNKNOWN = "unknown"
    OTHER = "other"


MISTAKES: Final = {
    Mistake.LEFT: Text("the person who is meant no longer works here"),
    Mistake.NOT_ENTITLED: Text("I may not sign for the organisation"),
    Mistake.UNKNOWN: Text("I do not know anything of this internship"),
    Mistake.OTHER: Text("another reason"),
}


def masked(address: str) -> str:
    """As much of an address as its owner needs to know it."""
    return consent.masked(address)


def wording(visit: Visit) -> Text:
    """What the guest consents to by signing."""
    return consent.wording(visit.paper, visit.person)


def next_roles(paper: PaperRecord) -> tuple[Text, ...]:
    """Whose turn it is now."""
    return tuple(label_of(person.role) for person in requests.waiting_for(paper))


def invite(workspace: Workspace, registry: Registry, visit: Visit, now: datetime) -> None:
    """Send a code to the address that the paper names.

    Raises:
        OutOfTurn: it is not this person's turn, or the circuit has no signature by code (CONSENT-01).
        ServiceError: the letter cannot be handed over.
    """
    consent.invite(workspace, registry, visit.paper, visit.link.role, now)


def enter(workspace: Workspace, registry: Registry, visit: Visit, code: str, now: datetime) -> PaperRecord:
    """Let in whoever knows the code, and remember that the paper was looked at.

    Raises:
        OutOfTurn: it is no longer this person's turn.
        WrongPassphrase: the code is wrong (CONSENT-02), or none is valid (CONSENT-03).
    """
    consent.recognise(workspace, registry, visit.paper, visit.link.role, code, now)
    opened = Opened(now, visit.link.role, revisions.digest_of(visit.paper))
    paper = registry.paper(visit.paper.id) or visit.paper  # a letter may have been recorded since
    if paper.state is not State.WAITING:
        return paper
    with suppress(NeverOverwrite):  # somebody else has advanced the paper: what is seen next says so
        return registry.append(paper.id, (opened,), expected_head=paper.head)
    return paper


def paper_now(workspace: Workspace, paper: PaperRecord) -> bytes:
    """The PDF as it stands.

    Raises:
        DiskError: the file is gone, or is no longer what the registry recorded.
    """
    return revisions.current(workspace, paper).data


def sign(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    visit: Visit,
    code: str,
    seal: signing.Key,
    now: datetime,
    *,
    reader: Language,
    drawing: Drawing | None = None,
) -> Outcome:
    """Sign on behalf of the guest, who gets a receipt; ``reader`` is what the wording was read in.

    Raises:
        OutOfTurn, WrongPassphrase: as :func:`conventions.office.consent.consent`.
    """
    role = visit.link.role
    return consent.consent(
        workspace, registry, services, visit.paper, role, code, seal, now, channel="web", reader=reader, drawing=drawing
    )


def refuse(
    workspace: Workspace, registry: Registry, visit: Visit, reason: Reason, words: str, now: datetime
) -> Outcome:
    """Decline the paper, for a reason that can be counted and in the guest's own words."""
    told = Text("{what}: {why}", what=REASONS[reason], why=words) if words else REASONS[reason]
    said = Language(visit.paper.language).say(told)
    return life.decline(workspace, registry, visit.paper, visit.link.role, said, now)


def hand_in(
    workspace: Workspace, registry: Registry, services: Services, visit: Visit, data: bytes, now: datetime
) -> Outcome:
    """Take in the paper that the guest has signed with an own certificate or filled in, through the one gate.

    Raises:
        ForeignPaper: not a PDF, or another paper than the link's (GUEST-01).
        Refused: it does not prove itself.
    """
    origin = ask_apart(forms.origin, data)
    key = (origin.number, origin.document, origin.version) if origin else visit.paper.key
    if key != visit.paper.key:
        raise ForeignPaper(
            "GUEST-01",
            Text("the file is another paper than the one of your link"),
            Text("choose the file that you downloaded here, signed"),
        )
    return reception.receive(workspace, registry, services, data, now)


def is_not_me(
    workspace: Workspace, registry: Registry, visit: Visit, mistake: Mistake, words: str, now: datetime
) -> None:
    """Tell the office that a letter has come to the wrong person; the links of that role end.

    Raises:
        ServiceError: the letter cannot be handed over; the links stay as they are.
    """
    settings = workspace.settings
    letter = not_the_person(
        enclosure.subject_of(workspace, visit.paper),
        to=(settings.delivery.sender_name, settings.delivery.sender, settings.language),
        role=visit.link.role,
        reason=MISTAKES[mistake],
        words=quoted(words),
    )
    delivery.deliver(workspace, letter, now)
    links.links_of(workspace, registry).revoke(visit.paper.id, visit.link.role, now)
