"""A form that came back: recognise, read, compare what is shown with what is said, validate, keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final

from conventions import forms, pipeline, signing
from conventions.agenda import academic_year
from conventions.apart import ask_apart
from conventions.documents import Campaign, Case, document_type
from conventions.errors import DossierError, Refused
from conventions.languages import PARIS, Language
from conventions.model.event import Returned
from conventions.model.finding import Finding, Severity
from conventions.model.form import TICKED, Answers, FieldKind, FormField
from conventions.office import dispatch, revisions
from conventions.office.naming import files_called
from conventions.office.outcome import Outcome
from conventions.pipeline import CampaignOrder, Order, Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, digest_name, write_new
from conventions.text import Text, counted

__all__ = [
    "case_for",
    "day_of",
    "fields_of",
    "findings_on",
    "latest_answers",
    "number_of",
    "receive_form",
    "unanswered",
]

_NUMBER: Final = re.compile(r"\d{1,4}([.,]\d{1,2})?")
_DATES: Final = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")
_STRICT: Final = frozenset({FieldKind.NUMBER, FieldKind.CHOICE, FieldKind.CHECK, FieldKind.LIST, FieldKind.DATE})
"""What is shown must be what is said. In words, a viewer that lacks a script may draw them badly: that is only told."""


def latest_answers(paper: PaperRecord) -> Mapping[str, str]:
    """What the form says now; nothing while it has not come back, or when it was forgotten."""
    role = paper.circuit.fills[0] if paper.is_form else ""
    returned = (event for event in reversed(paper.events) if isinstance(event, Returned) and event.role == role)
    return next((event.answers or {} for event in returned), {})


def receive_form(
    workspace: Workspace, registry: Registry, services: Services, paper: PaperRecord, data: bytes, now: datetime
) -> Outcome:
    """Record the answers of a form, if it proves to be the one that was sent; the same file again changes nothing.

    Raises:
        Refused: it was printed or flattened (FORM-FLAT), is not the form that was sent (FORM-CHANGED), shows other
            answers than it holds (FORM-SHOWN), was changed after a signature (FORM-SIGNED), comes after the jury
            (FORM-JURY), after somebody else has gone on from the first answers (FORM-LATE), or its answers are missing
            or impossible (FORM-ANSWERS), each with its finding.
        DossierError: its dossier is no longer there.
    """
    digest = sha256(data).hexdigest()
    if any(isinstance(event, Returned) and event.sha256 == digest for event in paper.events):
        return Outcome(paper.number, Text("was received before; nothing changed"))
    role = paper.circuit.fills[0]
    _require_not_passed_on(paper, role)
    case = case_for(workspace, paper, now)
    _require_before_jury(paper, case, now)
    fields = fields_of(paper, case, Language(paper.language))
    answers = _read(revisions.current(workspace, paper).data, data, fields)
    signers = ask_apart(signing.names_on_form, data, services.trust, now)
    _require_valid(fields, answers.values)
    file = f"{workspace.settings.places.papers}/{paper.number}/"
    file += digest_name(f"{paper.document}-v{paper.version}-returned-{role}", data)
    write_new(workspace.path(file), data)
    event = Returned(now, role, digest, file, dict(answers.values), ", ".join(signers))
    is_second = bool(latest_answers(paper))
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    dispatch.post_turn(workspace, registry, paper, now)
    return Outcome(paper.number, _note(answers, is_second=is_second), workspace.path(file))


def number_of(words: str) -> Decimal | None:
    """A mark as people type it, with a comma or a point; None for anything else."""
    words = words.strip().replace(",", ".")
    try:
        return Decimal(words) if _NUMBER.fullmatch(words) else None
    except InvalidOperation:
        return None


def fields_of(paper: PaperRecord, case: Case | Campaign, language: Language) -> tuple[FormField, ...]:
    """What the form asks, in a reader's language: names and values are the same in all of them."""
    wanted = document_type(paper.document).fields
    return wanted(case, language) if wanted else ()


def case_for(workspace: Workspace, paper: PaperRecord, now: datetime) -> Case | Campaign:
    """What the form is about: its dossier, or the year of its issue where the form comes before any dossier.

    Raises:
        DossierError: its dossier is no longer there (FILE-09).
    """
    if document_type(paper.document).about == "campaign":
        year = academic_year(paper.events[0].at.astimezone(PARIS).date(), workspace.settings.rules.calendar.year_starts)
        wish = CampaignOrder((), paper.document, year, paper.version, paper.language)
        return pipeline.case_of(wish, workspace.settings, now.astimezone(PARIS).date())
    return _case(workspace, paper, now)


def _case(workspace: Workspace, paper: PaperRecord, now: datetime) -> Case:
    folder = workspace.path(workspace.settings.places.dossiers)
    for path in files_called(paper.number, folder):
        source = pipeline.read(path)
        if source.dossier.number == paper.number:
            order = Order(source, paper.document, paper.version, paper.language)
            case = pipeline.case_of(order, workspace.settings, now.astimezone(PARIS).date())
            if isinstance(case, Case):
                return case
    raise DossierError(
        "FILE-09",
        Text("there is no dossier {name}", name=paper.number),
        Text("name a file, or a number whose file begins with it in {folder}", folder=str(folder)),
    )


