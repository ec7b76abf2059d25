"""JUDGEMENT: on which days the intern is present, for how long, and how the law reads it.

The law counts hours of presence, not days of the calendar: seven hours are a day, twenty-two days a month
(art. D124-6 of the Code de l'éducation). Two totals are kept apart, because authorised leave counts for the duration
and is paid only if the agreement says so (art. L124-13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from conventions.feasts import KNOWN_YEARS, REGIONS, french_feasts
from conventions.model.party import Address
from conventions.model.placement import Period, Schedule, Span

__all__ = [
    "CAP_HOURS",
    "LONGEST_DAYS",
    "LegalDuration",
    "Month",
    "Presence",
    "WorkedDay",
    "holiday_calendar_known",
    "holiday_region_missing",
    "legal_duration",
    "presence",
    "public_holidays",
    "spelled_out",
    "working_days_between",
]

CAP_HOURS: Final = Decimal(924)
"""Six months in one host and academic year (art. L124-5): 6 months of 22 days of 7 hours."""
LONGEST_DAYS: Final = 1098
"""Days of a schedule that are looked at. A longer one is refused by the rules long before it matters."""

_HOURS_PER_DAY: Final = Decimal(7)
_DAYS_PER_MONTH: Final = 22
_CENT: Final = Decimal("0.01")
_GUARD: Final = Decimal("1e-10")
_ZERO: Final = Decimal(0)

_FRANCE: Final = "FR"
_BY_REGION: Final = frozenset({"AU", "CA", "CH", "DE", "ES", "GB", "IN", "MY", "US"})
"""Countries whose public holidays cannot be told without a region."""
_FRENCH_REGIONS: Final = MappingProxyType(
    {
        "57": "57",
        "67": "6AE",
        "68": "6AE",
        **{code: code for code in ("971", "972", "973", "974", "976")},
        "97133": "BL",
        "97150": "MF",
        "975": "PM",
        "977": "BL",
        "978": "MF",
        "986": "WF",
        "987": "PF",
        "988": "NC",
    }
)
"""Postal-code prefixes whose public holidays differ from those of the rest of France."""
_WITH_ABOLITION: Final = frozenset({"971", "972", "973", "974", "976", "BL", "MF"})
"""Where a day of the abolition of slavery is a public holiday (art. L3422-2 of the Code du travail)."""
_ABOLITION: Final = "Abolition de l'esclavage"


@dataclass(frozen=True)
class LegalDuration:
    """Hours of presence as the law reads them."""

    months: int
    days: int
    hours: Decimal
    """What is left below one day."""


def legal_duration(hours: Decimal) -> LegalDuration:
    """Read hours of presence in months of 22 days of 7 hours, consecutive or not (art. D124-6)."""
    days, rest = divmod(hours, _HOURS_PER_DAY)
    months, days_left = divmod(int(days), _DAYS_PER_MONTH)
    return LegalDuration(months, days_left, rest)


class WorkedDay(NamedTuple):
    """One day that counts for the duration. A plain tuple: a year's dossiers have half a million of them."""

    day: date
    hours: Decimal
    """Decimal hours, not rounded: 35 hours over three days are 11.666… each."""
    is_paid: bool
    """False on a day of authorised leave that the agreement does not pay."""
    is_holiday: bool


@dataclass(frozen=True)
class Month:
    """One calendar month in which the intern is present."""

    year: int
    month: int
    days: int
    hours_for_duration: Decimal
    hours_paid: Decimal


