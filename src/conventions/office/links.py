"""Links of letters: whom they let in, and what they are worth now.

A link is worth what the paper says at this moment: when its person was replaced, or the paper has ended or was issued
anew, the link has ended by itself. It can be ended by hand as well, and with it whatever was opened through it: every
page asks what its link is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from conventions import circuit
from conventions.model.life import State
from conventions.model.roles import Signatory
from conventions.office.naming import number_behind, paper_named
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import Link, Links, PaperRecord, Registry, office_secret
from conventions.text import Text, counted

__all__ = ["NO_LINK", "Standing", "Visit", "address_for", "alive", "end", "links_of", "open_link", "visit"]

NO_LINK: Final = Text("no link is open")


class Standing(StrEnum):
    """What whoever comes with a link can do."""

    OPEN = "open"
    """It is this person's turn."""
    NOT_YET = "not_yet"
    DONE = "done"
    """This person has signed or filled in."""
    NOT_NEEDED = "not_needed"
    """Somebody else has acted, and one was enough."""
    ENDED = "ended"
    """The paper was declined or recalled, or has expired."""
    SUPERSEDED = "superseded"
    """There is a newer version, which has a letter of its own."""
    REPLACED = "replaced"
    """Another person acts in this role."""


@dataclass(frozen=True)
class Visit:
    """Somebody comes with a link that is alive."""

    link: Link
    paper: PaperRecord
    person: Signatory
    standing: Standing


def links_of(workspace: Workspace, registry: Registry) -> Links:
    """The links of this office."""
    return registry.links(office_secret(workspace.root))


def address_for(workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, now: datetime) -> str:
    """A link for one person, to be written into one letter; empty when the office has no door on the web."""
    address = workspace.settings.portal.address
    purpose = _purpose(paper, person.role)
    if not address or not purpose:
        return ""
    life = timedelta(days=workspace.settings.portal.link_days)
    token = links_of(workspace, registry).new(purpose, paper.id, person.role, person.email, now, life)
    return f"{address}/l/{token}"


def _purpose(paper: PaperRecord, role: str) -> str:
    """What a link for this role opens; empty where there is no page for it."""
    if paper.document == "pre_agreement":
        return "pre_agreement"
    if role in paper.circuit.checks:
        return ""
    return "fill" if role in paper.circuit.fills else "sign"


def open_link(workspace: Workspace, registry: Registry, token: str, now: datetime) -> Link | None:
    """The link of a token; None when there is none or its time is over, which nobody can tell apart."""
    link = links_of(workspace, registry).behind(token)
    return link if link and link.is_alive(now) else None


def visit(workspace: Workspace, registry: Registry, handle: str, purpose: str, now: datetime) -> Visit | None:
    """What a link is worth now; None when it is unknown, for another purpose, has expired or was taken back."""
    links = links_of(workspace, registry)
    link = links.named(handle)
    if link is None or link.purpose != purpose or not link.is_alive(now):
        return None
    paper = registry.paper(link.paper_id)
    if paper is None or link.role not in {person.role for person in paper.expected}:
        return None  # what was personal is forgotten
    person = paper.signatory(link.role)
    if not links.is_for(link, person.email):
        return Visit(link, paper, person, Standing.REPLACED)
    return Visit(link, paper, person, _standing(registry, paper, link.role))


def alive(
    workspace: Workspace, registry: Registry, names: Sequence[str], now: datetime
) -> Iterator[tuple[PaperRecord, Link]]:
    """The links that are good now, and the paper that each is about.

    Args:
        workspace: whose links they are.
        registry: where they are kept.
        names: numbers of dossiers, all papers and versions of which are meant, or ``number/document``; none: all.
        now: aware.

    Raises:
        DossierError: nothing was issued under a name (PAPER-01).
    """
    links = links_of(workspace, registry)
    for paper in _meant(registry, names):
        yield from ((paper, link) for link in links.alive(paper.id, now))


def end(workspace: Workspace, registry: Registry, names: Sequence[str], now: datetime) -> Iterator[Outcome]:
    """Take back every link of each dossier or paper that is named; whoever has opened one is shut out at once.

    Raises:
        DossierError: nothing was issued under a name (PAPER-01).
    """
    links = links_of(workspace, registry)
    for number in dict.fromkeys(map(number_behind, names)):
        ended = sum(links.end(paper.id, now) for paper in _meant(registry, [number]))
        told = counted(
            "one link has ended: `conventions remind --force {number}` sends another",
            "{n} links have ended: `conventions remind --force {number}` sends others",
            n=ended,
            number=number,
        )
        yield Outcome(number, told if ended else NO_LINK)


def _meant(registry: Registry, names: Sequence[str]) -> Iterator[PaperRecord]:
    if not names:
        yield from registry.papers(every_version=True)
    for name in names:
        number, _, document = number_behind(name).partition("/")
        every = registry.papers(number=number, every_version=True)
        yield from [paper for paper in every if document in {"", paper.document}] or [paper_named(registry, name)]


def _standing(registry: Registry, paper: PaperRecord, role: str) -> Standing:
    if role in paper.done and not paper.has_ended:
        return Standing.DONE
    latest = registry.find(paper.number, paper.document)
    if paper.state is State.SUPERSEDED or (latest and latest.version > paper.version):
        return Standing.SUPERSEDED
    if paper.has_ended:
        return Standing.ENDED
    if role in circuit.open_roles(paper.circuit, paper.done):
        return Standing.OPEN
    return Standing.NOT_YET if paper.state is State.WAITING and _may_come(paper, role) else Standing.NOT_NEEDED


def _may_come(paper: PaperRecord, role: str) -> bool:
    """Is the step of the role still to come?"""
    return not next(step for step in paper.circuit.steps if role in step.roles).is_done(paper.done)
