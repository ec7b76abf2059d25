"""The internship agreement: everything its template may print, computed from the dossier."""

from __future__ import annotations

from datetime import date

from conventions import pay
from conventions.documents import parties, terms
from conventions.documents.case import Case, edition
from conventions.hours import Presence, presence
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.placement import Abroad
from conventions.model.profile import Ceilings
from conventions.signers import is_minor

__all__ = ["context", "host_declares"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the agreement's template may print; absent values are ``None`` or empty, and false in a condition."""
    dossier, house = case.dossier, case.house
    plan = presence(dossier.schedule, dossier.place)
    on = case.edition.on
    return {
        "paper": {
            **edition(case.edition, language),
            "academic_year": dossier.academic_year,
            "nature": dossier.nature,
            "track": dossier.track,
        },
        "institution": parties.institution(house.institution, language),
        "representative": parties.representative(house.officials, (person.role for person in case.signatories)),
        "programme": house.programme,
        "student": parties.student(dossier.student, language, is_minor=is_minor(dossier)),
        "host": parties.host(dossier.host, language),
        **parties.supervision(dossier, house.officials),
        "placement": dossier.placement,
        "place": terms.place(dossier, language),
        "schedule": terms.schedule(dossier.schedule, plan),
        "duration": terms.duration(plan),
        "allowance": terms.allowance(dossier, plan, house.profile, on),
        "benefits": dossier.benefits,
        "protection": _protection(dossier, language),
        "accident": {"host_declares": host_declares(dossier, plan, house.profile.ceilings, on)},
        "abroad": _abroad(dossier.abroad) if dossier.is_abroad else None,
        "signer": parties.signers(case.signatories, case.edition.languages, language),
    }


def host_declares(dossier: Dossier, plan: Presence, ceilings: Ceilings, on: date) -> bool:
    """After an accident, does the host have the duties of an employer? Social security code, art. L412-8."""
    in_euros, floor = dossier.allowance.currency == "EUR", pay.floor_on(on, ceilings)
    return not dossier.is_abroad and in_euros and pay.exceeds(dossier.allowance, floor.hourly, plan)


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
