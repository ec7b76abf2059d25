"""Rules on amendments that change the days: another period, an early end, interruptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.hours import presence
from conventions.in_force import steps
from conventions.model.finding import Severity
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text, typed

__all__ = ["RULES"]

_REASON: Final[dict[str, object]] = {"number": 1, "reason": Text("the project has changed")}
_LONGER: Final[dict[str, object]] = _REASON | {"effective": date(2026, 7, 31), "end": date(2026, 8, 14)}
_BROKEN_OFF: Final[dict[str, object]] = _REASON | {
    "effective": date(2026, 6, 12),
    "termination": {"last_day": date(2026, 6, 12), "asked_by": "host", "reason": Text("the host closes")},
}
_AWAY: Final[dict[str, object]] = {"start": date(2026, 5, 18), "end": date(2026, 5, 22)}


@rule(
    "DATA-AMEND-06",
    Severity.ERROR,
    Text("the new period begins before it ends"),
    Text("An amendment of the period leaves at least one day between the first and the last."),
    is_firm=True,
    example=Example(
        in_france(amendments=[_LONGER | {"end": date(2026, 7, 6), "effective": date(2026, 7, 6)}]),
        in_france(amendments=[_LONGER | {"end": date(2026, 4, 12), "effective": date(2026, 4, 13)}]),
    ),
)
def period_in_order(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        schedule = step.after.schedule
        if schedule.end < schedule.start and step.amendment.termination is None:
            yield Problem(
                Text(
                    "after amendment {number} it ends on {end}, before it starts on {start}",
                    number=step.amendment.number,
                    start=schedule.start,
                    end=schedule.end,
                ),
                Text("set {field}.end to {start} or later", field=step.field, start=typed(schedule.start)),
                f"{step.field}.end" if step.amendment.end else f"{step.field}.start",
            )


@rule(
    "LAW-AMEND-01",
    Severity.ERROR,
    Text("a start moves only before it"),
    Text(
        "The first day can be moved while it lies ahead, old and new: a day on which the intern was present stays "
        "covered by the agreement, and nobody is present before the signature."
    ),
    "art. L124-1 Code de l'éducation",
    example=Example(
        in_france(
            amendments=[_REASON | {"effective": date(2026, 4, 13), "start": date(2026, 4, 20)}], on=date(2026, 4, 12)
        ),
        in_france(
            amendments=[_REASON | {"effective": date(2026, 4, 13), "start": date(2026, 4, 20)}], on=date(2026, 4, 13)
        ),
    ),
)
def start_lies_ahead(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        old, new, day = step.before.schedule.start, step.after.schedule.start, step.amendment.signed_on or case.on
        if old != new and min(old, new) <= day:
            yield Problem(
                Text(
                    "amendment {number} moves the start from {old} to {new} and is signed on {day}",
                    number=step.amendment.number,
                    old=old,
                    new=new,
                    day=day,
                ),
                Text("take {field}.start out; write days without presence in interruptions", field=step.field),
                f"{step.field}.start",
            )


@rule(
    "DATA-AMEND-07",
    Severity.ERROR,
    Text("an early end lies inside the internship"),
    Text(
        "The last day of an internship that is broken off lies between the first and the last day in force; a new end "
        "beside it is the same day."
    ),
    example=Example(
        in_france(amendments=[_BROKEN_OFF | {"end": date(2026, 6, 12)}]),
        in_france(amendments=[_BROKEN_OFF | {"end": date(2026, 6, 19)}]),
    ),
)
def ends_inside(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        ended, schedule, new = step.amendment.termination, step.before.schedule, step.amendment.end
        if ended is None:
            continue
        if not schedule.covers(ended.last_day):
            yield Problem(
                Text(
                    "the last day {day} is not between {start} and {end}",
                    day=ended.last_day,
                    start=schedule.start,
                    end=schedule.end,
                ),
                Text("correct {field}.termination.last_day", field=step.field),
                f"{step.field}.termination.last_day",
            )
        if new is not None and new != ended.last_day:
            yield Problem(
                Text("it is broken off on {day}, but its new end is {end}", day=ended.last_day, end=new),
                Text("take {field}.end out, or set it to {day}", field=step.field, day=typed(ended.last_day)),
                f"{step.field}.end",
            )


@rule(
    "DATA-AMEND-09",
    Severity.WARNING,
    Text("an interruption that is over stays"),
    Text("An amendment lists every interruption there is. One that has begun before it takes effect cannot vanish."),
    example=Example(
        in_france(
            schedule={"interruptions": [_AWAY]},
            amendments=[_REASON | {"effective": date(2026, 5, 18), "interruptions": []}],
        ),
        in_france(
            schedule={"interruptions": [_AWAY]},
            amendments=[_REASON | {"effective": date(2026, 5, 19), "interruptions": []}],
        ),
    ),
)
def past_interruptions_stay(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        if step.amendment.interruptions is None:
            continue
        kept = {gap.start for gap in step.amendment.interruptions}
        for gap in step.before.schedule.interruptions:
            if gap.start < step.amendment.effective and gap.start not in kept:
                yield Problem(
                    Text(
                        "amendment {number} lists no interruption from {start} on; one began there before {effective}",
                        number=step.amendment.number,
                        start=gap.start,
                        effective=step.amendment.effective,
                    ),
                    Text("add it again to {field}.interruptions", field=step.field),
                    f"{step.field}.interruptions",
                )


@rule(
    "LAW-AMEND-03",
    Severity.TO_DO,
    Text("a broken-off internship is validated or replaced"),
    Text(
        "When an internship is broken off for illness, accident, pregnancy, adoption or, with the consent of the "
        "institution, by the host, the institution validates what was done or offers another way to validate it."
    ),
    "art. L124-15 Code de l'éducation",
    example=Example(
        in_france(amendments=[_LONGER | {"end": date(2026, 7, 10), "effective": date(2026, 7, 1)}]),
        in_france(amendments=[_BROKEN_OFF]),
    ),
)
def validated_or_replaced(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        ended = step.amendment.termination
        if ended is not None and case.dossier.marks is None:
            hours = presence(step.after.schedule, step.after.place).hours_for_duration
            yield Problem(
                Text("it is broken off on {day} after {hours} hours", day=ended.last_day, hours=hours),
                Text("decide how the internship is validated (placement.if_interrupted), then fill in marks"),
                f"{step.field}.termination",
            )


RULES: Final[tuple[Rule, ...]] = (
    period_in_order,
    start_lies_ahead,
    ends_inside,
    past_interruptions_stay,
    validated_or_replaced,
)
"""Rules on amended periods."""
