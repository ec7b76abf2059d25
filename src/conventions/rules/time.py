"""Rules on dates, durations and delays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.hours import CAP_HOURS
from conventions.model.finding import Severity
from conventions.pay import COMPULSORY_ABOVE
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, later, months_later, resolved, rule
from conventions.text import Text, typed

__all__ = ["RULES"]


@rule(
    "DATA-TIME-01",
    Severity.ERROR,
    Text("the academic year is two years in a row"),
    Text("An academic year is written as its two calendar years, such as 2025-2026: the second follows the first."),
    is_firm=True,
    example=Example(
        in_france(),
        in_france(academic_year="2025-2027"),
    ),
)
def coherent_year(case: Case) -> Iterator[Problem]:
    first, second = (int(year) for year in case.dossier.academic_year.split("-"))
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
    settings=(
        "rules.min_weeks",
        "rules.interruptions_count",
        "rules.duration_measure",
        "rules.min_hours",
    ),
    example=Example(
        in_france(schedule={"end": date(2026, 7, 5)}),
        in_france(schedule={"end": date(2026, 7, 4)}),
    ),
)
def long_enough(case: Case) -> Iterator[Problem]:
    if case.profile.duration_measure == "hours":
        yield from _enough_hours(case)
    else:
        yield from _enough_weeks(case)


def _enough_hours(case: Case) -> Iterator[Problem]:
    hours, needed = case.presence.hours_for_duration, case.profile.min_hours
    if hours < needed:
        yield Problem(
            Text("the planned presence is {hours} hours; {needed} are needed", hours=hours, needed=needed),
            Text("set schedule.end later or schedule.weekly_hours higher, by {missing} hours", missing=needed - hours),
            "schedule.end",
        )


def _enough_weeks(case: Case) -> Iterator[Problem]:
    schedule, needed = case.dossier.schedule, case.profile.min_weeks * 7
    lost = 0 if case.profile.interruptions_count else len(case.interrupted)
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
            _longer(case, needed - days),
            "schedule.end",
        )


def _longer(case: Case, missing: int) -> Text:
    """Where the missing days are to be had: after the end, unless the academic year ends before."""
    schedule, limit = case.dossier.schedule, resolved(case.first_year + 1, case.profile.calendar.latest_end)
    end = later(schedule.end, missing)
    if end <= limit:
        return Text("set schedule.end to {day} or later, or schedule.start earlier", day=typed(end))
    start = later(schedule.start, (min(schedule.end, limit) - end).days)
    return Text(
        "set schedule.start to {day} or earlier: no internship ends after {limit}", day=typed(start), limit=limit
    )


@rule(
    "COURSE-TIME-02",
    Severity.ERROR,
    Text("it ends inside the academic year"),
    Text("No internship ends after the last day set by the department (31 August) in the second calendar year."),
    settings=("rules.calendar.latest_end",),
    example=Example(
        in_france(schedule={"start": date(2026, 5, 11), "end": date(2026, 8, 31)}),
        in_france(schedule={"start": date(2026, 5, 11), "end": date(2026, 9, 1)}),
    ),
)
def early_enough(case: Case) -> Iterator[Problem]:
    limit = resolved(case.first_year + 1, case.profile.calendar.latest_end)
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
    settings=("rules.calendar.year_starts",),
    example=Example(
        in_france(),
        in_france(academic_year="2026-2027"),
    ),
)
def late_enough(case: Case) -> Iterator[Problem]:
    limit = resolved(case.first_year, case.profile.calendar.year_starts)
    schedule = case.dossier.schedule
    if schedule.start < limit:
        first = schedule.start.year
        first -= schedule.start < resolved(first, case.profile.calendar.year_starts)
        yield Problem(
            Text("it starts on {start}, before the academic year does on {limit}", start=schedule.start, limit=limit),
            Text(
                "set academic_year to {year}, or schedule.start to {limit} or later",
                year=f"{first}-{first + 1}",
                limit=typed(limit),
            ),
            "academic_year",
        )


@rule(
    "LAW-TIME-01",
    Severity.ERROR,
    Text("at most six months"),
    Text(
        "In one host and academic year an intern is present for at most six months, which the law counts as 924 hours: "
        "seven hours are a day and twenty-two days a month."
    ),
    "art. L124-5, D124-6 Code de l'éducation",
    example=Example(
        in_france(schedule={"start": date(2026, 3, 16), "end": date(2026, 8, 18), "weekly_hours": 43}),
        in_france(schedule={"start": date(2026, 3, 16), "end": date(2026, 8, 18), "weekly_hours": 44}),
    ),
)
def six_months(case: Case) -> Iterator[Problem]:
    hours = case.presence.hours_for_duration
    if hours > CAP_HOURS:
        yield Problem(
            Text("the planned presence is {hours} hours; {cap} are allowed", hours=hours, cap=CAP_HOURS),
            Text(
                "set schedule.end to {day} or earlier, or schedule.weekly_hours lower by {excess} hours in all",
                day=typed(case.presence.last_day_within(CAP_HOURS) or case.dossier.schedule.start),
                excess=hours - CAP_HOURS,
            ),
            "schedule.end",
        )


@rule(
    "COURSE-TIME-04",
    Severity.WARNING,
    Text("five months are usual at most"),
    Text("The department advises against internships longer than five calendar months, which the law would allow."),
    settings=("rules.max_months",),
    example=Example(
        in_france(schedule={"start": date(2026, 3, 16), "end": date(2026, 8, 15)}),
        in_france(schedule={"start": date(2026, 3, 16), "end": date(2026, 8, 16)}),
    ),
)
def local_length(case: Case) -> Iterator[Problem]:
    schedule, months = case.dossier.schedule, case.profile.max_months
    after = months_later(schedule.start, months)
    if schedule.end >= after:
        yield Problem(
            Text("it ends on {end}; {months} months end before {after}", end=schedule.end, months=months, after=after),
            Text("set schedule.end before {after}, unless the department agrees", after=typed(after)),
            "schedule.end",
        )


@rule(
    "LAW-TIME-03",
    Severity.ERROR,
    Text("leave when it exceeds two months"),
    Text("An agreement of more than two months (308 hours of presence) provides for leave and authorised absences."),
    "art. L124-13, D124-4 (10) Code de l'éducation",
    example=Example(
        in_france(),
        in_france(schedule={"leave_terms": ""}),
    ),
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
        "The twelve weeks are counted on the calendar, whatever the hours. With fewer than 35 hours a week the "
        "department decides whether the work done is enough for the degree."
    ),
    settings=("rules.full_time_hours",),
    example=Example(
        in_france(schedule={"weekly_hours": 35}),
        in_france(schedule={"weekly_hours": Decimal("34.5")}),
    ),
)
def part_time(case: Case) -> Iterator[Problem]:
    weekly, full = case.dossier.schedule.weekly_hours, case.profile.full_time_hours
    if weekly < full:
        yield Problem(
            Text("{weekly} hours a week are fewer than {full}", weekly=weekly, full=full),
            Text("ask the internship coordinator, or set schedule.weekly_hours to {full}", full=full),
            "schedule.weekly_hours",
        )


@rule(
    "COURSE-TIME-08",
    Severity.INFORMATION,
    Text("the latest possible start"),
    Text(
        "The shortest internship must end before the department's latest day: that leaves a latest day to start. It is "
        "told to whoever starts shortly before it, or after it."
    ),
    settings=("rules.latest_start_margin_days", "rules.min_weeks", "rules.calendar.latest_end"),
    example=Example(
        in_france(schedule={"start": date(2026, 5, 26), "end": date(2026, 8, 31)}),
        in_france(schedule={"start": date(2026, 5, 27), "end": date(2026, 8, 31)}),
    ),
)
def tight_start(case: Case) -> Iterator[Problem]:
    profile, start = case.profile, case.dossier.schedule.start
    limit = resolved(case.first_year + 1, profile.calendar.latest_end)
    latest = later(limit, 1 - profile.min_weeks * 7)
    if profile.duration_measure == "weeks" and start > later(latest, -profile.latest_start_margin_days):
        yield Problem(
            Text(
                "it starts on {start}; {latest} is the latest start that leaves {weeks} weeks until {limit}",
                start=start,
                latest=latest,
                weeks=profile.min_weeks,
                limit=limit,
            ),
            Text("keep schedule.start on {latest} or earlier", latest=typed(latest)),
            "schedule.start",
        )


RULES: Final[tuple[Rule, ...]] = (
    coherent_year,
    long_enough,
    early_enough,
    late_enough,
    six_months,
    local_length,
    leave_is_provided,
    part_time,
    tight_start,
)
"""Rules on dates and durations."""
