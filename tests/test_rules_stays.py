"""Several internships of a student in one host and year are one to the law: their hours, and what is paid for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.hours import presence
from conventions.model.finding import Finding
from tests.test_rules_campaign import (
    DAY,
    EARLY,
    LATE,
    SAME_HOST,
    SAME_STUDENT,
    UNPAID,
    Changes,
    amendment,
    codes,
    compared,
    dates,
    one,
)

OTHER_HOST: Final = {"host": {"siret": "333 333 334 00014", "name": "Cartes pour Tous"}}
OTHER_ESTABLISHMENT: Final = {"host": {"siret": "732 829 320 00082", "name": "Atelier"}}
LONGER: Final = {"schedule": {"end": date(2026, 5, 29)}}


def two(first: Changes = UNPAID, second: Changes = UNPAID) -> list[list[Finding]]:
    """What is said of five weeks in autumn and seven in spring, 175 and 217 hours in one host."""
    both = [one(1, SAME_STUDENT, SAME_HOST, EARLY, first), one(2, SAME_STUDENT, SAME_HOST, LATE, LONGER, second)]
    return [[finding for finding in found if finding.code == "LAW-CAMPAIGN-06"] for found in compared(both)]


def test_both_are_paid_when_together_they_exceed_two_months() -> None:
    first, second = two()
    assert [finding.field for finding in (*first, *second)] == ["allowance.amount"] * 2
    assert first[0].message.values["hours"] == Decimal(392)
    assert (first[0].message.values["others"], second[0].message.values["others"]) == (("2026-0002",), ("2026-0001",))


@pytest.mark.parametrize(("amount", "is_said"), [("4.49", True), ("4.50", False), ("0.01", True)])
def test_each_is_paid_at_least_the_floor(amount: str, is_said: bool) -> None:
    _, second = two({}, {"allowance": {"amount": amount}})
    assert bool(second) is is_said
    assert all(finding.fix.values["needed"] == "4.50" for finding in second)


def test_what_the_finding_asks_for_ends_it_in_an_agreement_that_is_signed_too() -> None:
    paid = {"amount": "4.50", "method": "transfer", "due_day": "the last"}
    amended = amendment(effective=date(2025, 11, 7), allowance=paid)
    assert two(UNPAID | {"amendments": [amended]}, {"allowance": {"amount": "4.50"}}) == [[], []]
    proposed = amended | {"signed_on": None}
    assert two(UNPAID | {"amendments": [proposed]}, {"allowance": {"amount": "4.50"}})[0]


@pytest.mark.parametrize(
    "second",
    [
        OTHER_HOST,
        {"student": {"student_number": "42109999"}},
        {"academic_year": "2024-2025"},
        {"track": "snee"},
        {"workplace": {"address": {"street": "1 Quay", "city": "Cork", "country": "IE"}}},
    ],
    ids=("another host", "another student", "another year", "no host", "abroad"),
)
def test_only_one_student_in_one_host_in_france_and_one_year_is_counted_together(second: dict[str, Any]) -> None:
    assert two(UNPAID, UNPAID | second) == [[], []]


def test_the_establishments_of_a_company_are_one_host() -> None:
    assert [len(found) for found in two(UNPAID, UNPAID | OTHER_ESTABLISHMENT)] == [1, 1]
    spring = dates(date(2026, 2, 23), date(2026, 7, 31))
    autumn = dates(date(2025, 9, 15), date(2026, 1, 30))
    both = [one(1, SAME_STUDENT, SAME_HOST, autumn), one(2, SAME_STUDENT, OTHER_ESTABLISHMENT, spring)]
    assert "LAW-CAMPAIGN-01" in codes(both)[-1]


def test_what_each_owes_by_itself_is_not_said_again() -> None:
    first, second = two(UNPAID, UNPAID | {"schedule": {"end": date(2026, 7, 31)}})
    assert (len(first), second) == (1, [])


@pytest.mark.parametrize(("paid", "is_said"), [("0", True), ("787.49", True), ("787.50", False)])
def test_what_is_over_was_paid_for_the_hours_that_were_done(paid: str, is_said: bool) -> None:
    """175 hours at 4.50; nothing can be amended any more, so what was paid is what counts."""
    done = {"start": date(2025, 10, 6), "end": date(2025, 11, 7), "hours": 175, "allowance_paid": paid,
            "recorded_on": date(2025, 11, 10), "recorded_by": "IM"}  # fmt: skip
    first, _ = two(UNPAID | {"realised": done}, {})
    assert [finding.field for finding in first] == (["realised.allowance_paid"] if is_said else [])
    assert all(finding.fix.values["due"] == "787.50" for finding in first)
    assert two(UNPAID | {"realised": done | {"hours": 91}}, {})[0] == []


@given(st.integers(0, 60), st.integers(0, 60))
def test_pay_is_due_exactly_when_the_hours_of_both_exceed_308(autumn: int, spring: int) -> None:
    both = [
        one(1, SAME_STUDENT, SAME_HOST, UNPAID, dates(date(2025, 10, 6), date(2025, 10, 6) + autumn * DAY)),
        one(2, SAME_STUDENT, SAME_HOST, UNPAID, dates(date(2026, 3, 2), date(2026, 3, 2) + spring * DAY)),
    ]
    hours = [presence(dossier.schedule, dossier.place).hours_for_duration for dossier in both]
    is_due = sum(hours) > 308
    said = ["LAW-CAMPAIGN-06" in found for found in codes(both)]
    assert said == [is_due and own <= 308 for own in hours]
