"""The pre-agreement on the web: the host proposes, the student confirms, the coordinator decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conventions.documents.sections import Asked, Group
from conventions.errors import ConventionsError, NeverOverwrite, OutOfTurn, Refused
from conventions.languages import Language
from conventions.model.finding import Finding, Severity
from conventions.model.form import FieldKind, FormField
from conventions.model.life import State
from conventions.model.outcome import REASON_LABELS, RefusalReason
from conventions.office import Visit, filling, life, proposal, proposing
from conventions.office.answers import day_of
from conventions.office.filling import Sheet
from conventions.office.links import Standing
from conventions.office.proposal import COMPANY, COORDINATOR, STUDENT
from conventions.portal.door import Door, TheDoor
from conventions.portal.faults import show
from conventions.portal.filling import closed, kept, pdf, saved_words
from conventions.portal.knocking import ask_code, is_known, take_code
from conventions.portal.links import gone, visited
from conventions.portal.posting import Posted, field_of
from conventions.portal.proposal_words import ConfirmWords, DecideWords, ProposeWords
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.sheets import Typed, keep_token, shown_groups, summary, typed_in
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(prefix="/pre-agreement", include_in_schema=False)

_PURPOSE: Final = "pre_agreement"
_HARD: Final = ("FORM", "DATA", "CELL")
"""Codes of findings with which nothing can be sent: the answer is missing, or cannot stand in a dossier."""


@router.get("/{handle}")
def look(request: Request, door: TheDoor, handle: str, again: bool = False) -> Response:  # noqa: FBT001, FBT002
    """The page of whoever has the link."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None:
        return gone(request)
    may_correct = again and found.person.role == COMPANY and set(found.paper.done) == {COMPANY}
    if found.standing is Standing.DONE and not may_correct:
        return _thanks(request, found)
    if found.standing is Standing.ENDED and found.paper.state is State.DECLINED:
        return show(request, 200, Text("This pre-agreement has ended. Everybody was told why by mail."))
    if found.standing not in {Standing.OPEN, Standing.DONE}:
        return closed(request, found)
    return _PAGES[found.person.role](request, door, found)


