"""Rules on what was typed into a schedule: entries that contradict it, or one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from conventions.hours import LONGEST_DAYS, public_holidays, spelled_out
from conventions.model.finding import Severity
from conventions.model.placement import Span
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text, typed

__all__ = ["RULES"]

_HALF_AN_HOUR: Final = Decimal("0.5")
_ALL_DAYS: Final[dict[str, object]] = {
    "start": date(2026, 4, 13),
    "end": date(2026, 8, 2),
    "hours_per_day": Decimal("7.2"),
}


@rule(
    "DATA-HOURS-01",
    Severity.WARNING,
    Text("an entry on a public holiday counts only if holidays are worked"),
    Text("A single day entered on a public holiday is not counted unless the schedule says that holidays are worked."),
    example=Example(
        in_france(schedule={"slots": [{"day": date(2026, 5, 13), "hours": 7}]}),
        in_france(schedule={"slots": [{"day": date(2026, 5, 14), "hours": 7}]}),
    ),
)
def slots_on_holidays(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    for rank, slot in enumerate(() if schedule.holiday else schedule.slots):
        name = public_holidays(case.dossier.place, slot.day.year).get(slot.day)
        if name and slot.hours:
            yield Problem(
                Text("{day} is a public holiday ({name}): its hours are not counted", day=slot.day, name=name),
                Text("set schedule.holiday to true and describe it, or take the slot out"),
                f"schedule.slots.{rank}.day",
            )


@rule(
    "DATA-HOURS-02",
    Severity.ERROR,
    Text("the schedule has hours, and an end in sight"),
    Text("A schedule has at least one hour of presence and is shorter than three years, or its dates are mistyped."),
    is_firm=True,
    example=Example(
        in_france(),
        in_france(schedule={"periods": [{"start": date(2026, 4, 13), "end": date(2026, 7, 31), "hours_per_day": 0}]}),
    ),
)
def plausible(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    days = (schedule.end - schedule.start).days + 1
    if days > LONGEST_DAYS:
        yield Problem(
            Text("the internship lasts {days} days, more than {most}", days=days, most=LONGEST_DAYS),
            Text("correct schedule.start or schedule.end"),
            "schedule.end",
        )
    elif not case.presence.days:
        yield Problem(
            Text(
                "the schedule has not a single hour of presence from {start} to {end}",
                start=schedule.start,
                end=schedule.end,
            ),
            Text("correct schedule.weekdays, schedule.periods or schedule.interruptions"),
            "schedule",
        )


def _spans(case: Case) -> Iterator[tuple[str, tuple[Span, ...]]]:
    schedule = case.dossier.schedule
    yield "periods", schedule.periods
    yield "interruptions", schedule.interruptions
    yield "absences", schedule.absences


@rule(
    "DATA-HOURS-03",
    Severity.ERROR,
    Text("everything lies between start and end"),
    Text("Periods, slots, interruptions and absences lie between the first and the last day of the internship."),
    is_firm=True,
    example=Example(
        in_france(schedule={"absences": [{"start": date(2026, 7, 31), "end": date(2026, 7, 31)}]}),
        in_france(schedule={"absences": [{"start": date(2026, 7, 31), "end": date(2026, 8, 1)}]}),
    ),
)
def inside(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    for name, spans in _spans(case):
        for rank, span in enumerate(spans):
            for key, day in (("start", span.start), ("end", span.end)):
                if not schedule.covers(day):
                    yield _outside(case, f"schedule.{name}.{rank}.{key}", day)
    for rank, slot in enumerate(schedule.slots):
        if not schedule.covers(slot.day):
            yield _outside(case, f"schedule.slots.{rank}.day", slot.day)


def _outside(case: Case, field: str, day: date) -> Problem:
    schedule = case.dossier.schedule
    return Problem(
        Text(
            "{field}: {day} is not between {start} and {end}",
            field=field,
            day=day,
            start=schedule.start,
            end=schedule.end,
        ),
        Text("correct {field}, or schedule.start or schedule.end", field=field),
        field,
    )


@rule(
    "DATA-HOURS-04",
    Severity.WARNING,
    Text("nothing is entered twice"),
    Text(
        "Periods do not overlap one another, nor do interruptions or absences, and a day has one slot. Where they do, "
        "the first period and the last slot count."
    ),
    example=Example(
        in_france(
            schedule={
                "absences": [
                    {"start": date(2026, 5, 4), "end": date(2026, 5, 5)},
                    {"start": date(2026, 5, 6), "end": date(2026, 5, 7)},
                ]
            }
        ),
        in_france(
            schedule={
                "absences": [
                    {"start": date(2026, 5, 4), "end": date(2026, 5, 6)},
                    {"start": date(2026, 5, 6), "end": date(2026, 5, 7)},
                ]
            }
        ),
    ),
)
def no_overlap(case: Case) -> Iterator[Problem]:
    for name, spans in _spans(case):
        for before, after in pairwise(sorted(spans, key=lambda span: (span.start, span.end))):
            if after.start <= before.end:
                yield Problem(
                    Text("two entries of schedule.{name} overlap on {day}", name=name, day=after.start),
                    Text("correct the dates in schedule.{name}", name=name),
                    f"schedule.{name}",
                )
    slots = Counter(slot.day for slot in case.dossier.schedule.slots)
    for day in sorted(day for day, count in slots.items() if count > 1):
        yield Problem(
            Text("{day} has two slots", day=day),
            Text("keep one of the slots of that day in schedule.slots"),
            "schedule.slots",
        )


@rule(
    "DATA-HOURS-05",
    Severity.WARNING,
    Text("the agreed total is the computed one"),
    Text("When the parties wrote a total of hours, it is compared with the total that follows from the schedule."),
    example=Example(
        in_france(schedule={"planned_hours": 525}),
        in_france(schedule={"planned_hours": 532}),
    ),
)
def agreed_total(case: Case) -> Iterator[Problem]:
    planned, computed = case.dossier.schedule.planned_hours, case.presence.hours_for_duration
    if planned is not None and planned != computed:
        yield Problem(
            Text(
                "planned_hours says {planned} hours; the schedule comes to {computed}",
                planned=planned,
                computed=computed,
            ),
            Text("set schedule.planned_hours to {computed}, or correct the schedule", computed=typed(computed)),
            "schedule.planned_hours",
        )


@rule(
    "DATA-HOURS-06",
    Severity.WARNING,
    Text("the weekly hours are those of the periods"),
    Text(
        "Where periods say every day, the weekly hours are only printed, and decide what a month is paid for: they are "
        "the average of the periods, to the half hour."
    ),
    example=Example(
        in_france(schedule={"end": date(2026, 8, 2), "weekly_hours": Decimal("35.5"), "periods": [_ALL_DAYS]}),
        in_france(schedule={"end": date(2026, 8, 2), "weekly_hours": Decimal("35.4"), "periods": [_ALL_DAYS]}),
    ),
)
def average_week(case: Case) -> Iterator[Problem]:
    stated, average = case.dossier.schedule.weekly_hours, spelled_out(case.dossier.schedule)
    if average and abs(average - stated) > _HALF_AN_HOUR:
        yield Problem(
            Text("{stated} hours a week; the periods come to {average} on average", stated=stated, average=average),
            Text("set schedule.weekly_hours to {average}, or correct schedule.periods", average=typed(average)),
            "schedule.weekly_hours",
        )


RULES: Final[tuple[Rule, ...]] = (
    slots_on_holidays,
    plausible,
    inside,
    no_overlap,
    agreed_total,
    average_week,
)
"""Rules on the entries of a schedule."""
