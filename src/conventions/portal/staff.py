"""Who is signed in: a person of the secretariat, in a role. Everybody else is shown the way to the sign-in."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from conventions.portal.desk import TheDesk
from conventions.portal.sessions import session_of
from conventions.store import Visit

__all__ = ["VISIT", "Secretary", "SignInNeeded", "Staff", "own_path"]

VISIT: Final = "visit"
"""Under this name the token of the visit stands in the session."""


class SignInNeeded(Exception):
    """Nobody is signed in, or the time is over."""


def _signed_in(request: Request, desk: TheDesk) -> Visit:
    token = session_of(request).get(VISIT)
    visit = desk.visits.find(token, desk.door.now()) if isinstance(token, str) else None
    if visit is None:
        raise SignInNeeded
    request.state.visit = visit
    return visit


Staff = Annotated[Visit, Depends(_signed_in)]
"""Whoever is signed in: may look at everything."""


def _secretary(visit: Staff, request: Request, desk: TheDesk) -> Visit:
    if visit.account.role != "secretariat":
        desk.note(visit, "denied", request.url.path)
        raise HTTPException(403)
    return visit


Secretary = Annotated[Visit, Depends(_secretary)]
"""May also change something."""


def own_path(path: str) -> str:
    """A page of the board that somebody wanted to see; the board itself where it is none."""
    is_ours = path == "/board" or path.startswith("/board/")
    return path if is_ours and "//" not in path and "\\" not in path and path.isprintable() else "/board"
