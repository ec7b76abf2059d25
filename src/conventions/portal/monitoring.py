"""For programs: is the portal alive, what are its figures, what is a link worth. JSON, described by OpenAPI."""

from __future__ import annotations

import os
from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import generate_latest
from pydantic import BaseModel, ConfigDict, Field

from conventions.office import Standing, open_link, visit
from conventions.portal.door import TheDoor
from conventions.portal.links import may_try

__all__ = ["Health", "LinkState", "Token", "router"]

router = APIRouter()


class Health(BaseModel):
    """Can the portal work?"""

    status: Literal["ok"]
    signs: bool
    """Is the seal open, so that people can sign with a code?"""


class Token(BaseModel):
    """Of a link, in the body: an address would be written down on the way."""

    model_config = ConfigDict(extra="forbid")
    token: Annotated[str, Field(min_length=1, max_length=200)]


class LinkState(BaseModel):
    """What a link is worth."""

    state: Standing | Literal["unknown"]
    """``unknown`` also when its time is over."""
    purpose: str = ""


class Complaint(BaseModel):
    """Why there is no answer."""

    status: int
    code: str
    message: str


@router.get("/api/health")
@router.get("/health", include_in_schema=False)
def health(door: TheDoor) -> Health:
    """Alive, with a registry that answers; 500 or 503 otherwise."""
    door.office.registry.find("", "")
    return Health(status="ok", signs=door.seal is not None)


@router.post("/api/links/state", responses={code: {"model": Complaint} for code in (400, 413, 422, 429)})
def link_state(request: Request, door: TheDoor, asked: Token) -> LinkState:
    """What a link is worth now, for whoever has it; opening nothing, sending nothing."""
    if not may_try(request, door):
        raise HTTPException(429)
    link = open_link(door.workspace, door.registry, asked.token, door.now())
    found = visit(door.workspace, door.registry, link.handle, link.purpose, door.now()) if link else None
    return LinkState(state=found.standing, purpose=found.link.purpose) if found else LinkState(state="unknown")


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> PlainTextResponse:
    """Figures for Prometheus: for this machine, or for whoever has the token of ``CONVENTIONS_METRICS_TOKEN``."""
    if not (_is_near(request) or _has_token(request)):
        raise HTTPException(404)
    return PlainTextResponse(generate_latest(request.app.state.figures.registry))


def _is_near(request: Request) -> bool:
    """Asked on this very machine; behind a proxy nobody is."""
    if {"x-forwarded-for", "forwarded"} & set(request.headers) or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request) -> bool:
    token = os.environ.get("CONVENTIONS_METRICS_TOKEN", "")
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(token) and compare_digest(given.encode(), token.encode())
