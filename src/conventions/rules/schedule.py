"""Rules on hours: of a day, of a week, of rest; nights, Sundays and holidays; interns under 18."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.hours import Presence
from conventions.model.finding import Severity
from conventions.rules.example import MINOR, Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.signers import is_minor, is_under_age
from conventions.text import Text, counted

__all__ = ["RULES"]

_WEEK_CAP: Final = Decimal(48)
_AVERAGE_CAP: Final = 44
_WEEKS: Final = 12
_DAY_CAP: Final = Decimal(10)
_MINOR_WEEK_CAP: Final = Decimal(35)
_MINOR_DAY_CAP: Final = Decimal(8)
_DAYS: Final = 6
_MINOR_DAYS: Final = 5
_OPEN_DAYS: Final[dict[str, object]] = {
    "sunday": True,
    "special_presence": Text("open days on 6 and 7 June"),
}


@rule(
    "LAW-HOURS-01",
    Severity.ERROR,
    Text("nights, Sundays and holidays are described"),
    Text("Presence at night, on Sundays or on public holidays is written in the agreement: when, and why."),
    "art. D124-4 (6) Code de l'éducation",
    example=Example(
        in_france(schedule={"night": True, "special_presence": Text("two nights of deployment in June")}),
        in_france(schedule={"night": True}),
    ),
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
    example=Example(
        in_france(
            schedule={
                "slots": [{"day": date(2026, 5, 17), "hours": 5}],
                "sunday": True,
                "special_presence": Text("open day on 17 May"),
            }
        ),
        in_france(schedule={"slots": [{"day": date(2026, 5, 17), "hours": 5}]}),
    ),
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
    example=Example(
        in_france(
            schedule={
                "periods": [{"start": date(2026, 6, 1), "end": date(2026, 6, 5), "hours_per_day": Decimal("9.6")}]
            }
        ),
        in_france(
            schedule={
                "periods": [{"start": date(2026, 6, 1), "end": date(2026, 6, 5), "hours_per_day": Decimal("9.7")}]
            }
        ),
    ),
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
    "LAW-HOURS-07",
    Severity.WARNING,
    Text("at most 44 hours a week over twelve weeks"),
    Text(
        "The rules on weekly presence of the employees apply to interns. In France no twelve weeks in a row may come "
        "to more than 44 hours a week on average, unless an agreement of the branch allows up to 46."
    ),
    "art. L124-14 Code de l'éducation, L3121-22 Code du travail",
    example=Example(
        in_france(schedule={"start": date(2026, 6, 1), "end": date(2026, 8, 30), "weekly_hours": Decimal("44.7")}),
        in_france(schedule={"start": date(2026, 6, 1), "end": date(2026, 8, 30), "weekly_hours": Decimal("44.8")}),
    ),
)
def twelve_weeks(case: Case) -> Iterator[Problem]:
    worst = None if case.dossier.is_abroad else max(_stretches(case.presence), default=None)
    if worst is not None and worst[0] > _WEEKS * _AVERAGE_CAP:
        hours, week = worst
        yield Problem(
            Text(
                "{hours} hours in the {weeks} weeks from {day} on; {cap} are allowed",
                hours=hours,
                weeks=_WEEKS,
                day=date.fromordinal(week * 7 + 1),
                cap=_WEEKS * _AVERAGE_CAP,
            ),
            Text("set schedule.weekly_hours to {cap}, or the periods to {cap} hours on average", cap=_AVERAGE_CAP),
            "schedule.weekly_hours",
        )


def _stretches(presence: Presence) -> Iterator[tuple[Decimal, int]]:
    """Hours of every twelve civil weeks in a row, and which week is the first of them, from Monday 1 January 1."""
    weeks: dict[int, Decimal] = {}
    for day in presence.days:
        week = (day.day.toordinal() - 1) // 7
        weeks[week] = weeks.get(week, Decimal(0)) + day.hours
    for first in range(min(weeks, default=0), max(weeks, default=-1) - _WEEKS + 2):
        hours = sum((weeks.get(first + rank, Decimal(0)) for rank in range(_WEEKS)), Decimal(0))
        yield hours.quantize(Decimal("0.01")), first


@rule(
    "LAW-HOURS-04",
    Severity.WARNING,
    Text("at most ten hours a day"),
    Text(
        "The rules on daily presence of the employees apply to interns. In France a day has ten hours, save exceptions."
    ),
    "art. L124-14 Code de l'éducation, L3121-18 Code du travail",
    example=Example(
        in_france(schedule={"slots": [{"day": date(2026, 6, 2), "hours": 10}]}),
        in_france(schedule={"slots": [{"day": date(2026, 6, 2), "hours": Decimal("10.25")}]}),
    ),
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
        "In France an intern under 18 is present for at most 8 hours a day and 35 hours a week, and neither at night, "
        "nor on Sundays, nor on public holidays."
    ),
    "art. L3162-1, L3163-2, L3164-2, L3164-6 Code du travail",
    example=Example(
        in_france(student=MINOR),
        in_france(student=MINOR, schedule={"weekly_hours": 36}),
    ),
)
def minors(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad or not is_minor(case.dossier):
        return
    minor = _under_age(case)
    if _is_on_special_days(case, minor):
        yield Problem(
            Text("a minor is to be present at night, on Sundays or on public holidays"),
            Text("set schedule.night, schedule.sunday and schedule.holiday to false"),
            "schedule",
        )
    day = max((day.hours for day in minor.days), default=Decimal(0))
    week = max(minor.by_week.values(), default=Decimal(0))
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


def _under_age(case: Case) -> Presence:
    """The presence before the 18th birthday."""
    born = case.dossier.student.birth_date
    return replace(case.presence, days=tuple(day for day in case.presence.days if is_under_age(born, day.day)))


def _is_on_special_days(case: Case, minor: Presence) -> bool:
    """As announced; who comes of age during the internship may be present on Sundays and holidays afterwards."""
    schedule = case.dossier.schedule
    if is_under_age(case.dossier.student.birth_date, schedule.end):
        return schedule.night or schedule.sunday or schedule.holiday
    return schedule.night or bool(minor.sundays or minor.holidays)


@rule(
    "LAW-HOURS-06",
    Severity.ERROR,
    Text("one day of rest a week"),
    Text(
        "The rules on weekly rest of the employees apply to interns. In France nobody is present on more than six days "
        "of a week, nor a minor on more than five."
    ),
    "art. L124-14 Code de l'éducation, L3132-1, L3164-2 Code du travail",
    example=Example(
        in_france(schedule=_OPEN_DAYS | {"slots": [{"day": date(2026, 6, 7), "hours": 3}]}),
        in_france(
            schedule=_OPEN_DAYS
            | {"slots": [{"day": date(2026, 6, 6), "hours": 3}, {"day": date(2026, 6, 7), "hours": 3}]}
        ),
    ),
)
def weekly_rest(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad or all(day.day.isoweekday() <= _MINOR_DAYS for day in case.presence.days):
        return
    for presence, most in ((_under_age(case), _MINOR_DAYS), (case.presence, _DAYS)):
        weeks = Counter(day.day.isocalendar()[:2] for day in presence.days)
        over = sorted(week for week, days in weeks.items() if days > most)
        if not over:
            continue
        year, week = over[0]
        yield Problem(
            Text(
                "{days} days of presence in week {week} of {year}; {most} are allowed",
                days=weeks[over[0]],
                week=week,
                year=str(year),
                most=most,
            ),
            Text("take a day out of schedule.weekdays, or the periods or slots of that week"),
            "schedule",
        )
        return


RULES: Final[tuple[Rule, ...]] = (
    special_presence,
    sundays_announced,
    longest_week,
    twelve_weeks,
    longest_day,
    minors,
    weekly_rest,
)
"""Rules on the hours of a schedule."""
