"""An evaluation as a page: for the workplace supervisor, the academic supervisor, the student."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from conventions.errors import Refused
from conventions.model.finding import Finding
from conventions.office import Visit, filling, visit
from conventions.office.filling import Sheet
from conventions.office.links import Standing
from conventions.portal.door import Door, TheDoor
from conventions.portal.faults import show
from conventions.portal.links import gone, visited
from conventions.portal.posting import FORM_IS_FOREIGN
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.sheets import (
    MOST_CHARACTERS,
    Typed,
    keep_token,
    may_keep,
    shown_groups,
    summary,
    typed_in,
)
from conventions.text import Text

__all__ = ["FormWords", "closed", "kept", "pdf", "router", "saved_words"]

router = APIRouter(prefix="/fill", include_in_schema=False)

_PURPOSE: Final = "fill"


class FormWords:
    """Of forms on pages."""

    title = Text("Fill in the form")
    wanted_by = Text("Please send it by {day}.")
    saved_as_you_type = Text("What you type is kept as you go on. You can leave, and come back with the same link.")
    save_first = Text("Save what you have typed before you leave. You can come back with the same link.")
    required = Text("Questions marked “{mark}” must be answered.")
    after = Text("Only if you answered: {answers}")
    no_answer = Text("no answer")
    number_hint = Text("from 0 to {limit}")
    most = Text("{n} characters at most")
    send = Text("Send my answers")
    keep = Text("Save and go on later")
    kept = Text("Saved. You can close this page and come back with the same link.")
    kept_at = Text("Saved: {moment}")
    not_kept = Text("Could not be saved just now; it is tried again.")
    pdf = Text("Download the form as a PDF")
    rather_pdf = Text("You can also fill in the PDF, and send it back by mail.")
    sent = Text("Thank you. Your answers have arrived.")
    sent_how = Text("You can download your copy here; usually one comes by mail as well.")
    copy = Text("Download my copy (PDF)")
    again = Text("Correct my answers")
    again_how = Text("If something is wrong, you can correct it and send it again: the newer answers count.")
    students = Text("My students")


_CLOSED: Final = {
    Standing.NOT_YET: (
        Text("It is not your turn yet"),
        Text("It is not your turn yet. You will get a letter when it is."),
    ),
    Standing.DONE: (Text("You have answered"), Text("Nothing more is to be done here.")),
    Standing.NOT_NEEDED: (Text("Your answers are not needed any more"), Text("Nothing more is to be done here.")),
    Standing.ENDED: (Text("This form has ended"), Text("This form is no longer needed.")),
    Standing.SUPERSEDED: (
        Text("There is a newer form"),
        Text("There is a newer version of this form. Please open the link of the newest letter."),
    ),
    Standing.REPLACED: (
        Text("Somebody else acts in your place"),
        Text("Somebody else was asked to fill in this form."),
    ),
}
"""What is said to whoever comes when there is nothing to fill in: a heading and a sentence."""


@router.get("/{handle}")
def ask(request: Request, door: TheDoor, handle: str, again: bool = False) -> Response:  # noqa: FBT001, FBT002
    """The form, or where it stands."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None:
        return gone(request)
    if found.standing is Standing.DONE and not again:
        return _receipt(request, door, handle, found)
    if found.standing not in {Standing.OPEN, Standing.DONE}:
        return closed(request, found)
    sheet = _sheet(request, door, found)
    return _form(request, door, handle, sheet, dict(sheet.values))


@router.post("/{handle}")
def take(request: Request, door: TheDoor, handle: str, form: Typed) -> Response:
    """Keep what was typed, or send it."""
    found = visited(request, door, handle, _PURPOSE) if form.is_ours else None
    if found is None:
        return kept(request, door, handle, form, _PURPOSE)
    if found.standing not in {Standing.OPEN, Standing.DONE}:
        return closed(request, found)
    sheet = _sheet(request, door, found)
    values = typed_in(form.data, sheet.fields)
    office = door.office
    if form.data.get("action") != "send":
        values = dict(filling.keep(office.workspace, found.paper, found.person.role, values))
        return _saved(request, door, handle, sheet, values)
    if wrong := filling.findings(sheet, values):
        filling.keep(office.workspace, found.paper, found.person.role, values)
        return _form(request, door, handle, sheet, values, wrong)
    try:
        with door.turn(found.paper.id):
            filling.send(office.workspace, office.registry, office.services(), found.paper, values, door.now())
    except Refused as refusal:
        return _form(request, door, handle, sheet, values, refusal=refusal)
    return RedirectResponse(f"/fill/{handle}", status_code=303)


