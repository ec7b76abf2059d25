"""What has been kept long enough: which things of which dossier, since when, under which rule of the settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from conventions.model.dossier import Dossier
from conventions.model.outcome import SEEN_ONLY
from conventions.model.profile import MonthDay, resolved
from conventions.office.belongings import Belongings, Estate, day_of, document_of
from conventions.settings import Retention, Settings
from conventions.store import PaperRecord

__all__ = ["Lot", "due", "kept_until"]

_EVALUATIONS: Final = "evaluation"
_GRADES: Final = ("grading_sheet", "campaign_record")


@dataclass(frozen=True)
class Lot:
    """What goes together."""

    number: str
    rule: str
    """Of the settings, such as ``agreements_years``."""
    since: date
    """The day from which it need not be kept."""
    kinds: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    """What sort of things, and where they lie."""
    papers: tuple[PaperRecord, ...] = ()
    """To be taken out of the registry."""
    rewritten: Dossier | None = None
    """The dossier without the fields that must go, when it stays itself."""
    source: Path | None = None
    is_whole: bool = False
    """Nothing of the dossier is left."""
    things: Belongings = field(default_factory=lambda: Belongings(""))
    academic_year: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many of each sort."""
        found = {kind: len(paths) for kind, paths in self.kinds if paths}
        found |= {"registry": len(self.papers)} if self.papers else {}
        return found | ({"fields": 1} if self.rewritten else {})

    @property
    def is_archive(self) -> bool:
        """Are there originals among it, and not only copies of what is kept elsewhere?"""
        return self.rule.endswith("_years") and self.rule not in {"letters_years", "refused_years"}


def due(
    estate: Estate, on: date, numbers: Sequence[str] = (), begun: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Lot]:
    """Everything whose time is over, by number; what was taken in from the inbox comes last.

    Args:
        estate: the workspace.
        on: the day it is judged on.
        numbers: only these; without one, all.
        begun: by number, the rule under which everything was about to go: what is left may not tell how old it is.
    """
    retention, calendar = estate.workspace.settings.retention, estate.workspace.settings.rules.calendar
    taken: set[Path] = set()
    for number in numbers or estate.numbers:
        things = estate.of(number)
        year = estate.academic_year(things) or ""
        if number in begun:
            lots = [_whole(things, begun[number], year, on)]
        else:
            lots = list(_of_one(things, year, _Clock(retention, calendar.year_starts, year, on))) if year else []
        taken.update(path for lot in lots for _, paths in lot.kinds for path in paths)
        yield from lots
    if not numbers:
        yield from _received(estate, retention, on, taken)


def kept_until(things: Belongings, year: str, settings: Settings) -> date:
    """The first day on which nothing of a dossier need be kept any longer.

    Args:
        things: what there is of it.
        year: academic year of the dossier, such as 2026-2027.
        settings: with the times.
    """
    clock = _Clock(settings.retention, settings.rules.calendar.year_starts, year, date.min)
    return max(clock.end(rule) for rule in _rules(things))


@dataclass(frozen=True)
class _Clock:
    retention: Retention
    year_starts: MonthDay
    year: str
    on: date

    def end(self, rule: str) -> date:
        """The first day on which a rule does not ask any longer to keep."""
        over = int(self.year.split("-")[1])
        return resolved(over + int(getattr(self.retention, rule)), self.year_starts)

    def is_over(self, rule: str) -> bool:
        return self.on >= self.end(rule)


def _of_one(things: Belongings, year: str, clock: _Clock) -> Iterator[Lot]:
    rules = _rules(things)
    last = max(rules, key=clock.end)
    if clock.is_over(last):
        yield _whole(things, last, year, clock.end(last))
        return
    for rule in sorted(rule for rule in rules if clock.is_over(rule)):
        yield _documents(things, rule, year, clock.end(rule))
    for rule, kind, paths in (
        ("refused_years", "refused", things.refused),
        ("letters_years", "letters", things.letters),
    ):
        if paths and clock.is_over(rule):
            yield Lot(things.number, rule, clock.end(rule), ((kind, paths),), academic_year=year)
    yield from _certificates(things, year, clock)


