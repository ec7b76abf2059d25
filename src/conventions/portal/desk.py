"""What the secretariat's pages lean on: the overview, the accounts and sessions, the journal of deeds, the jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Annotated, Final

from fastapi import Depends, Request

from conventions.office import Glance, Lookout, Overview, links
from conventions.portal.door import Door
from conventions.portal.jobs import Jobs
from conventions.portal.provider import Provider
from conventions.store import Sitting, office_secret
from conventions.store.accounts import Accounts
from conventions.store.deeds import Deeds
from conventions.store.sittings import Sittings

__all__ = ["Desk", "TheDesk", "desk_for", "desk_of", "watched"]

_IDLE: Final = timedelta(minutes=30)
_LONGEST: Final = timedelta(hours=8)
_PIECE: Final = 8
"""Dossiers that one page reads at most: the year is read in the background, a page need not wait for it."""
_PAUSE_S: Final = 20.0


@dataclass(frozen=True)
class Desk:
    """The secretariat's side of the door."""

    door: Door
    lookout: Lookout
    accounts: Accounts
    sittings: Sittings
    deeds: Deeds
    jobs: Jobs
    provider: Provider | None
    """Who answers for people of the house; None: they have pass-phrases here."""

    def overview(self) -> Overview:
        """The campaign as it is now."""
        return self.lookout.look(self.door.today(), at_most=_PIECE)

    def note(self, sitting: Sitting | None, what: str, *about: str, outcome: str = "done") -> None:
        """Remember who did or looked at what."""
        person = sitting.account.id if sitting else None
        self.deeds.note(what, self.door.now(), account_id=person, about=about or ("",), outcome=outcome)

    def known(self, numbers: Sequence[str]) -> tuple[Glance, ...]:
        """The dossiers that have these numbers, each once, in order: nothing else may reach the office."""
        overview = self.overview()
        found = [overview.of(number) for number in dict.fromkeys(numbers)]
        return tuple(one for one in found if one is not None and one.dossier is not None)

    def links_of(self, one: Glance) -> int:
        """How many links to papers of a dossier are open."""
        door = self.door
        return len([*links.alive(door.workspace, door.registry, [one.number], door.now())]) if one.papers else 0


def desk_for(door: Door) -> Desk:
    """The desk of a workspace."""
    office = door.office
    registry, oidc = office.registry, door.portal.oidc
    return Desk(
        door=door,
        lookout=Lookout(office.workspace, registry),
        accounts=registry.accounts(office_secret(office.workspace.root)),
        sittings=registry.sittings(idle=_IDLE, longest=_LONGEST),
        deeds=registry.deeds(),
        jobs=Jobs(),
        provider=Provider(oidc, door.portal.address) if oidc else None,
    )


@contextmanager
def watched(desk: Desk) -> Iterator[None]:
    """Keep the overview warm in the background: the first page of the morning is as fast as any other."""
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(0.01 if desk.overview().unread else _PAUSE_S):
            pass

    thread = Thread(target=watch, name="overview", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def desk_of(request: Request) -> Desk:
    """The desk that a request came to."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101 - tells the type checker what create_app put there
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]
