"""What is still counted of a dossier that is gone: how many, where, how long, for how much. Nothing else.

Each measure is counted by itself, in broad bands: no row tells two things of one internship.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conventions import pay
from conventions.hours import presence
from conventions.model.dossier import Dossier

if TYPE_CHECKING:
    from conventions.store import Statistic

__all__ = ["counted_of"]

_BAND_WEEKS: Final = 4


def counted_of(dossier: Dossier | None, academic_year: str) -> tuple[Statistic, ...]:
    """One line for each measure; of a dossier that can no longer be read, only that it was there."""
    measures = [("dossiers", "all")]
    if dossier:
        measures += [("country", dossier.place.country), ("weeks", _weeks(dossier)), ("allowance", _allowance(dossier))]
    return tuple((academic_year, measure, value) for measure, value in measures)


def _weeks(dossier: Dossier) -> str:
    span = dossier.realised or dossier.schedule
    first = ((span.end - span.start).days + 1) // 7 // _BAND_WEEKS * _BAND_WEEKS
    return f"{first}-{first + _BAND_WEEKS - 1}"


def _allowance(dossier: Dossier) -> str:
    """Whole euros, or what the currency is, by the hour."""
    rate = pay.hourly(dossier.allowance, presence(dossier.schedule, dossier.place))
    if not rate:
        return "none"
    return f"{int(rate)}-{int(rate) + 1} {dossier.allowance.currency}"
