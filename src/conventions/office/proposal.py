"""A pre-agreement as the dossier that it will be: what host and student have said, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from conventions import intake, pipeline
from conventions.agenda import academic_year
from conventions.documents import Campaign, pre_agreement
from conventions.documents.pre_agreement_fields import CONFIRMED, WANTED
from conventions.intake import Entry, Source
from conventions.languages import PARIS, Language
from conventions.model.event import Checked, Returned
from conventions.model.finding import Finding, Severity
from conventions.office import answers
from conventions.settings import Workspace
from conventions.store import PaperRecord
from conventions.text import Text

__all__ = ["COMPANY", "COORDINATOR", "DOCUMENT", "STUDENT", "advice", "conditions", "entry_of", "remarks", "said_by"]

DOCUMENT: Final = "pre_agreement"
COMPANY, STUDENT, COORDINATOR = "company", "student", "coordinator"
"""Who fills it in, who completes and confirms it, who decides."""

_USUAL: Final = {
    "supervision": Text("A weekly point with the workplace supervisor, and a weekly report to the academic supervisor"),
    "deliverable": Text("Internship report"),
    "validation": Text("Evaluation by the host organisation, written report and oral defence"),
    "if_interrupted": Text(
        "The institution validates the weeks that were done if the objectives are met, or proposes other work instead"
    ),
}
_NOT_YET: Final = {
    "student.student_number": "0",
    "student.email": "student@example.test",
    "student.birth_date": "2000-01-01",
    "student.address.street": "-",
    "student.address.city": "-",
}
"""Stands for what the student says later, so that the rules can look at what the host has said."""


def said_by(paper: PaperRecord, role: str) -> Mapping[str, str]:
    """The answers that came from this role last; empty while none came."""
    returned = (event for event in reversed(paper.events) if isinstance(event, Returned) and event.role == role)
    return next((event.answers or {} for event in returned), {})


def conditions(workspace: Workspace, paper: PaperRecord, now: datetime) -> tuple[Text, ...]:
    """What the department asks of an internship, for whoever proposes one."""
    campaign = answers.case_for(workspace, paper, now)
    return pre_agreement.conditions(campaign) if isinstance(campaign, Campaign) else ()


def entry_of(workspace: Workspace, paper: PaperRecord, *, typed: Mapping[str, str] | None = None) -> Entry:
    """The dossier that the answers make, or what keeps them from being one.

    Args:
        workspace: whose settings say what every agreement says.
        paper: the pre-agreement.
        typed: what is being typed just now and has not been sent.
    """
    said = {**said_by(paper, COMPANY), **said_by(paper, STUDENT), **(typed or {})}
    start = answers.day_of(said.get("schedule.start", "")) or _day(paper.events[0].at)
    whole = {
        "number": paper.number,
        "academic_year": academic_year(start, workspace.settings.rules.calendar.year_starts),
        "language": paper.language,
        **{name: value for name, value in said.items() if value},
        **_usual(workspace, Language(paper.language)),
        **_history(paper),
    }
    return intake.proposed(whole, paper.number)


def remarks(workspace: Workspace, paper: PaperRecord, typed: Mapping[str, str], on: date) -> tuple[Finding, ...]:
    """What the rules of a dossier say of the fields that somebody is typing; each finding names such a field.

    What the others have not said yet, and what is attached or decided later, is not spoken of.
    """
    known = {name: value or _NOT_YET.get(name, "") for name, value in typed.items()}
    whole = entry_of(workspace, paper, typed={**_NOT_YET, **said_by(paper, STUDENT), **known})
    found = [*whole.findings, *_judged(workspace, whole, on)]
    names = tuple(name for name, value in typed.items() if value or name not in _NOT_YET)
    named = (named for finding in found if (named := _at_field(finding, names)))
    return tuple(_in_words_of_the_form(finding, typed) for finding in named)


def advice(workspace: Workspace, paper: PaperRecord, on: date) -> tuple[Finding, ...]:
    """Everything that the rules say of the pre-agreement, for whoever decides."""
    whole = entry_of(workspace, paper)
    found = (*whole.findings, *_judged(workspace, whole, on))
    return tuple(finding for finding in found if not finding.field.startswith(("pre_agreement", "attachments")))


def _judged(workspace: Workspace, whole: Entry, on: date) -> tuple[Finding, ...]:
    if whole.dossier is None:
        return ()
    return pipeline.check(Source(whole.dossier, whole.number, {}), workspace.settings, on)


def _at_field(finding: Finding, names: tuple[str, ...]) -> Finding | None:
    """The finding at the field that is meant, or at the first one below it, in the words of the form."""
    if finding.severity in {Severity.INFORMATION, Severity.TO_DO}:
        return None
    path = f"{finding.field}."
    name = next((name for name in names if f"{name}.".startswith(path) or path.startswith(f"{name}.")), None)
    if not finding.field or name is None:
        return None
    if "field" in finding.message.values and name in _LABELS:
        finding = replace(finding, message=finding.message.filled(field=_LABELS[name]))
    return replace(finding, field=name)


def _in_words_of_the_form(finding: Finding, typed: Mapping[str, str]) -> Finding:
    """What names a place in the dossier, or quotes what was not typed, says which question has no answer instead."""
    speaks_of_a_place = finding.code.startswith("DATA") or "key" in finding.message.values
    if typed.get(finding.field) or not speaks_of_a_place or finding.field not in _LABELS:
        return finding
    return replace(finding, message=Text("“{question}” has no answer", question=_LABELS[finding.field]))


_LABELS: Final = {wanted.name: wanted.label for wanted in (*WANTED, *CONFIRMED)}


def _usual(workspace: Workspace, language: Language) -> dict[str, str]:
    usual = workspace.settings.usual
    return {f"placement.{key}": getattr(usual, key) or language.say(words) for key, words in _USUAL.items()}


def _history(paper: PaperRecord) -> dict[str, str]:
    """The pre-agreement as the dossier will tell of it."""
    returned = next((event for event in reversed(paper.events) if _is_from(event, COMPANY)), None)
    if not isinstance(returned, Returned):
        return {"pre_agreement.state": "submitted", "pre_agreement.submitted_on": _day(paper.events[0].at).isoformat()}
    submitted = _day(returned.at).isoformat()
    decided = next((event for event in paper.events if isinstance(event, Checked) and event.role == COORDINATOR), None)
    kept = {
        "attachments.0.kind": DOCUMENT,
        "attachments.0.received_on": submitted,
        "attachments.0.file": returned.file,
        "attachments.0.sha256": returned.sha256,
        "pre_agreement.state": "approved" if decided else "submitted",
        "pre_agreement.submitted_on": submitted,
    }
    return kept | (dict(_decision(decided)) if decided else {})


def _is_from(event: object, role: str) -> bool:
    return isinstance(event, Returned) and event.role == role


def _decision(decided: Checked) -> Iterator[tuple[str, str]]:
    yield "pre_agreement.decided_on", _day(decided.at).isoformat()
    yield "pre_agreement.decided_by", decided.by
    yield "attachments.0.checked_on", _day(decided.at).isoformat()
    yield "attachments.0.checked_by", decided.by


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
