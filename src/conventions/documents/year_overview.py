"""A year in one page: how many students, where, how long, for how much, with which grades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from conventions.documents import parties
from conventions.documents.bars import bar, histogram
from conventions.documents.case import Campaign, edition
from conventions.grading import grade
from conventions.hours import presence
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.measures import Group, statistics
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.pay import hourly
from conventions.text import Text

__all__ = ["context", "lacks"]

_HOSTS: Final = 8
_COUNTRIES: Final = 6
"""So many are named, and the others counted together: a year stays on its page."""
_HOST, _COUNTRY = 40, 24
"""Characters of a name that find room on one line."""
_WEEKS: Final = (0, 12, 14, 17, 21)
"""Calendar weeks at which a band of durations begins."""
_RATES: Final = (0, 5, 7, 10)
"""Euros an hour at which a band of allowances begins."""
_WIDE, _NARROW, _HALF = 64, 38, 75
"""Blanks of the longest bar, by the width of its column."""


def context(campaign: Campaign, language: Language) -> dict[str, object]:
    """What the overview's template may print."""
    house = campaign.house
    dossiers = tuple(map(in_force, campaign.dossiers))
    found = statistics((one, grade(one.marks, house.grading, track=one.track)) for one in dossiers)
    return {
        "paper": edition(campaign.edition, language),
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "statistics": found,
        "pass_mark": house.grading.pass_mark,
        "histogram": histogram(found.histogram, _HALF),
        "hosts": _hosts(found.by_host),
        "hosts_count": len(found.by_host),
        "abroad_count": sum(one.is_abroad for one in dossiers),
        "places": _side_by_side(_countries(dossiers, language), _durations(dossiers)),
        "allowances": _allowances(dossiers),
    }


def lacks(campaign: Campaign) -> Iterator[Finding]:
    """There is no dossier of the year."""
    if not campaign.dossiers:
        yield Finding(
            "OVERVIEW-01",
            Severity.ERROR,
            Text("there is no dossier of the year {year}", year=campaign.edition.number),
            Text("name dossiers, or say --all"),
        )


def _hosts(groups: Iterable[Group]) -> tuple[dict[str, object], ...]:
    counts = [(_clipped(group.name, _HOST), group.count) for group in groups]
    return _with_bars(_most(counts, _HOSTS), _WIDE)


def _countries(dossiers: Iterable[Dossier], language: Language) -> tuple[dict[str, object], ...]:
    counts = Counter(one.place.country for one in dossiers)
    named = ((_clipped(language.country(code), _COUNTRY), count) for code, count in counts.items())
    return _with_bars(_most(named, _COUNTRIES), _NARROW)


def _durations(dossiers: Sequence[Dossier]) -> tuple[dict[str, object], ...]:
    weeks = [Decimal((one.schedule.end - one.schedule.start).days + 1) / 7 for one in dossiers]
    return _with_bars(_bands(weeks, _WEEKS), _NARROW)


def _allowances(dossiers: Iterable[Dossier]) -> tuple[dict[str, object], ...]:
    """By the hour, whatever they are agreed by; those that are none, and those in another currency, by themselves."""
    kinds = [(_kind(one), one) for one in dossiers]
    rates, others = [_rate(one) for kind, one in kinds if kind == "euros"], Counter(kind for kind, _ in kinds)
    rows = [{"kind": "unpaid", "count": others["unpaid"]}, *_bands(rates, _RATES)]
    return _with_bars([*rows, {"kind": "foreign", "count": others["foreign"]}], _WIDE)


def _kind(dossier: Dossier) -> str:
    if not dossier.allowance.amount:
        return "unpaid"
    return "euros" if dossier.allowance.currency == "EUR" else "foreign"


def _rate(dossier: Dossier) -> Decimal:
    return hourly(dossier.allowance, presence(dossier.schedule, dossier.place)) or Decimal(0)


def _most(counts: Iterable[tuple[str, int]], named: int) -> list[dict[str, object]]:
    """The most frequent, by name among equals; the others in one row that says how many they are.

    A single other one takes no less room, so it is named, too.
    """
    ordered = sorted(counts, key=lambda one: (-one[1], one[0].casefold()))
    if len(ordered) == named + 1:
        named += 1
    rows: list[dict[str, object]] = [
        {"kind": "named", "name": name, "others": 0, "count": count} for name, count in ordered[:named]
    ]
    rest = ordered[named:]
    if rest:
        rows.append({"kind": "others", "name": "", "others": len(rest), "count": sum(count for _, count in rest)})
    return rows


def _bands(values: Iterable[Decimal], lows: Sequence[int]) -> list[dict[str, object]]:
    """How many values lie from one edge to below the next; above the last there is no end."""
    counts = Counter(max(low for low in lows if low <= value) for value in values)
    last = len(lows) - 1
    return [
        {
            "kind": "first" if rank == 0 else "last" if rank == last else "band",
            "low": low,
            "high": lows[min(rank + 1, last)],
            "count": counts[low],
        }
        for rank, low in enumerate(lows)
    ]


def _with_bars(rows: Sequence[Mapping[str, object]], longest: int) -> tuple[dict[str, object], ...]:
    numbers = [count for row in rows if isinstance(count := row["count"], int)]
    most = max(numbers, default=0)
    return tuple(
        {**row, "bar": bar(count, most, longest), "is_empty": not count}
        for row, count in zip(rows, numbers, strict=True)
    )


def _side_by_side(
    countries: Sequence[dict[str, object]], durations: Sequence[dict[str, object]]
) -> tuple[dict[str, object], ...]:
    """Two lists in one table; where one of them is over, its kind is ``nothing``."""
    pairs = zip_longest(countries, durations, fillvalue={"kind": "nothing", "is_empty": True})
    return tuple({"country": country, "duration": duration} for country, duration in pairs)


def _clipped(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"
