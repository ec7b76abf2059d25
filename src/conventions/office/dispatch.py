"""The paper's present bytes, and the post that brings them to whoever must sign next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from conventions import circuit, forms
from conventions.documents import document_type
from conventions.errors import DiskError, ForeignPaper, Refused
from conventions.languages import PARIS
from conventions.model.event import Reminded, Sent
from conventions.model.life import STATE_LABELS, State
from conventions.model.paper import Prepared, Sealed
from conventions.model.roles import Signatory
from conventions.post import (
    Carrier,
    Message,
    Outbox,
    Sender,
    Smtp,
    Subject,
    compose,
    paper_complete,
    paper_void,
    please_check,
    please_fill_in,
    sent_back,
    your_code,
    your_turn,
)
from conventions.settings import Workspace
from conventions.store import CODE_MINUTES, PaperRecord, Registry, digest_name
from conventions.text import Text

__all__ = [
    "again",
    "asked",
    "current",
    "digest_of",
    "path_of",
    "post_code",
    "post_complete",
    "post_ended",
    "post_refusal",
    "post_turn",
    "remind",
    "revision_name",
    "sign_by",
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
    path = path_of(workspace, paper)
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data).hexdigest() != digest_of(paper):
        raise DiskError(
            "DISK-04",
            Text("the paper of dossier {number} is missing or was changed on this disk", number=paper.number),
            Text("restore this file from a backup, or receive it again from a person it was sent to"),
            place=str(path),
        )
    origin = forms.origin(data)
    if origin is None:
        raise ForeignPaper("PDF-02", Text("the file is not one of our papers"), Text("restore it"), place=str(path))
    return Prepared(origin, data)


def post_turn(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> PaperRecord:
    """Post the present bytes to everybody whose turn it is; whoever got these very bytes before is left in peace."""
    if paper.state is not State.WAITING:
        return paper
    for person in waiting_for(paper):
        if not _has_these_bytes(paper, person):
            paper = _post(workspace, registry, paper, person, _request(workspace, paper, person), now)
    return paper


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
    """Write to somebody whose turn it is once more; ``rank`` counts the reminders from 1."""
    letter = _request(workspace, paper, person, reminder=rank)
    message_id = _deliver(workspace, letter, now)
    reminded = Reminded(now, person.role, person.email, message_id, rank, digest_of(paper))
    return registry.append(paper.id, (reminded,), expected_head=paper.head)


def post_code(workspace: Workspace, paper: PaperRecord, person: Signatory, code: str, now: datetime) -> None:
    """Send a code to the address that the paper itself expects; nothing of it is recorded or logged."""
    reply_to = workspace.settings.delivery.sender
    letter = your_code(_subject(workspace, paper), person, code=code, minutes=CODE_MINUTES, reply_to=reply_to)
    _deliver(workspace, letter, now)


def _request(workspace: Workspace, paper: PaperRecord, person: Signatory, *, reminder: int = 0) -> Message:
    subject, latest = _subject(workspace, paper), sign_by(workspace, paper)[person.role]
    reply_to = workspace.settings.delivery.sender
    if person.role in paper.circuit.checks:
        return please_check(subject, person, check_by=latest, reply_to=reply_to, reminder=reminder)
    if person.role in paper.circuit.fills:
        return please_fill_in(subject, person, wanted_by=latest, reply_to=reply_to, reminder=reminder)
    command = f"conventions sign {_attached(paper)} --as {person.role} --key my-key.p12"
    return your_turn(subject, person, sign_by=latest, reply_to=reply_to, command=command, reminder=reminder)


def asked(paper: PaperRecord, person: Signatory) -> list[date]:
    """The days on which this person was written to about the present bytes, in order."""
    mine = (event for event in paper.events if isinstance(event, (Sent, Reminded)))
    now = digest_of(paper)
    return [
        event.at.astimezone(PARIS).date()
        for event in mine
        if (event.role, event.to, event.sha256) == (person.role, person.email, now)
    ]


def post_ended(workspace: Workspace, registry: Registry, paper: PaperRecord, reason: str, now: datetime) -> PaperRecord:
    """Tell everybody who has had the paper that it is void, and why."""
    held = {event.to for event in paper.events if isinstance(event, (Sent, Reminded))}
    for person in paper.expected:
        if person.email in held:
            letter = paper_void(_subject(workspace, paper), person, state=STATE_LABELS[paper.state], reason=reason)
            paper = _post(workspace, registry, paper, person, letter, now)
    return paper


def post_refusal(
    workspace: Workspace, registry: Registry, paper: PaperRecord, refusal: Refused, digest: str, now: datetime
) -> PaperRecord:
    """Tell the one person who is expected to sign why a file was refused, with the good file attached once more.

    A file that somebody else signed, or that came out of turn, is no news for whoever is waited for.
    """
    waiting = circuit.open_roles(paper.circuit, paper.done)
    if len(waiting) != 1 or refusal.code in {"GATE-TURN", "GATE-PERSON"}:
        return paper
    person = paper.signatory(waiting[0])
    letter = sent_back(
        _subject(workspace, paper),
        person,
        reason=refusal.message,
        fix=refusal.fix,
        reply_to=workspace.settings.delivery.sender,
        refused=digest,
    )
    return _post(workspace, registry, paper, person, letter, now)


def post_complete(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> PaperRecord:
    """Send everybody the sealed original, once."""
    for person in paper.expected:
        if not _has_these_bytes(paper, person):
            letter = paper_complete(_subject(workspace, paper), person)
            paper = _post(workspace, registry, paper, person, letter, now)
    return paper


def again(before: PaperRecord, after: PaperRecord, nothing: Text) -> Text:
    """What to say of a step that was done before: ``nothing``, unless a letter that had not gone out was posted now."""
    return nothing if after.head == before.head else Text("was done before; the letter that was missing is posted")


def _has_these_bytes(paper: PaperRecord, person: Signatory) -> bool:
    wanted = (person.role, person.email, digest_of(paper))
    return any((event.role, event.to, event.sha256) == wanted for event in paper.events if isinstance(event, Sent))


def _subject(workspace: Workspace, paper: PaperRecord) -> Subject:
    return Subject(
        number=paper.number,
        title=document_type(paper.document).title,
        starts_on=paper.starts_on,
        file_name=_attached(paper),
        data=current(workspace, paper).data,
    )


def _attached(paper: PaperRecord) -> str:
    return f"{paper.document}-{paper.number}.pdf"


def _post(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, letter: Message, now: datetime
) -> PaperRecord:
    sent = Sent(now, person.role, person.email, _deliver(workspace, letter, now), digest_of(paper))
    return registry.append(paper.id, (sent,), expected_head=paper.head)


def _deliver(workspace: Workspace, letter: Message, now: datetime) -> str:
    """Hand the letter over; its Message-ID."""
    delivery = workspace.settings.delivery
    email = compose(letter, Sender(delivery.sender_name, delivery.sender), now)
    _carrier(workspace).deliver(email)
    return str(email["Message-ID"])


def _carrier(workspace: Workspace) -> Carrier:
    smtp = workspace.settings.delivery.smtp
    if smtp is None:
        return Outbox(workspace.path(workspace.settings.delivery.outbox))
    return Smtp(smtp.host, smtp.port, smtp.security, smtp.user, smtp.password)
