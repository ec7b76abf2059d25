"""The internship agreement: everything its template may print, computed from the dossier."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions import pay
from conventions.circuit import is_minor
from conventions.documents import parties
from conventions.hours import Presence, presence
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.party import HostSector, Institution, Official, Programme
from conventions.model.placement import Abroad, Schedule
from conventions.model.profile import Profile
from conventions.model.roles import Signatory
from conventions.text import Text

__all__ = ["context"]

_CENT: Final = Decimal("0.01")
_FULL_TIME: Final = Decimal(35)
_WEEKDAYS: Final = (
    Text("Monday"),
    Text("Tuesday"),
    Text("Wednesday"),
    Text("Thursday"),
    Text("Friday"),
    Text("Saturday"),
    Text("Sunday"),
)


def context(
    dossier: Dossier,
    *,
    institution: Institution,
    programme: Programme,
    officials: Mapping[str, Official],
    signatories: Sequence[Signatory],
    profile: Profile,
    digest: str,
    version: int,
    on: date,
    language: Language,
) -> dict[str, object]:
    """What the agreement's template may print; absent values are ``None`` or empty, and false in a condition.

    Args:
        dossier: sound, as far as the rules can tell.
        institution: at the head of the paper.
        programme: the degree the internship belongs to.
        officials: of the institution, by the role they sign in.
        signatories: of this paper, in order; each gets a signature box.
        profile: the department's own rules.
        digest: of everything the paper prints, hexadecimal.
        version: of the paper.
        on: the day the paper is made; decides which hourly floor applies.
        language: of the paper.
    """
    plan = presence(dossier.schedule, dossier.place)
    return {
        "paper": {
            "number": dossier.number,
            "version": version,
            "academic_year": dossier.academic_year,
            "digest": digest,
            "short_digest": digest[:16],
            "date": on,
            "nature": dossier.nature,
            "track": dossier.track,
        },
        "institution": parties.institution(institution, language),
        "representative": parties.representative(officials, (person.role for person in signatories)),
        "programme": programme,
        "student": parties.student(dossier.student, language, is_minor=is_minor(dossier)),
        "host": parties.host(dossier.host, language),
        **parties.supervision(dossier, officials),
        "placement": dossier.placement,
        "place": _place(dossier, language),
        "schedule": _schedule(dossier.schedule, plan),
        "duration": _duration(plan),
        "allowance": _allowance(dossier, plan, profile, on),
        "benefits": dossier.benefits,
        "protection": _protection(dossier, language),
        "accident": {"host_declares": _above_floor(dossier, plan, on)},
        "abroad": _abroad(dossier.abroad) if dossier.is_abroad else None,
        "signer": parties.signers(signatories),
    }


def _place(dossier: Dossier, language: Language) -> dict[str, object]:
    return {
        "address": parties.address_line(dossier.place, language),
        "country": dossier.place.country,
        "is_abroad": dossier.is_abroad,
        "is_elsewhere": dossier.workplace.address is not None,
        "department": dossier.workplace.department,
        "telework": dossier.workplace.telework,
        "travel": dossier.workplace.travel,
    }


def _schedule(schedule: Schedule, plan: Presence) -> dict[str, object]:
    weekdays = tuple(sorted(set(schedule.weekdays)))
    return {
        "start": schedule.start,
        "end": schedule.end,
        "weekly_hours": schedule.weekly_hours,
        "days_per_week": len(weekdays),
        "weekdays": tuple(_WEEKDAYS[day - 1] for day in weekdays),
        "is_monday_to_friday": weekdays == (1, 2, 3, 4, 5),
        "is_full_time": schedule.weekly_hours >= _FULL_TIME,
        "is_irregular": bool(schedule.periods or schedule.slots),
        "periods": schedule.periods,
        "slots": schedule.slots,
        "interruptions": schedule.interruptions,
        "absences": schedule.absences,
        "leave_terms": schedule.leave_terms,
        "needs_leave": pay.is_compulsory(plan),
        "night": schedule.night,
        "sunday": schedule.sunday,
        "holiday": schedule.holiday,
        "special_presence": schedule.special_presence,
    }


def _duration(plan: Presence) -> dict[str, object]:
    legal = plan.legal
    return {
        "hours": plan.hours_for_duration,
        "paid_hours": plan.hours_paid,
        "worked_days": plan.worked_days,
        "months": legal.months,
        "days": legal.days,
        "rest": legal.hours,
    }


def _allowance(dossier: Dossier, plan: Presence, profile: Profile, on: date) -> dict[str, object]:
    allowance = dossier.allowance
    rate = pay.hourly(allowance, plan)
    floor = pay.floor_on(on)
    in_france = not dossier.is_abroad
    return {
        "is_paid": allowance.amount > 0,
        "is_compulsory": in_france and pay.is_compulsory(plan),
        "amount": allowance.amount,
        "currency": allowance.currency,
        "basis": allowance.basis,
        "unit": allowance.unit,
        "payment": allowance.payment,
        "method": allowance.method,
        "due_day": allowance.due_day,
        "unpaid_reason": allowance.unpaid_reason,
        "hourly": None if rate is None else rate.quantize(_CENT, ROUND_HALF_UP),
        "total": pay.total(allowance, plan),
        "instalments": _instalments(dossier, plan) if allowance.amount > 0 else (),
        "floor": floor if in_france and floor.known else None,
        "follows_floor": in_france and profile.floor_reference == "each_month",
        "is_capped": in_france and dossier.host.sector is HostSector.PUBLIC,
    }


def _instalments(dossier: Dossier, plan: Presence) -> tuple[dict[str, object], ...]:
    schedule = dossier.schedule
    return tuple(
        {
            "start": max(schedule.start, date(month.year, month.month, 1)),
            "end": min(schedule.end, date(month.year, month.month, monthrange(month.year, month.month)[1])),
            "hours": month.hours,
            "amount": month.amount,
        }
        for month in pay.instalments(dossier.allowance, plan)
    )


def _above_floor(dossier: Dossier, plan: Presence, on: date) -> bool:
    """After an accident, does the host have the duties of an employer? Social security code, art. L412-8."""
    rate = pay.hourly(dossier.allowance, plan)
    in_euros = dossier.allowance.currency == "EUR"
    return not dossier.is_abroad and in_euros and rate is not None and rate > pay.floor_on(on).hourly


def _protection(dossier: Dossier, language: Language) -> dict[str, object]:
    protection = dossier.protection
    fund = protection.health_fund
    return {
        "scheme": fund.scheme,
        "fund_name": fund.name,
        "fund_address": fund.address and parties.address_line(fund.address, language),
        "liability": protection.liability,
        "host_liability": protection.host_liability,
        "host_covers_health": _answer(protection.host_covers_health),
        "host_covers_accidents": _answer(protection.host_covers_accidents),
    }


def _answer(answer: bool | None) -> str:  # noqa: FBT001  # an answer is what it is
    """A yes, a no, or nothing: three cases that a template tells apart by word."""
    return "" if answer is None else "yes" if answer else "no"


def _abroad(abroad: Abroad | None) -> dict[str, object]:
    """The annexes and steps of an internship outside France; unanswered ones stay absent."""
    return {
        "zone": abroad and abroad.travel_zone,
        "zone_consulted_on": abroad and abroad.zone_consulted_on,
        "ariane_registered_on": abroad and abroad.ariane_registered_on,
        "country_sheet": abroad and abroad.country_sheet,
        "repatriation": abroad and abroad.repatriation,
        "applicable_law": abroad.applicable_law if abroad else "FR",
    }
