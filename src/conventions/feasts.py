"""The public holidays of France as the law lists them: nine in ten internships ask for no others.

The calendars of all other places come from a library (:mod:`conventions.hours`), which cannot be asked for one country
without loading every country's. That both say the same of France is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from dateutil.easter import easter

__all__ = ["KNOWN_YEARS", "REGIONS", "french_feasts"]

KNOWN_YEARS: Final = range(2008, 2101)
"""From the year in which Whit Monday was a public holiday again to the last of which the library tells anything."""
REGIONS: Final = frozenset({"", "57", "6AE"})
"""Metropolitan France, and in it Moselle and Alsace as the library calls them. Overseas has days of its own."""

_FIXED: Final = (
    (1, 1, "Jour de l'an"),
    (5, 1, "Fête du Travail"),
    (5, 8, "Fête de la Victoire"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice"),
    (12, 25, "Noël"),
)
_AFTER_EASTER: Final = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))
"""Days after Easter Sunday."""
_FIXED_IN_THE_EAST: Final = (*_FIXED, (12, 26, "Saint-Étienne"))
_AFTER_EASTER_IN_THE_EAST: Final = ((-2, "Vendredi saint"), *_AFTER_EASTER)


def french_feasts(year: int, region: str = "") -> Mapping[date, str]:
    """The eleven public holidays of art. L3133-1 of the Code du travail with their names, and the two of art. L3134-13.

    Args:
        year: one of ``KNOWN_YEARS``.
        region: one of ``REGIONS``.
    """
    fixed = _FIXED_IN_THE_EAST if region else _FIXED
    found = {date(year, month, day): name for month, day, name in fixed}
    for days, name in _AFTER_EASTER_IN_THE_EAST if region else _AFTER_EASTER:
        day = easter(year) + timedelta(days=days)
        found[day] = f"{name}; {found[day]}" if day in found else name  # Ascension can fall on 1 or 8 May
    return MappingProxyType(found)
