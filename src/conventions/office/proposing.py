"""A pre-agreement is asked for: the form that goes to a host.

It is a paper of the registry, a form of three steps, under the number that the dossier will have. Nothing else knows
where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from conventions import forms
from conventions.documents import document_type
from conventions.errors import ConventionsError, DossierError, NeverOverwrite
from conventions.languages import PARIS, Language
from conventions.model.event import Issued, Superseded
from conventions.model.paper import Origin, Pdf, Prepared
from conventions.model.roles import Circuit, Signatory, Step
from conventions.office import delivery, dispatch, drafting, proposal, revisions
from conventions.office.drafting import Draft, Wish
from conventions.office.outcome import Outcome
from conventions.office.proposal import COMPANY, COORDINATOR, DOCUMENT, STUDENT
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Proposal", "propose"]

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
            starts_on=now.astimezone(PARIS).date() + _GRANTED,
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
