"""Rules on dates, durations and delays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from conventions.circuit import lead_days
from conventions.hours import CAP_HOURS, LONGEST_DAYS
from conventions.model.finding import Severity
from conventions.pay import COMPULSORY_ABOVE
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text, typed

__all__ = ["RULES"]

_FULL_TIME: Final = Decimal(35)


def _years(case: Case) -> tuple[int, int]:
    first, second = case.dossier.academic_year.split("-")
    return int(first), int(second)


def _resolved(year: int, month_day: str) -> date:
    """A month and day in a year; 29 February falls back to the 28th, a year out of range to the nearest."""
    month, day = (int(part) for part in month_day.split("-"))
    year = min(max(year, 1), 9999)
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


@rule(
    "DATA-TIME-01",
    Severity.ERROR,
    Text("the academic year is two years in a row"),
    Text("An academic year is written as its two calendar years, such as 2025-2026: the second follows the first."),
)
def coherent_year(case: Case) -> Iterator[Problem]:
    first, second = _years(case)
    if second != first + 1:
        yield Problem(
            Text("academic_year {year} is not two years in a row", year=case.dossier.academic_year),
            Text("set academic_year to two years in a row, such as 2025-2026"),
            "academic_year",
        )


@rule(
    "COURSE-TIME-01",
    Severity.ERROR,
    Text("at least twelve weeks"),
    Text(
        "The internship lasts at least twelve weeks (84 calendar days) from its first to its last day. Days of an "
        "interruption are not counted."
    ),
)
def long_enough(case: Case) -> Iterator[Problem]:
    schedule, needed = case.dossier.schedule, case.profile.min_weeks * 7
    lost = sum(1 for day in _interrupted(case) if schedule.covers(day))
    days = (schedule.end - schedule.start).days + 1 - lost
    if days < needed:
        yield Problem(
            Text(
                "the internship lasts {days} calendar days without its interruptions; {needed} are needed ({weeks} "
                "weeks)",
                days=days,
                needed=needed,
                weeks=case.profile.min_weeks,
            ),
            Text("set schedule.end {missing} days later, or schedule.start earlier", missing=needed - days),
            "schedule.end",
        )


def _interrupted(case: Case) -> set[date]:
    schedule = case.dossier.schedule
    found: set[date] = set()
    for gap in schedule.interruptions:
        first, last = max(gap.start, schedule.start), min(gap.end, schedule.end)
        count = min((last - first).days + 1, LONGEST_DAYS)
        found.update(first + timedelta(days=offset) for offset in range(count))
    return found


@rule(
    "COURSE-TIME-02",
    Severity.ERROR,
    Text("it ends inside the academic year"),
    Text("No internship ends after the last day set by the department (31 August) in the second calendar year."),
)
def early_enough(case: Case) -> Iterator[Problem]:
    limit = _resolved(_years(case)[0] + 1, case.profile.calendar.latest_end)
    if case.dossier.schedule.end > limit:
        yield Problem(
            Text("it ends on {end}, after {limit}", end=case.dossier.schedule.end, limit=limit),
            Text("set schedule.end to {limit} or earlier, or correct academic_year", limit=typed(limit)),
            "schedule.end",
        )


@rule(
    "COURSE-TIME-03",
    Severity.ERROR,
    Text("it starts inside the academic year"),
    Text("No internship starts before the first day of the academic year that the dossier names."),
)
def late_enough(case: Case) -> Iterator[Problem]:
    limit = _resolved(_years(case)[0], case.profile.calendar.year_starts)
    if case.dossier.schedule.start < limit:
        yield Problem(
            Text("it starts on {start}, before the academic year does on {limit}", start=_start(case), limit=limit),
            Text("correct academic_year, or set schedule.start to {limit} or later", limit=typed(limit)),
            "academic_year",
        )


def _start(case: Case) -> date:
    return case.dossier.schedule.start


@rule(
    "LAW-TIME-01",
    Severity.ERROR,
    Text("at most six months"),
    Text(
        "In one host and academic year an intern is present for at most six months, which the law counts as 924 hours: "
        "seven hours are a day and twenty-two days a month."
    ),
    "art. L124-5, D124-6 Code de l'éducation",
)
def six_months(case: Case) -> Iterator[Problem]:
    hours = case.presence.hours_for_duration
    if hours > CAP_HOURS:
        yield Problem(
            Text("the planned presence is {hours} hours; {cap} are allowed", hours=hours, cap=CAP_HOURS),
            Text(
                "set schedule.end earlier or schedule.weekly_hours lower, by {excess} hours", excess=hours - CAP_HOURS
            ),
            "schedule.end",
        )


@rule(
    "COURSE-TIME-04",
    Severity.WARNING,
    Text("five months are usual at most"),
    Text("The department advises against internships longer than five calendar months, which the law would allow."),
)
def local_length(case: Case) -> Iterator[Problem]:
    schedule, months = case.dossier.schedule, case.profile.max_months
    rank = schedule.start.month - 1 + months
    after = _resolved(schedule.start.year + rank // 12, f"{rank % 12 + 1:02d}-{schedule.start.day:02d}")
    if schedule.end >= after:
        yield Problem(
            Text("it ends on {end}; {months} months end before {after}", end=schedule.end, months=months, after=after),
            Text("set schedule.end before {after}, unless the department agrees", after=typed(after)),
            "schedule.end",
        )


@rule(
    "LAW-TIME-02",
    Severity.ERROR,
    Text("signed before it starts"),
    Text(
        "Every party signs before the first day: without a signed agreement the intern has no cover for accidents at "
        "work. An agreement that would be signed on or after the start is refused."
    ),
    "art. L124-1 Code de l'éducation",
)
def not_started(case: Case) -> Iterator[Problem]:
    if _start(case) <= case.on:
        yield Problem(
            Text("it starts on {start} and would be signed on {on} at the earliest", start=_start(case), on=case.on),
            Text("set schedule.start to a later day"),
            "schedule.start",
        )


def _lead(case: Case) -> Iterator[Problem]:
    needed, left = lead_days(case.dossier, case.profile.delays), (_start(case) - case.on).days
    if 0 < left < needed:
        yield Problem(
            Text(
                "{left} calendar days are left before {start}; {needed} are asked for",
                left=left,
                start=_start(case),
                needed=needed,
            ),
            Text("set schedule.start to {day} or later", day=typed(_later(case.on, needed))),
            "schedule.start",
        )


def _later(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


@rule(
    "COURSE-TIME-05",
    Severity.WARNING,
    Text("two weeks for the signatures in France"),
    Text(
        "Fourteen calendar days lie between the registration of an agreement and the start, more when the host also "
        "wants its own agreement signed."
    ),
)
def lead_in_france(case: Case) -> Iterator[Problem]:
    if not case.dossier.is_abroad:
        yield from _lead(case)


@rule(
    "COURSE-TIME-06",
    Severity.ERROR,
    Text("four weeks for the signatures abroad"),
    Text(
        "Twenty-eight calendar days lie between the registration of an agreement abroad and the start, more when the "
        "host also wants its own agreement signed. This delay cannot be shortened."
    ),
)
def lead_abroad(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad:
        yield from _lead(case)


@rule(
    "LAW-TIME-03",
    Severity.ERROR,
    Text("leave when it exceeds two months"),
    Text("An agreement of more than two months (308 hours of presence) provides for leave and authorised absences."),
    "art. L124-13, D124-4 (10) Code de l'éducation",
)
def leave_is_provided(case: Case) -> Iterator[Problem]:
    hours = case.presence.hours_for_duration
    if hours > COMPULSORY_ABOVE and not case.dossier.schedule.leave_terms:
        yield Problem(
            Text(
                "mention 10 is missing: {hours} hours of presence are more than {limit}, and no leave is provided for",
                hours=hours,
                limit=COMPULSORY_ABOVE,
            ),
            Text("write in schedule.leave_terms which leave and absences are authorised"),
            "schedule.leave_terms",
        )


@rule(
    "COURSE-TIME-07",
    Severity.WARNING,
    Text("part time is looked at twice"),
    Text(
        "The twelve weeks are counted on the calendar, whatever the hours. With fewer than 35 hours a week "
        "the department "
        "decides whether the work done is enough for the degree."
    ),
)
def part_time(case: Case) -> Iterator[Problem]:
    weekly = case.dossier.schedule.weekly_hours
    if weekly < _FULL_TIME:
        yield Problem(
            Text("{weekly} hours a week are fewer than {full}", weekly=weekly, full=_FULL_TIME),
            Text("ask the internship coordinator, or set schedule.weekly_hours to {full}", full=_FULL_TIME),
            "schedule.weekly_hours",
        )


RULES: Final[tuple[Rule, ...]] = (
    coherent_year,
    long_enough,
    early_enough,
    late_enough,
    six_months,
    local_length,
    not_started,
    lead_in_france,
    lead_abroad,
    leave_is_provided,
    part_time,
)
"""Rules on dates and durations."""