@router.post("/{handle}/code")
def code(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Send the code of student or coordinator, or try it."""
    found = visited(request, door, handle, _PURPOSE)
    return gone(request) if found is None else take_code(request, door, found, _here(found), form)


@router.post("/{handle}/decline")
def decline(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Host or student say that nothing comes of it."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.person.role == COORDINATOR or not _may_act(request, found):
        return gone(request)
    reason = field_of(form, "reason", most=1000)
    if reason:
        office = door.office
        with door.turn(found.paper.id), _second_to_none():
            life.decline(office.workspace, office.registry, found.paper, found.person.role, reason, door.now())
    return RedirectResponse(_here(found), status_code=303)


@router.post("/{handle}/decide")
def decide(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """The coordinator approves or refuses."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.person.role != COORDINATOR or not _may_act(request, found):
        return gone(request)
    office, now = door.office, door.now()
    reasons = [reason for reason in RefusalReason if reason.value in form.getlist("reasons")]
    try:
        with door.turn(found.paper.id):
            if form.get("action") == "approve":
                proposing.approve(office.workspace, office.registry, found.paper, found.person.name, now)
            else:
                comment = field_of(form, "comment", most=1000)
                proposing.refuse(office.workspace, office.registry, found.paper, reasons, comment, now)
    except ConventionsError as error:
        return _decision(request, door, found, error)
    return RedirectResponse(_here(found), status_code=303)


@router.post("/{handle}")
def take(request: Request, door: TheDoor, handle: str, form: Typed) -> Response:
    """Keep what host or student have typed, or send it."""
    found = visited(request, door, handle, _PURPOSE) if form.is_ours else None
    if found is None:
        return kept(request, door, handle, form, _PURPOSE)
    is_correction = found.standing is Standing.DONE and set(found.paper.done) == {COMPANY}
    if found.standing is not Standing.OPEN and not is_correction:
        return closed(request, found)
    if found.person.role == COMPANY:
        return _take_proposal(request, door, found, form)
    return _take_confirmation(request, door, found, form) if _may_act(request, found) else gone(request)


@router.get("/{handle}/form.pdf")
def blank(request: Request, door: TheDoor, handle: str) -> Response:
    """The form as it was sent to the host."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.person.role != COMPANY:
        return gone(request)
    return pdf(filling.blank_of(door.office.workspace, found.paper), f"pre_agreement-{found.paper.number}")


@router.get("/{handle}/copy.pdf")
def copy(request: Request, door: TheDoor, handle: str) -> Response:
    """The form as the host has filled it in."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.standing is Standing.REPLACED or not _is_let_in(request, found):
        return gone(request)
    data = filling.copy_of(door.office.workspace, found.paper, COMPANY)
    return gone(request) if data is None else pdf(data, f"pre_agreement-{found.paper.number}")


def _second_to_none() -> AbstractContextManager[None]:
    """Of two windows at once, the second changes nothing and sees what the first has done."""
    return suppress(NeverOverwrite, OutOfTurn)


def _here(found: Visit) -> str:
    return f"/pre-agreement/{found.link.handle}"


def _is_let_in(request: Request, found: Visit) -> bool:
    return found.person.role == COMPANY or is_known(request, found)


def _may_act(request: Request, found: Visit) -> bool:
    return found.standing is Standing.OPEN and _is_let_in(request, found)


# ── the host ─────────────────────────────────────────────────────────────────────────────────────────────


def _proposal(request: Request, door: Door, found: Visit) -> Response:
    sheet = _sheet(request, door, found)
    return _proposal_page(request, door, found, sheet, sheet.values)


def _take_proposal(request: Request, door: Door, found: Visit, form: Typed) -> Response:
    sheet, office = _sheet(request, door, found), door.office
    values = typed_in(form.data, sheet.fields)
    told = proposal.remarks(office.workspace, found.paper, values, door.today())
    if form.data.get("action") != "send":
        values = dict(filling.keep(office.workspace, found.paper, COMPANY, values))
        if request.headers.get("accept") == "application/json":
            return saved_words(request, door)
        return _proposal_page(request, door, found, sheet, values, told, was_saved=True)
    told = _together(filling.findings(sheet, values), told)
    if _must_be_corrected(told) or (_breaks_rules(told) and form.data.get("insist") != "yes"):
        filling.keep(office.workspace, found.paper, COMPANY, values)
        return _proposal_page(request, door, found, sheet, values, told)
    try:
        with door.turn(found.paper.id):
            filling.send(office.workspace, office.registry, office.services(), found.paper, values, door.now())
    except Refused as refusal:
        return _proposal_page(request, door, found, sheet, values, told, refusal=refusal)
    return RedirectResponse(_here(found), status_code=303)


def _together(wrong: tuple[Finding, ...], remarks: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is wrong with the form, then what else there is to say; nothing is said twice of one field."""
    named = {finding.field for finding in wrong}
    further = (one for one in remarks if one.field not in named and not (wrong and one.code == "DATA-01"))
    return (*wrong, *further)


def _must_be_corrected(findings: tuple[Finding, ...]) -> bool:
    return any(one.severity is Severity.ERROR and one.code.startswith(_HARD) for one in findings)


def _breaks_rules(findings: tuple[Finding, ...]) -> bool:
    return any(one.severity is Severity.ERROR for one in findings)


def _proposal_page(
    request: Request,
    door: Door,
    found: Visit,
    sheet: Sheet,
    values: Mapping[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    refusal: Refused | None = None,
    was_saved: bool = False,
) -> Response:
    problems = [] if was_saved else summary(findings)
    problems += [("", refusal.message), ("", refusal.fix)] if refusal else []
    return page(
        request,
        "propose.html",
        ProposeWords,
        status=422 if problems else 200,
        here=_here(found),
        target=_here(found),
        sheet=sheet,
        groups=shown_groups(sheet.groups, values, findings),
        problems=problems,
        was_saved=was_saved,
        conditions=proposal.conditions(door.office.workspace, found.paper, door.now()),
        may_insist=bool(problems) and not _must_be_corrected(findings) and refusal is None,
        keep_token=keep_token(door, found.link.handle),
        has_students=False,
    )


# ── the student ──────────────────────────────────────────────────────────────────────────────────────────


def _confirmation(request: Request, door: Door, found: Visit) -> Response:
    if not is_known(request, found):
        return ask_code(request, _here(found))
    said = proposal.said_by(found.paper, COMPANY)
    typed = filling.typed_values(door.office.workspace, found.paper, STUDENT)
    return _confirmation_page(request, door, found, {**said, "form.confirmed": "", **typed})


def _take_confirmation(request: Request, door: Door, found: Visit, form: Typed) -> Response:
    office = door.office
    values = typed_in(form.data, proposing.confirmation_fields(language_of(request)))
    if form.data.get("action") != "send":
        values = dict(filling.keep(office.workspace, found.paper, STUDENT, values))
        if request.headers.get("accept") == "application/json":
            return saved_words(request, door)
        return _confirmation_page(request, door, found, values, was_saved=True)
    told = _together(
        proposing.objections(office.workspace, found.paper, values, language_of(request), door.now()),
        proposal.remarks(office.workspace, found.paper, values, door.today()),
    )
    if _must_be_corrected(told) or (_breaks_rules(told) and form.data.get("insist") != "yes"):
        filling.keep(office.workspace, found.paper, STUDENT, values)
        return _confirmation_page(request, door, found, values, told)
    with door.turn(found.paper.id), _second_to_none():
        proposing.confirm(office.workspace, office.registry, found.paper, values, door.now())
    return RedirectResponse(_here(found), status_code=303)


def _confirmation_page(
    request: Request,
    door: Door,
    found: Visit,
    values: Mapping[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    was_saved: bool = False,
) -> Response:
    language = language_of(request)
    fields = proposing.confirmation_fields(language)
    mine = Group(language.say(ConfirmWords.mine), tuple(Asked(field) for field in fields))
    return page(
        request,
        "confirm.html",
        ConfirmWords,
        status=422 if findings else 200,
        here=_here(found),
        target=_here(found),
        sheet=_sheet(request, door, found),
        said=_said(request, door, found),
        groups=shown_groups((mine,), values, findings, own="student."),
        problems=summary(findings),
        was_saved=was_saved,
        may_insist=_breaks_rules(findings) and not _must_be_corrected(findings),
        keep_token=keep_token(door, found.link.handle),
    )


# ── the coordinator ──────────────────────────────────────────────────────────────────────────────────────


def _decision(request: Request, door: Door, found: Visit, error: ConventionsError | None = None) -> Response:
    if not is_known(request, found):
        return ask_code(request, _here(found))
    language, workspace = language_of(request), door.office.workspace
    added = proposal.said_by(found.paper, STUDENT)
    fields = proposing.confirmation_fields(language)
    return page(
        request,
        "decide.html",
        DecideWords,
        status=422 if error else 200,
        here=_here(found),
        target=_here(found),
        sheet=_sheet(request, door, found),
        said=_said(request, door, found),
        added=_read_out(
            Group(language.say(DecideWords.student), tuple(Asked(field) for field in fields)), added, language
        ),
        advice=proposal.advice(workspace, found.paper, door.today()),
        reasons=REASON_LABELS,
        problems=[("reasons" if error.code == "PROPOSE-03" else "", error.message)] if error else [],
    )


# ── for all of them ──────────────────────────────────────────────────────────────────────────────────────


def _thanks(request: Request, found: Visit) -> Response:
    role = found.person.role
    words = {COMPANY: ProposeWords, STUDENT: ConfirmWords, COORDINATOR: DecideWords}[role]
    return page(
        request,
        "proposed.html",
        words,
        here=_here(found),
        target=_here(found),
        number=found.paper.number,
        is_decided=COORDINATOR in found.paper.done,
        may_correct=role == COMPANY and set(found.paper.done) == {COMPANY},
        has_copy=_is_let_in(request, found),
    )


def _sheet(request: Request, door: Door, found: Visit) -> Sheet:
    return filling.open_sheet(door.office.workspace, found.paper, language_of(request), door.now())


def _said(request: Request, door: Door, found: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the host has answered, under its headings."""
    values = proposal.said_by(found.paper, COMPANY)
    groups, language = _sheet(request, door, found).groups, language_of(request)
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


_PAGES: Final[Mapping[str, Callable[[Request, Door, Visit], Response]]] = {
    COMPANY: _proposal,
    STUDENT: _confirmation,
    COORDINATOR: _decision,
}
