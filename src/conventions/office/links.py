"""Links of letters: whom they let in, and what they are worth now. Nothing of them must be ended by hand.

A link is worth what the paper says at this moment: when its person was replaced, or the paper has ended or was issued
anew, the link has ended by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from conventions import circuit
from conventions.model.life import State
from conventions.model.roles import Signatory
from conventions.settings import Workspace
from conventions.store import Link, Links, PaperRecord, Registry, office_secret

__all__ = ["Standing", "Visit", "address_for", "links_of", "open_link", "visit"]


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
    if not address or person.role in paper.circuit.checks:
        return ""
    purpose = "fill" if person.role in paper.circuit.fills else "sign"
    life = timedelta(days=workspace.settings.portal.link_days)
    token = links_of(workspace, registry).new(purpose, paper.id, person.role, person.email, now, life)
    return f"{address}/l/{token}"


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