@router.get("/{handle}/form.pdf")
def blank(request: Request, door: TheDoor, handle: str) -> Response:
    """The form as it was sent."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.standing not in {Standing.OPEN, Standing.DONE}:
        return gone(request)
    return pdf(filling.blank_of(door.office.workspace, found.paper), f"{found.paper.document}-{found.paper.number}")


@router.get("/{handle}/copy.pdf")
def copy(request: Request, door: TheDoor, handle: str) -> Response:
    """The answers as they were sent."""
    found = visited(request, door, handle, _PURPOSE)
    if found is None or found.standing is not Standing.DONE:
        return gone(request)
    data = filling.copy_of(door.office.workspace, found.paper, found.person.role)
    return gone(request) if data is None else pdf(data, f"{found.paper.document}-{found.paper.number}-filled")


def closed(request: Request, found: Visit) -> Response:
    """What is said to whoever can do nothing here now."""
    heading, lead = _CLOSED[found.standing]
    return show(request, 200, lead, heading=heading)


def kept(request: Request, door: Door, handle: str, form: Typed, purpose: str) -> Response:
    """The session is over: what was typed is kept, and nothing is shown.

    Raises:
        HTTPException: 403, the form carries no token of its link either.
    """
    found = visit(door.office.workspace, door.office.registry, handle, purpose, door.now())
    if found is None:
        return gone(request)
    if not may_keep(door, handle, form.data.get("keep_token")):
        raise HTTPException(403, FORM_IS_FOREIGN)
    if found.standing not in {Standing.OPEN, Standing.DONE}:
        return closed(request, found)
    names = filling.names_of(door.office.workspace, found.paper, found.person.role)
    typed = {name: value for name, value in form.data.items() if name in names and isinstance(value, str)}
    values = {name: value[:MOST_CHARACTERS] for name, value in typed.items()}
    filling.keep(door.office.workspace, found.paper, found.person.role, {**dict.fromkeys(names, ""), **values})
    if request.headers.get("accept") == "application/json":
        return saved_words(request, door)
    return show(
        request,
        200,
        Text("You were away for a long time. What you typed is kept."),
        Text("open the link of your letter once more, and go on where you were"),
        heading=Text("What you typed is kept"),
    )


def pdf(data: bytes, name: str) -> Response:
    """A file to keep."""
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


def _sheet(request: Request, door: Door, found: Visit) -> Sheet:
    return filling.open_sheet(door.office.workspace, found.paper, language_of(request), door.now())


def _receipt(request: Request, door: Door, handle: str, found: Visit) -> Response:
    sheet = _sheet(request, door, found)
    has_students = found.person.role == "referent"
    return page(request, "filled.html", FormWords, target=f"/fill/{handle}", sheet=sheet, has_students=has_students)


def _form(
    request: Request,
    door: Door,
    handle: str,
    sheet: Sheet,
    values: dict[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    refusal: Refused | None = None,
    was_saved: bool = False,
) -> Response:
    problems = summary(findings) + ([("", refusal.message), ("", refusal.fix)] if refusal else [])
    return page(
        request,
        "fill.html",
        FormWords,
        status=422 if problems else 200,
        target=f"/fill/{handle}",
        sheet=sheet,
        groups=shown_groups(sheet.groups, values, findings),
        problems=problems,
        was_saved=was_saved,
        keep_token=keep_token(door, handle),
        has_students=sheet.paper.circuit.fills == ("referent",),
    )


def _saved(request: Request, door: Door, handle: str, sheet: Sheet, values: dict[str, str]) -> Response:
    if request.headers.get("accept") == "application/json":
        return saved_words(request, door)
    return _form(request, door, handle, sheet, values, was_saved=True)


def saved_words(request: Request, door: Door) -> Response:
    """What the script is told that keeps what is typed."""
    words = FormWords.kept_at.filled(moment=door.now())
    return JSONResponse({"words": language_of(request).say(words)})
