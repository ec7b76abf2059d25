"""A link is opened: its token leaves the address at once, and the session remembers what it lets in to.

Opening changes nothing and sends nothing: programs that look at the links of a mail do the same.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conventions.office import Visit, open_link, visit
from conventions.portal.door import Door, TheDoor, address_of
from conventions.portal.entrance import Entrance
from conventions.portal.faults import show
from conventions.portal.sessions import Session, session_of
from conventions.text import Text

__all__ = ["gone", "may_try", "router", "visited"]

router = APIRouter(include_in_schema=False)

_LOG: Final = logging.getLogger("conventions.portal")
_PLACES: Final = {"sign": "/sign", "fill": "/fill", "pre_agreement": "/pre-agreement"}
"""Where the pages of each purpose begin."""
_MOST: Final = 12
"""Links that one browser holds at a time. A cookie has room for 4,096 characters, and what is longer is not kept."""
_WINDOW: Final = timedelta(minutes=10)
_MOST_UNKNOWN: Final = 30


@router.get("/l/{token}")
def open_(request: Request, door: TheDoor, token: str) -> Response:
    """Let in whoever has a link, to the pages that it is for."""
    link = open_link(door.workspace, door.registry, token[:200], door.now())
    if link is None or link.purpose not in _PLACES:
        _LOG.warning("a link was refused")
        return RedirectResponse("/link" if may_try(request, door) else "/link/often", status_code=303)
    _remember(session_of(request), link.handle)
    return RedirectResponse(f"{_PLACES[link.purpose]}/{link.handle}", status_code=303)


@router.get("/link")
def unknown(request: Request) -> Response:
    """The link is not known, or its time is over: one page for both."""
    return gone(request)


@router.get("/link/often")
def too_often(request: Request) -> Response:
    """Links that nobody knows were tried too often."""
    return show(request, 429, Text("Too many links were tried. Please wait ten minutes."))


def visited(request: Request, door: Door, handle: str, purpose: str) -> Visit | None:
    """What the link of a page is worth now; None unless this browser has opened it and it is still alive."""
    if handle not in (session_of(request).get("links") or ()):
        return None
    return visit(door.workspace, door.registry, handle, purpose, door.now())


def may_try(request: Request, door: Door) -> bool:
    """Has this address not yet come with too many links that nobody knows?"""
    return door.tries.allows(f"unknown links {address_of(request)}", _MOST_UNKNOWN, _WINDOW, door.now())


def gone(request: Request) -> Response:
    """What is said of a link that opens nothing, whatever the reason; whoever has opened it hears that it has ended."""
    has_opened = request.path_params.get("handle") in (session_of(request).get("links") or ())
    return show(
        request,
        404,
        Text("This link has ended.") if has_opened else Text("This link is not known here, or its time is over."),
        Text("open the link of the newest letter once more, or ask for a new one"),
    )


def _remember(session: Session, handle: str) -> None:
    held = [*(other for other in session.get("links") or () if other != handle), handle]
    for other in held[:-_MOST]:
        Entrance(session, other).forget()
    session.put("links", held[-_MOST:])
