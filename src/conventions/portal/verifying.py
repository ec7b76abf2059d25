"""Whoever holds a paper finds here how it is verified, and can have it verified; nothing of it is kept.

The code on a paper leads here. What follows the # in its address is known to the browser alone.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from conventions.errors import Refused
from conventions.office import Verdict, verify_apart
from conventions.portal.door import TheDoor, address_of, door_of
from conventions.portal.faults import refuse
from conventions.portal.posting import Posted, file_of
from conventions.portal.rendering import page
from conventions.text import Text

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_MAX_BYTES: Final = 10_000_000
"""Of a stranger's file; a sealed paper has about half a million."""
_MOST: Final = 30
"""Files from one address in an hour: a university's people may all come from one."""
_HOUR: Final = timedelta(hours=1)
_ONE_AT_A_TIME: Final = Lock()
"""Else those who wait for a hostile file would take every thread that answers pages."""


class Words:
    """Of this page."""

    title = Text("Verify a paper")
    lead = Text(
        "You hold an agreement, an amendment or a certificate. The PDF file itself proves whether it is genuine."
    )
    file_only = Text(
        "Take the PDF file, as it came by mail. A print, a scan or a copy that was saved anew proves nothing: ask "
        "whoever gave it to you for the file."
    )
    here = Text("Have it verified here")
    forgotten = Text("The file is looked at and forgotten. Nothing is kept, and nobody is told.")
    file = Text("PDF file")
    button = Text("Verify")
    yourself = Text("Verify it yourself, without any network")
    reader = Text(
        "Open the file in a PDF reader that shows signatures. The first signature is the institution's seal; no later "
        "change may be reported."
    )
    program = Text("Or use the free program conventions, with the authorities that this institution believes:")
    command = Text("conventions verify FILE.pdf --trust roots.pem")
    roots = Text("Download the authorities (roots.pem)")
    fingerprints = Text("Compare their fingerprints (SHA-256) with what the institution tells you by another way:")
    code = Text("The code on the paper")
    code_says = Text(
        "It holds the address of a page like this one and the first 16 characters of the digest at the foot of the "
        "paper. It holds nothing about anybody, and by itself it proves nothing: it can be copied."
    )
    valid = Text("Valid: nothing is wrong with this file.")
    invalid = Text("NOT VALID: do not rely on this file.")
    told = Text("{what}: {why}")
    digest = Text("Digest at the foot of the paper: {digest}")
    not_void = Text(
        "This is about the file alone. Ask the institution whether the paper was replaced, or ended by an amendment."
    )
    missing = Text("Choose the PDF file.")
    large = Text("The file is too large: no paper of ours is.")
    busy = Text("Another file is being verified. Please try again in a minute.")
    exhausting = Text("The file takes more time to read than any paper. It is none of ours.")


@router.get("/verify")
def explain(request: Request) -> Response:
    """How a paper is verified, and where to choose one."""
    return _shown(request)


@router.get("/verify/roots.pem")
def authorities(door: TheDoor) -> Response:
    """The authorities whose certificates are believed, as ``conventions roots`` writes them."""
    if not door.services.trust.roots:
        raise HTTPException(404)
    headers = {"content-disposition": 'attachment; filename="roots.pem"'}
    return Response(door.services.trust.roots_pem(), media_type="application/x-pem-file", headers=headers)


@router.post("/verify")
def verify(request: Request, door: TheDoor, form: Posted) -> Response:
    """Verify one file."""
    if not door.throttle.allows(f"verify {address_of(request)}", _MOST, _HOUR, door.now()):
        return refuse(request, 429)
    data = file_of(form, "file", _MAX_BYTES)
    if not data:
        return _shown(request, problem=Words.missing, status=422)
    if len(data) > _MAX_BYTES:
        return _shown(request, problem=Words.large, status=413)
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return _shown(request, problem=Words.busy, status=503)
    try:
        return _shown(request, verify_apart(data, door.services.trust, now=door.now()))
    except Refused:
        return _shown(request, problem=Words.exhausting, status=422)
    finally:
        _ONE_AT_A_TIME.release()


def _shown(
    request: Request, verdict: Verdict | None = None, *, problem: Text | None = None, status: int = 200
) -> Response:
    roots = door_of(request).services.trust.roots
    return page(
        request,
        "verify.html",
        Words,
        status=status,
        verdict=verdict,
        problems=[("file", problem)] if problem else [],
        prints=[sha256(root).hexdigest() for root in roots],
    )
