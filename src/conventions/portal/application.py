"""The application: one workspace behind its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from conventions import __version__
from conventions.office import MAX_BYTES, Office
from conventions.portal import (
    actions,
    board,
    faults,
    filling,
    front,
    links,
    monitoring,
    oidc,
    proposing,
    reading,
    signer,
    signin,
    students,
    verifying,
)
from conventions.portal.desk import Desk, desk_for, watched
from conventions.portal.door import Door, this_instant
from conventions.portal.rendering import STATIC
from conventions.portal.sessions import SessionMiddleware, box_of
from conventions.portal.shield import Figures, Shield
from conventions.signing import Key
from conventions.store import office_secret

__all__ = ["create_app"]

_THREADS: Final = 400
_FORM_BYTES: Final = 200_000
"""What a form may hold besides its file."""
_ROUTERS: Final = (
    monitoring.router,
    reading.router,
    front.router,
    verifying.router,
    links.router,
    signer.router,
    students.router,
    filling.router,
    signin.router,
    oidc.router,
    board.router,
    actions.router,
    proposing.router,
)


def create_app(
    workspace_root: Path, *, seal: Key | None = None, clock: Callable[[], datetime] = this_instant
) -> FastAPI:
    """Open a workspace to the web.

    Args:
        workspace_root: its folder.
        seal: the institution's key, open; without it nobody signs with a code on a page.
        clock: tells this instant, aware.

    Raises:
        SettingsError: there is no workspace, or its settings are wrong.
        DiskError: the registry or the office's secret cannot be used.
    """
    office = Office.open(workspace_root)
    secret = office_secret(workspace_root)
    door = Door(office, office.services(), seal, clock, box_of(secret), office.registry.tries(secret))
    desk, figures = desk_for(door), Figures()
    # The pages of a documentation would fetch scripts from elsewhere; the description itself is served.
    app = FastAPI(
        title="conventions",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,  # they would lead to whatever host the request names
        lifespan=_open_hours,
    )
    app.state.door, app.state.desk, app.state.figures = door, desk, figures
    app.add_middleware(SessionMiddleware, door=door)
    app.add_middleware(Shield, door=door, figures=figures, max_bytes=MAX_BYTES + _FORM_BYTES)
    # Only what is the same for everybody is packed: beside a secret, the length of what is packed tells of it (BREACH).
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), compresslevel=6), name="static")
    for router in _ROUTERS:
        app.include_router(router)
    faults.install(app)
    signin.install(app)
    return app


@asynccontextmanager
async def _open_hours(app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the pages, while there are any."""
    desk = app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101 - tells the type checker what create_app put there
    # Whoever waits to sign holds a thread; whoever only reads must still find one.
    current_default_thread_limiter().total_tokens = _THREADS
    with watched(desk):
        yield
    desk.jobs.close()
