"""What every page leans on: the office, the seal, the clock, the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from threading import Lock, Semaphore
from typing import Annotated, Final

from cryptography.fernet import Fernet
from fastapi import Depends, Request

from conventions.languages import PARIS
from conventions.office import Office
from conventions.pipeline import Services
from conventions.portal.throttle import Throttle
from conventions.settings import Portal, Settings, Workspace
from conventions.signing import Key
from conventions.store import Registry
from conventions.store.tries import Tries

__all__ = ["Door", "TheDoor", "address_of", "door_of", "this_instant"]

_TURNS: Final = 256
"""So many locks keep papers apart; two papers seldom share one."""
_ONE_HOUSE: Final = 64
_PENS: Final = 2
"""Papers that are worked on at the same moment: one computes while the other waits for a time-stamp."""


def this_instant() -> datetime:
    """The clock, unless a test brings its own."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Door:
    """One workspace behind the web."""

    office: Office
    services: Services
    """Whom to believe, who tells the time."""
    seal: Key | None
    """The institution's, open; without it nobody signs with a code here."""
    clock: Callable[[], datetime]
    cookies: Fernet
    """Shuts what a session knows: only this office reads it."""
    tries: Tries
    """How often a code, a link or a sign-in may be tried; all processes of the web count together."""
    throttle: Throttle = field(default_factory=Throttle)
    turns: tuple[Lock, ...] = field(default_factory=lambda: tuple(Lock() for _ in range(_TURNS)))
    pens: Semaphore = field(default_factory=lambda: Semaphore(_PENS))

    @property
    def workspace(self) -> Workspace:
        """The folder with its settings."""
        return self.office.workspace

    @property
    def registry(self) -> Registry:
        """Papers and what has happened to them."""
        return self.office.registry

    @property
    def settings(self) -> Settings:
        """Of the workspace."""
        return self.office.workspace.settings

    @property
    def portal(self) -> Portal:
        """Its part about the web."""
        return self.settings.portal

    @contextmanager
    def turn(self, paper_id: int) -> Iterator[None]:
        """Whoever changes a paper takes it: of two browsers at once, the second finds what the first has done.

        Only a few papers are worked on at the same time: all others wait, and whoever only reads does not.
        """
        with self.turns[paper_id % _TURNS], self.pens:
            yield

    def now(self) -> datetime:
        """This instant, aware."""
        return self.clock()

    def today(self) -> date:
        """The day in Paris, where deadlines are judged."""
        return self.clock().astimezone(PARIS).date()


def address_of(request: Request) -> str:
    """Whence a request comes, as far as tries are counted; empty when nobody knows.

    Of IPv6 it is the network of 64 bits: whoever has one address has all of them (RFC 6177).
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or ip_network((int(address), _ONE_HOUSE), strict=False))


def door_of(request: Request) -> Door:
    """The door that a request came through."""
    door = request.app.state.door
    assert isinstance(door, Door)  # noqa: S101 - tells the type checker what create_app put there
    return door


TheDoor = Annotated[Door, Depends(door_of)]