def _rules(things: Belongings) -> set[str]:
    """Every rule that keeps something of it."""
    rules = {_rule(document, things) for document in things.documents} or {_own_rule(things)}
    has_marks = things.was_issued and _without_marks(things.dossier)
    return rules | {"grades_years"} if has_marks else rules


def _own_rule(things: Belongings) -> str:
    return "agreements_years" if things.was_issued else "not_issued_years"


def _rule(document: str, things: Belongings) -> str:
    """Which rule keeps a document."""
    if not things.was_issued:
        return "not_issued_years"
    if document.startswith(_EVALUATIONS):
        return "evaluations_years"
    return "grades_years" if document in _GRADES else "agreements_years"


def _whole(things: Belongings, rule: str, year: str, since: date) -> Lot:
    kinds = (
        ("letters", things.letters),
        ("refused", things.refused),
        ("received", things.received),
        ("attachments", things.attachments),
        ("papers", things.files),
        ("packages", things.packages),
        # Last of all: as long as it is there, whoever was interrupted finds what is left.
        ("dossier", (things.source,) if things.source else ()),
    )
    return Lot(things.number, rule, since, kinds, things.papers, is_whole=True, things=things, academic_year=year)


def _documents(things: Belongings, rule: str, year: str, since: date) -> Lot:
    """The papers that one rule keeps, of a dossier that another one still keeps."""

    def mine(paths: Sequence[Path]) -> tuple[Path, ...]:
        return tuple(path for path in paths if document_of(path) and _rule(document_of(path), things) == rule)

    papers = tuple(paper for paper in things.papers if _rule(paper.document, things) == rule)
    kinds = (("papers", mine(things.files)), ("packages", mine(things.packages)))
    rewritten = _without_marks(things.dossier) if rule == "grades_years" else None
    return Lot(things.number, rule, since, kinds, papers, rewritten, things.source, academic_year=year)


def _without_marks(dossier: Dossier | None) -> Dossier | None:
    if dossier is None or not any(getattr(dossier, name) for name in dossier.of_the_grade):
        return None
    return dossier.model_copy(update=dict.fromkeys(dossier.of_the_grade))


def _certificates(things: Belongings, year: str, clock: _Clock) -> Iterator[Lot]:
    """Certificates that were checked: the files go, that they were seen stays."""
    if things.dossier is None:
        return
    wait = timedelta(days=clock.retention.health_days)
    old = [
        one
        for one in things.dossier.attachments
        if one.file and one.kind in SEEN_ONLY and one.checked_on and one.checked_on + wait <= clock.on
    ]
    if not old:
        return
    kept = tuple(
        one.model_copy(update={"file": "", "sha256": ""}) if one in old else one for one in things.dossier.attachments
    )
    names = {Path(one.file).name for one in old}
    since = max(one.checked_on for one in old if one.checked_on) + wait
    yield Lot(
        things.number,
        "health_days",
        since,
        (("attachments", tuple(path for path in things.attachments if path.name in names)),),
        rewritten=things.dossier.model_copy(update={"attachments": kept}),
        source=things.source,
        academic_year=year,
    )


def _received(estate: Estate, retention: Retention, on: date, taken: Collection[Path]) -> Iterator[Lot]:
    """What was taken in long ago; what has not been taken in yet is somebody's to read."""
    wait = timedelta(days=retention.inbox_days)
    inbox = estate.workspace.path(estate.workspace.settings.delivery.inbox)
    old = []
    for path in estate.received:
        day = day_of(path)
        if path.parent != inbox and path not in taken and day + wait <= on:
            old.append((day, path))
    if old:
        since = max(day for day, _ in old) + wait
        yield Lot("", "inbox_days", since, (("received", tuple(path for _, path in old)),))
