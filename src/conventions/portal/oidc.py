"""Signing in with the account of the university: there, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from conventions.portal.desk import Desk, TheDesk
from conventions.portal.faults import show
from conventions.portal.provider import Person, Way
from conventions.portal.sessions import session_of
from conventions.portal.signin import Words, enter
from conventions.store import Account

__all__ = ["router"]

_WAY: Final = "oidc"

router = APIRouter(prefix="/board/oidc", include_in_schema=False)


@router.get("")
def there(request: Request, desk: TheDesk) -> Response:
    """Send the person to the provider. What must come back stands in the session, which only we can read."""
    if desk.provider is None:
        raise HTTPException(404)
    way = desk.provider.way()
    session_of(request).put(_WAY, {**asdict(way), "url": ""})
    return RedirectResponse(way.url, 303)


@router.get("/back")
def back(request: Request, desk: TheDesk, state: str = "", code: str = "") -> Response:
    """Let the person in for whom the provider answers; each way there is good for one way back."""
    held = session_of(request).get(_WAY)
    if desk.provider is None:
        raise HTTPException(404)
    session_of(request).drop(_WAY)
    person = desk.provider.person(Way(**held), state, code, desk.door.now()) if held else None
    account = _account(desk, person) if person else None
    if account is None:
        desk.note(None, "sign-in", outcome="refused")
        return show(request, 403, Words.provider)
    enter(request, desk, account)
    return RedirectResponse("/board", 303)


def _account(desk: Desk, person: Person) -> Account | None:
    if not person.role:
        return None
    return desk.accounts.of_provider(person.subject, person.label, person.role, desk.door.now())
