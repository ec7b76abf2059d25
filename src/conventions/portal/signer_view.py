"""Which page a signer sees, with what."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from conventions.documents import document_type
from conventions.model.event import Signed
from conventions.model.life import STATE_LABELS
from conventions.model.roles import label_of
from conventions.office import Standing, Visit, guests, summary
from conventions.portal.door import Door
from conventions.portal.entrance import Entrance
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.sessions import session_of
from conventions.portal.signer_words import STANDINGS, Words
from conventions.text import Text

__all__ = ["Problems", "view"]

Problems = list[tuple[str, Text]]
"""What is wrong with a form: the field, empty for all of it, and what to do."""


def view(
    request: Request,
    door: Door,
    visit: Visit,
    problems: Problems | None = None,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    opened: str = "",
) -> Response:
    """The page of a link as the paper stands.

    Args:
        request: of the guest.
        door: the portal.
        visit: what the link is worth.
        problems: of a form that came back.
        status: of the answer.
        typed: what stood in that form, to be shown again.
        opened: which of the other ways is unfolded.
    """
    entrance = Entrance(session_of(request), visit.link.handle)
    here = f"/sign/{visit.link.handle}"
    if visit.standing is Standing.DONE and entrance.is_open:
        return page(request, "sign_done.html", Words, here=here, status=status, **_frame(visit), **_aftermath(visit))
    if visit.standing is not Standing.OPEN:
        return _told(request, visit, here, status)
    form = {**_frame(visit), "problems": problems or [], "typed": defaultdict(str, typed or {}), "opened": opened}
    form["mistakes"] = guests.MISTAKES
    if not entrance.is_open:
        return page(request, "sign_start.html", Words, here=here, status=status, is_sent=entrance.is_sent, **form)
    form["has_code"] = bool(entrance.code(door.now()))
    return page(request, "sign_paper.html", Words, here=here, status=status, **form, **_desk(request, door, visit))


def _told(request: Request, visit: Visit, here: str, status: int) -> Response:
    heading, lead = STANDINGS[visit.standing]
    lead = lead.filled(state=STATE_LABELS[visit.paper.state])
    return page(request, "told.html", Words, here=here, status=status, heading=heading, lead=lead)


def _frame(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "document": document_type(visit.paper.document).title,
        "role": label_of(visit.link.role),
        "base": f"/sign/{visit.link.handle}",
        "address": guests.masked(visit.person.email),
    }


def _desk(request: Request, door: Door, visit: Visit) -> dict[str, Any]:
    return {
        "facts": summary(door.workspace, visit.paper, language_of(request)),
        "wording": guests.wording(visit),
        "reasons": guests.REASONS,
    }


def _aftermath(visit: Visit) -> dict[str, Any]:
    mine = [event for event in visit.paper.events if isinstance(event, Signed) and event.role == visit.link.role]
    return {"signed": mine[-1], "next_roles": guests.next_roles(visit.paper)}
