"""The first page, for whoever comes without a link."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from conventions.portal.rendering import page
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


class Words:
    """Of this page."""

    title = Text("Internship agreements")
    lead = Text("Here internship agreements are read, signed and filled in.")
    how = Text("You were sent a letter with a link of your own: open it. Nothing can be found here without one.")
    verify = Text("Verify a paper that you hold")


@router.get("/")
def front(request: Request) -> HTMLResponse:
    """Says what this is."""
    return page(request, "front.html", Words)