@dataclass(frozen=True)
class Presence:
    """Every day that counts, and what an ordinary week is made of."""

    days: tuple[WorkedDay, ...]
    weekly_hours: Decimal
    hours_per_day: Decimal
    """Hours of an ordinary day, not rounded."""

    @cached_property
    def hours_for_duration(self) -> Decimal:
        """Hours that count towards two months, six months, the degree; rounded half up to the hundredth."""
        return _rounded(sum((day.hours for day in self.days), _ZERO))

    @cached_property
    def hours_paid(self) -> Decimal:
        """Hours that an hourly allowance pays; rounded half up to the hundredth."""
        return _rounded(sum((day.hours for day in self.days if day.is_paid), _ZERO))

    def last_day_within(self, most: Decimal) -> date | None:
        """The last day up to which the presence counts for at most so many hours; None when the first exceeds them."""
        done, last = _ZERO, None
        for one in self.days:
            done += one.hours
            if _rounded(done) > most:
                break
            last = one.day
        return last

    @property
    def legal(self) -> LegalDuration:
        """The duration in the words of art. D124-6."""
        return legal_duration(self.hours_for_duration)

    @property
    def worked_days(self) -> int:
        """Number of days that count."""
        return len(self.days)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The calendar months with at least one day that counts, in order."""
        found: dict[tuple[int, int], list[WorkedDay]] = {}
        for day in self.days:
            found.setdefault((day.day.year, day.day.month), []).append(day)
        return tuple(_month(year, month, days) for (year, month), days in found.items())

    @property
    def sundays(self) -> tuple[date, ...]:
        """Sundays on which the intern is present."""
        return tuple(day.day for day in self.days if day.day.isoweekday() == 7)

    @property
    def holidays(self) -> tuple[date, ...]:
        """Public holidays on which the intern is present."""
        return tuple(day.day for day in self.days if day.is_holiday)

    @cached_property
    def by_week(self) -> Mapping[tuple[int, int], Decimal]:
        """Hours of each ISO week (year, week)."""
        found: dict[tuple[int, int], Decimal] = {}
        for day in self.days:
            year, week, _ = day.day.isocalendar()
            found[year, week] = found.get((year, week), _ZERO) + day.hours
        return {week: _rounded(hours) for week, hours in found.items()}


def _month(year: int, month: int, days: list[WorkedDay]) -> Month:
    return Month(
        year,
        month,
        len(days),
        _rounded(sum((day.hours for day in days), _ZERO)),
        _rounded(sum((day.hours for day in days if day.is_paid), _ZERO)),
    )


def _rounded(hours: Decimal) -> Decimal:
    """Half up, after the dust of divisions such as 35 / 3 has been wiped off."""
    return hours.quantize(_GUARD).quantize(_CENT, ROUND_HALF_UP)


def presence(schedule: Schedule, place: Address) -> Presence:
    """Every day of presence of a schedule at a place.

    A slot replaces what a period says, a period replaces the ordinary week. An interruption removes its days, a
    public holiday of the place removes its day unless ``schedule.holiday`` is true (art. L124-14: effective
    presence). Authorised absences stay, paid or not. At most :data:`LONGEST_DAYS` days are looked at.
    """
    per_day = schedule.weekly_hours / len(set(schedule.weekdays))
    week = tuple(per_day if weekday in schedule.weekdays else _ZERO for weekday in range(8))
    slots = {slot.day: slot.hours for slot in schedule.slots}
    is_ordinary = not slots and not schedule.periods
    gaps, unpaid = schedule.interruptions, tuple(absence for absence in schedule.absences if not absence.paid)
    days = _days(schedule)
    free = {day for year in _years(days) for day in public_holidays(place, year)}
    found = []
    for number in days:
        day = date.fromordinal(number)
        hours = week[day.isoweekday()] if is_ordinary else slots.get(day, _planned(day, schedule.periods, week))
        if not hours or (gaps and _covered(gaps, day)):
            continue
        is_holiday = day in free
        if not is_holiday or schedule.holiday:
            found.append(WorkedDay(day, hours, not unpaid or not _covered(unpaid, day), is_holiday))
    return Presence(tuple(found), schedule.weekly_hours, per_day)


def spelled_out(schedule: Schedule) -> Decimal | None:
    """Hours of an average week, holidays and interruptions not taken off, where periods and slots say every day.

    None where the ordinary week counts on some day, and where nothing but it is said.
    """
    if not schedule.periods or not _days(schedule):
        return None
    slots = {slot.day: slot.hours for slot in schedule.slots}
    hours, days = _ZERO, [date.fromordinal(number) for number in _days(schedule)]
    for day in days:
        period = next((one for one in schedule.periods if one.covers(day)), None)
        if period is None and day not in slots and day.isoweekday() in schedule.weekdays:
            return None
        on_day = period.hours_per_day if period and day.isoweekday() in period.weekdays else _ZERO
        hours += slots.get(day, on_day)
    return _rounded(hours * 7 / len(days))


def _days(span: Span) -> range:
    """Its days, as ordinals."""
    first = span.start.toordinal()
    return range(first, min(span.end.toordinal() + 1, first + LONGEST_DAYS))


def _years(days: range) -> range:
    return range(date.fromordinal(days[0]).year, date.fromordinal(days[-1]).year + 1) if days else range(0)


def _planned(day: date, periods: tuple[Period, ...], week: tuple[Decimal, ...]) -> Decimal:
    """Hours that the first period says which covers the day, else the ordinary week."""
    for period in periods:
        if period.covers(day):
            return period.hours_per_day if day.isoweekday() in period.weekdays else _ZERO
    return week[day.isoweekday()]


def _covered(spans: tuple[Span, ...], day: date) -> bool:
    return any(span.covers(day) for span in spans)


def working_days_between(start: date, end: date, place: Address, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)) -> int:
    """Days from ``start`` to ``end``, both included, on the given ISO weekdays and not a public holiday there."""
    return sum(
        1
        for offset in range((end - start).days + 1)
        if (day := start + timedelta(days=offset)).isoweekday() in weekdays
        and day not in public_holidays(place, day.year)
    )


def public_holidays(place: Address, year: int) -> Mapping[date, str]:
    """Public holidays of a place in a year, with their names; empty where no calendar is known."""
    return _calendar(place.country, _region(place.country, place.region, place.postal_code), year)


def holiday_region_missing(place: Address) -> bool:
    """Is this a country whose public holidays depend on a region that the address does not name, or misnames?"""
    return place.country in _BY_REGION and not _region(place.country, place.region, place.postal_code)


def holiday_calendar_known(place: Address, year: int) -> bool:
    """Are public holidays known there? Of some countries not, of others not yet, as where the moon decides."""
    return bool(public_holidays(place, year))


@lru_cache(maxsize=512)
def _region(country: str, region: str, postal_code: str) -> str:
    named = region.upper().removeprefix(f"{country}-")
    if named and named in _subdivisions().get(country, ()):
        return named
    if country == _FRANCE:
        for length in (5, 3, 2):
            if found := _FRENCH_REGIONS.get(postal_code[:length]):
                return found
    return ""


@lru_cache(maxsize=1)
def _subdivisions() -> Mapping[str, frozenset[str]]:
    import holidays  # loads the calendars of all countries

    return {country: frozenset(regions) for country, regions in holidays.list_supported_countries().items()}


@lru_cache(maxsize=256)
def _calendar(country: str, region: str, year: int) -> Mapping[date, str]:
    if country == _FRANCE and region in REGIONS and year in KNOWN_YEARS:
        return french_feasts(year, region)
    return _foreseen(country, region, year)


def _foreseen(country: str, region: str, year: int) -> Mapping[date, str]:
    """As the library has them."""
    if country not in _subdivisions():
        return MappingProxyType({})
    import holidays  # loaded by now

    language = "fr" if country == _FRANCE else None
    found = dict(holidays.country_holidays(country, subdiv=region or None, years=year, language=language).items())
    if country == _FRANCE and region in _WITH_ABOLITION:
        found = _statutory_overseas(found, year)
    return MappingProxyType(found)


def _statutory_overseas(found: dict[date, str], year: int) -> dict[date, str]:
    """Keep the national days and the abolition of slavery: the library adds local customs that bind nobody."""
    national = _calendar(_FRANCE, "", year)
    return {day: name for day, name in found.items() if day in national or _ABOLITION in name}
