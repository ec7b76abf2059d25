"""The floor by date, and what the allowance comes to month by month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.hours import Presence, presence
from conventions.model.placement import Allowance, Schedule
from conventions.pay import amount_for, floor_on, floors, hourly, instalments, is_compulsory, reference_hours, total
from tests.builders import an_address


def present(start: str, end: str, **more: Any) -> Presence:
    return presence(Schedule.model_validate({"start": start, "end": end} | more), an_address())


def allowance(amount: str, **more: Any) -> Allowance:
    return Allowance.model_validate({"amount": amount} | more)


@pytest.mark.parametrize(
    ("day", "floor"),
    [
        (date(2015, 9, 1), "3.60"),
        (date(2017, 12, 31), "3.60"),
        (date(2018, 1, 1), "3.75"),
        (date(2020, 6, 1), "3.90"),
        (date(2022, 12, 31), "3.90"),
        (date(2023, 1, 1), "4.05"),
        (date(2024, 1, 1), "4.35"),
        (date(2025, 12, 31), "4.35"),
        (date(2026, 1, 1), "4.50"),
        (date(2026, 12, 31), "4.50"),
    ],
)
def test_the_floor_changes_on_its_day(day: date, floor: str) -> None:
    assert floor_on(day).hourly == Decimal(floor)
    assert floor_on(day).known


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2040, 1, 1), date(2011, 12, 31)])
def test_the_table_says_when_it_does_not_know(day: date) -> None:
    assert not floor_on(day).known


def test_every_year_of_the_table_is_in_it() -> None:
    """A year that was left out would be taken for the one before."""
    told = {floor.from_date.year for floor in floors() if floor.from_date >= date(2014, 12, 1)}
    assert told == set(range(2014, floors()[-1].from_date.year + 1))


def test_a_year_after_the_table_is_known_by_the_ceiling_of_the_settings() -> None:
    later = {"2027": Decimal(31), "2029": Decimal(33)}
    assert [floor_on(date(year, 6, 1), later).hourly for year in (2026, 2027, 2028, 2029, 2030)] == [
        Decimal("4.50"), Decimal("4.65"), Decimal("4.65"), Decimal("4.95"), Decimal("4.95"),
    ]  # fmt: skip
    known = [floor_on(date(year, 1, 1), later).known for year in (2026, 2027, 2028, 2029, 2030)]
    assert known == [True, True, False, True, False]
    assert floor_on(date(2026, 12, 31), later) == floor_on(date(2026, 12, 31))


@given(
    st.dates(date(2010, 1, 1), date(2060, 1, 1)),
    st.dictionaries(st.integers(2000, 2099).map(str), st.decimals("0.01", 500, places=2)),
)
def test_no_ceiling_of_the_settings_lowers_a_floor_or_changes_the_table(day: date, later: dict[str, Decimal]) -> None:
    plain, found = floor_on(day), floor_on(day, later)
    assert found.hourly >= plain.hourly
    assert found == plain or not plain.known


def test_every_floor_since_2015_is_15_percent_of_the_ceiling_and_has_a_source() -> None:
    recent = [floor for floor in floors() if floor.from_date >= date(2015, 9, 1)]
    assert recent
    for floor in recent:
        assert floor.hourly == floor.ceiling * Decimal("0.15")
        assert floor.source


@given(st.dates(date(2012, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_floors_never_go_down(day: date, later: int) -> None:
    assert floor_on(day + timedelta(days=later)).hourly >= floor_on(day).hourly


@pytest.mark.parametrize(
    ("start", "end", "rate", "amounts"),
    [
        ("2024-01-01", "2024-01-31", "4.35", ["669.90"]),
        ("2024-02-01", "2024-02-29", "4.35", ["639.45"]),
        ("2018-01-01", "2018-02-28", "3.75", ["577.50", "525.00"]),
        ("2021-02-01", "2021-02-28", "3.90", ["546.00"]),
        ("2023-04-11", "2023-07-03", "4.05", ["396.90", "538.65", "623.70", "28.35"]),
    ],
)
def test_actual_hours_are_paid_month_by_month(start: str, end: str, rate: str, amounts: list[str]) -> None:
    paid = instalments(allowance(rate, payment="actual"), present(start, end))
    assert [str(one.amount) for one in paid] == amounts


@pytest.mark.parametrize(
    ("start", "end", "rate", "whole"),
    [
        ("2023-04-11", "2023-07-03", "4.05", "1587.60"),
        ("2023-04-11", "2023-08-31", "4.05", "2749.95"),
        ("2025-01-01", "2025-03-31", "4.35", "1918.35"),
    ],
)
def test_totals(start: str, end: str, rate: str, whole: str) -> None:
    assert total(allowance(rate), present(start, end)) == Decimal(whole)


@pytest.mark.parametrize(
    ("rate", "month"),
    [
        ("3.60", "554.40"),
        ("3.75", "577.50"),
        ("3.90", "600.60"),
        ("4.05", "623.70"),
        ("4.35", "669.90"),
        ("4.50", "693.00"),
    ],
)
def test_the_reference_month_is_154_hours(rate: str, month: str) -> None:
    full_time = present("2026-04-13", "2026-07-31")
    assert amount_for(Decimal(rate), allowance("1", basis="month").basis, full_time) == Decimal(month)


def test_a_part_time_month_is_in_proportion() -> None:
    four_fifths = present("2026-04-13", "2026-07-31", weekly_hours="28", weekdays=[1, 2, 3, 4])
    assert amount_for(Decimal("4.50"), allowance("1", basis="month").basis, four_fifths) == Decimal("554.40")


def test_smoothed_instalments_are_equal_and_the_last_one_takes_the_cents() -> None:
    paid = instalments(allowance("1000.00", basis="total"), present("2026-04-13", "2026-06-30"))
    assert [one.amount for one in paid] == [Decimal("333.33"), Decimal("333.33"), Decimal("333.34")]


def test_unpaid_leave_lowers_what_is_paid_and_not_the_duration() -> None:
    leave = {"start": "2026-06-08", "end": "2026-06-12"}
    found = present("2026-06-01", "2026-06-30", absences=[leave])
    assert total(allowance("4.50"), found) == Decimal("4.50") * (found.hours_for_duration - 35)


def test_pay_is_compulsory_from_the_309th_hour() -> None:
    slot = [{"day": "2026-08-01", "hours": "1"}]
    exactly = present("2026-06-01", "2026-08-01", weekly_hours="35")
    assert exactly.hours_for_duration == 308
    assert not is_compulsory(exactly)
    assert is_compulsory(present("2026-06-01", "2026-08-01", weekly_hours="35", slots=slot))


def test_without_an_hour_there_is_no_rate_and_no_instalment() -> None:
    nothing = present("2026-06-06", "2026-06-07")
    assert hourly(allowance("500", basis="total"), nothing) is None
    assert total(allowance("4.50"), nothing) == 0
    assert instalments(allowance("4.50"), nothing) == ()


@given(
    st.decimals(0, 3000, places=2),
    st.sampled_from(["hour", "day", "week", "month", "total"]),
    st.sampled_from(["actual", "smoothed"]),
    st.integers(0, 200),
    st.sampled_from(["35", "37.5", "28", "33.33"]),
)
def test_instalments_are_never_negative_and_add_up_to_the_total(
    amount: Decimal, basis: str, payment: str, days: int, weekly: str
) -> None:
    found = present("2026-03-02", str(date(2026, 3, 2) + timedelta(days=days)), weekly_hours=weekly)
    promised = allowance(str(amount), basis=basis, payment=payment)
    paid = instalments(promised, found)
    assert sum(one.amount for one in paid) == total(promised, found)
    assert all(one.amount >= 0 for one in paid)
    assert sum(one.hours for one in paid) == pytest.approx(found.hours_paid, abs=Decimal("0.05"))


@given(st.decimals("0.01", 100, places=2), st.sampled_from(["hour", "day", "week", "month", "total"]))
def test_an_hourly_rate_survives_the_change_of_basis(rate: Decimal, basis: str) -> None:
    found = present("2026-03-02", "2026-06-30")
    stated = allowance(str(amount_for(rate, allowance("1", basis=basis).basis, found)), basis=basis)
    back = hourly(stated, found)
    assert back is not None
    assert abs(back - rate) * reference_hours(stated.basis, found) <= Decimal("0.005")


def test_a_few_cents_over_many_months_leave_no_negative_instalment() -> None:
    paid = instalments(allowance("0.02", basis="total"), present("2026-03-02", "2026-06-30"))
    assert [one.amount for one in paid] == [Decimal(0), Decimal(0), Decimal(0), Decimal("0.02")]
