"""A form that is filled in on a page: its questions, what was typed so far, and sending it.

What is typed is kept beside the paper until it is sent, so that nothing is lost by a time-out. Sending fills in the
very PDF that was sent and receives it like any file that comes back: there is one way into the registry.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from conventions import forms
from conventions.documents import Campaign, Case, document_type
from conventions.documents.pre_agreement_fields import CONFIRMED
from conventions.documents.sections import Group, grouped
from conventions.errors import ServiceError
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.event import Returned
from conventions.model.finding import Finding
from conventions.model.form import FieldKind, FormField
from conventions.office import answers, dispatch, reception, requests, revisions
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, read_file, replace
from conventions.text import Text

__all__ = [
    "Sheet",
    "blank_of",
    "copy_of",
    "findings",
    "forget",
    "keep",
    "names_of",
    "open_sheet",
    "send",
    "typed_values",
]

_LONGEST: Final = 5_000
"""Characters of one answer that are kept; no question allows as many."""


@dataclass(frozen=True)
class Sheet:
    """A form as a page shows it."""

    paper: PaperRecord
    title: Text
    facts: tuple[tuple[Text, object], ...]
    """What it is about: names and values for people."""
    groups: tuple[Group, ...]
    """The questions in the reader's language."""
    values: Mapping[str, str]
    """What stands in each field: typed before, or sent before, or filled in by the office."""
    wanted_by: date
    was_sent: bool
    """The answers came once already; they may be replaced as long as the rules allow it."""

    @property
    def fields(self) -> tuple[FormField, ...]:
        """All of them, in order."""
        return tuple(asked.field for group in self.groups for asked in group.questions)


def open_sheet(workspace: Workspace, paper: PaperRecord, language: Language, now: datetime) -> Sheet:
    """The form with what was typed so far.

    Raises:
        Refused: the paper was recalled or replaced (GATE-VERSION).
        DossierError: its dossier is no longer there (FILE-09).
    """
    reception.require_open(paper)
    case = answers.case_for(workspace, paper, now)
    kind = document_type(paper.document)
    fields = answers.fields_of(paper, case, language)
    role = paper.circuit.fills[0]
    prefilled = forms.answers(revisions.current(workspace, paper).data).values
    values = {**prefilled, **answers.latest_answers(paper), **typed_values(workspace, paper, role)}
    return Sheet(
        paper=paper,
        title=kind.title,
        facts=_facts(paper, case),
        groups=grouped(case, kind.context(case, language), fields, language),
        values={field.name: values.get(field.name, "") for field in fields},
        wanted_by=requests.sign_by(workspace, paper)[role],
        was_sent=role in paper.done,
    )


def findings(sheet: Sheet, values: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is missing or cannot be, by the rules of a file that comes back; each names its field."""
    return answers.findings_on(sheet.fields, values)


def keep(workspace: Workspace, paper: PaperRecord, role: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """Keep what was typed so far, whether or not it is complete; it takes the place of what was kept before.

    Returns:
        What is kept: composed letters, single line breaks, nothing that cannot be printed.

    Raises:
        DiskError: it cannot be written; what was kept before still stands.
    """
    kept = {name: _clean(value) for name, value in values.items()}
    replace(_place(workspace, paper, role), json.dumps(kept, ensure_ascii=False, indent=1).encode())
    return kept


def typed_values(workspace: Workspace, paper: PaperRecord, role: str) -> Mapping[str, str]:
    """What was typed and not sent yet; empty when there is nothing."""
    path = _place(workspace, paper, role)
    if not path.is_file():
        return {}
    kept = json.loads(read_file(path))
    return {str(name): str(value) for name, value in kept.items()}


def forget(workspace: Workspace, paper: PaperRecord, role: str) -> None:
    """Remove what was typed, once it was sent."""
    _place(workspace, paper, role).unlink(missing_ok=True)


def send(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    values: Mapping[str, str],
    now: datetime,
) -> Outcome:
    """Fill in the PDF that was sent, receive it, and mail a copy of it to whoever filled it in.

    The same answers twice are one return. What was typed is kept until the answers are recorded.

    Raises:
        Refused: as :func:`conventions.office.answers.receive_form`; FORM-ANSWERS carries every finding.
        DossierError, DiskError: as :func:`open_sheet` and :func:`keep`.
    """
    sheet = open_sheet(workspace, paper, Language(paper.language), now)
    role = paper.circuit.fills[0]
    kept = keep(workspace, paper, role, {field.name: values.get(field.name, "") for field in sheet.fields})
    if wrong := findings(sheet, kept):
        raise answers.unanswered(wrong)
    shown = {field.name: _as_printed(field, kept[field.name]) for field in sheet.fields if not field.read_only}
    data = forms.filled(revisions.current(workspace, paper).data, shown)
    outcome = reception.receive(workspace, registry, services, data, now)
    forget(workspace, paper, role)
    with suppress(ServiceError):  # the page offers the copy as well
        dispatch.post_copy(workspace, paper, paper.signatory(role), data, now)
    return outcome


def blank_of(workspace: Workspace, paper: PaperRecord) -> bytes:
    """The form as it was sent.

    Raises:
        DiskError: the file is gone or was changed (DISK-04).
    """
    return revisions.current(workspace, paper).data


def names_of(workspace: Workspace, paper: PaperRecord, role: str) -> frozenset[str]:
    """The fields whose values are kept for this role.

    Raises:
        DiskError: the form is gone or was changed (DISK-04).
    """
    if role != paper.circuit.fills[0]:
        return frozenset(wanted.name for wanted in CONFIRMED)
    return frozenset(forms.answers(blank_of(workspace, paper)).values)


def copy_of(workspace: Workspace, paper: PaperRecord, role: str) -> bytes | None:
    """The form as it came back from this role last; None when it has not.

    Raises:
        DiskError: the file is gone (DISK-03).
    """
    returned = (event for event in reversed(paper.events) if isinstance(event, Returned) and event.role == role)
    last = next(returned, None)
    return read_file(workspace.path(last.file)) if last else None


def _facts(paper: PaperRecord, case: Case | Campaign) -> tuple[tuple[Text, object], ...]:
    if isinstance(case, Campaign):
        return ((Text("Student"), paper.signatory("student").name),)
    dossier = in_force(case.dossier)
    return (
        (Text("Student"), dossier.student.name),
        (Text("Host organisation"), dossier.host.name),
        (Text("Topic"), dossier.placement.subject),
        (Text("Internship"), Text("{start} to {end}", start=dossier.schedule.start, end=dossier.schedule.end)),
    )


def _place(workspace: Workspace, paper: PaperRecord, role: str) -> Path:
    folder = workspace.path(workspace.settings.places.papers) / paper.number
    return folder / f"{paper.document}-v{paper.version}-{role}.typed.json"


def _clean(value: str) -> str:
    lines = unicodedata.normalize("NFC", value).splitlines()
    printable = ("".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cs"}) for line in lines)
    return "\n".join(printable).strip()[:_LONGEST]


def _as_printed(field: FormField, value: str) -> str:
    """Pages give a day as 2027-06-30; on paper it is 30/06/2027."""
    day = answers.day_of(value) if field.kind is FieldKind.DATE else None
    return f"{day:%d/%m/%Y}" if day else value
