"""Pages that show more than a link alone should: a code is sent to the address of the link, and opens them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from conventions.errors import WrongPassphrase
from conventions.office import Visit, knocking
from conventions.portal.door import Door
from conventions.portal.faults import refuse
from conventions.portal.posting import field_of
from conventions.portal.rendering import page
from conventions.portal.sessions import session_of
from conventions.text import Text

__all__ = ["ask_code", "is_known", "take_code"]

_HOUR: Final = timedelta(hours=1)
_KNOWN: Final = "known"
_MOST: Final = 30


class KnockWords:
    """Of this page."""

    title = Text("A code opens this page")
    lead = Text("This page shows more than the letter with your link. A code by mail makes sure that it is you.")
    send = Text("Send me a code")
    sent = Text("A code was sent to the address that your letter came to.")
    code = Text("Code from the letter")
    hint = Text("8 digits; it lives for ten minutes")
    enter = Text("Open the page")
    again = Text("Send another code")
    no_code = Text("Type the code from the letter")


def is_known(request: Request, found: Visit) -> bool:
    """Has this browser given a code that went to the address of this link?"""
    return found.link.person in (session_of(request).get(_KNOWN) or ())


def ask_code(
    request: Request, here: str, *, was_sent: bool = False, problems: Sequence[tuple[str, Text]] = ()
) -> Response:
    """The page that asks for the code; ``here`` is the address of what it opens."""
    return page(
        request,
        "knock.html",
        KnockWords,
        status=422 if problems else 200,
        here=here,
        target=here,
        was_sent=was_sent or bool(problems),
        problems=problems,
    )


def take_code(request: Request, door: Door, found: Visit, here: str, form: FormData) -> Response:
    """Send a code, or try one.

    Raises:
        ServiceError: the letter cannot be handed over.
    """
    handle, now, office = found.link.handle, door.now(), door.office
    if form.get("action") == "send":
        if not door.tries.allows(f"page codes {handle}", door.portal.codes_per_hour, _HOUR, now):
            return refuse(request, 429)
        knocking.knock(office.workspace, office.registry, found, now)
        return ask_code(request, here, was_sent=True)
    code = "".join(field_of(form, "code", most=40).split())
    if not code:
        return ask_code(request, here, problems=[("code", KnockWords.no_code)])
    if not door.tries.allows(f"page tries {handle}", door.portal.tries_per_hour, _HOUR, now):
        return refuse(request, 429)
    try:
        knocking.answer_door(office.workspace, office.registry, found, code, now)
    except WrongPassphrase as problem:
        return ask_code(request, here, problems=[("code", problem.message), ("", problem.fix)])
    session = session_of(request)
    session.put(_KNOWN, [*(session.get(_KNOWN) or ()), found.link.person][-_MOST:])
    return RedirectResponse(here, status_code=303)
