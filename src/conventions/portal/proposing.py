"""The pre-agreement on the web: the host proposes, the student confirms, the coordinator decides."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conventions.errors import ConventionsError, NeverOverwrite, OutOfTurn, Refused
from conventions.model.finding import Finding
from conventions.model.life import State
from conventions.model.outcome import RefusalReason
from conventions.office import Visit, deciding, filling, life, proposal
from conventions.office.links import Standing
from conventions.office.proposal import COMPANY, COORDINATOR, STUDENT
from conventions.portal.door import Door, TheDoor
from conventions.portal.faults import show
from conventions.portal.filling import closed, kept, pdf, saved_words
from conventions.portal.knocking import take_code
from conventions.portal.links import gone, visited
from conventions.portal.posting import Posted, field_of
from conventions.portal.proposal_view import (
    PAGES,
    breaks_rules,
    confirmation_page,
    decision_page,
    declining_page,
    here_of,
    is_let_in,
    must_be_corrected,
    proposal_page,
    sheet_of,
    thanks,
)
from conventions.portal.reading import language_of
from conventions.portal.sheets import Typed, typed_in
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(prefix="/pre-agreement", include_in_schema=False)

_PURPOSE: Final = "pre_agreement"


@router.get("/{handle}")
def look(request: Request, door: TheDoor, handle: str, again: bool = False) -> Response:  # noqa: FBT001, FBT002
    """The page of whoever has the link."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None:
        return gone(request)
    may_correct = again and found.person.role == COMPANY and set(found.paper.done) == {COMPANY}
    if found.standing is Standing.DONE and not may_correct:
        return thanks(request, found)
    if found.standing is Standing.ENDED and found.paper.state is State.DECLINED:
        told = Text("This pre-agreement has ended. Everybody was told why by mail.")
        return show(request, 200, told, heading=Text("This pre-agreement has ended"))
    if found.standing not in {Standing.OPEN, Standing.DONE}:
        return closed(request, found)
    return PAGES[found.person.role](request, door, found)


