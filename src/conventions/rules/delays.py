"""Rules on the days that signatures need before the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.circuit import lead_days
from conventions.model.finding import Severity
from conventions.rules.example import Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, later, rule
from conventions.text import Text, typed

__all__ = ["RULES"]


@rule(
    "LAW-TIME-02",
    Severity.ERROR,
    Text("signed before it starts"),
    Text(
        "Every party signs before the first day: without a signed agreement the intern has no cover for accidents at "
        "work. An agreement that would be signed on or after the start is refused."
    ),
    "art. L124-1 Code de l'éducation",
    example=Example(
        in_france(on=date(2026, 3, 24)),
        in_france(on=date(2026, 4, 13)),
    ),
)
def not_started(case: Case) -> Iterator[Problem]:
    if case.dossier.schedule.start <= case.on:
        yield Problem(
            Text(
                "it starts on {start} and would be signed on {on} at the earliest",
                start=case.dossier.schedule.start,
                on=case.on,
            ),
            Text("set schedule.start to a later day"),
            "schedule.start",
        )


def _lead(case: Case) -> Iterator[Problem]:
    needed, left = lead_days(case.dossier, case.profile.delays), (case.dossier.schedule.start - case.on).days
    if 0 < left < needed:
        yield Problem(
            Text(
                "{left} calendar days are left before {start}; {needed} are asked for",
                left=left,
                start=case.dossier.schedule.start,
                needed=needed,
            ),
            Text("set schedule.start to {day} or later", day=typed(later(case.on, needed))),
            "schedule.start",
        )


@rule(
    "COURSE-TIME-05",
    Severity.WARNING,
    Text("two weeks for the signatures in France"),
    Text(
        "Fourteen calendar days lie between the registration of an agreement and the start, more when the host also "
        "wants its own agreement signed."
    ),
    settings=(
        "rules.delays.france_days",
        "rules.delays.own_agreement_extra_days",
    ),
    example=Example(
        in_france(on=date(2026, 3, 30)),
        in_france(on=date(2026, 3, 31)),
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
    settings=(
        "rules.delays.abroad_days",
        "rules.delays.own_agreement_extra_days",
    ),
    example=Example(
        in_ireland(on=date(2026, 4, 6)),
        in_ireland(on=date(2026, 4, 7)),
    ),
)
def lead_abroad(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad:
        yield from _lead(case)


RULES: Final[tuple[Rule, ...]] = (
    not_started,
    lead_in_france,
    lead_abroad,
)
"""Rules on delays."""
