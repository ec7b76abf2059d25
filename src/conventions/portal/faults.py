"""What went wrong, as a page in the reader's language, or as JSON for a program."""

from __future__ import annotations

import logging
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from conventions.errors import ConventionsError, DossierError, ForeignPaper, OutOfTurn, Refused, ServiceError
from conventions.portal.posting import FORM_IS_FOREIGN
from conventions.portal.rendering import page
from conventions.portal.sessions import Session, session_of
from conventions.portal.words import Fault
from conventions.text import Text

__all__ = ["STATUS_OF", "install", "refuse", "show"]

_LOG: Final = logging.getLogger("conventions.portal")
_SENTENCES: Final = {
    400: Fault.bad,
    403: Fault.forbidden,
    404: Fault.missing,
    405: Fault.method,
    413: Fault.large,
    422: Fault.bad,
    429: Fault.often,
}
_GUESTS: Final = ("/sign/", "/fill/", "/pre-agreement/")
STATUS_OF: Final[dict[type[ConventionsError], int]] = {
    DossierError: 404,
    ForeignPaper: 422,
    OutOfTurn: 409,
    Refused: 422,
    ServiceError: 503,
}
"""What HTTP calls our situations; any other is a fault on our side."""


def install(app: FastAPI) -> None:
    """Let the application answer faults with pages."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(ClientDisconnect, _cut_off)
    app.add_exception_handler(ConventionsError, _foreseen)


def refuse(request: Request, status: int, *, headers: dict[str, str] | None = None) -> Response:
    """The page of a status."""
    is_lost = status == 404 and _is_board(request)  # the secretariat has no letter to go back to
    message = Fault.missing_here if is_lost else _SENTENCES.get(status, Fault.broken)
    return show(request, status, message, headers=headers)


def _is_board(request: Request) -> bool:
    return request.url.path == "/board" or request.url.path.startswith("/board/")


def show(
    request: Request,
    status: int,
    message: Text,
    fix: Text | None = None,
    *,
    heading: Text = Fault.title,
    code: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    """A page that says what happened, and what to do; its heading says that it did not work, unless it did."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"status": status, "code": code, "message": str(message)}, status, headers)
    if "session" not in request.scope:
        request.scope["session"] = Session()  # refused before the session was opened
    values = {"message": message, "fix": fix, "heading": heading, "code": code, "is_board": _is_board(request)}
    return page(request, "fault.html", Fault, status=status, here="/", headers=headers, **values)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - so it was installed
    headers = dict(error.headers) if error.headers else None
    if error.detail == FORM_IS_FOREIGN:
        return show(request, 403, *((Fault.over, Fault.letter) if _is_over(request) else (Fault.form,)))
    return refuse(request, error.status_code, headers=headers)


def _is_over(request: Request) -> bool:
    """Is it a guest whose session has ended? To go back shows nothing any more then: only the letter's link does."""
    return request.url.path.startswith(_GUESTS) and not session_of(request).get("links")


def _not_understood(request: Request, _error: Exception) -> Response:
    return refuse(request, 422)


def _cut_off(request: Request, _error: Exception) -> Response:
    return refuse(request, 413)


def _foreseen(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConventionsError)  # noqa: S101 - so it was installed
    status = STATUS_OF.get(type(error), 500)
    if status >= 500:
        _LOG.error("%s %s", error.code, error.message)
        return refuse(request, status)
    return show(request, status, error.message, error.fix, code=error.code)
