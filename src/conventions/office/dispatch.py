"""Who gets which letter about a paper, and who has had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from conventions import circuit
from conventions.errors import Refused
from conventions.model.event import Declined, Event, Expired, Recalled, Reminded, Sent
from conventions.model.life import STATE_LABELS, State
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.model.roles import Signatory
from conventions.office import delivery, enclosure, receipts, requests, revisions
from conventions.post import (
    Message,
    code_for_page,
    copy_of_answers,
    paper_complete,
    paper_void,
    proposal_approved,
    proposal_refused,
    sent_back,
    your_code,
)
from conventions.settings import Workspace
from conventions.store import CODE_MINUTES, PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = [
    "again",
    "post_approved",
    "post_code",
    "post_complete",
    "post_copy",
    "post_ended",
    "post_page_code",
    "post_refusal",
    "post_turn",
    "unsent",
]


def unsent(paper: PaperRecord) -> tuple[Signatory, ...]:
    """Who has not got the letter that the paper's state asks for.

    Those whose turn it is, with the present bytes; everybody once it is sealed; whoever had it once it is void.
    """
    people, since = requests.waiting_for(paper), paper.events
    if paper.state in {State.SEALED, State.ARCHIVED}:
        people = paper.expected
    elif paper.has_ended:
        people, since = _holders(paper), _since_the_end(paper)
    return tuple(person for person in people if not _has_these_bytes(paper, person, since))


def post_turn(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> PaperRecord:
    """Post the present bytes to everybody whose turn it is; whoever got these very bytes before is left in peace.

    Then the receipts that are owed. ``force`` does not wait until the pause after a failure is over.
    """
    for person in unsent(paper) if paper.state is State.WAITING else ():
        letter = requests.letter_to(workspace, registry, paper, person, now)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return receipts.post(workspace, registry, paper, now, force=force)


def post_code(workspace: Workspace, paper: PaperRecord, person: Signatory, code: str, now: datetime) -> None:
    """Send a code to the address that the paper itself expects; nothing of it is recorded or logged."""
    subject, reply_to = enclosure.subject_of(workspace, paper), workspace.settings.delivery.sender
    _at_once(workspace, your_code(subject, person, code=code, minutes=CODE_MINUTES, reply_to=reply_to), now)


def post_page_code(workspace: Workspace, paper: PaperRecord, person: Signatory, code: str, now: datetime) -> None:
    """Send the code that opens a page; nothing of it is recorded or logged."""
    subject, reply_to = enclosure.subject_of(workspace, paper), workspace.settings.delivery.sender
    _at_once(workspace, code_for_page(subject, person, code=code, minutes=CODE_MINUTES, reply_to=reply_to), now)


def _at_once(workspace: Workspace, letter: Message, now: datetime) -> None:
    """Each code is a letter of its own; the moment tells them apart, for nothing of the code may stand in a header."""
    delivery.deliver(workspace, replace(letter, step=f"{letter.step}-{now:%Y%m%d%H%M%S%f}"), now)


def post_copy(workspace: Workspace, paper: PaperRecord, person: Signatory, data: bytes, now: datetime) -> None:
    """Send somebody the form that he or she has filled in. It is no step of the paper, and nothing is recorded.

    Raises:
        ServiceError: it could not be handed over.
    """
    subject = enclosure.with_bytes(paper, data)
    reply_to = workspace.settings.delivery.sender
    delivery.deliver(
        workspace, copy_of_answers(subject, person, reply_to=reply_to, digest=sha256(data).hexdigest()), now
    )


def post_ended(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> PaperRecord:
    """Tell everybody who has had the paper that it is void, and why."""
    state, reason = STATE_LABELS[paper.state], _reason(paper)
    for person in unsent(paper):
        subject = enclosure.subject_of(workspace, paper)
        if paper.document == "pre_agreement" and paper.state is State.DECLINED:
            letter = proposal_refused(subject, person, reason=reason, reply_to=workspace.settings.delivery.sender)
        else:
            letter = paper_void(subject, person, state=state, reason=reason)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return paper


def post_refusal(
    workspace: Workspace,
    registry: Registry,
    paper: PaperRecord,
    refusal: Refused,
    digest: str,
    now: datetime,
    *,
    force: bool = False,
) -> PaperRecord:
    """Tell the one person who is expected to sign why a file was refused, with the good file attached once more.

    A file that somebody else signed, or that came out of turn, is no news for whoever is waited for; and nobody is
    asked to sign a paper that is void.
    """
    waiting = circuit.open_roles(paper.circuit, paper.done)
    if paper.state is not State.WAITING or len(waiting) != 1 or refusal.code in {"GATE-TURN", "GATE-PERSON"}:
        return paper
    person = paper.signatory(waiting[0])
    letter = sent_back(
        enclosure.subject_of(workspace, paper),
        person,
        reason=refusal.message,
        fix=refusal.fix,
        reply_to=workspace.settings.delivery.sender,
        refused=digest,
    )
    return delivery.post(workspace, registry, paper, person, letter, now, force=force)


def post_complete(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> PaperRecord:
    """Send everybody the sealed original, once."""
    for person in unsent(paper):
        letter = paper_complete(enclosure.subject_of(workspace, paper), person)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return paper


def post_approved(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> PaperRecord:
    """Tell host and student that their pre-agreement is approved, once."""
    for person in paper.expected:
        if person.role in paper.circuit.fills:
            letter = proposal_approved(enclosure.subject_of(workspace, paper), person)
            paper = delivery.post(workspace, registry, paper, person, letter, now)
    return paper


def again(before: PaperRecord, after: PaperRecord, nothing: Text) -> Text:
    """What to say of a step that was done before: ``nothing``, unless a letter that had not gone out was posted now."""
    is_posted = any(isinstance(event, Sent) for event in after.events[len(before.events) :])
    done = Text("was done before; the letter that was missing is posted") if is_posted else nothing
    return delivery.told(after, done)


def _has_these_bytes(paper: PaperRecord, person: Signatory, events: Sequence[Event]) -> bool:
    wanted = (person.role, person.email, revisions.digest_shown(paper))
    return any((event.role, event.to, event.sha256) == wanted for event in events if isinstance(event, Sent))


def _holders(paper: PaperRecord) -> tuple[Signatory, ...]:
    held = {event.to for event in paper.events if isinstance(event, (Sent, Reminded))}
    return tuple(person for person in paper.expected if person.email in held)


def _since_the_end(paper: PaperRecord) -> tuple[Event, ...]:
    ends = (rank for rank, event in enumerate(paper.events) if isinstance(event, (Declined, Recalled, Expired)))
    return paper.events[next(ends) :]


def _reason(paper: PaperRecord) -> Text:
    for event in paper.events:
        if isinstance(event, Declined) and event.codes:
            return _reasons(event)
        if isinstance(event, (Declined, Recalled)):
            return quoted(event.reason.rstrip("."))
    return Text("the internship was to start on {day} and was not signed by everybody", day=paper.starts_on)


def _reasons(event: Declined) -> Text:
    reasons = tuple(REASON_LABELS[RefusalReason(code)] for code in event.codes.split(","))
    remark = event.reason.rstrip(".")
    if not remark:
        return Text("{reasons}", reasons=reasons)
    return Text("{reasons} – {remark}", reasons=reasons, remark=remark)
