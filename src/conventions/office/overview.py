"""The campaign at a glance, as a value: what a page, a chart or a report says of it is asked here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from conventions.languages import PARIS
from conventions.model.event import Checked, Event, Signed
from conventions.model.life import ENDED
from conventions.office.glance import FIRST_STAGES, LAST_STAGES, Glance, folded
from conventions.office.outcome import Row
from conventions.store import PaperRecord
from conventions.text import Text

__all__ = ["Overview", "Progress", "Week", "in_order"]


@dataclass(frozen=True)
class Week:
    """What is due in the seven days from a Monday on."""

    monday: date
    to_issue: int
    to_sign: int
    starts: int

    @property
    def due(self) -> int:
        """By when the office or a signer must act."""
        return self.to_issue + self.to_sign


@dataclass(frozen=True)
class Progress:
    """How many agreements had been issued, and signed by everybody, by the end of a week."""

    monday: date
    issued: int
    signed: int


@dataclass(frozen=True)
class Overview:
    """Every dossier on one day."""

    on: date
    glances: tuple[Glance, ...]
    """The most pressing first."""
    unread: int = 0
    """Dossiers that have not been looked at yet."""
    proposals: tuple[PaperRecord, ...] = ()
    """Pre-agreements that wait for somebody, and of which no dossier was made yet; the oldest first."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Of every paper, the most pressing first."""
        return tuple(sorted((row for one in self.glances for row in one.rows), key=_pressing))

    @cached_property
    def late(self) -> tuple[Row, ...]:
        """Later than the latest safe date, or started unsigned."""
        return tuple(row for row in self.rows if row.is_late)

    @cached_property
    def today(self) -> tuple[tuple[Text, tuple[Row, ...]], ...]:
        """What must be done now, and for which papers; the most pressing first."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if row.todo:
                found.setdefault((row.todo.msgid, str(row.todo)), []).append(row)
        return tuple((rows[0].todo, tuple(rows)) for rows in found.values() if rows[0].todo)

    @cached_property
    def turns(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """Roles whose turn it is, with the papers that wait for them; who keeps most waiting first."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            for role in row.standing.turn if row.standing else ():
                found.setdefault(role, []).append(row)
        return tuple((role, tuple(rows)) for role, rows in sorted(found.items(), key=lambda item: -len(item[1])))

    @cached_property
    def stages(self) -> tuple[tuple[str, tuple[Glance, ...]], ...]:
        """Every stage in the order of a paper's life, with the dossiers that stand there, late ones first.

        Stages of trouble are left out when nothing stands there; those of the circuit are always told.
        """
        order = (*FIRST_STAGES, *self._roles, *LAST_STAGES)
        found: dict[str, list[Glance]] = {stage: [] for stage in order}
        for one in self.glances:
            found.setdefault(one.stage, []).append(one)
        shown = (
            (stage, held) for stage, held in found.items() if held or stage not in {"unreadable", "correct", "again"}
        )
        return tuple((stage, tuple(sorted(held, key=lambda one: not one.is_late))) for stage, held in shown)

    @property
    def _roles(self) -> tuple[str, ...]:
        """Roles of the agreements that are on their way, in the order of most of them."""
        circuits = Counter(paper.circuit for one in self.glances if (paper := one.agreement))
        return tuple(
            dict.fromkeys(role for held, _ in circuits.most_common() for step in held.steps for role in step.roles)
        )

    @property
    def signed(self) -> int:
        """Agreements that everybody has signed."""
        return sum(one.stage in LAST_STAGES for one in self.glances)

    def course(self) -> tuple[Progress, ...]:
        """How far the campaign had come at the end of each week, from the first issue to today; empty before it."""
        papers = [paper for one in self.glances if (paper := one.agreement)]
        issued = Counter(_week(day) for paper in papers if (day := _day_of(paper.events[:1])))
        signed = Counter(_week(day) for paper in papers if _is_signed(paper) and (day := _day_of(_acts(paper)[-1:])))
        found: list[Progress] = []
        monday = min(issued, default=self.on)
        while issued and monday <= self.on:
            before = found[-1] if found else Progress(monday, 0, 0)
            found.append(Progress(monday, before.issued + issued[monday], before.signed + signed[monday]))
            monday += timedelta(weeks=1)
        return tuple(found)

    def weeks(self, count: int) -> tuple[Week, ...]:
        """What is due this week and in those that follow; what is late already is no week's."""
        monday = self.on - timedelta(days=self.on.weekday())
        issue = Counter(_week(row.sign_by) for row in self.rows if row.sign_by and not _turn(row))
        sign = Counter(_week(row.sign_by) for row in self.rows if row.sign_by and _turn(row))
        starts = Counter(_week(one.row.start) for one in self.glances if one.dossier)
        days = (monday + timedelta(weeks=rank) for rank in range(count))
        return tuple(Week(day, issue[day], sign[day], starts[day]) for day in days)

    def find(self, words: str) -> tuple[Glance, ...]:
        """Dossiers in which every word occurs: number, names, host or town, whatever capitals and accents."""
        wanted = folded(words).split()
        return tuple(one for one in self.glances if wanted and all(word in one.words for word in wanted))

    def of(self, number: str) -> Glance | None:
        """The dossier of that number."""
        return self._by_number.get(number)

    @cached_property
    def _by_number(self) -> dict[str, Glance]:
        return {one.number: one for one in reversed(self.glances)}


def in_order(glances: Sequence[Glance]) -> tuple[Glance, ...]:
    """The most pressing first."""
    return tuple(sorted(glances, key=lambda one: min(map(_pressing, one.rows))))


def _pressing(row: Row) -> tuple[bool, date, date, str]:
    return (not row.is_late, row.sign_by or date.max, row.start, row.number)


def _turn(row: Row) -> tuple[str, ...]:
    return row.standing.turn if row.standing else ()


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday()) if day != date.max else day


def _day_of(events: Sequence[Event]) -> date | None:
    return next((event.at.astimezone(PARIS).date() for event in events), None)


def _acts(paper: PaperRecord) -> tuple[Event, ...]:
    return tuple(event for event in paper.events if isinstance(event, (Signed, Checked)))


def _is_signed(paper: PaperRecord) -> bool:
    return paper.circuit.is_complete(paper.done) and paper.state not in ENDED
