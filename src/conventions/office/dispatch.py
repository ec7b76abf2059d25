"""The paper's present bytes, and who gets which letter with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from conventions import circuit, forms
from conventions.documents import document_type
from conventions.errors import DiskError, ForeignPaper, Refused, ServiceError
from conventions.languages import PARIS
from conventions.model.event import Declined, Event, Expired, Recalled, Reminded, Sent
from conventions.model.life import STATE_LABELS, State
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.model.paper import Prepared, Sealed
from conventions.model.roles import Signatory
from conventions.office import delivery, links, receipts
from conventions.post import (
    Message,
    Request,
    Subject,
    code_for_page,
    copy_of_answers,
    paper_complete,
    paper_void,
    please_check,
    please_confirm,
    please_decide,
    please_fill_in,
    please_propose,
    proposal_approved,
    proposal_refused,
    sent_back,
    your_code,
    your_turn,
)
from conventions.settings import Workspace
from conventions.store import CODE_MINUTES, PaperRecord, Registry, digest_name, read_file
from conventions.text import Text, quoted

__all__ = [
    "again",
    "asked",
    "current",
    "digest_of",
    "path_of",
    "post_approved",
    "post_code",
    "post_complete",
    "post_copy",
    "post_ended",
    "post_page_code",
    "post_refusal",
    "post_turn",
    "remind",
    "revision_name",
    "sign_by",
    "subject_of",
    "unsent",
    "waiting_for",
]


def revision_name(workspace: Workspace, paper: Prepared | Sealed, *, position: int, role: str) -> str:
    """Where a revision is kept, relative to the workspace; the digest in the name makes each one unique."""
    origin = paper.origin
    folder = f"{workspace.settings.places.papers}/{origin.number}"
    return f"{folder}/{digest_name(f'{origin.document}-v{origin.version}-{position:02d}-{role}', paper.data)}"


def path_of(workspace: Workspace, paper: PaperRecord) -> Path:
    """Where the paper's present bytes lie."""
    return workspace.path(paper.current.file if paper.current else "")


def digest_of(paper: PaperRecord) -> str:
    """SHA-256 of the paper's present bytes, as recorded."""
    return paper.current.sha256 if paper.current else ""


def current(workspace: Workspace, paper: PaperRecord) -> Prepared:
    """The bytes that were sent last, which every later file must extend.

    Raises:
        DiskError: the file is gone, or is no longer what the registry recorded.
    """
    data = _present(workspace, paper)
    origin = forms.origin(data)
    if origin is None:
        place = str(path_of(workspace, paper))
        raise ForeignPaper("PDF-02", Text("the file is not one of our papers"), Text("restore it"), place=place)
    return Prepared(origin, data)


def _present(workspace: Workspace, paper: PaperRecord) -> bytes:
    path = path_of(workspace, paper)
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data).hexdigest() != digest_of(paper):
        raise DiskError(
            "DISK-04",
            Text("the paper of dossier {number} is missing or was changed on this disk", number=paper.number),
            Text("restore this file from a backup, or receive it again from a person it was sent to"),
            place=str(path),
        )
    return data


def unsent(paper: PaperRecord) -> tuple[Signatory, ...]:
    """Who has not got the letter that the paper's state asks for.

    Those whose turn it is, with the present bytes; everybody once it is sealed; whoever had it once it is void.
    """
    people, since = waiting_for(paper), paper.events
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
        letter = _request(workspace, registry, paper, person, now)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return receipts.post(workspace, registry, paper, now, force=force)


def waiting_for(paper: PaperRecord) -> tuple[Signatory, ...]:
    """Whose turn it is."""
    turn = circuit.open_roles(paper.circuit, paper.done)
    return tuple(person for person in paper.expected if person.role in turn)


def sign_by(workspace: Workspace, paper: PaperRecord) -> Mapping[str, date]:
    """Latest safe date of each role."""
    is_open = circuit.working_days(workspace.settings.institution.address)
    return circuit.deadlines(paper.circuit, paper.starts_on, 0, is_open=is_open).sign_by


def remind(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, rank: int, now: datetime
) -> PaperRecord:
    """Write to somebody whose turn it is once more; ``rank`` counts the reminders from 1.

    Raises:
        ServiceError: it could not be handed over; that is recorded, and the reminder stays due.
    """
    letter = _request(workspace, registry, paper, person, now, reminder=rank)
    try:
        message_id = delivery.deliver(workspace, letter, now)
    except ServiceError as error:
        lost = delivery.failed(paper, person, letter, error, now)
        registry.append(paper.id, (lost,), expected_head=paper.head)
        raise
    reminded = Reminded(now, person.role, person.email, message_id, rank, letter.digest)
    return registry.append(paper.id, (reminded,), expected_head=paper.head)


