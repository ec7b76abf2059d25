"""What the whole internship pays, amendments included: each hour at the rate that was in force on its day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions import pay
from conventions.hours import Presence, presence
from conventions.in_force import Step, amended
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier
from conventions.model.placement import Allowance, AllowanceBasis
from conventions.model.profile import Ceilings
from conventions.text import Amount

__all__ = ["total"]

_CENT: Final = Decimal("0.01")
_GUARD: Final = Decimal("1e-10")
_ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class _Past:
    """An allowance that an amendment replaced."""

    until: date
    """First day of the next one."""
    allowance: Allowance
    hourly: Decimal


def total(dossier: Dossier, amendments: Iterable[Amendment], on: date, ceilings: Ceilings) -> Amount | None:
    """What the internship pays in all once these amendments are taken in, in their order, signed or not.

    A new allowance pays the hours from its first day on; an amount for the whole internship replaces everything. What
    becomes due for hours gone by (:func:`conventions.pay.back_payment`) is part of it.

    Args:
        dossier: as first agreed.
        amendments: in the order of their numbers.
        on: decides the legal floor while an amendment is not signed.
        ceilings: of years beyond the table (:func:`conventions.pay.floor_on`).

    Returns:
        The total, half up to the cent; None when two currencies would have to be added.
    """
    state, past, due = dossier, list[_Past](), _ZERO
    for amendment in amendments:
        step = Step(0, amendment, state, amended(state, amendment))
        due += pay.back_payment(step, on, ceilings)
        if step.after.allowance != state.allowance:
            past.append(_Past(amendment.effective, state.allowance, _rate(state)))
        state = step.after
    currencies = {one.currency for one in (*(one.allowance for one in past), state.allowance) if one.amount}
    if len(currencies) > 1:
        return None
    return Amount(_sum(state, past, due), next(iter(currencies), state.allowance.currency))


def _sum(state: Dossier, past: list[_Past], due: Decimal) -> Decimal:
    plan = presence(state.schedule, state.place)
    if state.allowance.basis is AllowanceBasis.TOTAL:
        return pay.total(state.allowance, plan)
    if not past:
        return pay.total(state.allowance, plan) + due
    return due + _by_day(plan, past, _rate(state))


def _by_day(plan: Presence, past: list[_Past], rate: Decimal) -> Decimal:
    owed = _ZERO
    for day in plan.days:
        if day.is_paid:
            owed += day.hours * next((one.hourly for one in past if day.day < one.until), rate)
    return owed.quantize(_GUARD).quantize(_CENT, ROUND_HALF_UP)


def _rate(dossier: Dossier) -> Decimal:
    return pay.hourly(dossier.allowance, presence(dossier.schedule, dossier.place)) or _ZERO
