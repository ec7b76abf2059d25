"""The pre-agreement: the form in which a host proposes an internship, with the department's conditions beside it.

One blank form serves the whole year. Its fields are named like what they become in a dossier (``host.name``,
``schedule.start``), so that a form that comes back can be imported; the group ``form`` belongs to the form alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from conventions import pay
from conventions.documents import parties
from conventions.documents.case import Campaign, edition
from conventions.documents.pre_agreement_fields import WANTED
from conventions.languages import Language
from conventions.model.form import FormField
from conventions.model.profile import Profile
from conventions.text import Amount, Text, counted, quoted

__all__ = ["conditions", "context", "fields"]

_CENT: Final = Decimal("0.01")


def context(campaign: Campaign, language: Language) -> dict[str, object]:
    """What the form prints besides the places to fill in."""
    house = campaign.house
    year = campaign.edition.number
    return {
        "paper": {**edition(campaign.edition, language), "academic_year": year},
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "conditions": _conditions(house.profile, year, campaign.edition.on),
    }


def conditions(campaign: Campaign) -> tuple[Text, ...]:
    """The same, in sentences: for whoever fills in the form elsewhere than on its paper."""
    asked = _conditions(campaign.house.profile, campaign.edition.number, campaign.edition.on)
    return tuple(_in_words(asked, campaign.house.profile))


def _in_words(asked: Mapping[str, Any], profile: Profile) -> Iterator[Text]:
    if asked["min_hours"]:
        yield Text("Actual attendance is {n} hours at least.", n=asked["min_hours"])
    elif asked["min_weeks"]:
        yield Text("The internship lasts {n} weeks at least.", n=asked["min_weeks"])
    yield Text("It ends on {day} at the latest.", day=asked["latest_end"])
    if asked["allowance"]:
        yield Text("In France the allowance is {amount} an hour at least.", amount=Amount(asked["allowance"]["hourly"]))
    if profile.min_it_professionals:
        yield counted(
            "One IT professional works at the host at least.",
            "{n} IT professionals work at the host at least.",
            n=profile.min_it_professionals,
        )
    yield Text("At least {n} activities and {n} skills are described in detail.", n=asked["min_items"])
    if not asked["allows_full_telework"]:
        yield Text("An internship that is telework only is not accepted.")
    if not asked["allows_own_company"]:
        yield Text("An internship in the student's own company is not accepted.")
    if asked["health_alert"]:
        yield quoted(asked["health_alert"])


def _conditions(profile: Profile, year: str, on: date) -> dict[str, object]:
    """What the department asks of an internship, as figures that a host understands."""
    in_hours = profile.duration_measure == "hours"
    return {
        "min_weeks": None if in_hours else profile.min_weeks,
        "min_hours": profile.min_hours if in_hours else None,
        "max_months": profile.max_months,
        "latest_end": profile.calendar.day(profile.calendar.latest_end, year),
        "full_time_hours": profile.full_time_hours,
        "allowance": _floor(profile, on),
        "compulsory_above": pay.COMPULSORY_ABOVE,
        "min_it_professionals": profile.min_it_professionals,
        "min_items": profile.min_mission_items,
        "allows_full_telework": profile.telework_max_ratio >= 1,
        "allows_own_company": profile.own_company_allowed,
        "france_days": profile.delays.france_days,
        "abroad_days": profile.delays.abroad_days,
        "own_agreement_days": profile.delays.own_agreement_extra_days,
        "refuses_orange": profile.zones.orange == "error",
        "refuses_red": profile.zones.red == "error",
        "ariane_url": profile.ariane_url,
        "health_alert": profile.health_alert,
    }


def _floor(profile: Profile, on: date) -> dict[str, object] | None:
    """The least that is accepted in France on the day the form is made; absent while nobody knows the legal floor."""
    legal = pay.floor_on(on, profile.ceilings)
    if not legal.known:
        return None
    hourly = max(legal.hourly, profile.local_floor)
    return {
        "hourly": hourly,
        "monthly": (hourly * pay.MONTH_HOURS).quantize(_CENT, ROUND_HALF_UP),
        "legal_hourly": legal.hourly,
        "is_local": hourly > legal.hourly,
    }


def fields(campaign: Campaign, language: Language) -> tuple[FormField, ...]:  # noqa: ARG001  # the same for every year
    """Every field, in the order of the form; only the currency is filled in."""
    return tuple(wanted.said(language) for wanted in WANTED)
