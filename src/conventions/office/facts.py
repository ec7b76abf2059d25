"""What a paper says, in a few lines and in the reader's language. Only the paper itself is binding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from conventions import pipeline
from conventions.documents.difference import words_of
from conventions.documents.parties import address_line
from conventions.errors import ConventionsError
from conventions.hours import presence
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.settings import Workspace
from conventions.store import PaperRecord
from conventions.text import Text

__all__ = ["Fact", "summary"]


@dataclass(frozen=True)
class Fact:
    """One line."""

    label: Text
    value: str
    """In the reader's language."""


def summary(workspace: Workspace, paper: PaperRecord, language: Language) -> tuple[Fact, ...]:
    """The key facts of a paper.

    They come from its dossier, if that still says exactly what the paper prints: its digest is in the paper. When it
    was changed or is gone, only what the registry froze at issue is told.
    """
    dossier = _dossier(workspace, paper)
    if dossier is None:
        return (Fact(Text("Begins on"), language.date(paper.starts_on)),)
    return tuple(_facts(dossier, workspace, language))


def _dossier(workspace: Workspace, paper: PaperRecord) -> Dossier | None:
    """What the paper was made of; None when that cannot be had any more."""
    folder = workspace.path(workspace.settings.places.dossiers)
    for path in sorted(folder.glob(f"{paper.number}[-.]*")):
        dossier = _read(path, path.stat().st_mtime_ns)
        if dossier and dossier.number == paper.number and _is_printed(dossier, workspace, paper):
            return dossier
    return None


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int) -> Dossier | None:
    """Read once for as long as the file stays as it is: a page is looked at many times."""
    try:
        return pipeline.read(path).dossier
    except ConventionsError:
        return None


def _is_printed(dossier: Dossier, workspace: Workspace, paper: PaperRecord) -> bool:
    try:
        return pipeline.digest_of(dossier, workspace.settings, paper.document) == paper.dossier_digest
    except KeyError:  # the amendment that the paper is about is no longer in the dossier
        return False


def _facts(dossier: Dossier, workspace: Workspace, language: Language) -> Iterator[Fact]:
    schedule, plan = dossier.schedule, presence(dossier.schedule, dossier.place)
    referent = dossier.referent or workspace.settings.people.coordinator
    yield Fact(Text("Intern"), dossier.student.name)
    yield Fact(Text("Host organisation"), dossier.host.name)
    yield Fact(Text("Place"), address_line(dossier.place, language))
    yield Fact(Text("Subject"), dossier.placement.subject)
    yield Fact(Text("Dates"), language.say(Text("from {start} to {end}", start=schedule.start, end=schedule.end)))
    yield Fact(Text("Presence"), _presence(schedule.weekly_hours, plan.hours_for_duration, language))
    if dossier.workplace.telework:
        days = words_of(dossier.workplace.telework, language).partition("\n")[0]
        yield Fact(Text("Telework"), days)
    yield Fact(Text("Allowance"), words_of(dossier.allowance, language).partition("\n")[0])
    yield Fact(Text("Workplace supervisor"), dossier.tutor.name)
    yield Fact(Text("Academic supervisor"), referent.name)


def _presence(weekly: Decimal, total: Decimal, language: Language) -> str:
    shown = Text("{weekly} a week, {total} in all", weekly=language.hours(weekly), total=language.hours(total))
    return language.say(shown)
