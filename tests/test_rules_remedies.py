"""A remedy that says what to type is typed, to the letter, and the rule is silent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions import rules
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding
from conventions.rules.example import Sample
from tests.builders import a_dossier, a_profile, a_programme, an_institution
from tests.test_rules_pairs import WITH_EXAMPLE, dossier_of, judged

ENGLISH: Final = Language("en")
TYPED: Final = re.compile(r"\bset ([a-z_]+(?:\.[a-z_0-9]+)*) to ([^\s,;]+)")
WORDS: Final = {"false": False, "true": True}


def remedies(sample: Sample, code: str) -> list[tuple[str, Any]]:
    """Field and value of each "set … to …" that names a value."""
    return [
        (field, WORDS.get(value, value))
        for finding in judged(sample)
        if finding.code == code
        for field, value in TYPED.findall(ENGLISH.say(finding.fix))
        if ("." in field or field in Dossier.model_fields)
        and re.match(r"\d|[A-Z]{2,3}$|(true|false|standard|smoothed|fr|rev2|2025|gross)$", value)
    ]


def typed(sample: Sample, field: str, value: Any) -> Sample:
    """The sample with one field typed over."""
    changes: dict[str, Any] = dict(sample.changes)
    *groups, last = field.split(".")
    there: Any = changes
    for group in groups:
        if isinstance(there, list):
            there = there[int(group)]
            continue
        inner = there.get(group, {})
        there[group] = list(map(dict, inner)) if isinstance(inner, (list, tuple)) else dict(inner)
        there = there[group]
    there[last] = value
    return replace(sample, changes=changes)


def left(sample: Sample, code: str) -> list[Finding]:
    return [finding for finding in judged(sample) if finding.code == code]


CASES: Final = [
    pytest.param(code, field, value, id=f"{code}-{field}")
    for code, example in sorted(WITH_EXAMPLE.items())
    for field, value in remedies(example.fails, code)
]


def test_there_are_remedies_to_type() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize(("code", "field", "value"), CASES)
def test_what_a_remedy_says_is_enough(code: str, field: str, value: Any) -> None:
    sample = WITH_EXAMPLE[code].fails
    assert left(sample, code)
    mended = typed(sample, field, value)
    assert isinstance(dossier_of(mended), Dossier)
    assert not left(mended, code), (field, value)


BASIS: Final = st.sampled_from(["hour", "day", "week", "month", "total"])
WEEKLY: Final = st.decimals(1, 48, places=2)
DAYS: Final = st.dates(date(2024, 1, 1), date(2026, 4, 12))


@given(BASIS, WEEKLY, DAYS, st.sampled_from(["public", "private", "association"]), st.decimals(0, 3000, places=2))
def test_the_amount_that_a_rule_asks_for_is_right_to_every_other_rule(
    basis: str, weekly: Decimal, day: date, sector: str, amount: Decimal
) -> None:
    """And a cent less is not, where something is due."""

    def told(paid: Decimal) -> dict[str, Finding]:
        dossier = a_dossier(
            schedule={"weekly_hours": weekly},
            host={"sector": sector},
            allowance={"basis": basis, "amount": paid, "unpaid_reason": "none"},
        )
        found = rules.check(dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(), on=day)
        return {one.code: one for one in found if one.code in {"LAW-PAY-01", "LAW-PAY-03", "LAW-PAY-05"}}

    for code, finding in told(amount).items():
        values = finding.fix.values
        right = Decimal(str(values.get("needed") or values["most"]))
        assert not told(right)
        cent = Decimal("0.01")
        assert told(right - cent if code != "LAW-PAY-03" else right + cent)


@given(st.dates(date(2026, 3, 2), date(2026, 9, 30)), st.integers(1, 83), st.integers(0, 9))
def test_twelve_weeks_are_made_without_leaving_the_academic_year(start: date, length: int, gap: int) -> None:
    """The remedy of the one rule does not break the other."""
    gaps = [{"start": start, "end": start + timedelta(days=gap - 1)}] if gap else []
    end = start + timedelta(days=gap + length - 1)

    def told(first: date, last: date) -> dict[str, Finding]:
        dossier = a_dossier(schedule={"start": first, "end": last, "interruptions": gaps})
        found = rules.check(
            dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(), on=date(2026, 1, 5)
        )
        return {one.code: one for one in found if one.code in {"COURSE-TIME-01", "COURSE-TIME-02"}}

    day = date.fromisoformat(str(told(start, end)["COURSE-TIME-01"].fix.values["day"]))
    before = min(end, date(2026, 8, 31))
    if day > end:
        assert not told(start, day)
    elif day <= before and (not gaps or start + timedelta(days=gap - 1) <= before):
        assert not told(day, before)


@given(st.dates(date(2025, 6, 1), date(2026, 9, 30)))
def test_the_academic_year_that_a_rule_asks_for_is_right(start: date) -> None:
    def told(year: str) -> list[Finding]:
        dossier = a_dossier(academic_year=year, schedule={"start": start, "end": start + timedelta(days=100)})
        found = rules.check(
            dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(), on=date(2025, 5, 1)
        )
        return [one for one in found if one.code == "COURSE-TIME-03"]

    for finding in told("2026-2027"):
        assert not told(str(finding.fix.values["year"]))
