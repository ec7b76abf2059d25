"""Rules on how the allowance is stated and paid, and what follows from it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.languages import currencies
from conventions.model.finding import Severity
from conventions.model.placement import AllowanceBasis, Payment
from conventions.pay import (
    COMPULSORY_ABOVE,
    MONTH_HOURS,
    amount_for,
    hourly,
    instalments,
    pension_claim_ends,
    total,
)
from conventions.rules.example import UNPAID, Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]

_FIELD: Final = "allowance.amount"


@rule(
    "LAW-PAY-04",
    Severity.WARNING,
    Text("the allowance is gross"),
    Text(
        "At the floor gross and net are equal. Above it contributions are due on the surplus, so a net amount cannot "
        "be compared with the floor."
    ),
    "art. L136-1-1, D242-2-1 Code de la sécurité sociale",
    example=Example(
        in_france(allowance={"amount": Decimal("5.00")}),
        in_france(allowance={"amount": Decimal("5.00"), "unit": "net"}),
    ),
)
def gross(case: Case) -> Iterator[Problem]:
    allowance = case.dossier.allowance
    above = allowance.amount > case.needed(case.floor.hourly)
    if _promised(case) and allowance.unit == "net" and above:
        yield Problem(
            Text("the allowance of {amount} is given as net", amount=allowance.amount),
            Text("ask the host for the gross amount and set allowance.unit to gross"),
            "allowance.unit",
        )


@rule(
    "COURSE-PAY-03",
    Severity.WARNING,
    Text("an unpaid internship says why"),
    Text("An internship without allowance says in one sentence why none is paid."),
    example=Example(
        in_ireland(allowance=UNPAID),
        in_ireland(allowance={"amount": 0}),
    ),
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
    example=Example(
        in_france(),
        in_france(allowance={"due_day": ""}),
    ),
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
    example=Example(
        in_france(),
        in_france(allowance={"currency": "CHF"}),
    ),
)
def euros(case: Case) -> Iterator[Problem]:
    if case.is_paid and not case.dossier.is_abroad and not case.in_euros:
        yield Problem(
            Text("the allowance is in {currency}", currency=case.dossier.allowance.currency),
            Text("state the amount in euros and set allowance.currency to EUR"),
            "allowance.currency",
        )


@rule(
    "DATA-PAY-02",
    Severity.WARNING,
    Text("the currency is in use"),
    Text("An allowance is stated in a currency that is in use somewhere, by its three letters of ISO 4217."),
    "ISO 4217",
    example=Example(
        in_ireland(allowance={"currency": "CHF"}),
        in_ireland(allowance={"currency": "CHX"}),
    ),
)
def currency(case: Case) -> Iterator[Problem]:
    code = case.dossier.allowance.currency
    if case.is_paid and case.dossier.is_abroad and code not in currencies():
        yield Problem(
            Text("{code} is no currency that is in use", code=code),
            Text("correct allowance.currency: three letters of ISO 4217, such as CHF"),
            "allowance.currency",
        )


def _promised(case: Case) -> bool:
    return case.is_paid and case.in_euros and not case.dossier.is_abroad


@rule(
    "LAW-PAY-07",
    Severity.INFORMATION,
    Text("contributions on what exceeds the floor"),
    Text("No contribution is due up to the floor. Above it, host and intern owe contributions on the surplus only."),
    "art. L136-1-1, D242-2-1 Code de la sécurité sociale",
    example=Example(
        in_france(),
        in_france(allowance={"amount": Decimal("5.00")}),
    ),
)
def contributions(case: Case) -> Iterator[Problem]:
    floor = case.floor
    if _promised(case) and floor.known and case.dossier.allowance.amount > case.needed(floor.hourly):
        yield Problem(
            Text(
                "{rate} an hour exceed the floor of {floor}: contributions are due on the surplus",
                rate=case.hourly_shown,
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
        "The allowance is free of income tax up to the yearly minimum wage. A paid internship of at least two months "
        "can count for up to two quarters of pension, if the student claims them before the end of the year of the "
        "30th birthday and pays the contributions."
    ),
    "art. 81 bis Code général des impôts, L351-17, D351-16 Code de la sécurité sociale",
    example=Example(
        in_france(schedule={"weekly_hours": 20}),
        in_france(),
    ),
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
            Text(
                "nothing to correct; the student can claim the pension until {until}",
                until=pension_claim_ends(case.dossier.student.birth_date),
            ),
            _FIELD,
        )


@rule(
    "COURSE-PAY-05",
    Severity.INFORMATION,
    Text("real hours make uneven months"),
    Text(
        "Paid by its real hours, a month with few working days comes to less than the reference month. That is lawful; "
        "who expects the same amount every month agrees on equal instalments."
    ),
    settings=("rules.monthly_reference_hours",),
    example=Example(
        in_france(allowance={"payment": "smoothed"}),
        in_france(allowance={"payment": "actual"}),
    ),
)
def uneven_months(case: Case) -> Iterator[Problem]:
    allowance, rate = case.dossier.allowance, hourly(case.dossier.allowance, case.presence)
    if not _promised(case) or allowance.payment is not Payment.ACTUAL or rate is None:
        return
    hours = case.profile.monthly_reference_hours
    reference = amount_for(rate * hours / MONTH_HOURS, AllowanceBasis.MONTH, case.presence)
    whole = [one for one in instalments(allowance, case.presence) if _is_whole(case, one.year, one.month)]
    least = min(whole, key=lambda one: one.amount, default=None)
    if least is not None and least.amount < reference:
        yield Problem(
            Text(
                "{month} comes to {amount}; the reference month of {hours} hours would be {reference}",
                month=f"{least.year}-{least.month:02d}",
                amount=Amount(least.amount),
                hours=hours,
                reference=Amount(reference),
            ),
            Text("nothing to correct; set allowance.payment to smoothed for equal instalments"),
            "allowance.payment",
        )


def _is_whole(case: Case, year: int, month: int) -> bool:
    last = monthrange(year, month)[1]
    return case.dossier.schedule.covers(date(year, month, 1)) and case.dossier.schedule.covers(date(year, month, last))


RULES: Final[tuple[Rule, ...]] = (
    gross,
    reason_for_none,
    terms,
    euros,
    currency,
    contributions,
    tax_and_pension,
    uneven_months,
)
"""Rules on the payment of the allowance."""
