"""Rules on the allowance."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions.model.dossier import Track
from conventions.model.finding import Severity
from conventions.model.party import HostSector
from conventions.pay import COMPULSORY_ABOVE, Floor, amount_for, floor_on, hourly, is_compulsory, total
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Amount, Text, typed

__all__ = ["RULES"]

_CENT: Final = Decimal("0.01")
_FIELD: Final = "allowance.amount"
_MAY_BE_UNPAID: Final = frozenset({Track.MEEF, Track.SNEE})


def _is_due(case: Case) -> bool:
    """Does French law make the host pay? The entrepreneurship track replaces the internship: it has no host to pay."""
    return not case.dossier.is_abroad and case.dossier.track is not Track.SNEE and is_compulsory(case.presence)


def _is_public(case: Case) -> bool:
    return case.dossier.host.sector is HostSector.PUBLIC


def _in_euros(case: Case) -> bool:
    return case.dossier.allowance.currency == "EUR"


def _needed(case: Case, rate: Decimal) -> Decimal:
    """The hourly rate, in the basis of the allowance."""
    return amount_for(rate, case.dossier.allowance.basis, case.presence)


def _shown(case: Case) -> Amount:
    """Hourly equivalent, to the cent, for messages."""
    rate = hourly(case.dossier.allowance, case.presence)
    return Amount((rate or Decimal(0)).quantize(_CENT, ROUND_HALF_UP), case.dossier.allowance.currency)


def _below(case: Case, floor: Floor) -> bool:
    """Is a paid allowance below this floor, where the floor is law?"""
    paid = case.is_paid and _in_euros(case) and _is_due(case)
    return paid and case.dossier.allowance.amount < _needed(case, floor.hourly)


@rule(
    "LAW-PAY-01",
    Severity.ERROR,
    Text("the legal floor"),
    Text(
        "Above 308 hours of presence a host in France pays at least 15 % of the hourly ceiling of social "
        "security, from "
        "the first hour. The floor in force on the day of signature counts. A monthly amount stands for 154 "
        "hours at 35 "
        "hours a week."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
)
def legal_floor(case: Case) -> Iterator[Problem]:
    floor = floor_on(case.on)
    if _below(case, floor):
        needed = _needed(case, floor.hourly)
        yield Problem(
            Text(
                "mention 8: the allowance of {amount} comes to {rate} an hour; the floor is {floor} since {since}",
                amount=Amount(case.dossier.allowance.amount, case.dossier.allowance.currency),
                rate=_shown(case),
                floor=Amount(floor.hourly),
                since=floor.from_date,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(needed)),
            _FIELD,
        )


def _floors_of_presence(case: Case) -> dict[int, Floor]:
    return {day.day.year: floor_on(day.day) for day in case.presence.days}


@rule(
    "LAW-PAY-02",
    Severity.WARNING,
    Text("the floor of the year of presence"),
    Text(
        "The floor changes on 1 January. When part of the presence lies in a year with a higher floor, or in "
        "a year whose "
        "floor is not published yet, a person decides which one the agreement follows."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
)
def floor_changes(case: Case) -> Iterator[Problem]:
    if not (_is_due(case) and case.is_paid and _in_euros(case)):
        return
    signed = floor_on(case.on)
    for year, floor in _floors_of_presence(case).items():
        if not floor.known:
            yield Problem(
                Text(
                    "the floor of {year} is not in the table; {rate} since {since} is the last known",
                    year=str(year),
                    rate=Amount(floor.hourly),
                    since=floor.from_date,
                ),
                Text("look the floor of {year} up, and set allowance.amount accordingly", year=str(year)),
                _FIELD,
            )
        elif case.dossier.allowance.amount < _needed(case, floor.hourly) and floor.hourly > signed.hourly:
            yield Problem(
                Text(
                    "the floor is {then} in {year}, {now} on the day of signature; the allowance comes to {rate}",
                    then=Amount(floor.hourly),
                    year=str(year),
                    now=Amount(signed.hourly),
                    rate=_shown(case),
                ),
                Text("set allowance.amount to {needed} to be safe", needed=typed(_needed(case, floor.hourly))),
                _FIELD,
            )


@rule(
    "COURSE-PAY-04",
    Severity.ERROR,
    Text("the floor of each month, where the department asks for it"),
    Text(
        "With floor_reference set to each_month, the department wants the floor of every month of presence "
        "to be respected, "
        "not only that of the day of signature."
    ),
)
def floor_each_month(case: Case) -> Iterator[Problem]:
    if case.profile.floor_reference != "each_month":
        return
    signed = floor_on(case.on)
    for year, floor in _floors_of_presence(case).items():
        if floor.hourly > signed.hourly and _below(case, floor):
            yield Problem(
                Text(
                    "in {year} the floor is {floor}; the allowance comes to {rate}",
                    year=str(year),
                    floor=Amount(floor.hourly),
                    rate=_shown(case),
                ),
                Text("set allowance.amount to {needed} or more", needed=typed(_needed(case, floor.hourly))),
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
)
def public_cap(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad or not (_is_public(case) and case.is_paid and _in_euros(case)):
        return
    signed = floor_on(case.on)
    cap = max((signed, *_floors_of_presence(case).values()), key=lambda floor: floor.hourly)
    if cap.known and case.dossier.allowance.amount > _needed(case, cap.hourly):
        yield Problem(
            Text("a public host pays {rate} an hour; the cap is {cap}", rate=_shown(case), cap=Amount(cap.hourly)),
            Text("set allowance.amount to {most}", most=typed(_needed(case, cap.hourly))),
            _FIELD,
        )


@rule(
    "LAW-PAY-04",
    Severity.WARNING,
    Text("the allowance is gross"),
    Text(
        "At the floor gross and net are equal. Above it contributions are due on the surplus, so a net "
        "amount cannot be "
        "compared with the floor."
    ),
    "art. L136-1-1, D242-2-1 Code de la sécurité sociale",
)
def gross(case: Case) -> Iterator[Problem]:
    allowance = case.dossier.allowance
    if case.is_paid and allowance.unit == "net" and not case.dossier.is_abroad:
        yield Problem(
            Text("the allowance of {amount} is given as net", amount=allowance.amount),
            Text("ask the host for the gross amount and set allowance.unit to gross"),
            "allowance.unit",
        )


@rule(
    "LAW-PAY-05",
    Severity.ERROR,
    Text("above two months a host in France pays"),
    Text(
        "Every host in France, public bodies and associations included, pays an allowance when the presence "
        "exceeds 308 "
        "hours. No track of the course can waive this."
    ),
    "art. L124-6 Code de l'éducation",
)
def paid_by_law(case: Case) -> Iterator[Problem]:
    if not case.is_paid and _is_due(case):
        yield Problem(
            Text(
                "no allowance for {hours} hours of presence in France; it is due above {limit}",
                hours=case.presence.hours_for_duration,
                limit=COMPULSORY_ABOVE,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(_needed(case, floor_on(case.on).hourly))),
            _FIELD,
        )


@rule(
    "COURSE-PAY-01",
    Severity.ERROR,
    Text("unpaid only where the course allows it"),
    Text("The course accepts unpaid internships only in the tracks MEEF and SNEE, and abroad, whatever their length."),
)
def paid_by_course(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    if not case.is_paid and not dossier.is_abroad and dossier.track not in _MAY_BE_UNPAID:
        yield Problem(
            Text(
                "no allowance in the track {track}; unpaid are only meef, snee and internships abroad",
                track=dossier.track.value,
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(_needed(case, floor_on(case.on).hourly))),
            _FIELD,
        )


@rule(
    "COURSE-PAY-02",
    Severity.ERROR,
    Text("the floor of the department"),
    Text(
        "Where the department asks for more than the law, its hourly amount counts; public bodies are bound by the law."
    ),
)
def local_floor(case: Case) -> Iterator[Problem]:
    local = case.profile.local_floor
    if case.dossier.is_abroad or _is_public(case) or not (case.is_paid and _in_euros(case)):
        return
    if case.dossier.allowance.amount < _needed(case, local):
        yield Problem(
            Text(
                "the allowance comes to {rate} an hour; the department asks for {local}",
                rate=_shown(case),
                local=Amount(local),
            ),
            Text("set allowance.amount to {needed} or more", needed=typed(_needed(case, local))),
            _FIELD,
        )


@rule(
    "COURSE-PAY-03",
    Severity.WARNING,
    Text("an unpaid internship says why"),
    Text("An internship without allowance says in one sentence why none is paid."),
)
def reason_for_none(case: Case) -> Iterator[Problem]:
    if not case.is_paid and not case.dossier.allowance.unpaid_reason:
        yield Problem(
            Text("no allowance is paid and no reason is given"),
            Text("write the reason in allowance.unpaid_reason"),
            "allowance.unpaid_reason",
        )


@rule(
    "LAW-PAY-06",
    Severity.ERROR,
    Text("how and when it is paid"),
    Text("The agreement states the amount of the allowance and the terms of its payment, which is monthly."),
    "art. D124-4 (8), L124-6 Code de l'éducation",
)
def terms(case: Case) -> Iterator[Problem]:
    allowance = case.dossier.allowance
    for key, value in (("method", allowance.method), ("due_day", allowance.due_day)):
        if case.is_paid and not value:
            yield Problem(
                Text("mention 8 is incomplete: allowance.{key} is empty", key=key),
                Text("fill in allowance.{key}", key=key),
                f"allowance.{key}",
            )


@rule(
    "DATA-PAY-01",
    Severity.ERROR,
    Text("in France it is paid in euros"),
    Text("The floor is in euros, so an allowance paid in France is stated in euros."),
)
def euros(case: Case) -> Iterator[Problem]:
    if case.is_paid and not case.dossier.is_abroad and not _in_euros(case):
        yield Problem(
            Text("the allowance is in {currency}", currency=case.dossier.allowance.currency),
            Text("state the amount in euros and set allowance.currency to EUR"),
            "allowance.currency",
        )


def _promised(case: Case) -> bool:
    return case.is_paid and _in_euros(case) and not case.dossier.is_abroad


@rule(
    "LAW-PAY-07",
    Severity.INFORMATION,
    Text("contributions on what exceeds the floor"),
    Text("No contribution is due up to the floor. Above it, host and intern owe contributions on the surplus only."),
    "art. L136-1-1, D242-2-1 Code de la sécurité sociale",
)
def contributions(case: Case) -> Iterator[Problem]:
    floor = floor_on(case.on)
    if _promised(case) and floor.known and case.dossier.allowance.amount > _needed(case, floor.hourly):
        yield Problem(
            Text(
                "{rate} an hour exceed the floor of {floor}: contributions are due on the surplus",
                rate=_shown(case),
                floor=Amount(floor.hourly),
            ),
            Text("nothing to correct; the host declares them"),
            _FIELD,
        )


@rule(
    "LAW-PAY-08",
    Severity.INFORMATION,
    Text("tax and pension"),
    Text(
        "The allowance is free of income tax up to the yearly minimum wage. A paid internship of at least "
        "two months can "
        "count for up to two quarters of pension, if the student claims them within two years after it ends."
    ),
    "art. 81 bis Code général des impôts, L351-17 Code de la sécurité sociale",
)
def tax_and_pension(case: Case) -> Iterator[Problem]:
    if _promised(case) and case.presence.hours_for_duration >= COMPULSORY_ABOVE:
        yield Problem(
            Text(
                "{total} for {hours} hours: free of income tax up to the yearly minimum wage, and may count for a "
                "pension",
                total=Amount(total(case.dossier.allowance, case.presence)),
                hours=case.presence.hours_for_duration,
            ),
            Text("nothing to correct; the student claims the pension within two years after the end"),
            _FIELD,
        )


RULES: Final[tuple[Rule, ...]] = (
    legal_floor,
    floor_changes,
    floor_each_month,
    public_cap,
    gross,
    paid_by_law,
    paid_by_course,
    local_floor,
    reason_for_none,
    terms,
    euros,
    contributions,
    tax_and_pension,
)
"""Rules on the allowance."""
