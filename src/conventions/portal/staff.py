"""Who is signed in: a person of the secretariat, in a role. Everybody else is shown the way to the sign-in."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from conventions.portal.desk import TheDesk
from conventions.portal.sessions import session_of
from conventions.store import Sitting

__all__ = ["SITTING", "Secretary", "SignInNeeded", "Staff", "own_path"]

SITTING: Final = "sitting"
"""Under this name the token of the sitting stands in the session."""


class SignInNeeded(Exception):
    """Nobody is signed in, or the time is over."""


def _signed_in(request: Request, desk: TheDesk) -> Sitting:
    token = session_of(request).get(SITTING)
    sitting = desk.sittings.find(token, desk.door.now()) if isinstance(token, str) else None
    if sitting is None:
        raise SignInNeeded
    request.state.sitting = sitting
    return sitting


Staff = Annotated[Sitting, Depends(_signed_in)]
"""Whoever is signed in: may look at everything."""


def _secretary(sitting: Staff, request: Request, desk: TheDesk) -> Sitting:
    if sitting.account.role != "secretariat":
        desk.note(sitting, "denied", request.url.path)
        raise HTTPException(403)
    return sitting


Secretary = Annotated[Sitting, Depends(_secretary)]
"""May also change something."""


def own_path(path: str) -> str:
    """A page of the board that somebody wanted to see; the board itself where it is none."""
    is_ours = path == "/board" or path.startswith("/board/")
    return path if is_ours and "//" not in path and "\\" not in path and path.isprintable() else "/board"
