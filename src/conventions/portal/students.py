"""The academic supervisor's page: all students of one supervisor, with what is there and what is missing."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conventions.office import Visit, supervision
from conventions.portal.door import Door, TheDoor
from conventions.portal.knocking import ask_code, is_known, take_code
from conventions.portal.links import gone, visited
from conventions.portal.posting import Posted, field_of
from conventions.portal.rendering import page
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(prefix="/fill/{handle}/students", include_in_schema=False)

_ROLE: Final = "referent"


class StudentWords:
    """Of this page."""

    title = Text("My students")
    lead = Text("Everybody whom you supervise, as the office knows it now.")
    nobody = Text("Nobody is entrusted to you now.")
    host = Text("Host organisation")
    internship = Text("Internship")
    span = Text("{start} to {end}")
    agreement = Text("Agreement")
    report = Text("Report")
    deposited = Text("deposited on {day}")
    missing = Text("not there yet")
    weekly = Text("Weekly reports")
    defence = Text("Defence")
    no_date = Text("no date yet")
    evaluations = Text("Evaluations")
    returned = Text("{form}: came on {day}")
    waiting = Text("{form}: asked for, not there yet")
    not_asked = Text("{form}: not asked for yet")
    own = Text("My evaluation")
    own_returned = Text("sent on {day}")
    own_waiting = Text("still to be done")
    marks = Text("My marks")
    mark = Text("{mark} out of 20")
    mark_for = Text("{what}: {why}")
    fill = Text("Fill in my evaluation")
    correct = Text("Look at or correct my evaluation")
    of_whom = Text("of {name}")


@router.get("")
def students(request: Request, door: TheDoor, handle: str) -> Response:
    """The list, for whoever has given a code."""
    found = _supervisor(request, door, handle)
    if found is None:
        return gone(request)
    if not is_known(request, found):
        return ask_code(request, f"/fill/{handle}/students")
    office = door.office
    listed = supervision.students_of(office.workspace, office.registry, found.person.email)
    return page(request, "students.html", StudentWords, handle=handle, students=listed)


@router.post("/code")
def code(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Send the code, or try it."""
    found = _supervisor(request, door, handle)
    if found is None:
        return gone(request)
    return take_code(request, door, found, f"/fill/{handle}/students", form)


@router.post("/open")
def open_form(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Go to the supervisor's own form of one student."""
    found = _supervisor(request, door, handle)
    if found is None or not is_known(request, found):
        return gone(request)
    office, number = door.office, field_of(form, "number", most=40)
    token = supervision.form_token(office.workspace, office.registry, found.person.email, number, door.now())
    return RedirectResponse(f"/l/{token}", status_code=303) if token else gone(request)


def _supervisor(request: Request, door: Door, handle: str) -> Visit | None:
    found = visited(request, door, handle, "fill")
    is_supervisor = found is not None and found.person.role == _ROLE and found.standing != "replaced"
    return found if is_supervisor else None
