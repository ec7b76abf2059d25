"""Whose turn it is, by when, and the letter that asks them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from conventions import circuit
from conventions.errors import ServiceError
from conventions.languages import PARIS
from conventions.model.event import Reminded, Sent
from conventions.model.roles import Signatory
from conventions.office import delivery, enclosure, links, revisions
from conventions.post import (
    Message,
    Request,
    please_check,
    please_confirm,
    please_decide,
    please_fill_in,
    please_propose,
    your_turn,
)
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry

__all__ = ["asked", "letter_to", "remind", "sign_by", "waiting_for"]


def waiting_for(paper: PaperRecord) -> tuple[Signatory, ...]:
    """Whose turn it is."""
    turn = circuit.open_roles(paper.circuit, paper.done)
    return tuple(person for person in paper.expected if person.role in turn)


def sign_by(workspace: Workspace, paper: PaperRecord) -> Mapping[str, date]:
    """Latest safe date of each role."""
    is_open = circuit.working_days(workspace.settings.institution.address)
    return circuit.deadlines(paper.circuit, paper.starts_on, 0, is_open=is_open).sign_by


def asked(paper: PaperRecord, person: Signatory) -> list[date]:
    """The days on which this person was written to about the present bytes, in order."""
    mine = (event for event in paper.events if isinstance(event, (Sent, Reminded)))
    now = revisions.digest_shown(paper)
    return [
        event.at.astimezone(PARIS).date()
        for event in mine
        if (event.role, event.to, event.sha256) == (person.role, person.email, now)
    ]


def remind(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, rank: int, now: datetime
) -> PaperRecord:
    """Write to somebody whose turn it is once more; ``rank`` counts the reminders from 1.

    Raises:
        ServiceError: it could not be handed over; that is recorded, and the reminder stays due.
    """
    letter = letter_to(workspace, registry, paper, person, now, reminder=rank)
    try:
        message_id = delivery.deliver(workspace, letter, now)
    except ServiceError as error:
        lost = delivery.failed(paper, person, letter, error, now)
        registry.append(paper.id, (lost,), expected_head=paper.head)
        raise
    reminded = Reminded(now, person.role, person.email, message_id, rank, letter.digest)
    return registry.append(paper.id, (reminded,), expected_head=paper.head)


def letter_to(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, now: datetime, *, reminder: int = 0
) -> Message:
    """The letter that asks somebody whose turn it is.

    Args:
        workspace: whose settings say who asks.
        registry: remembers the link of a person who gets one.
        paper: waits for that person.
        person: who is asked.
        now: aware.
        reminder: 0 for the first letter, then 1, 2 …
    """
    subject = enclosure.subject_of(workspace, paper)
    wanted = Request(
        by=sign_by(workspace, paper)[person.role],
        reply_to=workspace.settings.delivery.sender,
        link=links.address_for(workspace, registry, paper, person, now),
        reminder=reminder,
    )
    if ask := _PROPOSAL.get(person.role) if paper.document == "pre_agreement" else None:
        return ask(subject, person, wanted)
    if person.role in paper.circuit.checks:
        return please_check(subject, person, wanted)
    if person.role in paper.circuit.fills:
        return please_fill_in(subject, person, wanted)
    command = f"conventions sign {subject.file_name} --as {person.role} --key my-key.p12"
    return your_turn(subject, person, wanted, command=command)


_PROPOSAL: Final = {"company": please_propose, "student": please_confirm, "coordinator": please_decide}
"""What each role of a pre-agreement is asked for."""
