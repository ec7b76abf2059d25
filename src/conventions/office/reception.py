"""What comes back: recognise, prove, keep, advance, post. The one end of every way to sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from conventions import circuit, forms, pipeline, signing
from conventions.apart import ask_apart
from conventions.bounded import read_beyond
from conventions.errors import ConventionsError, ForeignPaper, Refused
from conventions.model.event import Event, Refusal, Sealing, Signed
from conventions.model.life import STATE_LABELS, State
from conventions.model.paper import Prepared
from conventions.model.roles import label_of
from conventions.office import answers, delivery, dispatch, revisions
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, write_new
from conventions.text import Text

__all__ = [
    "MAX_BYTES",
    "assert_turn",
    "paper_told",
    "post_refusal_again",
    "readmit",
    "receive",
    "require_open",
    "returned",
    "sign",
    "sign_received",
]

MAX_BYTES: Final = 30_000_000
"""No agreement with all its signatures comes near; a larger file is not even read."""
_MOST_REFUSED: Final = 10
"""Files that are kept, recorded and answered while a paper waits for one signature. Anybody can send a file that says
which paper it is: a stranger shall not have the office write to the signer by the hundred, nor fill its disk."""


def returned(path: Path) -> bytes:
    """The bytes of a file that came back.

    Raises:
        DiskError: it cannot be read.
        Refused: it is too large to be one of our papers.
    """
    data = read_beyond(MAX_BYTES, path)
    if len(data) > MAX_BYTES:
        raise Refused(
            "GATE-SIZE",
            Text("the file is larger than {n} bytes: no paper of ours is", n=MAX_BYTES),
            Text("send the PDF that you received, signed, and nothing else"),
            place=str(path),
        )
    return data


def assert_turn(paper: PaperRecord, role: str) -> None:
    """Refuse before anything is signed. Raises OutOfTurn."""
    require_open(paper)
    circuit.assert_turn(paper.circuit, paper.done, role)


def require_open(paper: PaperRecord) -> None:
    """Refuse what comes for a version that nobody signs any more.

    Raises:
        Refused: the paper was declined, recalled, has expired or was replaced (GATE-VERSION).
    """
    if paper.has_ended:
        raise Refused(
            "GATE-VERSION",
            Text(
                "version {version} of this paper is void: {state}",
                version=paper.version,
                state=STATE_LABELS[paper.state],
            ),
            Text("sign the newest version that was sent to you; throw this one away"),
        )


def sign(
    workspace: Workspace, services: Services, paper: PaperRecord, role: str, key: signing.Key, now: datetime
) -> bytes:
    """The present bytes with one more signature; not yet accepted."""
    city = workspace.settings.institution.address.city
    present = revisions.current(workspace, paper)
    signed = pipeline.sign(
        present,
        role,
        key=key,
        timestamper=services.timestamper,
        place=city,
        by_delegation=paper.signatory(role).by_delegation,
        now=now,
    )
    return signed.data


def sign_received(path: Path, *, role: str, key: str, secrets: signing.Secrets, now: datetime) -> Outcome:
    """For a signer without a workspace: sign a PDF that came by mail; the signed copy is written beside it."""
    try:
        data = returned(path)
        with signing.open_key(key, secrets) as opened:
            signing.assert_usable(opened, now)
            signed = pipeline.sign_file(data, role, key=opened, now=now)
        target = path.with_name(f"{path.stem}-signed-{role}.pdf")
        write_new(target, signed.data)
    except ConventionsError as error:
        return Outcome(path.name, error=error, file=path)
    return Outcome(signed.origin.number, Text("signed; send this file back to the office"), target)


def receive(workspace: Workspace, registry: Registry, services: Services, data: bytes, now: datetime) -> Outcome:
    """Advance the circuit if the file proves itself; the same file again changes nothing.

    Raises:
        ForeignPaper: not a PDF, or not one of our papers.
        Refused: it exhausts whoever reads it (GATE-LIMIT), or it does not prove itself; then it is kept as evidence
            and the refusal is recorded.
    """
    paper = _recognise(registry, data)
    if _received_before(paper, data):
        posted = dispatch.post_turn(workspace, registry, paper, now)
        note = dispatch.again(paper, posted, Text("was received before; nothing changed"))
        return Outcome(paper.number, note, revisions.path_of(workspace, paper))
    if paper.is_form:
        return _receive_form(workspace, registry, services, paper, data, now)
    try:
        require_open(paper)
        accepted = _examine(workspace, services, paper, data, now)
    except Refused as refusal:
        _keep_refused(workspace, registry, paper, data, refusal, now)
        raise
    return _taken_in(workspace, registry, services, paper, accepted, sha256(data).hexdigest(), now)


def paper_told(data: bytes) -> tuple[str, str, int] | None:
    """Which paper a file says that it is: number, document, version; None when it does not: receiving it tells why."""
    try:
        origin = ask_apart(forms.origin, data)
    except ConventionsError:
        return None
    return (origin.number, origin.document, origin.version) if origin else None


def readmit(
    workspace: Workspace, registry: Registry, services: Services, paper: PaperRecord, data: bytes, now: datetime
) -> Outcome:
    """Record what was accepted and kept once, and not recorded because the program was stopped.

    It did not come from outside: a refusal is neither recorded nor written to anybody about. The file that it was
    made of is known again when it is received once more.

    Raises:
        Refused: it does not prove itself.
        ServiceError: as :func:`receive`.
    """
    if paper.is_form:
        return answers.receive_form(workspace, registry, services, paper, data, now)
    accepted = _examine(workspace, services, paper, data, now)
    return _taken_in(workspace, registry, services, paper, accepted, sha256(accepted.data).hexdigest(), now)


def _taken_in(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    accepted: signing.Accepted,
    received: str,
    now: datetime,
) -> Outcome:
    paper = _advance(workspace, registry, services, paper, accepted, received, now)
    paper = dispatch.post_turn(workspace, registry, paper, now)
    note = Text("signed by the {role}: {name}", role=label_of(accepted.role), name=accepted.signer)
    return Outcome(paper.number, delivery.told(paper, note), revisions.path_of(workspace, paper))


def _receive_form(
    workspace: Workspace, registry: Registry, services: Services, paper: PaperRecord, data: bytes, now: datetime
) -> Outcome:
    try:
        require_open(paper)
        return answers.receive_form(workspace, registry, services, paper, data, now)
    except Refused as refusal:
        _keep_refused(workspace, registry, paper, data, refusal, now)
        raise


def _recognise(registry: Registry, data: bytes) -> PaperRecord:
    origin = ask_apart(forms.origin, data)
    if origin is None:
        if printed := _printed(registry, data):
            return printed
        raise ForeignPaper(
            "PDF-02",
            Text("this PDF is not one of our papers: it does not say which agreement it is"),
            Text("do not print the paper to a new PDF: sign the very file that was sent"),
        )
    paper = registry.find(origin.number, origin.document, origin.version)
    if paper is None:
        raise ForeignPaper(
            "PDF-03",
            Text("no paper {number} was issued by this office", number=origin.number),
            Text("is this the right workspace?"),
        )
    return paper


def _printed(registry: Registry, data: bytes) -> PaperRecord | None:
    """The paper that was printed to this PDF: the new file knows nothing of it, but shows the digest in its footer."""
    seen = ask_apart(forms.visible_digests, data)
    if not seen:
        return None
    return next((paper for paper in registry.papers() if paper.dossier_digest[:16] in seen), None)


def _received_before(paper: PaperRecord, data: bytes) -> bool:
    """This file was accepted once, or it is what was kept of one."""
    digest = sha256(data).hexdigest()
    kept = {event.sha256 for event in paper.events if isinstance(event, (Signed, Sealing))}
    return digest in kept | {event.received for event in paper.events if isinstance(event, Signed)}


def _examine(
    workspace: Workspace, services: Services, paper: PaperRecord, data: bytes, now: datetime
) -> signing.Accepted:
    turn = circuit.open_roles(paper.circuit, paper.done)
    return signing.examine_apart(
        data,
        sent=revisions.current(workspace, paper).data,
        allowed={one.role: one for one in paper.expected if one.role in turn},
        circuit=paper.circuit,
        trust=services.trust,
        now=now,
    )


def _keep_refused(
    workspace: Workspace, registry: Registry, paper: PaperRecord, data: bytes, refusal: Refused, now: datetime
) -> None:
    digest = sha256(data).hexdigest()
    is_known = any(event.sha256 == digest for event in _refusals(paper))
    if not is_known and len([*_refusals(paper, since=paper.current)]) >= _MOST_REFUSED:
        return
    file = f"{workspace.settings.places.refused}/{paper.number}/{digest[:16]}-{refusal.code}.pdf"
    write_new(workspace.path(file), data)
    refusal.place = file
    if not is_known:
        paper = registry.append(paper.id, (Refusal(now, refusal.code, digest, file),), expected_head=paper.head)
    # What was refused before the last signature is an old story: whoever signs next has not heard of it.
    if any(event.sha256 == digest for event in _refusals(paper, since=paper.current)):
        dispatch.post_refusal(workspace, registry, paper, refusal, digest, now)


def _refusals(paper: PaperRecord, since: Event | None = None) -> Iterator[Refusal]:
    first = paper.events.index(since) if since else 0
    return (event for event in paper.events[first:] if isinstance(event, Refusal))


def post_refusal_again(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    now: datetime,
    *,
    force: bool = False,
) -> PaperRecord:
    """Write once more about a refused file whose letter waits: why it was refused is found again in what was kept."""
    steps = {event.step.rpartition("-")[2] for event in delivery.undelivered(paper)}
    refused = next((event for event in _refusals(paper, since=paper.current) if event.sha256[:12] in steps), None)
    if refused is None or paper.state is not State.WAITING or paper.is_form:
        return paper
    try:
        _examine(workspace, services, paper, returned(workspace.path(refused.file)), now)
    except Refused as refusal:
        return dispatch.post_refusal(workspace, registry, paper, refusal, refused.sha256, now, force=force)
    return paper


def _advance(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    accepted: signing.Accepted,
    received: str,
    now: datetime,
) -> PaperRecord:
    data = accepted.data
    if not accepted.timestamped and services.timestamper:
        data = signing.timestamp(data, services.timestamper)
    # What could not be proved before is asked for again with this signature; the last time is when the paper is sealed.
    data, missing = ask_apart(signing.prove, data, {accepted.role, *paper.unproved}, services.trust, now)
    signed = Prepared(revisions.current(workspace, paper).origin, data)
    file = revisions.keep(workspace, signed, position=revisions.position_of(paper), role=accepted.role)
    event = Signed(
        now,
        role=accepted.role,
        signer=accepted.signer,
        fingerprint=accepted.fingerprint,
        signed_at=accepted.signed_at.isoformat(),
        sha256=signed.digest,
        length=len(signed.data),
        file=file,
        received=received,
        level=accepted.level,
        pending=",".join(missing),
    )
    return registry.append(paper.id, (event,), expected_head=paper.head)
