"""Rules on the allowance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.model.dossier import Track
from conventions.model.finding import Severity
from conventions.model.party import HostSector
from conventions.model.placement import AllowanceBasis
from conventions.pay import COMPULSORY_ABOVE, MONTH_HOURS, Floor, amount_for
from conventions.rules.example import MEEF_PIECES, PIECES, UNPAID, Example, in_france, seen
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Amount, Text, typed

__all__ = ["RULES"]

_FIELD: Final = "allowance.amount"
_MAY_BE_UNPAID: Final = frozenset({Track.MEEF, Track.SNEE})


def _is_public(case: Case) -> bool:
    return case.dossier.host.sector is HostSector.PUBLIC


def _is_capped(case: Case) -> bool:
    """Is something paid that may not exceed the legal rate?"""
    return not case.dossier.is_abroad and _is_public(case) and case.is_paid and case.in_euros


def _below(case: Case, floor: Floor) -> bool:
    """Is a paid allowance below this floor, where the floor is law?"""
    paid = case.is_paid and case.in_euros and case.is_due
    return paid and case.dossier.allowance.amount < case.needed(floor.hourly)


@rule(
    "LAW-PAY-01",
    Severity.ERROR,
    Text("the legal floor"),
    Text(
        "Above 308 hours of presence a host in France pays at least 15 % of the hourly ceiling of social security, "
        "from the first hour. The floor in force on the day of signature counts. A monthly amount stands for 154 hours "
        "at 35 hours a week."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    example=Example(
        in_france(allowance={"amount": Decimal("4.50")}),
        in_france(allowance={"amount": Decimal("4.49")}),
    ),
)
def legal_floor(case: Case) -> Iterator[Problem]:
    floor = case.floor
    if _below(case, floor):
        needed = case.needed(floor.hourly)
        yield Problem(
            Text(
                "mention 8: the allowance of {amount} comes to {rate} an hour; the floor is {floor} since {since}",
                amount=Amount(case.dossier.allowance.amount, case.dossier.allowance.currency),
                rate=case.hourly_shown,
                floor=Amount(floor.hourly),
                since=floor.from_date,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(needed)),
            _FIELD,
        )


def _floors_of_presence(case: Case) -> dict[int, Floor]:
    return {day.day.year: case.floor_on(day.day) for day in case.presence.days}


@rule(
    "LAW-PAY-02",
    Severity.WARNING,
    Text("the floor of the year of presence"),
    Text(
        "The floor changes on 1 January. When part of the presence lies in a year with a higher floor, or in a year "
        "whose floor is not published yet, a person decides which one the agreement follows."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    settings=("rules.ceilings",),
    example=Example(
        in_france(on=date(2025, 12, 15), allowance={"amount": Decimal("4.50")}),
        in_france(on=date(2025, 12, 15), allowance={"amount": Decimal("4.40")}),
    ),
)
def floor_changes(case: Case) -> Iterator[Problem]:
    if not ((case.is_due and case.is_paid and case.in_euros) or _is_capped(case)):
        return
    signed = case.floor
    for year, floor in _floors_of_presence(case).items():
        if not floor.known:
            yield Problem(
                Text(
                    "the floor of {year} is not in the table; {rate} since {since} is the last known",
                    year=str(year),
                    rate=Amount(floor.hourly),
                    since=floor.from_date,
                ),
                Text(
                    "look the hourly ceiling of social security up, of which the floor is 15 %, and write it under "
                    "[rules.ceilings] in conventions.toml: {year} = …",
                    year=str(year),
                ),
                _FIELD,
            )
        elif floor.hourly > signed.hourly and _below(case, floor):
            yield Problem(
                Text(
                    "the floor is {then} in {year}, {now} on the day of signature; the allowance comes to {rate}",
                    then=Amount(floor.hourly),
                    year=str(year),
                    now=Amount(signed.hourly),
                    rate=case.hourly_shown,
                ),
                Text("set allowance.amount to {needed} to be safe", needed=typed(case.needed(floor.hourly))),
                _FIELD,
            )


@rule(
    "COURSE-PAY-04",
    Severity.ERROR,
    Text("the floor of each month, where the department asks for it"),
    Text(
        "With floor_reference set to each_month, the department wants the floor of every month of presence to be "
        "respected, not only that of the day of signature."
    ),
    settings=("rules.floor_reference",),
    example=Example(
        in_france(
            on=date(2025, 12, 15),
            settings={"rules": {"floor_reference": "signature_date"}},
            allowance={"amount": Decimal("4.40")},
        ),
        in_france(
            on=date(2025, 12, 15),
            settings={"rules": {"floor_reference": "each_month"}},
            allowance={"amount": Decimal("4.40")},
        ),
    ),
)
def floor_each_month(case: Case) -> Iterator[Problem]:
    if case.profile.floor_reference != "each_month":
        return
    signed = case.floor
    for year, floor in _floors_of_presence(case).items():
        if floor.hourly > signed.hourly and _below(case, floor):
            yield Problem(
                Text(
                    "in {year} the floor is {floor}; the allowance comes to {rate}",
                    year=str(year),
                    floor=Amount(floor.hourly),
                    rate=case.hourly_shown,
                ),
                Text("set allowance.amount to {needed} or more", needed=typed(case.needed(floor.hourly))),
                _FIELD,
            )


@rule(
    "LAW-PAY-03",
    Severity.ERROR,
    Text("a public body pays the floor, not more"),
    Text(
        "For hosts under public law the legal rate is also a cap: the hourly allowance is 15 % of the hourly ceiling."
    ),
    "art. D124-8 Code de l'éducation",
    example=Example(
        in_france(host={"sector": "public"}, allowance={"amount": Decimal("4.50")}),
        in_france(host={"sector": "public"}, allowance={"amount": Decimal("4.51")}),
    ),
)
def public_cap(case: Case) -> Iterator[Problem]:
    if not _is_capped(case):
        return
    floors = (case.floor, *_floors_of_presence(case).values())
    cap = max(floors, key=lambda floor: floor.hourly)
    if all(floor.known for floor in floors) and case.dossier.allowance.amount > case.needed(cap.hourly):
        yield Problem(
            Text("a public host pays {rate} an hour; the cap is {cap}", rate=case.hourly_shown, cap=Amount(cap.hourly)),
            Text("set allowance.amount to {most}", most=typed(case.needed(cap.hourly))),
            _FIELD,
        )


@rule(
    "LAW-PAY-05",
    Severity.ERROR,
    Text("above two months a host in France pays"),
    Text(
        "Every host in France, public bodies and associations included, pays an allowance when the presence exceeds "
        "308 hours. No track of the course can waive this."
    ),
    "art. L124-6 Code de l'éducation",
    example=Example(
        in_france(
            track="meef", attachments=seen(*PIECES, *MEEF_PIECES), allowance=UNPAID, schedule={"weekly_hours": 20}
        ),
        in_france(track="meef", attachments=seen(*PIECES, *MEEF_PIECES), allowance=UNPAID),
    ),
)
def paid_by_law(case: Case) -> Iterator[Problem]:
    if not case.is_paid and case.is_due:
        yield Problem(
            Text(
                "no allowance for {hours} hours of presence in France; it is due above {limit}",
                hours=case.presence.hours_for_duration,
                limit=COMPULSORY_ABOVE,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(case.needed(case.floor.hourly))),
            _FIELD,
        )


@rule(
    "COURSE-PAY-01",
    Severity.ERROR,
    Text("unpaid only where the course allows it"),
    Text("The course accepts unpaid internships only in the tracks MEEF and SNEE, and abroad, whatever their length."),
    example=Example(
        in_france(
            track="meef", attachments=seen(*PIECES, *MEEF_PIECES), schedule={"weekly_hours": 20}, allowance=UNPAID
        ),
        in_france(schedule={"weekly_hours": 20}, allowance=UNPAID),
    ),
)
def paid_by_course(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    if not case.is_paid and not dossier.is_abroad and dossier.track not in _MAY_BE_UNPAID:
        yield Problem(
            Text(
                "no allowance in the track {track}; unpaid are only meef, snee and internships abroad",
                track=dossier.track.value,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(case.needed(case.floor.hourly))),
            _FIELD,
        )


def _local_floor(case: Case) -> Decimal:
    """The department's floor in the basis of the allowance; its month need not be the law's."""
    rate, allowance = case.profile.local_floor, case.dossier.allowance
    if allowance.basis is not AllowanceBasis.MONTH:
        return case.needed(rate)
    return amount_for(rate * case.profile.monthly_reference_hours / MONTH_HOURS, allowance.basis, case.presence)


@rule(
    "COURSE-PAY-02",
    Severity.ERROR,
    Text("the floor of the department"),
    Text(
        "Where the department asks for more than the law, its hourly amount counts; public bodies are bound by the law."
    ),
    settings=(
        "rules.local_floor",
        "rules.monthly_reference_hours",
    ),
    example=Example(
        in_france(settings={"rules": {"local_floor": Decimal("5.00")}}, allowance={"amount": Decimal("5.00")}),
        in_france(settings={"rules": {"local_floor": Decimal("5.00")}}, allowance={"amount": Decimal("4.99")}),
    ),
)
def local_floor(case: Case) -> Iterator[Problem]:
    local, needed = case.profile.local_floor, _local_floor(case)
    if case.dossier.is_abroad or _is_public(case) or not (case.is_paid and case.in_euros):
        return
    if case.dossier.allowance.amount < needed:
        yield Problem(
            Text(
                "the allowance comes to {rate} an hour; the department asks for {local}",
                rate=case.hourly_shown,
                local=Amount(local),
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(needed)),
            _FIELD,
        )


RULES: Final[tuple[Rule, ...]] = (
    legal_floor,
    floor_changes,
    floor_each_month,
    public_cap,
    paid_by_law,
    paid_by_course,
    local_floor,
)
"""Rules on the allowance."""
