"""Whose turn it is, by when, and who is expected: one definition."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.circuit import assert_turn, deadlines, lead_days, open_roles, standing
from conventions.errors import DossierError, OutOfTurn
from conventions.model.profile import Delays
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit, Step
from conventions.signers import circuit_of, signatories
from tests.builders import a_dossier, officials

FIVE = Circuit((Step(("student",), 3), Step(("company", "tutor"), 5), Step(("coordinator",), 3), Step(("dean",), 3)))


def test_the_order_is_student_company_coordinator_dean() -> None:
    signed: list[str] = []
    for role in ("student", "company", "coordinator", "dean"):
        assert open_roles(DEFAULT_CIRCUIT, signed) == (role,)
        assert_turn(DEFAULT_CIRCUIT, signed, role)
        signed.append(role)
    assert open_roles(DEFAULT_CIRCUIT, signed) == ()


@pytest.mark.parametrize("role", ["company", "coordinator", "dean"])
def test_nobody_signs_before_the_student(role: str) -> None:
    with pytest.raises(OutOfTurn) as caught:
        assert_turn(DEFAULT_CIRCUIT, (), role)
    assert caught.value.code == "TURN-03"
    assert "student" in str(caught.value)


def test_nobody_signs_twice_and_strangers_have_no_turn() -> None:
    with pytest.raises(OutOfTurn) as caught:
        assert_turn(DEFAULT_CIRCUIT, ("student",), "student")
    assert caught.value.code == "TURN-02"
    with pytest.raises(OutOfTurn) as caught:
        assert_turn(DEFAULT_CIRCUIT, (), "pope")
    assert caught.value.code == "TURN-01"


@given(st.permutations(["company", "tutor"]))
def test_roles_of_one_step_sign_in_any_order_and_all_of_them(order: list[str]) -> None:
    first, second = order
    assert set(open_roles(FIVE, ("student",))) == {"company", "tutor"}
    assert open_roles(FIVE, ("student", first)) == (second,)
    assert open_roles(FIVE, ("student", first, second)) == ("coordinator",)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_safe_dates_leave_everyone_after_the_days_they_were_granted(start: date, lead: int) -> None:
    dates = deadlines(FIVE, start, lead)
    assert dates.issue_by == start - timedelta(days=lead)
    for earlier, later in zip(FIVE.steps, FIVE.steps[1:], strict=False):
        gap = dates.sign_by[later.roles[0]] - dates.sign_by[earlier.roles[0]]
        assert gap == timedelta(days=later.days)
    assert dates.sign_by["dean"] == start - timedelta(days=1)


def test_golden_lead_time_of_the_course() -> None:
    assert deadlines(DEFAULT_CIRCUIT, date(2023, 4, 11), 14).issue_by == date(2023, 3, 28)
    assert deadlines(DEFAULT_CIRCUIT, date(2023, 4, 11), 28).issue_by == date(2023, 3, 14)


def test_a_start_without_all_signatures_stays_visible() -> None:
    start = date(2026, 4, 13)
    dates = deadlines(DEFAULT_CIRCUIT, start, 14)
    assert standing(DEFAULT_CIRCUIT, ("student",), dates, start, start).starts_unsigned
    assert not standing(DEFAULT_CIRCUIT, DEFAULT_CIRCUIT.roles, dates, start, start).starts_unsigned
    late = standing(DEFAULT_CIRCUIT, (), dates, start, date(2026, 4, 12))
    assert late.is_late
    assert late.days_left is not None
    assert late.days_left < 0


def test_the_legal_representative_signs_with_a_minor_and_only_then() -> None:
    adult = a_dossier()
    assert "legal_representative" not in circuit_of(adult, DEFAULT_CIRCUIT).roles
    minor = adult.model_copy(
        update={"student": adult.student.model_copy(update={"birth_date": adult.schedule.start - timedelta(days=6400)})}
    )
    circuit = circuit_of(minor, DEFAULT_CIRCUIT)
    assert circuit.steps[0].roles == ("student", "legal_representative")
    with pytest.raises(DossierError) as caught:
        signatories(minor, circuit, officials())
    assert caught.value.code == "CIRCUIT-01"


def test_each_signatory_is_the_person_the_dossier_names() -> None:
    dossier = a_dossier()
    people = {one.role: one for one in signatories(dossier, DEFAULT_CIRCUIT, officials())}
    assert people["student"].email == dossier.student.email
    assert people["company"].name == dossier.host.representative.name
    assert people["dean"].language == "fr"


def test_the_lead_is_longer_abroad_and_with_the_hosts_own_agreement() -> None:
    dossier = a_dossier()
    assert lead_days(dossier, Delays()) == 14
    own = dossier.model_copy(update={"host": dossier.host.model_copy(update={"own_agreement": True})})
    assert lead_days(own, Delays()) == 28
    there = dossier.host.model_copy(update={"address": dossier.host.address.model_copy(update={"country": "IE"})})
    assert lead_days(dossier.model_copy(update={"host": there}), Delays()) == 28
