"""JUDGEMENT: what the allowance comes to, and the dated table of its legal floor.

The floor is 15 % of the hourly ceiling of social security (art. L124-6 and D124-8 of the Code de l'éducation); it is
due from the first hour once the presence exceeds 308 hours. Everything is Decimal, rounded half up to the cent.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from conventions.hours import Presence, presence
from conventions.in_force import Step
from conventions.model.dossier import Dossier, Track
from conventions.model.placement import Allowance, AllowanceBasis, Payment
from conventions.model.profile import Ceilings

__all__ = [
    "COMPULSORY_ABOVE",
    "MONTH_HOURS",
    "Floor",
    "Instalment",
    "amount_for",
    "back_payment",
    "exceeds",
    "floor_on",
    "floors",
    "hourly",
    "instalments",
    "is_compulsory",
    "pension_claim_ends",
    "reference_hours",
    "total",
]

COMPULSORY_ABOVE: Final = Decimal(308)
"""Hours of presence (two months of 22 days of 7 hours) above which an allowance is due (art. L124-6, D124-6)."""
MONTH_HOURS: Final = Decimal(154)
"""Hours of the full-time reference month: 22 days of 7 hours (art. D124-6)."""

_AGE_TO_CLAIM: Final = 30
"""Until the end of that year an internship can be claimed for a pension (art. D351-16 of the social security code)."""
_FULL_TIME: Final = Decimal(35)
_RATE: Final = Decimal("0.15")
"""Of the hourly ceiling (art. D124-8)."""
_NONE: Final[Ceilings] = MappingProxyType({})
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Floor:
    """The hourly floor on one day."""

    hourly: Decimal
    """Euros per hour of presence."""
    ceiling: Decimal
    """Hourly ceiling of social security, euros, of which the floor is 15 %."""
    from_date: date
    known: bool
    """False outside the years of the table: the nearest row is given, and a person must look it up."""
    source: str


def floor_on(day: date, ceilings: Ceilings = _NONE) -> Floor:
    """The floor in force on a day; ``known`` is False before the table begins and after its last year.

    Args:
        day: any.
        ceilings: of later years, as the department has read them in the arrêté. Less than the last of the table is no
            ceiling (none has ever been lowered), and changes nothing.
    """
    row = _row(day)
    if row.known or day < row.from_date:
        return row
    years = (int(year) for year, ceiling in ceilings.items() if ceiling >= row.ceiling)
    year = max((year for year in years if row.from_date.year < year <= day.year), default=None)
    return row if year is None else _stated(year, ceilings[str(year)], known=year == day.year)


def _stated(year: int, ceiling: Decimal, *, known: bool) -> Floor:
    hourly = (ceiling * _RATE).quantize(_CENT, ROUND_HALF_UP)
    return Floor(hourly, ceiling, date(year, 1, 1), known=known, source="conventions.toml, rules.ceilings")


@lru_cache(maxsize=4096)
def _row(day: date) -> Floor:
    rows = floors()
    rank = bisect_right([row.from_date for row in rows], day)
    row = rows[max(rank - 1, 0)]
    if rank == 0 or day.year > rows[-1].from_date.year:
        return Floor(row.hourly, row.ceiling, row.from_date, known=False, source=row.source)
    return row


@lru_cache(maxsize=1)
def floors() -> tuple[Floor, ...]:
    """The whole table shipped with the package, oldest first."""
    table = files("conventions").joinpath("data", "gratification.csv").read_text(encoding="utf-8")
    return tuple(
        Floor(
            Decimal(row["minimum_hourly_gratification"]),
            Decimal(row["hourly_social_security_ceiling"]),
            date.fromisoformat(row["from_date"]),
            known=True,
            source=row["source"],
        )
        for row in csv.DictReader(table.splitlines())
    )


def is_compulsory(presence: Presence) -> bool:
    """Must a host in France pay? Above 308 hours of presence, and then from the first hour (art. L124-6)."""
    return presence.hours_for_duration > COMPULSORY_ABOVE


def pension_claim_ends(born: date) -> date:
    """The last day on which somebody can have paid internships counted for a pension, by paying contributions.

    Whenever the internship was: two years after its end was the law until 31 August 2023 (art. L351-17 and D351-16 of
    the Code de la sécurité sociale, décret 2023-800).
    """
    return date(born.year + _AGE_TO_CLAIM, 12, 31)


def reference_hours(basis: AllowanceBasis, presence: Presence) -> Decimal:
    """Hours that one amount of this basis stands for.

    A month is the reference month of 154 hours at 35 hours a week, in proportion for other weeks; the total stands for
    every paid hour.
    """
    match basis:
        case AllowanceBasis.HOUR:
            return Decimal(1)
        case AllowanceBasis.DAY:
            return presence.hours_per_day
        case AllowanceBasis.WEEK:
            return presence.weekly_hours
        case AllowanceBasis.MONTH:
            return MONTH_HOURS * presence.weekly_hours / _FULL_TIME
        case AllowanceBasis.TOTAL:
            return presence.hours_paid


def amount_for(hourly_rate: Decimal, basis: AllowanceBasis, presence: Presence) -> Decimal:
    """What an hourly rate comes to in another basis, half up to the cent: the floor per month, for instance."""
    return (hourly_rate * reference_hours(basis, presence)).quantize(_CENT, ROUND_HALF_UP)


def exceeds(allowance: Allowance, rate: Decimal, presence: Presence) -> bool:
    """Is more paid than an hourly rate comes to in the basis of the allowance, to the cent?"""
    return allowance.amount > amount_for(rate, allowance.basis, presence)


def hourly(allowance: Allowance, presence: Presence) -> Decimal | None:
    """Hourly equivalent of an allowance in any basis, not rounded; None when no hour is paid."""
    hours = reference_hours(allowance.basis, presence)
    return allowance.amount / hours if hours else None


def total(allowance: Allowance, presence: Presence) -> Decimal:
    """What the whole internship pays, half up to the cent."""
    if allowance.basis is AllowanceBasis.TOTAL:
        return allowance.amount.quantize(_CENT)
    rate = hourly(allowance, presence)
    return ((rate or Decimal(0)) * presence.hours_paid).quantize(_CENT, ROUND_HALF_UP)


def back_payment(step: Step, on: date, ceilings: Ceilings = _NONE) -> Decimal:
    """What the host owes for the hours gone by, when an amendment makes the presence exceed 308 hours.

    The allowance is then due from the first hour of the first day (art. L124-6), at the rate that is agreed from now
    on and never below the floor; what was paid for these hours is taken off.

    Args:
        step: the amendment, between the state before it and the one after it.
        on: decides the floor while the amendment is not signed.
        ceilings: of years beyond the table, as for :func:`floor_on`.

    Returns:
        Euros, half up to the cent; 0 when this amendment makes nothing due, as abroad or in the SNEE track, which has
        no host to pay.
    """
    was, will = (presence(state.schedule, state.place) for state in (step.before, step.after))
    crosses = is_compulsory(will) and not is_compulsory(was)
    if not crosses or step.after.is_abroad or step.after.track is Track.SNEE:
        return Decimal(0)
    rate = max(_in_euros(step.after, will), floor_on(step.amendment.signed_on or on, ceilings).hourly)
    gone = sum((day.hours for day in will.days if day.is_paid and day.day < step.amendment.effective), Decimal(0))
    owed = (rate - _in_euros(step.before, was)) * gone
    return max(owed, Decimal(0)).quantize(_CENT, ROUND_HALF_UP)


def _in_euros(dossier: Dossier, there: Presence) -> Decimal:
    """Hourly equivalent in euros; other currencies have no floor to be compared with."""
    return (hourly(dossier.allowance, there) or Decimal(0)) if dossier.allowance.currency == "EUR" else Decimal(0)


@dataclass(frozen=True)
class Instalment:
    """What one calendar month pays."""

    year: int
    month: int
    hours: Decimal
    """Paid hours of that month."""
    amount: Decimal


def instalments(allowance: Allowance, presence: Presence) -> tuple[Instalment, ...]:
    """One instalment per calendar month with presence; together exactly :func:`total`.

    Smoothed: equal instalments, the last one absorbing the cents. Actual: each month's own hours, rounded so that what
    has been paid up to any month is right to the cent.
    """
    months = presence.months
    if not months:
        return ()
    if allowance.payment is Payment.SMOOTHED:
        amounts = _equal(total(allowance, presence), len(months))
    else:
        amounts = _following(total(allowance, presence), tuple(month.hours_paid for month in months))
    return tuple(
        Instalment(month.year, month.month, month.hours_paid, amount)
        for month, amount in zip(months, amounts, strict=True)
    )


def _equal(whole: Decimal, count: int) -> tuple[Decimal, ...]:
    part = (whole / count).quantize(_CENT, ROUND_DOWN)
    return (*[part] * (count - 1), whole - part * (count - 1))


def _following(whole: Decimal, hours: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Shares of a whole in proportion to hours: each is what is owed so far, less what was paid before."""
    all_hours = sum(hours, Decimal(0))
    if not all_hours:
        return _equal(whole, len(hours))
    amounts, done, paid = [], Decimal(0), Decimal(0)
    for share in hours:
        done += share
        owed = (whole * done / all_hours).quantize(_CENT, ROUND_HALF_UP)
        amounts.append(owed - paid)
        paid = owed
    return tuple(amounts)
