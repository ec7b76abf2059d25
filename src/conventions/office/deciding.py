"""A pre-agreement that the host has filled in: confirmed by the student, decided by the coordinator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from conventions import circuit
from conventions.documents.pre_agreement_fields import CONFIRMED
from conventions.errors import DossierError, OutOfTurn
from conventions.languages import PARIS, Language
from conventions.model.event import Checked, Declined, Returned
from conventions.model.finding import Finding, Severity
from conventions.model.form import FormField
from conventions.model.life import State
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.office import answers, delivery, dispatch, exchange, filling, proposal, revisions
from conventions.office.outcome import Outcome
from conventions.office.proposal import COORDINATOR, DOCUMENT, STUDENT
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, digest_name, write_new
from conventions.text import Text

__all__ = ["approve", "confirm", "confirmation_fields", "objections", "refuse"]


def confirmation_fields(language: Language) -> tuple[FormField, ...]:
    """What the student adds and confirms."""
    return tuple(wanted.said(language) for wanted in CONFIRMED)


def objections(
    workspace: Workspace, paper: PaperRecord, typed: Mapping[str, str], language: Language, now: datetime
) -> tuple[Finding, ...]:
    """What keeps the student's words from being sent, each at its field."""
    fields = confirmation_fields(language)
    return (*answers.findings_on(fields, typed), *_unreadable(workspace, paper, typed, now))


def confirm(
    workspace: Workspace, registry: Registry, paper: PaperRecord, typed: Mapping[str, str], now: datetime
) -> Outcome:
    """The student says what only he or she knows, and that the host's words are what was agreed.

    Raises:
        OutOfTurn: the host has not answered yet, or the student has confirmed already.
        Refused: something is missing or cannot be (FORM-ANSWERS), with a finding for each.
    """
    _require_turn(paper, STUDENT)
    fields = confirmation_fields(Language(paper.language))
    kept = filling.keep(workspace, paper, STUDENT, {field.name: typed.get(field.name, "") for field in fields})
    if wrong := objections(workspace, paper, kept, Language(paper.language), now):
        raise answers.unanswered(wrong)
    data = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode()
    folder = f"{workspace.settings.places.papers}/{paper.number}"
    file = f"{folder}/{digest_name(f'{DOCUMENT}-v{paper.version}-confirmed-{STUDENT}', data, '.json')}"
    write_new(workspace.path(file), data)
    event = Returned(now, STUDENT, sha256(data).hexdigest(), file, dict(kept), "")
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    filling.forget(workspace, paper, STUDENT)
    paper = dispatch.post_turn(workspace, registry, paper, now)
    return Outcome(paper.number, delivery.told(paper, Text("confirmed by the student")))


def approve(workspace: Workspace, registry: Registry, paper: PaperRecord, by: str, now: datetime) -> Outcome:
    """The pre-agreement becomes a dossier file of the workspace. Said twice, or after an interruption: nothing changes.

    Raises:
        OutOfTurn: host or student have not done their part yet, or it was decided otherwise.
        DossierError: the answers make no dossier; every finding is there (IMPORT-01).
        NeverOverwrite: another dossier has that number (IMPORT-03, IMPORT-04).
    """
    if COORDINATOR not in paper.done:
        _require_turn(paper, COORDINATOR)
        _require_dossier(workspace, paper)
        _taken_in(workspace, registry, paper, exchange.Import(is_rehearsal=True))
        event = Checked(now, COORDINATOR, by, revisions.digest_of(paper))
        paper = registry.append(paper.id, (event,), expected_head=paper.head)
    written = _taken_in(workspace, registry, paper, exchange.Import())
    dispatch.post_approved(workspace, registry, paper, now)
    return Outcome(paper.number, Text("approved; the dossier is written"), written.file, findings=written.findings)


def _taken_in(workspace: Workspace, registry: Registry, paper: PaperRecord, how: exchange.Import) -> Outcome:
    (outcome,) = exchange.take_in(workspace, registry, [proposal.entry_of(workspace, paper)], how)
    if outcome.error:
        raise outcome.error
    return outcome


def refuse(
    workspace: Workspace,
    registry: Registry,
    paper: PaperRecord,
    reasons: Sequence[RefusalReason],
    comment: str,
    now: datetime,
) -> Outcome:
    """The pre-agreement ends; host and student are told why. Asked for again, it is the next version.

    Raises:
        OutOfTurn: host or student have not done their part yet, or it was decided already.
        DossierError: no reason is given (PROPOSE-03).
    """
    if paper.state is State.DECLINED:
        posted = dispatch.post_ended(workspace, registry, paper, now)
        return Outcome(paper.number, dispatch.again(paper, posted, Text("was done before; nothing changed")))
    _require_turn(paper, COORDINATOR)
    if not reasons:
        raise DossierError(
            "PROPOSE-03",
            Text("a refusal needs a reason"),
            Text("choose at least one of: {reasons}", reasons=tuple(REASON_LABELS.values())),
        )
    remark, codes = comment.strip()[:1000], ",".join(reasons)
    event = Declined(now, COORDINATOR, remark, revisions.digest_of(paper), codes)
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    paper = dispatch.post_ended(workspace, registry, paper, now)
    return Outcome(paper.number, delivery.told(paper, Text("refused; host and student are told why")))


def _require_turn(paper: PaperRecord, role: str) -> None:
    if paper.state is State.WAITING and role in circuit.open_roles(paper.circuit, paper.done):
        return
    raise OutOfTurn(
        "PROPOSE-04",
        Text("this step of the pre-agreement {number} is not open", number=paper.number),
        Text("look at where it stands: `conventions journal {number}`", number=paper.number),
    )


def _require_dossier(workspace: Workspace, paper: PaperRecord) -> None:
    entry = proposal.entry_of(workspace, paper)
    if entry.dossier is None:
        raise DossierError(
            "PROPOSE-05",
            Text("the answers do not make a dossier yet"),
            Text("refuse it as incomplete; host and student are asked again with what they have said"),
            findings=entry.findings,
        )


def _unreadable(
    workspace: Workspace, paper: PaperRecord, typed: Mapping[str, str], now: datetime
) -> tuple[Finding, ...]:
    """What keeps the student's words from standing in a dossier; what is missing was said already."""
    said = {name: value for name, value in typed.items() if value}
    found = proposal.remarks(workspace, paper, said, now.astimezone(PARIS).date())
    return tuple(one for one in found if one.severity is Severity.ERROR and one.code.startswith(("DATA", "CELL")))
