"""What host, student and coordinator see of a pre-agreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from conventions.documents.sections import Asked, Group
from conventions.errors import ConventionsError
from conventions.languages import Language
from conventions.model.finding import Finding, Severity
from conventions.model.form import FieldKind, FormField
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.office import Visit, deciding, filling, proposal
from conventions.office.answers import day_of
from conventions.office.filling import Sheet
from conventions.office.proposal import COMPANY, COORDINATOR, STUDENT
from conventions.portal.door import Door
from conventions.portal.knocking import ask_code, is_known
from conventions.portal.proposal_words import ConfirmWords, DecideWords, ProposeWords
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.sheets import keep_token, shown_groups, summary
from conventions.text import Text

__all__ = [
    "PAGES",
    "breaks_rules",
    "confirmation_page",
    "decision_page",
    "declining_page",
    "here_of",
    "is_let_in",
    "must_be_corrected",
    "proposal_page",
    "sheet_of",
    "thanks",
]

Problems = Sequence[tuple[str, Text]]
"""What is wrong: the id of the field, empty for all of the form, and what to do."""
_HARD: Final = ("FORM", "DATA", "CELL")
"""Codes of findings with which nothing can be sent: the answer is missing, or cannot stand in a dossier."""


def here_of(found: Visit) -> str:
    """Where the pages of a link begin."""
    return f"/pre-agreement/{found.link.handle}"


def is_let_in(request: Request, found: Visit) -> bool:
    """The host by the link alone, everybody else by a code."""
    return found.person.role == COMPANY or is_known(request, found)


def _proposal(request: Request, door: Door, found: Visit, *, told: Problems = ()) -> Response:
    sheet = sheet_of(request, door, found)
    return proposal_page(request, door, found, sheet, sheet.values, told=told)


def declining_page(request: Request, door: Door, found: Visit) -> Response:
    """The page of host or student once more: it was not said why nothing comes of it."""
    again = _proposal if found.person.role == COMPANY else _confirmation
    return again(request, door, found, told=[("reason", ProposeWords.no_reason)])


def proposal_page(
    request: Request,
    door: Door,
    found: Visit,
    sheet: Sheet,
    values: Mapping[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    told: Problems = (),
    was_saved: bool = False,
) -> Response:
    """The form of the host; ``told`` is what went wrong besides the findings."""
    problems = [*([] if was_saved else summary(findings)), *told]
    return page(
        request,
        "propose.html",
        ProposeWords,
        status=422 if problems else 200,
        target=here_of(found),
        sheet=sheet,
        groups=shown_groups(sheet.groups, values, findings),
        problems=problems,
        was_saved=was_saved,
        conditions=proposal.conditions(door.office.workspace, found.paper, door.now()),
        may_insist=breaks_rules(findings) and not must_be_corrected(findings) and not was_saved and not told,
        keep_token=keep_token(door, found.link.handle),
        has_students=False,
    )


def must_be_corrected(findings: tuple[Finding, ...]) -> bool:
    """Is there anything with which nothing can be sent?"""
    return any(one.severity is Severity.ERROR and one.code.startswith(_HARD) for one in findings)


def breaks_rules(findings: tuple[Finding, ...]) -> bool:
    """Is there anything that a rule refuses?"""
    return any(one.severity is Severity.ERROR for one in findings)


def _confirmation(request: Request, door: Door, found: Visit, *, told: Problems = ()) -> Response:
    if not is_known(request, found):
        return ask_code(request, here_of(found))
    said = proposal.said_by(found.paper, COMPANY)
    typed = filling.typed_values(door.office.workspace, found.paper, STUDENT)
    return confirmation_page(request, door, found, {**said, "form.confirmed": "", **typed}, told=told)


def confirmation_page(
    request: Request,
    door: Door,
    found: Visit,
    values: Mapping[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    told: Problems = (),
    was_saved: bool = False,
) -> Response:
    """What the host has said, and the student's own part."""
    problems = [*summary(findings), *told]
    language = language_of(request)
    fields = deciding.confirmation_fields(language)
    mine = Group(language.say(ConfirmWords.mine), tuple(Asked(field) for field in fields))
    return page(
        request,
        "confirm.html",
        ConfirmWords,
        status=422 if problems else 200,
        here=here_of(found),
        target=here_of(found),
        sheet=sheet_of(request, door, found),
        said=_said(request, door, found),
        groups=shown_groups((mine,), values, findings, own="student."),
        problems=problems,
        was_saved=was_saved,
        may_insist=breaks_rules(findings) and not must_be_corrected(findings),
        keep_token=keep_token(door, found.link.handle),
    )


def decision_page(
    request: Request,
    door: Door,
    found: Visit,
    error: ConventionsError | None = None,
    *,
    chosen: Sequence[RefusalReason] = (),
    comment: str = "",
) -> Response:
    """Everything that the coordinator decides on, and what was typed into a refusal that came back."""
    if not is_known(request, found):
        return ask_code(request, here_of(found))
    language, workspace = language_of(request), door.office.workspace
    added = proposal.said_by(found.paper, STUDENT)
    fields = deciding.confirmation_fields(language)
    return page(
        request,
        "decide.html",
        DecideWords,
        status=422 if error else 200,
        here=here_of(found),
        target=here_of(found),
        sheet=sheet_of(request, door, found),
        said=_said(request, door, found),
        added=_read_out(
            Group(language.say(DecideWords.student), tuple(Asked(field) for field in fields)), added, language
        ),
        advice=proposal.advice(workspace, found.paper, door.today()),
        reasons=REASON_LABELS,
        chosen=chosen,
        comment=comment,
        problems=[("reasons" if error.code == "PROPOSE-03" else "", error.message)] if error else [],
    )


def thanks(request: Request, found: Visit) -> Response:
    """What is said to whoever has done his or her part."""
    role = found.person.role
    words = {COMPANY: ProposeWords, STUDENT: ConfirmWords, COORDINATOR: DecideWords}[role]
    return page(
        request,
        "proposed.html",
        words,
        here=here_of(found),
        target=here_of(found),
        number=found.paper.number,
        is_decided=COORDINATOR in found.paper.done,
        may_correct=role == COMPANY and set(found.paper.done) == {COMPANY},
        has_copy=is_let_in(request, found),
    )


def sheet_of(request: Request, door: Door, found: Visit) -> Sheet:
    """The form in the reader's language."""
    return filling.open_sheet(door.office.workspace, found.paper, language_of(request), door.now())


def _said(request: Request, door: Door, found: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the host has answered, under its headings."""
    values = proposal.said_by(found.paper, COMPANY)
    groups, language = sheet_of(request, door, found).groups, language_of(request)
    return [read for group in groups if (read := _read_out(group, values, language))[1]]


def _read_out(group: Group, values: Mapping[str, str], language: Language) -> tuple[str, list[tuple[str, str]]]:
    """Label and answer of every question that has one; a box that is ticked says so with its mark."""
    shown = []
    for asked in group.questions:
        value = values.get(asked.field.name, "")
        if value:
            shown.append((asked.field.label, _in_words(asked.field, value, language)))
    return group.title, shown


def _in_words(field: FormField, value: str, language: Language) -> str:
    if field.kind is FieldKind.CHECK:
        return "✓"
    day = day_of(value) if field.kind is FieldKind.DATE else None
    return language.date(day) if day else {option.value: option.label for option in field.options}.get(value, value)


PAGES: Final[Mapping[str, Callable[[Request, Door, Visit], Response]]] = {
    COMPANY: _proposal,
    STUDENT: _confirmation,
    COORDINATOR: decision_page,
}
"""The page of each role whose turn it is."""
