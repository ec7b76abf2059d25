"""Rules on what the schedule says: hours of a day and a week, nights, Sundays, holidays, entries that contradict it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from conventions.circuit import is_minor
from conventions.hours import LONGEST_DAYS, public_holidays
from conventions.model.finding import Severity
from conventions.model.placement import Span
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text, counted, typed

__all__ = ["RULES"]

_WEEK_CAP: Final = Decimal(48)
_DAY_CAP: Final = Decimal(10)
_MINOR_WEEK_CAP: Final = Decimal(35)
_MINOR_DAY_CAP: Final = Decimal(8)


@rule(
    "LAW-HOURS-01",
    Severity.ERROR,
    Text("nights, Sundays and holidays are described"),
    Text("Presence at night, on Sundays or on public holidays is written in the agreement: when, and why."),
    "art. D124-4 (6) Code de l'éducation",
)
def special_presence(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    if (schedule.night or schedule.sunday or schedule.holiday) and not schedule.special_presence:
        yield Problem(
            Text("mention 6 is incomplete: presence at night, on Sundays or holidays is announced but not described"),
            Text("describe it in schedule.special_presence, or set night, sunday and holiday to false"),
            "schedule.special_presence",
        )


@rule(
    "LAW-HOURS-02",
    Severity.ERROR,
    Text("Sundays are announced"),
    Text("A schedule with presence on a Sunday says so, because the agreement must name it."),
    "art. D124-4 (6) Code de l'éducation",
)
def sundays_announced(case: Case) -> Iterator[Problem]:
    sundays = () if case.dossier.schedule.sunday else case.presence.sundays
    if sundays:
        yield Problem(
            counted(
                "mention 6 is incomplete: one Sunday, {day}, but sunday is false",
                "mention 6 is incomplete: {n} Sundays from {day} on, but sunday is false",
                n=len(sundays),
                day=sundays[0],
            ),
            Text("set schedule.sunday to true and describe it, or take day 7 out of weekdays, periods and slots"),
            "schedule.sunday",
        )


@rule(
    "LAW-HOURS-03",
    Severity.ERROR,
    Text("at most 48 hours a week"),
    Text(
        "The rules on daily and weekly presence of the employees apply to interns. In France no week may "
        "exceed 48 hours."
    ),
    "art. L124-14 Code de l'éducation, L3121-20 Code du travail",
)
def longest_week(case: Case) -> Iterator[Problem]:
    weeks = {} if case.dossier.is_abroad else case.presence.by_week
    over = [(hours, week) for week, hours in weeks.items() if hours > _WEEK_CAP]
    if over:
        hours, (year, week) = max(over)
        yield Problem(
            Text(
                "{hours} hours in week {week} of {year}; {cap} are allowed",
                hours=hours,
                week=week,
                year=year,
                cap=_WEEK_CAP,
            ),
            Text(
                "set schedule.weekly_hours, or the period or slots of that week, to {cap} hours at most", cap=_WEEK_CAP
            ),
            "schedule.weekly_hours",
        )


@rule(
    "LAW-HOURS-04",
    Severity.WARNING,
    Text("at most ten hours a day"),
    Text(
        "The rules on daily presence of the employees apply to interns. In France a day has ten hours, save exceptions."
    ),
    "art. L124-14 Code de l'éducation, L3121-18 Code du travail",
)
def longest_day(case: Case) -> Iterator[Problem]:
    over = [] if case.dossier.is_abroad else [day for day in case.presence.days if day.hours > _DAY_CAP]
    if over:
        yield Problem(
            Text("{hours} hours on {day}; {cap} are usual at most", hours=over[0].hours, day=over[0].day, cap=_DAY_CAP),
            Text("spread schedule.weekly_hours over more weekdays, or shorten the period or slot of that day"),
            "schedule",
        )


@rule(
    "LAW-HOURS-05",
    Severity.ERROR,
    Text("minors work less"),
    Text(
        "In France an intern under 18 is present for at most 8 hours a day and 35 hours a week, and neither "
        "at night, nor "
        "on Sundays, nor on public holidays."
    ),
    "art. L3162-1, L3163-2, L3164-2, L3164-6 Code du travail",
)
def minors(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    if case.dossier.is_abroad or not is_minor(case.dossier):
        return
    if schedule.night or schedule.sunday or schedule.holiday:
        yield Problem(
            Text("a minor is to be present at night, on Sundays or on public holidays"),
            Text("set schedule.night, schedule.sunday and schedule.holiday to false"),
            "schedule",
        )
    day = max((day.hours for day in case.presence.days), default=Decimal(0))
    week = max(case.presence.by_week.values(), default=Decimal(0))
    if day > _MINOR_DAY_CAP or week > _MINOR_WEEK_CAP:
        yield Problem(
            Text(
                "a minor is to be present for {day} hours a day and {week} hours a week; {day_cap} and {week_cap} "
                "are allowed",
                day=day.quantize(Decimal("0.01")),
                week=week,
                day_cap=_MINOR_DAY_CAP,
                week_cap=_MINOR_WEEK_CAP,
            ),
            Text("set schedule.weekly_hours to {week_cap} or less", week_cap=_MINOR_WEEK_CAP),
            "schedule.weekly_hours",
        )


@rule(
    "DATA-HOURS-01",
    Severity.WARNING,
    Text("an entry on a public holiday counts only if holidays are worked"),
    Text("A single day entered on a public holiday is not counted unless the schedule says that holidays are worked."),
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
        "Periods do not overlap one another, nor do interruptions or absences, and a day has one slot. Where "
        "they do, the "
        "first period and the last slot count."
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


RULES: Final[tuple[Rule, ...]] = (
    special_presence,
    sundays_announced,
    longest_week,
    longest_day,
    minors,
    slots_on_holidays,
    plausible,
    inside,
    no_overlap,
    agreed_total,
)
"""Rules on the hours of a schedule."""
