"""What the grades of a campaign come to: mean, quartiles, bars, by host and by supervisor."""

from __future__ import annotations

import statistics as plain
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.measures import Bin, Group, statistics
from conventions.model.dossier import Dossier
from conventions.model.grading import Grade
from tests.builders import a_dossier
from tests.marks import MARK, NAMES, graded

ONE: Final = a_dossier()


def with_grades(*marks: Any, dossier: Dossier = ONE) -> list[tuple[Dossier, Grade]]:
    """One dossier for each mark, which it has in every component."""
    return [(dossier, graded(**dict.fromkeys(NAMES, mark))) for mark in marks]


def decimals(*numbers: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, numbers))


def test_an_empty_campaign_measures_nothing() -> None:
    found = statistics([])
    assert (found.count, found.graded, found.passed, found.failed) == (0, 0, 0, 0)
    assert {found.pass_rate, found.mean, found.median, found.lower_quartile, found.upper_quartile} == {None}
    assert {found.deviation, found.lowest, found.highest} == {None}
    assert (found.by_host, found.by_referent) == ((), ())
    assert sum(bar.count for bar in found.histogram) == 0


def test_a_campaign_is_measured() -> None:
    found = statistics(with_grades(8, 16, 10, 14, 12))
    assert (found.lowest, found.lower_quartile, found.median) == decimals("8", "10", "12")
    assert (found.upper_quartile, found.highest) == decimals("14", "16")
    assert (found.mean, found.deviation, found.pass_rate) == decimals("12", "2.83", "80")


def test_a_single_grade_is_its_own_quartiles() -> None:
    found = statistics(with_grades("12.34"))
    assert {found.lower_quartile, found.median, found.upper_quartile, found.mean} == {Decimal("12.34")}
    assert found.deviation == 0


def test_everybody_is_counted_once_and_only_final_grades_are_measured() -> None:
    absent = graded(absence="absent", by={"unjustified_absence": "zero"})
    others = [(ONE, absent), (ONE, graded(absence="excused")), (ONE, graded(host=None))]
    found = statistics([*with_grades(15, 9), *others])
    assert (found.count, found.graded, found.drafts, found.absents, found.excused) == (5, 2, 1, 1, 1)
    assert (found.mean, found.lowest) == decimals("12", "9")
    assert (found.passed, found.failed, found.pass_rate) == (1, 2, Decimal("33.33"))


@given(st.lists(MARK, min_size=1, max_size=30))
def test_the_measures_are_those_of_the_statistics_module(marks: list[Decimal]) -> None:
    found, floats = statistics(with_grades(*marks)), [float(mark) for mark in marks]
    quarters = plain.quantiles(floats, n=4, method="inclusive") if len(floats) > 1 else floats * 3
    expected = [plain.fmean(floats), plain.median(floats), quarters[0], quarters[2], plain.pstdev(floats)]
    measured = [found.mean, found.median, found.lower_quartile, found.upper_quartile, found.deviation]
    for one, other in zip(measured, expected, strict=True):
        assert one is not None
        assert float(one) == pytest.approx(other, abs=0.00501)


@pytest.mark.parametrize("points", [1, 2])
@given(marks=st.lists(MARK, max_size=30))
def test_every_grade_is_in_one_bar(points: Literal[1, 2], marks: list[Decimal]) -> None:
    bars = statistics(with_grades(*marks), bin_points=points).histogram
    assert [bar.low for bar in bars] == list(range(0, 20, points))
    assert all(before.high == after.low for before, after in pairwise(bars))
    assert [bar.count for bar in bars] == [
        sum(bar.low <= mark < bar.high or mark == bar.high == 20 for mark in marks) for bar in bars
    ]


def test_the_last_bar_holds_twenty() -> None:
    bars = statistics(with_grades(18, "19.99", 20), bin_points=2).histogram
    assert bars[-1] == Bin(18, 20, 3)


def at(host: str, siret: str, *marks: Any, referent: dict[str, Any] | None = None) -> Sequence[tuple[Dossier, Grade]]:
    return with_grades(*marks, dossier=a_dossier(host={"name": host, "siret": siret}, referent=referent))


def test_hosts_are_told_apart_by_their_number_else_by_their_name() -> None:
    lines = [
        *at("Zinc", "732 829 320 00074", 10),
        *at("ZINC SAS", "73282932000074", 13),
        *at("Acier", "", 8, 9, None),
        *at("ACIER", "", 16),
        *at("Bois", "", None),
    ]
    assert statistics(lines).by_host == (
        Group("Acier", 4, 3, Decimal(11)),
        Group("Bois", 1, 0, None),
        Group("Zinc", 2, 2, Decimal("11.5")),
    )


def test_supervisors_are_told_apart_by_their_address() -> None:
    ada = {"first_name": "Ada", "last_name": "Klein", "email": "ada.klein@univ-exemple.test", "function": "lecturer"}
    lines = [
        *at("Zinc", "", 10, referent=ada),
        *at("Acier", "", 11, referent=ada | {"email": "ADA.KLEIN@univ-exemple.test"}),
        *at("Acier", "", 20, referent=ada | {"email": "a.klein@univ-exemple.test"}),
        *at("Bois", "", 7),
    ]
    found = [(one.name, one.count, one.mean) for one in statistics(lines).by_referent]
    assert found == [("", 1, 7), ("Ada Klein", 2, Decimal("10.5")), ("Ada Klein", 1, 20)]
