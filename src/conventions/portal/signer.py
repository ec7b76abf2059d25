"""The signer's pages: a code, the paper, a signature; or a refusal, a file signed elsewhere, a word to the office."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conventions.errors import ConventionsError, NeverOverwrite, OutOfTurn, Refused, WrongPassphrase
from conventions.model.drawing import Drawing
from conventions.office import MAX_BYTES, Standing, Visit, guests
from conventions.office.glance import folded
from conventions.portal.door import Door, TheDoor
from conventions.portal.entrance import Entrance
from conventions.portal.links import gone, visited
from conventions.portal.posting import Posted, field_of, file_of
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.sessions import session_of
from conventions.portal.signer_view import Problems, view
from conventions.portal.signer_words import Words
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(prefix="/sign/{handle}", include_in_schema=False)

_LOG: Final = logging.getLogger("conventions.portal")
_HOUR: Final = timedelta(hours=1)


@router.get("")
def show(request: Request, door: TheDoor, handle: str) -> Response:
    """Whatever the link leads to now."""
    visit = visited(request, door, handle, "sign")
    return gone(request) if visit is None else view(request, door, visit)


@router.post("/code")
def send_code(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:  # noqa: ARG001 - it proves the form
    """Send a code to the address that the paper names; a mail program that looks at links sends nothing."""
    visit = _turn(request, door, handle)
    if not isinstance(visit, Visit):
        return visit
    if not door.tries.allows(f"codes {handle}", door.portal.codes_per_hour, _HOUR, door.now()):
        return view(request, door, visit, [("", Words.too_often)], status=429)
    guests.invite(door.workspace, door.registry, visit, door.now())
    Entrance(session_of(request), handle).sent(door.now())
    return _back(handle)


@router.post("/enter")
def enter(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Let in whoever has the code."""
    visit = _turn(request, door, handle)
    if not isinstance(visit, Visit):
        return visit
    code = field_of(form, "code", most=20).replace(" ", "")
    if not code:
        return view(request, door, visit, [("code", Words.no_code)], status=422)
    if not door.tries.allows(f"tries {handle}", door.portal.tries_per_hour, _HOUR, door.now()):
        return view(request, door, visit, [("", Words.too_often)], status=429)
    try:
        guests.enter(door.workspace, door.registry, visit, code, door.now())
    except WrongPassphrase as error:
        _LOG.warning("a code for paper %d was refused (%s)", visit.paper.id, error.code)
        return view(request, door, visit, [("code", _whole(error))], status=422)
    Entrance(session_of(request), handle).open_with(code)
    return _back(handle)


