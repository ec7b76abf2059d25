"""A pre-agreement on its way: sent to a host, completed by the student, decided by the coordinator.

It is a paper of the registry, a form of three steps, under the number that the dossier will have. Nothing else knows
where it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from conventions import circuit, forms
from conventions.documents import document_type
from conventions.documents.pre_agreement_fields import CONFIRMED
from conventions.errors import ConventionsError, DossierError, NeverOverwrite, OutOfTurn
from conventions.languages import PARIS, Language
from conventions.model.event import Checked, Declined, Issued, Returned, Superseded
from conventions.model.finding import Finding, Severity
from conventions.model.form import FormField
from conventions.model.life import State
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.model.paper import Origin, Pdf, Prepared
from conventions.model.roles import Circuit, Signatory, Step
from conventions.office import answers, delivery, dispatch, drafting, exchange, filling, proposal, revisions
from conventions.office.drafting import Draft, Wish
from conventions.office.outcome import Outcome
from conventions.office.proposal import COMPANY, COORDINATOR, DOCUMENT, STUDENT
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, digest_name, write_new
from conventions.text import Text

__all__ = ["Proposal", "approve", "confirm", "confirmation_fields", "objections", "propose", "refuse"]

_COURSE: Final = Circuit(
    (
        Step((COMPANY,), days=5, acts="fill"),
        Step((STUDENT,), days=3, acts="fill"),
        Step((COORDINATOR,), days=5, acts="check"),
    )
)
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,39}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_GRANTED: Final = timedelta(days=21)
"""From the day it is sent until the decision."""


@dataclass(frozen=True)
class Proposal:
    """Who is asked for a pre-agreement, and for which student."""

    number: str
    """That the dossier will have."""
    first_name: str = ""
    last_name: str = ""
    """Of the student. What is empty is taken from the version before, if there is one."""
    student_email: str = ""
    contact: str = ""
    """Name of whoever fills it in for the host."""
    contact_email: str = ""
    language: str = ""
    """Of the form and of its letters; empty: that of the house."""


def propose(workspace: Workspace, registry: Registry, wanted: Proposal, now: datetime) -> Outcome:
    """Send the form to a host; twice is once. After a refusal it is the next version, filled in as before.

    Raises:
        NeverOverwrite: a dossier or an agreement has that number already (PROPOSE-01).
        DossierError: it is not said who is asked, and no version before says it (PROPOSE-06); the number or an address
            cannot be one (PROPOSE-07).
    """
    _require_well_formed(wanted)
    before = registry.find(wanted.number, DOCUMENT)
    if before and not before.has_ended:
        posted = dispatch.post_turn(workspace, registry, before, now)
        note = dispatch.again(before, posted, Text("was sent before; nothing changed"))
        return Outcome(wanted.number, note, revisions.path_of(workspace, before))
    _require_free(workspace, registry, wanted.number)
    wanted = _completed(wanted, before)
    blank = _blank(workspace, wanted.language or workspace.settings.language, now)
    version = before.version + 1 if before else 1
    paper = _registered(workspace, registry, wanted, blank, _prefilled(wanted, before), version, now)
    if before:
        superseded = Superseded(now, version, revisions.digest_of(before))
        registry.append(before.id, (superseded,), expected_head=before.head)
    paper = dispatch.post_turn(workspace, registry, paper, now)
    return Outcome(wanted.number, delivery.told(paper, Text("sent to the host")), revisions.path_of(workspace, paper))


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
        event = Checked(now, COORDINATOR, by, revisions.digest_of(paper))
        paper = registry.append(paper.id, (event,), expected_head=paper.head)
    (written,) = exchange.take_in(workspace, registry, [proposal.entry_of(workspace, paper)], exchange.Import())
    if written.error:
        raise written.error
    dispatch.post_approved(workspace, registry, paper, now)
    return Outcome(paper.number, Text("approved; the dossier is written"), written.file, findings=written.findings)


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


def _require_well_formed(wanted: Proposal) -> None:
    addresses = [address for address in (wanted.student_email, wanted.contact_email) if address]
    wrong = [wanted.number] if not _NUMBER.fullmatch(wanted.number) else []
    wrong += [address for address in addresses if not _ADDRESS.fullmatch(address)]
    if wrong:
        raise DossierError(
            "PROPOSE-07",
            Text("this is neither a number of a dossier nor an address: {words}", words=tuple(wrong)),
            Text("a number is made of letters, digits, dots and dashes, such as 2027-0042; an address has one @"),
        )


def _completed(wanted: Proposal, before: PaperRecord | None) -> Proposal:
    """With what the version before says, where nothing else is said."""
    known: dict[str, str] = {}
    if before:
        said, host, student = proposal.said_by(before, COMPANY), before.signatory(COMPANY), before.signatory(STUDENT)
        known = {"contact": host.name, "contact_email": host.email, "language": before.language}
        known |= {"student_email": student.email, "last_name": said.get("student.last_name", student.name)}
        known["first_name"] = said.get("student.first_name", "")
    whole = replace(wanted, **{name: value for name, value in known.items() if not getattr(wanted, name)})
    if not all((whole.last_name, whole.student_email, whole.contact, whole.contact_email)):
        raise DossierError(
            "PROPOSE-06",
            Text("it is not said which student and which host the pre-agreement is for"),
            Text("give --last-name, --student-email, --contact and --contact-email"),
        )
    return whole


def _require_free(workspace: Workspace, registry: Registry, number: str) -> None:
    folder = workspace.path(workspace.settings.places.dossiers)
    taken = [path for path in folder.glob(f"{number}*") if path.stem == number or path.name[len(number)] == "-"]
    if taken or registry.find(number, "convention"):
        raise NeverOverwrite(
            "PROPOSE-01",
            Text("there is a dossier {number} already", number=number),
            Text("give the pre-agreement a number that no dossier has"),
        )


def _blank(workspace: Workspace, language: str, now: datetime) -> Pdf:
    """The form of this year, which is made once."""
    (draft,) = drafting.drafts(workspace, (), Wish(DOCUMENT, language), now)
    if isinstance(draft, Draft):
        return draft.paper
    raise draft.error or ConventionsError("PROPOSE-02", Text("there is no form"), Text("try again"))


def _prefilled(wanted: Proposal, before: PaperRecord | None) -> dict[str, str]:
    said = proposal.said_by(before, COMPANY) if before else {}
    return {
        **said,
        "form.conditions_read": "",
        "student.first_name": wanted.first_name,
        "student.last_name": wanted.last_name,
        "student.email": wanted.student_email,
    }


def _registered(
    workspace: Workspace,
    registry: Registry,
    wanted: Proposal,
    blank: Pdf,
    values: Mapping[str, str],
    version: int,
    now: datetime,
) -> PaperRecord:
    made = blank.origin
    origin = Origin(
        DOCUMENT, wanted.number, version, made.language, made.dossier_digest, made.template_digest, made.program
    )
    title = f"{Language(made.language).say(document_type(DOCUMENT).title)} {wanted.number}"
    data = forms.filled(forms.addressed(blank.data, origin, title=title, now=now), values)
    prepared = Prepared(origin, data)
    file = revisions.keep(workspace, prepared, position=0, role="issued")
    return registry.add_paper(
        PaperRecord(
            number=wanted.number,
            document=DOCUMENT,
            version=version,
            language=made.language,
            dossier_digest=made.dossier_digest,
            template_digest=made.template_digest,
            starts_on=_day(now) + _GRANTED,
            abroad=False,
            circuit=_COURSE,
            signatories=_people(workspace, wanted, made.language),
        ),
        (Issued(now, prepared.digest, len(data), file),),
    )


def _people(workspace: Workspace, wanted: Proposal, language: str) -> tuple[Signatory, ...]:
    settings = workspace.settings
    coordinator = settings.people.coordinator
    student = f"{wanted.first_name} {wanted.last_name}".strip()
    return (
        Signatory(COMPANY, wanted.contact, "", wanted.contact_email, language),
        Signatory(STUDENT, student, "", wanted.student_email, language),
        Signatory(COORDINATOR, coordinator.name, coordinator.function, coordinator.email, settings.language),
    )


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
    found = proposal.remarks(workspace, paper, said, _day(now))
    return tuple(one for one in found if one.severity is Severity.ERROR and one.code.startswith(("DATA", "CELL")))


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