def post_code(workspace: Workspace, paper: PaperRecord, person: Signatory, code: str, now: datetime) -> None:
    """Send a code to the address that the paper itself expects; nothing of it is recorded or logged."""
    reply_to = workspace.settings.delivery.sender
    letter = your_code(subject_of(workspace, paper), person, code=code, minutes=CODE_MINUTES, reply_to=reply_to)
    # Each code is a letter of its own; the moment tells them apart, since nothing of the code may stand in a header.
    delivery.deliver(workspace, replace(letter, step=f"{letter.step}-{now:%Y%m%d%H%M%S%f}"), now)


def post_page_code(workspace: Workspace, paper: PaperRecord, person: Signatory, code: str, now: datetime) -> None:
    """Send the code that opens a page; nothing of it is recorded or logged."""
    reply_to = workspace.settings.delivery.sender
    letter = code_for_page(subject_of(workspace, paper), person, code=code, minutes=CODE_MINUTES, reply_to=reply_to)
    delivery.deliver(workspace, replace(letter, step=f"{letter.step}-{now:%Y%m%d%H%M%S%f}"), now)


def post_copy(workspace: Workspace, paper: PaperRecord, person: Signatory, data: bytes, now: datetime) -> None:
    """Send somebody the form that he or she has filled in. It is no step of the paper, and nothing is recorded.

    Raises:
        ServiceError: it could not be handed over.
    """
    subject = replace(subject_of(workspace, paper), data=data)
    reply_to = workspace.settings.delivery.sender
    delivery.deliver(
        workspace, copy_of_answers(subject, person, reply_to=reply_to, digest=sha256(data).hexdigest()), now
    )


def _request(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, now: datetime, *, reminder: int = 0
) -> Message:
    subject = subject_of(workspace, paper)
    request = Request(
        by=sign_by(workspace, paper)[person.role],
        reply_to=workspace.settings.delivery.sender,
        link=links.address_for(workspace, registry, paper, person, now),
        reminder=reminder,
    )
    if ask := _PROPOSAL.get(person.role) if paper.document == "pre_agreement" else None:
        return ask(subject, person, request)
    if person.role in paper.circuit.checks:
        return please_check(subject, person, request)
    if person.role in paper.circuit.fills:
        return please_fill_in(subject, person, request)
    command = f"conventions sign {_attached(paper)} --as {person.role} --key my-key.p12"
    return your_turn(subject, person, request, command=command)


_PROPOSAL: Final = {"company": please_propose, "student": please_confirm, "coordinator": please_decide}
"""What each role of a pre-agreement is asked for."""


def asked(paper: PaperRecord, person: Signatory) -> list[date]:
    """The days on which this person was written to about the present bytes, in order."""
    mine = (event for event in paper.events if isinstance(event, (Sent, Reminded)))
    now = _shown(paper)
    return [
        event.at.astimezone(PARIS).date()
        for event in mine
        if (event.role, event.to, event.sha256) == (person.role, person.email, now)
    ]


def post_ended(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> PaperRecord:
    """Tell everybody who has had the paper that it is void, and why."""
    state, reason = STATE_LABELS[paper.state], _reason(paper)
    for person in unsent(paper):
        subject = subject_of(workspace, paper)
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
        subject_of(workspace, paper),
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
        letter = paper_complete(subject_of(workspace, paper), person)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return paper


def post_approved(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> PaperRecord:
    """Tell host and student that their pre-agreement is approved, once."""
    for person in paper.expected:
        if person.role in paper.circuit.fills:
            letter = proposal_approved(subject_of(workspace, paper), person)
            paper = delivery.post(workspace, registry, paper, person, letter, now)
    return paper


def again(before: PaperRecord, after: PaperRecord, nothing: Text) -> Text:
    """What to say of a step that was done before: ``nothing``, unless a letter that had not gone out was posted now."""
    is_posted = any(isinstance(event, Sent) for event in after.events[len(before.events) :])
    done = Text("was done before; the letter that was missing is posted") if is_posted else nothing
    return delivery.told(after, done)


def _has_these_bytes(paper: PaperRecord, person: Signatory, events: Sequence[Event]) -> bool:
    wanted = (person.role, person.email, _shown(paper))
    return any((event.role, event.to, event.sha256) == wanted for event in events if isinstance(event, Sent))


def _shown(paper: PaperRecord) -> str:
    return paper.shown.sha256 if paper.shown else ""


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


def subject_of(workspace: Workspace, paper: PaperRecord) -> Subject:
    """What a letter about the paper, with its present bytes, needs to know of it."""
    return Subject(
        number=paper.number,
        title=document_type(paper.document).title,
        starts_on=paper.starts_on,
        file_name=_attached(paper),
        data=_data(workspace, paper),
    )


def _data(workspace: Workspace, paper: PaperRecord) -> bytes:
    """The bytes of a letter: the present ones; of a form that goes on to others, as it was filled in."""
    if paper.shown is None or paper.shown is paper.current:
        return _present(workspace, paper)
    return read_file(workspace.path(paper.shown.file))


def _attached(paper: PaperRecord) -> str:
    return f"{paper.document}-{paper.number}.pdf"