@router.get("/paper.pdf")
def paper(request: Request, door: TheDoor, handle: str) -> Response:
    """The PDF as it stands, for whoever has entered."""
    visit = visited(request, door, handle, "sign")
    if visit is None or not Entrance(session_of(request), handle).is_open:
        return gone(request)
    if visit.standing not in {Standing.OPEN, Standing.DONE}:
        return view(request, door, visit, status=409)
    name = f"{visit.paper.document}-{visit.paper.number}.pdf"
    data = guests.paper_now(door.workspace, visit.paper)
    return Response(
        data, media_type="application/pdf", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@router.post("/sign")
def sign(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Sign. Asked twice, or in two windows at once, it is done once, and both see that it is."""
    typed = {name: field_of(form, name, most=200) for name in ("name", "agree")}
    drawing = Drawing.read(field_of(form, "drawing", most=100_000))

    def act(visit: Visit, entrance: Entrance) -> Response:
        code = entrance.code(door.now())
        problems = _unfit(visit, typed, has_code=bool(code))
        if door.seal is None:
            problems = [("", Words.no_seal)]
        if problems or door.seal is None:
            return view(request, door, visit, problems, status=422, typed=typed)
        known = (door.workspace, door.registry, door.services)
        reader = language_of(request)
        guests.sign(*known, visit, code, door.seal, door.now(), reader=reader, drawing=drawing)
        entrance.used()
        return _back(handle)

    return _in_turn(request, door, handle, act, typed)


@router.post("/refuse")
def refuse(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Refuse the paper."""
    typed = {"reason": field_of(form, "reason"), "words": field_of(form, "words", most=1_000)}

    def act(visit: Visit, entrance: Entrance) -> Response:  # noqa: ARG001
        problems: Problems = []
        if typed["reason"] not in guests.REASONS:
            problems.append(("reason", Words.no_reason))
        elif typed["reason"] == guests.Reason.OTHER and not typed["words"]:
            problems.append(("words", Words.no_words))
        if problems:
            return view(request, door, visit, problems, status=422, typed=typed, opened="refuse")
        reason = guests.Reason(typed["reason"])
        guests.refuse(door.workspace, door.registry, visit, reason, typed["words"], door.now())
        return page(request, "told.html", Words, here="/", heading=Words.refused, lead=Words.refused_lead)

    return _in_turn(request, door, handle, act, typed)


@router.post("/file")
def hand_in(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Take in the paper that was signed elsewhere, through the gate that every paper goes through."""
    data = file_of(form, "file", MAX_BYTES)

    def act(visit: Visit, entrance: Entrance) -> Response:  # noqa: ARG001
        problem = Words.no_file if not data else None
        try:
            if data:
                guests.hand_in(door.workspace, door.registry, door.services, visit, data, door.now())
        except (Refused, ConventionsError) as error:
            if isinstance(error, (OutOfTurn, NeverOverwrite)):
                raise
            problem = _whole(error)
        if problem:
            return view(request, door, visit, [("file", problem)], status=422, opened="own")
        return _back(handle)

    return _in_turn(request, door, handle, act, {})


@router.post("/not-me")
def not_me(request: Request, door: TheDoor, handle: str, form: Posted) -> Response:
    """Tell the office that the letter came to the wrong person."""
    visit = visited(request, door, handle, "sign")
    if visit is None:
        return gone(request)
    typed = {"mistake": field_of(form, "mistake"), "mistake_words": field_of(form, "mistake_words", most=1_000)}
    if typed["mistake"] not in guests.MISTAKES:
        return view(request, door, visit, [("mistake", Words.no_reason)], status=422, typed=typed, opened="mistaken")
    mistake = guests.Mistake(typed["mistake"])
    guests.is_not_me(door.workspace, door.registry, visit, mistake, typed["mistake_words"], door.now())
    return page(request, "told.html", Words, here="/", heading=Words.told, lead=Words.told_lead)


def _turn(request: Request, door: Door, handle: str) -> Visit | Response:
    """The visit of somebody whose turn it is; for anybody else, the page that says why not."""
    visit = visited(request, door, handle, "sign")
    if visit is None:
        return gone(request)
    return visit if visit.standing is Standing.OPEN else view(request, door, visit, status=409)


def _in_turn(
    request: Request,
    door: Door,
    handle: str,
    act: Callable[[Visit, Entrance], Response],
    typed: dict[str, str],
) -> Response:
    """Do what changes the paper, one after the other; what somebody else has done meanwhile is seen first."""
    entrance = Entrance(session_of(request), handle)
    known = visited(request, door, handle, "sign")
    if known is None:
        return gone(request)
    with door.turn(known.paper.id):
        visit = _turn(request, door, handle)
        if not isinstance(visit, Visit):
            return visit if not entrance.is_open else _back(handle)
        if not entrance.is_open:
            return _back(handle)
        try:
            return act(visit, entrance)
        except WrongPassphrase as error:
            entrance.used()
            return view(request, door, visit, [("", _whole(error))], status=422, typed=typed)
        except (OutOfTurn, NeverOverwrite):
            return _back(handle)  # another process was quicker: the page says what is now


def _unfit(visit: Visit, typed: dict[str, str], *, has_code: bool) -> Problems:
    problems: Problems = []
    if _plain(typed["name"]) != _plain(visit.person.name):
        problems.append(("name", Words.no_name.filled(name=visit.person.name)))
    if not typed["agree"]:
        problems.append(("agree", Words.not_agreed))
    if not has_code:
        problems.append(("", Words.sign_code_old))
    return problems


def _plain(name: str) -> str:
    """Its letters alone, without accents: nobody has every accent and every apostrophe on a keyboard."""
    return "".join(letter for letter in folded(name) if letter.isalnum())


def _whole(error: ConventionsError) -> Text:
    return Text("{message}. What to do: {fix}.", message=error.message, fix=error.fix)


def _back(handle: str) -> Response:
    return RedirectResponse(f"/sign/{handle}", status_code=303)
