"""Rules on amendments as papers: their numbers, what they change, when they are signed and take effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.in_force import Step, changes, steps
from conventions.model.amendment import Amendment
from conventions.model.finding import Severity
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text, typed

__all__ = ["RULES"]

_FIRST: Final[dict[str, object]] = {
    "number": 1,
    "effective": date(2026, 6, 1),
    "reason": Text("the project has changed"),
    "subject": Text("Booking of rooms, and of their equipment"),
}
_SECOND: Final[dict[str, object]] = _FIRST | {
    "number": 2,
    "effective": date(2026, 7, 1),
    "subject": Text("Booking of rooms, of their equipment and of vehicles"),
}
_BROKEN_OFF: Final[dict[str, object]] = {
    "number": 1,
    "effective": date(2026, 6, 12),
    "reason": Text("the host closes"),
    "termination": {"last_day": date(2026, 6, 12), "asked_by": "host", "reason": Text("the host closes")},
}


def _is_sudden(amendment: Amendment) -> bool:
    """Illness, accident, breach: nobody can sign for them beforehand (art. L124-15)."""
    return amendment.termination is not None or amendment.interruptions is not None


@rule(
    "DATA-AMEND-01",
    Severity.ERROR,
    Text("amendments are numbered without a gap"),
    Text("The amendments of a dossier are numbered 1, 2, 3 … A paper names its number, so none is there twice."),
    is_firm=True,
    example=Example(
        in_france(amendments=[_FIRST]),
        in_france(amendments=[_FIRST | {"number": 2}]),
    ),
)
def numbered(case: Case) -> Iterator[Problem]:
    free = list(range(1, len(case.dossier.amendments) + 1))
    wrong = []
    for rank, amendment in enumerate(case.dossier.amendments):
        if amendment.number in free:
            free.remove(amendment.number)
        else:
            wrong.append((rank, amendment.number))
    for (rank, number), right in zip(wrong, free, strict=True):
        yield Problem(
            Text(
                "an amendment has the number {number}; the numbers run from 1 to {n}",
                number=number,
                n=len(case.dossier.amendments),
            ),
            Text("set amendments.{rank}.number to {right}", rank=str(rank), right=right),
            f"amendments.{rank}.number",
        )


@rule(
    "DATA-AMEND-02",
    Severity.ERROR,
    Text("an amendment changes something"),
    Text("An amendment states at least one value that differs from what is in force before it."),
    is_firm=True,
    example=Example(
        in_france(amendments=[_FIRST]),
        in_france(amendments=[_FIRST, _FIRST | {"number": 2, "subject": None, "end": date(2026, 7, 31)}]),
    ),
)
def changes_something(case: Case) -> Iterator[Problem]:
    for rank, amendment in enumerate(case.dossier.amendments):
        if not changes(case.dossier, amendment):
            yield Problem(
                Text("amendment {number} says only what is agreed already", number=amendment.number),
                Text("write the new value, such as end, tutor or subject, or take the amendment out"),
                f"amendments.{rank}",
            )


@rule(
    "DATA-AMEND-03",
    Severity.WARNING,
    Text("amendments are signed in the order of their numbers"),
    Text(
        "An amendment names the values that it replaces. When an earlier one is signed after it, these are no longer "
        "the values in force."
    ),
    example=Example(
        in_france(amendments=[_FIRST | {"signed_on": date(2026, 2, 9)}, _SECOND | {"signed_on": date(2026, 2, 9)}]),
        in_france(amendments=[_FIRST | {"signed_on": date(2026, 2, 10)}, _SECOND | {"signed_on": date(2026, 2, 9)}]),
    ),
)
def in_turn(case: Case) -> Iterator[Problem]:
    waiting: Amendment | None = None
    for rank, amendment in sorted(enumerate(case.dossier.amendments), key=lambda ranked: ranked[1].number):
        if waiting and (waiting.signed_on or date.max) > (amendment.signed_on or date.max):
            yield Problem(
                Text(
                    "amendment {number} was signed on {day}, before amendment {earlier}",
                    number=amendment.number,
                    day=amendment.signed_on,
                    earlier=waiting.number,
                ),
                Text("correct signed_on, or compare the old values that the two papers name"),
                f"amendments.{rank}.signed_on",
            )
        waiting = amendment


@rule(
    "DATA-AMEND-04",
    Severity.ERROR,
    Text("an amendment takes effect during the internship"),
    Text("The day on which a change applies lies between the first and the last day, before or after the change."),
    example=Example(
        in_france(amendments=[_FIRST | {"effective": date(2026, 7, 31)}]),
        in_france(amendments=[_FIRST | {"effective": date(2026, 8, 1)}]),
    ),
)
def takes_effect(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        first, last = _longest(step)
        if not first <= step.amendment.effective <= last:
            yield Problem(
                Text(
                    "amendment {number} takes effect on {day}; the internship lasts from {first} to {last}",
                    number=step.amendment.number,
                    day=step.amendment.effective,
                    first=first,
                    last=last,
                ),
                Text("set {field}.effective to a day from {first} to {last}",
                    field=step.field, first=typed(first), last=typed(last)),
                f"{step.field}.effective",
            )  # fmt: skip


def _longest(step: Step) -> tuple[date, date]:
    before, after = step.before.schedule, step.after.schedule
    return min(before.start, after.start), max(before.end, after.end)


@rule(
    "DATA-AMEND-05",
    Severity.ERROR,
    Text("nothing is signed in the future"),
    Text("The day of the last signature is copied from a signed paper: it is today or earlier."),
    example=Example(
        in_france(amendments=[_FIRST | {"signed_on": date(2026, 2, 16)}]),
        in_france(amendments=[_FIRST | {"signed_on": date(2026, 2, 17)}]),
    ),
)
def signed_already(case: Case) -> Iterator[Problem]:
    for rank, amendment in enumerate(case.dossier.amendments):
        if amendment.signed_on is not None and amendment.signed_on > case.on:
            yield Problem(
                Text(
                    "amendment {number} was signed on {day}, which lies after {on}",
                    number=amendment.number,
                    day=amendment.signed_on,
                    on=case.on,
                ),
                Text("correct signed_on, or leave it out until everybody has signed"),
                f"amendments.{rank}.signed_on",
            )


def _late(case: Case) -> Iterator[tuple[str, Amendment, Text]]:
    """Amendments that apply before they are signed: their path, themselves, what is wrong with them."""
    for rank, amendment in enumerate(case.dossier.amendments):
        day = amendment.signed_on or case.on
        if day > amendment.effective:
            message = Text(
                "amendment {number} takes effect on {effective} and is signed on {day} at the earliest",
                number=amendment.number,
                effective=amendment.effective,
                day=day,
            )
            yield f"amendments.{rank}", amendment, message


@rule(
    "COURSE-AMEND-01",
    Severity.ERROR,
    Text("an amendment is signed before it takes effect"),
    Text("As with the agreement itself, everybody signs first and the change applies then, on the same day at best."),
    example=Example(
        in_france(amendments=[_FIRST], on=date(2026, 6, 1)),
        in_france(amendments=[_FIRST], on=date(2026, 6, 2)),
    ),
)
def signed_first(case: Case) -> Iterator[Problem]:
    for field, amendment, message in _late(case):
        if not _is_sudden(amendment):
            day = typed(amendment.signed_on or case.on)
            fix = Text("set {field}.effective to {day} or later", field=field, day=day)
            yield Problem(message, fix, f"{field}.effective")


@rule(
    "COURSE-AMEND-02",
    Severity.WARNING,
    Text("what could not be foreseen is signed soon"),
    Text(
        "An interruption or an end that nobody could foresee is written down afterwards; the amendment says from which "
        "day on it applied, and is signed without delay."
    ),
    "art. L124-15 Code de l'éducation; course rule",
    example=Example(
        in_france(amendments=[_BROKEN_OFF], on=date(2026, 6, 12)),
        in_france(amendments=[_BROKEN_OFF], on=date(2026, 6, 13)),
    ),
)
def signed_soon(case: Case) -> Iterator[Problem]:
    for field, amendment, message in _late(case):
        if _is_sudden(amendment) and not amendment.is_signed:
            fix = Text("have it signed now, then write the day in {field}.signed_on", field=field)
            yield Problem(message, fix, f"{field}.effective")


RULES: Final[tuple[Rule, ...]] = (
    numbered,
    changes_something,
    in_turn,
    takes_effect,
    signed_already,
    signed_first,
    signed_soon,
)
"""Rules on amendments as papers."""
