"""The terms of an internship as a paper prints them: place, schedule, duration, allowance."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions import pay
from conventions.documents import parties
from conventions.hours import Presence
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.party import HostSector
from conventions.model.placement import Schedule
from conventions.model.profile import Profile
from conventions.text import Text

__all__ = ["WEEKDAYS", "allowance", "duration", "place", "schedule"]

_CENT: Final = Decimal("0.01")
_FULL_TIME: Final = Decimal(35)
WEEKDAYS: Final = (
    Text("Monday"),
    Text("Tuesday"),
    Text("Wednesday"),
    Text("Thursday"),
    Text("Friday"),
    Text("Saturday"),
    Text("Sunday"),
)
"""From Monday on, as ISO counts them."""


def place(dossier: Dossier, language: Language) -> dict[str, object]:
    """Where the intern is present, and from where else."""
    return {
        "address": parties.address_line(dossier.place, language),
        "country": dossier.place.country,
        "is_abroad": dossier.is_abroad,
        "is_elsewhere": dossier.workplace.address is not None,
        "department": dossier.workplace.department,
        "telework": dossier.workplace.telework,
        "travel": dossier.workplace.travel,
    }


def schedule(agreed: Schedule, plan: Presence) -> dict[str, object]:
    """When the intern is present."""
    weekdays = tuple(sorted(set(agreed.weekdays)))
    return {
        "start": agreed.start,
        "end": agreed.end,
        "weekly_hours": agreed.weekly_hours,
        "days_per_week": len(weekdays),
        "weekdays": tuple(WEEKDAYS[day - 1] for day in weekdays),
        "is_monday_to_friday": weekdays == (1, 2, 3, 4, 5),
        "is_full_time": agreed.weekly_hours >= _FULL_TIME,
        "is_irregular": bool(agreed.periods or agreed.slots),
        "periods": agreed.periods,
        "slots": agreed.slots,
        "interruptions": agreed.interruptions,
        "absences": agreed.absences,
        "leave_terms": agreed.leave_terms,
        "needs_leave": pay.is_compulsory(plan),
        "night": agreed.night,
        "sunday": agreed.sunday,
        "holiday": agreed.holiday,
        "special_presence": agreed.special_presence,
    }


def duration(plan: Presence) -> dict[str, object]:
    """How long, by the legal reading (art. D124-6): hours of effective presence, days of seven hours, months of 22."""
    legal = plan.legal
    return {
        "hours": plan.hours_for_duration,
        "paid_hours": plan.hours_paid,
        "worked_days": plan.worked_days,
        "months": legal.months,
        "days": legal.days,
        "rest": legal.hours,
    }


def allowance(dossier: Dossier, plan: Presence, profile: Profile, on: date) -> dict[str, object]:
    """What is paid, how, and what the law asks for on that day."""
    agreed = dossier.allowance
    rate = pay.hourly(agreed, plan)
    floor = pay.floor_on(on, profile.ceilings)
    in_france = not dossier.is_abroad
    return {
        "is_paid": agreed.amount > 0,
        "is_compulsory": in_france and pay.is_compulsory(plan),
        "amount": agreed.amount,
        "currency": agreed.currency,
        "basis": agreed.basis,
        "unit": agreed.unit,
        "payment": agreed.payment,
        "method": agreed.method,
        "due_day": agreed.due_day,
        "unpaid_reason": agreed.unpaid_reason,
        "hourly": None if rate is None else rate.quantize(_CENT, ROUND_HALF_UP),
        "total": pay.total(agreed, plan),
        "instalments": _instalments(dossier, plan) if agreed.amount > 0 else (),
        "floor": floor if in_france and floor.known else None,
        "follows_floor": in_france and profile.floor_reference == "each_month",
        "is_capped": in_france and dossier.host.sector is HostSector.PUBLIC,
    }


def _instalments(dossier: Dossier, plan: Presence) -> tuple[dict[str, object], ...]:
    agreed = dossier.schedule
    return tuple(
        {
            "start": max(agreed.start, date(month.year, month.month, 1)),
            "end": min(agreed.end, date(month.year, month.month, monthrange(month.year, month.month)[1])),
            "hours": month.hours,
            "amount": month.amount,
        }
        for month in pay.instalments(dossier.allowance, plan)
    )
