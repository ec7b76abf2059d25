"""Signing in and out, and staying signed in while somebody types."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from conventions.portal.desk import Desk, TheDesk, desk_of
from conventions.portal.door import address_of
from conventions.portal.posting import Posted, field_of
from conventions.portal.rendering import page
from conventions.portal.sessions import session_of
from conventions.portal.staff import SITTING, SignInNeeded, Staff, own_path
from conventions.store import Account
from conventions.text import Text

__all__ = ["enter", "install", "router"]

_WINDOW: Final = timedelta(minutes=10)
_TRIES: Final = 30
"""From one address within the window; each name has its own, shorter, patience in the registry."""
_WAITING: Final = BoundedSemaphore(20)
"""Looking at a pass-phrase takes long, on purpose. Those who wait for it hold threads that signers' pages need."""
_MOST_CARRIED: Final = 200_000

router = APIRouter(prefix="/board", include_in_schema=False)


class Words:
    """Of these pages."""

    title = Text("Sign in")
    lead = Text("For the secretariat. Whoever was sent a letter opens the link in it, and needs no account.")
    name = Text("Name")
    passphrase = Text("Pass-phrase")
    shown = Text("Show the pass-phrase")
    enter = Text("Sign in")
    other = Text("Sign in with the account of the university")
    wrong = Text(
        "Name and pass-phrase do not belong together, or were tried too often. Check them, or wait some minutes."
    )
    over = Text("You were signed out because nothing was done for a while. Nothing of what you typed is lost: sign in.")
    provider = Text("The account of the university does not open this board. Ask the secretariat for access.")
    again = Text("You are signed in again")
    unsent = Text("What you were about to send is still here.")
    resume = Text("Send it now")
    leave = Text("Leave it and go to the board")


def install(app: FastAPI) -> None:
    """Let the application show the way to the sign-in."""
    app.add_exception_handler(SignInNeeded, _show_the_way)


async def _show_the_way(request: Request, _error: Exception) -> Response:
    """A form that came too late is carried through the sign-in, if one of our own pages sent it."""
    if request.method != "POST":
        wanted = own_path(str(request.url.replace(scheme="", netloc="", fragment="")))
        return RedirectResponse(f"/board/sign-in?to={quote(wanted)}", 303)
    is_own = request.headers.get("sec-fetch-site") == "same-origin"
    form = await request.form(max_files=0) if is_own else {}
    typed = [(name, value) for name, value in form.items() if isinstance(value, str) and name != "form_token"]
    if hasattr(form, "multi_items"):
        typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "form_token"]
    carried = json.dumps(typed) if typed else ""
    return _form(request, desk_of(request), own_path(request.url.path), carried[:_MOST_CARRIED], note=Words.over)


@router.get("/sign-in")
def ask(request: Request, desk: TheDesk, to: str = "/board") -> Response:
    """Ask for name and pass-phrase."""
    return _form(request, desk, own_path(to), "")


@router.post("/sign-in")
def answer(request: Request, desk: TheDesk, form: Posted) -> Response:
    """Sign in, or say once more that it did not work, whatever the reason."""
    to, carried = own_path(field_of(form, "to")), field_of(form, "carried", most=_MOST_CARRIED)
    name, passphrase = field_of(form, "name", most=200), form.get("passphrase")
    tried = f"sign-in {address_of(request)}"
    is_patient = desk.door.tries.allows(tried, _TRIES, _WINDOW, desk.door.now())
    person = None
    if is_patient and isinstance(passphrase, str) and _WAITING.acquire(blocking=False):
        try:
            person = desk.accounts.sign_in(name, passphrase, desk.door.now())
        finally:
            _WAITING.release()
    if person is None:
        if is_patient:  # a flood of them stands in the access log
            desk.note(None, "sign-in", outcome="refused")
        return _form(request, desk, to, carried, problem=Words.wrong, name=name, status=422)
    desk.door.tries.forgive(tried)
    enter(request, desk, person)
    if carried:
        return page(request, "board/resume.html", Words, here="/board", to=to, carried=_pairs(carried))
    return RedirectResponse(to, 303)


def enter(request: Request, desk: Desk, person: Account) -> None:
    """A new session, with a new token and nothing of the old one."""
    session = session_of(request)
    session.renew()
    session.put(SITTING, desk.sittings.begin(person, desk.door.now()))
    desk.deeds.note("sign-in", desk.door.now(), account_id=person.id)


@router.post("/sign-out")
def leave(request: Request, desk: TheDesk, sitting: Staff, _form_is_ours: Posted) -> Response:
    """End the session, here and in the registry; going back in the history shows no page of it."""
    session = session_of(request)
    desk.sittings.end(session.get(SITTING))
    session.renew()
    desk.note(sitting, "sign-out")
    return RedirectResponse("/board/sign-in", 303, {"clear-site-data": '"cache"'})


@router.post("/stay")
def stay(desk: TheDesk, sitting: Staff, _form_is_ours: Posted) -> JSONResponse:
    """Somebody is still there, and types."""
    return JSONResponse({"seconds_left": int((sitting.ends_at - desk.door.now()).total_seconds())})


def _form(
    request: Request,
    desk: Desk,
    to: str,
    carried: str,
    *,
    note: Text | None = None,
    problem: Text | None = None,
    name: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "board/signin.html",
        Words,
        status=status,
        here=f"/board/sign-in?to={quote(to)}",
        has_provider=desk.provider is not None,
        to=to,
        carried=carried,
        note=note,
        problem=problem,
        typed=name,
    )


def _pairs(carried: str) -> list[tuple[str, str]]:
    try:
        found = json.loads(carried)
    except ValueError:
        return []
    return [(str(one[0]), str(one[1])) for one in found if isinstance(one, list) and len(one) == 2]