def _require_not_passed_on(paper: PaperRecord, role: str) -> None:
    if set(paper.done) - {role}:
        raise Refused(
            "FORM-LATE",
            Text("somebody else has gone on from the answers that came first"),
            Text("write to the office if they must be corrected"),
        )


def _require_before_jury(paper: PaperRecord, case: Case | Campaign, now: datetime) -> None:
    calendar = case.house.profile.calendar
    if not latest_answers(paper) or calendar.jury is None or isinstance(case, Campaign):
        return
    jury = calendar.day(calendar.jury, case.dossier.academic_year)
    if now.astimezone(PARIS).date() >= jury:
        raise Refused(
            "FORM-JURY",
            Text("the form was returned before, and the jury met on {day}", day=jury),
            Text("the first answers stand; ask the coordinator if they must be corrected"),
        )


def _read(sent: bytes, data: bytes, fields: Sequence[FormField]) -> Answers:
    answers = ask_apart(forms.answers, data)
    if answers.is_flattened or not answers.values:
        raise Refused(
            "FORM-FLAT",
            Text("the form was printed or saved as a picture of itself: its answers can be seen, not read"),
            Text("open the file that was sent, fill it in, save it with “Save” and send the saved file"),
        )
    if changed := ask_apart(forms.same_form, sent, data):
        raise Refused(
            "FORM-CHANGED",
            Text("the form is not the one that was sent; changed: {places}", places=changed),
            Text("fill in the file that was sent, and change nothing but the answers"),
        )
    strict = {field.name for field in fields if field.kind in _STRICT}
    if shown := tuple(name for name in answers.disagreements if name in strict):
        labels = {field.name: field.label for field in fields}
        raise Refused(
            "FORM-SHOWN",
            Text("the page shows other answers than the file holds: {places}", places=tuple(map(labels.get, shown))),
            Text("open the form in another PDF reader, look at these answers, save it and send it again"),
        )
    return answers


def findings_on(fields: Sequence[FormField], values: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is missing or cannot be, field by field, in the order of the form."""
    return tuple(finding for field in fields for finding in _wrong(field, values.get(field.name, "").strip()))


def _require_valid(fields: Sequence[FormField], values: Mapping[str, str]) -> None:
    if findings := findings_on(fields, values):
        raise unanswered(findings)


def unanswered(findings: tuple[Finding, ...]) -> Refused:
    """FORM-ANSWERS, with everything that is missing."""
    return _Unanswered(
        "FORM-ANSWERS",
        counted("one answer is missing or impossible", "{n} answers are missing or impossible", n=len(findings)),
        Text("complete the form and send it again: {first}", first=findings[0].message),
        findings=findings,
    )


class _Unanswered(Refused):
    """A refusal with everything that is missing."""

    def __init__(self, code: str, message: Text, fix: Text, *, findings: tuple[Finding, ...]) -> None:
        super().__init__(code, message, fix)
        self.findings = findings


def _wrong(field: FormField, value: str) -> Iterator[Finding]:
    if not value:
        if field.required:
            yield _finding(field, Text("“{question}” has no answer", question=field.label))
        return
    if field.max_length and len(value) > field.max_length:
        yield _finding(field, Text("the answer to “{question}” is too long", question=field.label))
    if field.kind is FieldKind.NUMBER and not _is_between(value, field.maximum):
        limit = field.maximum or Decimal(0)
        yield _finding(field, Text("“{question}” wants a number from 0 to {limit}", question=field.label, limit=limit))
    if field.kind is FieldKind.DATE and day_of(value) is None:
        yield _finding(field, Text("“{question}” wants a date, such as 30/06/2027", question=field.label))
    if field.options and value not in {option.value for option in field.options}:
        yield _finding(field, Text("“{question}” has an answer that cannot be chosen", question=field.label))
    if field.kind is FieldKind.CHECK and value != TICKED:
        yield _finding(field, Text("“{question}” has an answer that cannot be chosen", question=field.label))


def _is_between(value: str, maximum: Decimal | None) -> bool:
    number = number_of(value)
    return number is not None and (maximum is None or number <= maximum)


def day_of(value: str) -> date | None:
    """A day as people type it; None for anything else."""
    for form in _DATES:
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def _finding(field: FormField, message: Text) -> Finding:
    return Finding("FORM-ANSWERS", Severity.ERROR, message, Text("answer it in the form"), field=field.name)


def _note(answers: Answers, *, is_second: bool) -> Text:
    first = Text("replaces the answers received before") if is_second else Text("answers recorded")
    doubtful = (*answers.disagreements, *answers.unreadable)
    if not doubtful:
        return first
    return Text("{note}; look at these, which the page may show otherwise: {places}", note=first, places=doubtful)
