"""Days and hours of presence, and how the law reads them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.feasts import KNOWN_YEARS, REGIONS, french_feasts
from conventions.hours import (
    LONGEST_DAYS,
    Presence,
    holiday_calendar_known,
    holiday_region_missing,
    legal_duration,
    presence,
    public_holidays,
    spelled_out,
    working_days_between,
)
from conventions.model.party import Address
from conventions.model.placement import Schedule
from tests.builders import an_address

LILLE = an_address()


def present(start: str, end: str, place: Address = LILLE, **more: Any) -> Presence:
    return presence(Schedule.model_validate({"start": start, "end": end} | more), place)


@pytest.mark.parametrize(
    ("start", "end", "days", "hours"),
    [
        ("2024-01-01", "2024-01-31", 22, 154),
        ("2024-02-01", "2024-02-29", 21, 147),
        ("2025-01-01", "2025-03-31", 63, 441),
        ("2023-04-11", "2023-07-03", 56, 392),
        ("2023-04-11", "2023-08-31", 97, 679),
    ],
)
def test_full_time_presence_leaves_out_weekends_and_public_holidays(
    start: str, end: str, days: int, hours: int
) -> None:
    found = present(start, end)
    assert found.worked_days == days
    assert found.hours_for_duration == found.hours_paid == hours


def test_months_are_calendar_months_with_their_own_days() -> None:
    months = present("2023-04-11", "2023-07-03").months
    assert [(month.month, month.days) for month in months] == [(4, 14), (5, 19), (6, 22), (7, 1)]


@pytest.mark.parametrize(
    ("hours", "months", "days", "rest"),
    [(308, 2, 0, 0), (309, 2, 0, 1), (924, 6, 0, 0), (679, 4, 9, 0), (153, 0, 21, 6), (0, 0, 0, 0)],
)
def test_seven_hours_are_a_day_and_twenty_two_days_a_month(hours: int, months: int, days: int, rest: int) -> None:
    found = legal_duration(Decimal(hours))
    assert (found.months, found.days) == (months, days)
    assert found.hours == rest


def test_the_132nd_working_day_from_11_april_2023_is_19_october() -> None:
    start, last = date(2023, 4, 11), date(2023, 10, 19)
    assert working_days_between(start, last, LILLE) == 132
    assert working_days_between(start, last - timedelta(days=1), LILLE) == 131


def test_an_interruption_is_neither_counted_nor_paid_and_an_absence_is_counted() -> None:
    week = {"start": "2026-06-08", "end": "2026-06-12"}
    whole = present("2026-06-01", "2026-06-26")
    interrupted = present("2026-06-01", "2026-06-26", interruptions=[week])
    absent = present("2026-06-01", "2026-06-26", absences=[week])
    on_paid_leave = present("2026-06-01", "2026-06-26", absences=[{**week, "paid": True}])
    assert interrupted.hours_for_duration == interrupted.hours_paid == whole.hours_paid - 35
    assert (absent.hours_for_duration, absent.hours_paid) == (whole.hours_paid, whole.hours_paid - 35)
    assert on_paid_leave.hours_paid == whole.hours_paid


def test_a_slot_replaces_a_period_and_a_period_the_ordinary_week() -> None:
    period = {"start": "2026-06-08", "end": "2026-06-14", "hours_per_day": "4", "weekdays": [1, 6]}
    slots = [{"day": "2026-06-08", "hours": "2.5"}, {"day": "2026-06-14", "hours": "3"}]
    days = {day.day: day.hours for day in present("2026-06-05", "2026-06-15", periods=[period], slots=slots).days}
    assert days == {
        date(2026, 6, 5): Decimal(7),
        date(2026, 6, 8): Decimal("2.5"),
        date(2026, 6, 13): Decimal(4),
        date(2026, 6, 14): Decimal(3),
        date(2026, 6, 15): Decimal(7),
    }


def test_presence_on_holidays_counts_only_where_it_was_agreed() -> None:
    without = present("2026-05-11", "2026-05-15")
    agreed = present("2026-05-11", "2026-05-15", holiday=True, special_presence="open house")
    assert without.hours_for_duration == 28
    assert without.holidays == ()
    assert agreed.hours_for_duration == 35
    assert agreed.holidays == (date(2026, 5, 14),)


def test_sundays_are_told() -> None:
    found = present("2026-06-01", "2026-06-30", slots=[{"day": "2026-06-21", "hours": "5"}])
    assert found.sundays == (date(2026, 6, 21),)


def test_hours_that_do_not_divide_come_out_right_in_total() -> None:
    thirds = present("2026-06-01", "2026-06-07", weekdays=[1, 2, 3])
    assert thirds.hours_for_duration == 35
    assert list(thirds.by_week.values()) == [35]


@pytest.mark.parametrize(
    ("postal_code", "holiday", "is_free"),
    [
        ("59000", date(2026, 4, 3), False),
        ("57000", date(2026, 4, 3), True),
        ("67000", date(2025, 12, 26), True),
        ("68100", date(2026, 4, 3), True),
        ("97100", date(2026, 5, 27), True),
        ("97200", date(2026, 5, 22), True),
        ("97300", date(2026, 6, 10), True),
        ("97400", date(2026, 12, 20), True),
        ("97600", date(2026, 4, 27), True),
        ("97133", date(2026, 10, 9), True),
        ("97150", date(2026, 5, 28), True),
        ("97150", date(2026, 7, 21), False),
        ("97100", date(2026, 3, 12), False),
    ],
)
def test_the_postal_code_tells_the_regional_holidays_of_france(postal_code: str, holiday: date, is_free: bool) -> None:
    assert (holiday in public_holidays(an_address(postal_code=postal_code), holiday.year)) is is_free


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_the_holidays_of_france_are_those_that_the_library_tells(region: str) -> None:
    for year in KNOWN_YEARS:
        told = holidays.country_holidays("FR", subdiv=region or None, years=year, language="fr")
        assert french_feasts(year, region) == dict(told.items())


@pytest.mark.parametrize(
    ("country", "region", "missing"),
    [
        ("DE", "", True),
        ("DE", "BY", False),
        ("DE", "DE-BY", False),
        ("DE", "Bayern", True),
        ("ES", "CT", False),
        ("GB", "", True),
        ("IE", "", False),
        ("FR", "", False),
    ],
)
def test_a_missing_region_is_noticed_where_it_matters(country: str, region: str, missing: bool) -> None:
    assert holiday_region_missing(an_address(country=country, region=region)) is missing


def test_the_region_changes_the_count_abroad() -> None:
    bavaria = an_address(country="DE", region="BY", postal_code="80337")
    berlin = an_address(country="DE", region="BE", postal_code="10115")
    assert working_days_between(date(2026, 6, 1), date(2026, 6, 5), bavaria) == 4
    assert working_days_between(date(2026, 6, 1), date(2026, 6, 5), berlin) == 5


def test_a_country_without_calendar_has_no_holidays_and_says_so() -> None:
    nowhere = an_address(country="XX")
    assert not holiday_calendar_known(nowhere, 2026)
    assert present("2026-01-01", "2026-01-01", nowhere).hours_for_duration == 7


def test_the_holidays_of_a_year_that_the_library_has_not_got_are_said_to_be_unknown() -> None:
    told = holidays.country_holidays("LK", years=range(2003, 2200))
    last = max(day.year for day in told)
    colombo = an_address(country="LK", postal_code="")
    assert holiday_calendar_known(colombo, last)
    assert not holiday_calendar_known(colombo, last + 1)
    assert holiday_calendar_known(LILLE, last + 1)


def test_a_schedule_of_centuries_is_not_walked_to_its_end() -> None:
    assert present("1000-01-01", "9999-12-31", weekdays=[1, 2, 3, 4, 5, 6, 7]).worked_days <= LONGEST_DAYS


days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(days_of_2026, days_of_2026, days_of_2026, st.sampled_from([Decimal(35), Decimal("37.5"), Decimal(28)]))
def test_a_duration_is_the_sum_of_its_parts(first: date, second: date, third: date, weekly: Decimal) -> None:
    start, middle, end = sorted((first, second, third))
    whole = present(str(start), str(end), weekly_hours=weekly)
    before = present(str(start), str(middle), weekly_hours=weekly)
    if middle == end:
        assert before.hours_for_duration == whole.hours_for_duration
        return
    after = present(str(middle + timedelta(days=1)), str(end), weekly_hours=weekly)
    assert before.hours_for_duration + after.hours_for_duration == whole.hours_for_duration


@given(days_of_2026, days_of_2026, st.sampled_from(["57000", "67000", "97400", "97100"]))
def test_more_public_holidays_never_add_hours(first: date, second: date, postal_code: str) -> None:
    start, end = sorted((first, second))
    plain = present(str(start), str(end))
    fewer = present(str(start), str(end), an_address(postal_code=postal_code))
    assert fewer.hours_for_duration <= plain.hours_for_duration


@given(days_of_2026, days_of_2026, st.decimals(1, 48, places=2), st.decimals(0, 1000, places=2))
def test_the_last_day_within_a_cap_is_the_last(first: date, second: date, weekly: Decimal, most: Decimal) -> None:
    start, end = sorted((first, second))
    whole = present(str(start), str(end), weekly_hours=weekly)
    last = whole.last_day_within(most)
    if last is not None:
        assert present(str(start), str(last), weekly_hours=weekly).hours_for_duration <= most
    following = [day.day for day in whole.days if last is None or day.day > last]
    if following:
        assert present(str(start), str(following[0]), weekly_hours=weekly).hours_for_duration > most


def test_an_average_week_is_told_where_periods_say_every_day() -> None:
    def average(*periods: tuple[str, str, str], **more: Any) -> Decimal | None:
        said = [{"start": start, "end": end, "hours_per_day": hours} for start, end, hours in periods]
        return spelled_out(
            Schedule.model_validate({"start": "2026-06-01", "end": "2026-06-28", "periods": said} | more)
        )

    assert average(("2026-06-01", "2026-06-28", "7")) == 35
    assert average(("2026-06-01", "2026-06-14", "7"), ("2026-06-15", "2026-06-28", "3.5")) == Decimal("26.25")
    assert average(("2026-06-01", "2026-06-14", "7"), ("2026-06-15", "2026-06-28", "0")) == Decimal("17.5")
    assert average(("2026-06-01", "2026-06-27", "7")) == 35  # a Sunday on which nobody is there anyway
    assert average(("2026-06-01", "2026-06-25", "7")) is None
    assert average() is None
    assert average(("2026-06-01", "2026-06-25", "7"), slots=[{"day": "2026-06-26", "hours": "3"}]) == 34


@given(st.decimals(0, 2000, places=2))
def test_the_legal_reading_loses_no_hour(hours: Decimal) -> None:
    found = legal_duration(hours)
    assert found.months * 154 + found.days * 7 + found.hours == hours
    assert found.days < 22
    assert 0 <= found.hours < 7
