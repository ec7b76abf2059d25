"""The life of a paper: one table, and nothing that is not in it can happen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.circuit import open_roles, reminder_due, working_days
from conventions.model.event import EVENTS, Event, Signed
from conventions.model.life import ENDED, STATE_LABELS, TRANSITIONS, State, after, allows
from conventions.model.profile import Reminders
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit, Step
from conventions.signers import narrowed, with_check
from tests.builders import an_address

DOCS = Path(__file__).parent.parent / "docs"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
EITHER = Circuit((Step(("student",), 3), Step(("company", "tutor"), 5, needs="one"), Step(("dean",), 3)))


def an_event(kind: type[Event]) -> Event:
    plain: dict[str, Any] = {"str": "x", "int": 1, "Mapping[str, str]": {}}
    return kind(NOW, **{field.name: plain[str(field.type)] for field in fields(kind) if field.name != "at"})


def test_every_state_has_a_name_and_every_event_a_place_in_the_table() -> None:
    assert set(STATE_LABELS) == set(State)
    assert {transition.event for transition in TRANSITIONS} == set(EVENTS)


def test_the_diagram_in_the_docs_is_drawn_from_the_table() -> None:
    drawn = subprocess.run([sys.executable, DOCS / "life.py"], capture_output=True, text=True, check=True).stdout
    assert (DOCS / "reference" / "life-of-a-paper.md").read_text(encoding="utf-8") == drawn, "run `make docs`"


def test_every_state_but_the_first_can_be_reached_and_the_ended_ones_never_left_for_life() -> None:
    assert {transition.after for transition in TRANSITIONS} == set(State) - {State.DRAFT}
    for transition in TRANSITIONS:
        if transition.before in ENDED:
            assert transition.after in ENDED


@given(st.lists(st.sampled_from(EVENTS), max_size=30), st.booleans())
def test_a_signature_is_possible_only_while_somebody_is_waited_for(kinds: list[type[Event]], is_complete: bool) -> None:
    state = State.DRAFT
    for kind in kinds:
        event = an_event(kind)
        if allows(state, event):
            assert not isinstance(event, Signed) or state is State.WAITING
            state = after(state, event, is_complete=is_complete)
    assert state in State


@pytest.mark.parametrize("first", ["company", "tutor"])
def test_where_one_is_enough_the_next_step_begins_after_the_first(first: str) -> None:
    assert open_roles(EITHER, ("student",)) == ("company", "tutor")
    assert open_roles(EITHER, ("student", first)) == ("dean",)
    assert EITHER.later_than(first) == ("dean",)


def test_a_check_stands_before_the_institution_and_has_no_field() -> None:
    circuit = with_check(DEFAULT_CIRCUIT, "internship_office")
    assert circuit.roles == DEFAULT_CIRCUIT.roles
    assert circuit.checks == ("internship_office",)
    assert open_roles(circuit, ("student", "company")) == ("internship_office",)
    assert open_roles(circuit, ("student", "company", "internship_office")) == ("coordinator",)
    assert circuit.later_than("company") == ("coordinator", "dean")


def test_a_paper_that_only_some_sign_keeps_the_days_of_the_department() -> None:
    assert narrowed(DEFAULT_CIRCUIT, ("company",)) == Circuit((Step(("company",), 5),))


def test_working_days_know_the_weekend_the_holidays_and_those_of_alsace() -> None:
    here, in_alsace = working_days(an_address()), working_days(an_address(postal_code="67000", city="Strasbourg"))
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)
    assert not here(date(2026, 4, 4))
    assert not here(easter_monday)
    assert here(good_friday)
    assert not in_alsace(good_friday)


PLAN = Reminders(first_after_days=3, then_every_days=2, most=2)
ASKED = date(2026, 3, 2)
LATEST = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("asked", "day", "is_due"),
    [
        ([], 5, False),
        ([0], 2, False),
        ([0], 3, True),
        ([0, 3], 4, False),
        ([0, 3], 5, True),
        ([0, 3, 5], 9, False),
        ([0], 17, True),
        ([17], 17, False),
        ([16], 17, True),
    ],
)
def test_reminders_follow_the_plan_and_hurry_at_the_end(asked: list[int], day: int, is_due: bool) -> None:
    days = [ASKED + timedelta(days=number) for number in asked]
    assert reminder_due(days, LATEST, ASKED + timedelta(days=day), PLAN) is is_due
