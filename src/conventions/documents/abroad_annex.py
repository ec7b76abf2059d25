"""The annex of an internship abroad: the rules of the host country beside the agreement's, and the steps to take.

The law wants an information sheet on the rights and duties of interns there (art. L124-20 of the Code de l'éducation).
What it says of the country comes from the dossier only: the program knows no foreign law.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from conventions import pay
from conventions.documents import convention
from conventions.documents.case import Case
from conventions.hours import presence
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.profile import resolved

__all__ = ["context", "is_wanted"]

_CARD_COUNTRIES: Final = frozenset({
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
    "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""European Economic Area and Switzerland: there the European Health Insurance Card is enough."""
_COVERED_MONTHS: Final = 6
"""For which French accident cover is kept abroad, by the ministry's model of an agreement (arrêté du 29 décembre 2014,
6.4). Décret 2003-1215 lets a fund keep it for twelve; an agreement of the model promises no more than six
(docs/decisions/accident-cover-abroad.md)."""


def is_wanted(case: Case) -> bool:
    """Only an internship outside France has this annex."""
    return case.dossier.is_abroad


def context(case: Case, language: Language) -> dict[str, object]:
    """What the annex's template may print: all that the agreement prints, and what the annex adds to it."""
    dossier = case.dossier
    return {
        **convention.context(case, language),
        "rules": dossier.abroad and dossier.abroad.country_rules,
        "cover": _cover(dossier, pay.floor_on(case.edition.on, case.house.profile.ceilings)),
        "accepts_card": dossier.place.country in _CARD_COUNTRIES,
        "ariane_url": case.house.profile.ariane_url,
    }


def _cover(dossier: Dossier, floor: pay.Floor) -> dict[str, object]:
    """French cover for accidents at work: how far the agreement meets its conditions."""
    until = _last_covered(dossier.schedule.start)
    return {
        "until": until,
        "lasts": dossier.schedule.end <= until,
        "most": floor.hourly if floor.known else None,
        "allows_pay": _allows_pay(dossier, floor),
    }


def _last_covered(start: date) -> date:
    rank = start.month - 1 + _COVERED_MONTHS
    return resolved(start.year + rank // 12, f"{rank % 12 + 1:02d}-{start.day:02d}") - timedelta(days=1)


def _allows_pay(dossier: Dossier, floor: pay.Floor) -> str:
    """``yes``, ``no``; nothing where the amounts cannot be compared."""
    agreed = dossier.allowance
    if not agreed.amount:
        return "yes"
    if agreed.currency != "EUR" or not floor.known:
        return ""
    return "no" if pay.exceeds(agreed, floor.hourly, presence(dossier.schedule, dossier.place)) else "yes"