@router.post("/{handle}/code")
def code(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Send the code of student or coordinator, or try it."""
    found = visited(request, door, handle, _PURPOSE)
    return gone(request) if found is None else take_code(request, door, found, here_of(found), form)


@router.post("/{handle}/decline")
def decline(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Host or student say that nothing comes of it."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.person.role == COORDINATOR:
        return gone(request)
    if _may_act(request, found):
        reason, office = field_of(form, "reason", most=1000), door.office
        if not reason:
            return declining_page(request, door, found)
        with door.turn(found.paper.id), _second_to_none():
            life.decline(office.workspace, office.registry, found.paper, found.person.role, reason, door.now())
    return RedirectResponse(here_of(found), status_code=303)


@router.post("/{handle}/decide")
def decide(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """The coordinator approves or refuses."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.person.role != COORDINATOR:
        return gone(request)
    if not _may_act(request, found):
        return RedirectResponse(here_of(found), status_code=303)  # pressed twice: the page says what is now
    office, now = door.office, door.now()
    comment = field_of(form, "comment", most=1000)
    reasons = [reason for reason in RefusalReason if reason.value in form.getlist("reasons")]
    try:
        with door.turn(found.paper.id):
            if form.get("action") == "approve":
                deciding.approve(office.workspace, office.registry, found.paper, found.person.name, now)
            else:
                deciding.refuse(office.workspace, office.registry, found.paper, reasons, comment, now)
    except OutOfTurn:
        pass  # another window was quicker
    except ConventionsError as error:
        return decision_page(request, door, found, error, chosen=reasons, comment=comment)
    return RedirectResponse(here_of(found), status_code=303)


@router.post("/{handle}")
def take(request: Request, door: TheDoor, handle: str, form: Typed) -> Response:
    """Keep what host or student have typed, or send it."""
    found = visited(request, door, handle, _PURPOSE) if form.is_ours else None
    if found is None:
        return kept(request, door, handle, form, _PURPOSE)
    is_correction = found.standing is Standing.DONE and set(found.paper.done) == {COMPANY}
    if found.standing is not Standing.OPEN and not is_correction:
        return RedirectResponse(here_of(found), status_code=303)
    if found.person.role == COMPANY:
        return _take_proposal(request, door, found, form)
    return _take_confirmation(request, door, found, form) if _may_act(request, found) else gone(request)


@router.get("/{handle}/form.pdf")
def blank(request: Request, door: TheDoor, handle: str) -> Response:
    """The form as it was sent to the host."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.standing is Standing.REPLACED or found.person.role != COMPANY:
        return gone(request)
    return pdf(filling.blank_of(door.office.workspace, found.paper), f"pre_agreement-{found.paper.number}")


@router.get("/{handle}/copy.pdf")
def copy(request: Request, door: TheDoor, handle: str) -> Response:
    """The form as the host has filled it in."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.standing is Standing.REPLACED or not is_let_in(request, found):
        return gone(request)
    data = filling.copy_of(door.office.workspace, found.paper, COMPANY)
    return gone(request) if data is None else pdf(data, f"pre_agreement-{found.paper.number}-filled")


def _second_to_none() -> AbstractContextManager[None]:
    """Of two windows at once, the second changes nothing and sees what the first has done."""
    return suppress(NeverOverwrite, OutOfTurn)


def _may_act(request: Request, found: Visit) -> bool:
    return found.standing is Standing.OPEN and is_let_in(request, found)


def _take_proposal(request: Request, door: Door, found: Visit, form: Typed) -> Response:
    sheet, office = sheet_of(request, door, found), door.office
    values = typed_in(form.data, sheet.fields)
    told = proposal.remarks(office.workspace, found.paper, values, door.today())
    if form.data.get("action") != "send":
        values = dict(filling.keep(office.workspace, found.paper, COMPANY, values))
        if request.headers.get("accept") == "application/json":
            return saved_words(request, door)
        said = tuple(finding for finding in told if values.get(finding.field))  # what is still empty is no mistake yet
        return proposal_page(request, door, found, sheet, values, said, was_saved=True)
    told = _together(filling.findings(sheet, values), told)
    if must_be_corrected(told) or (breaks_rules(told) and form.data.get("insist") != "yes"):
        filling.keep(office.workspace, found.paper, COMPANY, values)
        return proposal_page(request, door, found, sheet, values, told)
    try:
        with door.turn(found.paper.id):
            filling.send(office.workspace, office.registry, office.services(), found.paper, values, door.now())
    except Refused as refusal:
        return proposal_page(request, door, found, sheet, values, told, told=[("", refusal.message), ("", refusal.fix)])
    return RedirectResponse(here_of(found), status_code=303)


def _together(wrong: tuple[Finding, ...], remarks: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is wrong with the form, then what else there is to say; nothing is said twice of one field."""
    named = {finding.field for finding in wrong}
    further = (one for one in remarks if one.field not in named and not (wrong and one.code == "DATA-01"))
    return (*wrong, *further)


def _take_confirmation(request: Request, door: Door, found: Visit, form: Typed) -> Response:
    office = door.office
    values = typed_in(form.data, deciding.confirmation_fields(language_of(request)))
    if form.data.get("action") != "send":
        values = dict(filling.keep(office.workspace, found.paper, STUDENT, values))
        if request.headers.get("accept") == "application/json":
            return saved_words(request, door)
        return confirmation_page(request, door, found, values, was_saved=True)
    told = _together(
        deciding.objections(office.workspace, found.paper, values, language_of(request), door.now()),
        proposal.remarks(office.workspace, found.paper, values, door.today()),
    )
    if must_be_corrected(told) or (breaks_rules(told) and form.data.get("insist") != "yes"):
        filling.keep(office.workspace, found.paper, STUDENT, values)
        return confirmation_page(request, door, found, values, told)
    with door.turn(found.paper.id), _second_to_none():
        deciding.confirm(office.workspace, office.registry, found.paper, values, door.now())
    return RedirectResponse(here_of(found), status_code=303)
