"""On which day an agreement was signed by everybody: the law of that day is the one that it keeps."""

from __future__ import annotations

from datetime import date, datetime

from conventions.languages import PARIS
from conventions.model.event import Signed
from conventions.store import PaperRecord, Registry

__all__ = ["AGREEMENT", "day_of", "signed_on"]

AGREEMENT = "convention"


def signed_on(registry: Registry, number: str) -> date | None:
    """The day of the last signature of a dossier's agreement; None until all have signed, or when it has ended."""
    return day_of(registry.find(number, AGREEMENT))


def day_of(paper: PaperRecord | None) -> date | None:
    """The same of the agreement's paper, if there is one."""
    if paper is None or paper.has_ended or not paper.circuit.is_complete(paper.done):
        return None
    days = (datetime.fromisoformat(one.signed_at) for one in paper.events if isinstance(one, Signed))
    return max((day.astimezone(PARIS).date() for day in days), default=None)
