"""The dossier in force is the fold of its signed amendments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conventions.errors import DossierError
from conventions.hours import presence
from conventions.in_force import (
    amended,
    as_amended_by,
    before,
    changes,
    in_force,
    proposed,
    signed,
    steps,
    written_at,
)
from conventions.model.dossier import Dossier
from conventions.model.placement import Schedule
from tests.builders import a_dossier, an_address
from tests.test_rules_any_dossier import AMENDMENTS

START, END, SIGNED = date(2026, 4, 13), date(2026, 7, 31), date(2026, 4, 2)
"""Of the sound dossier; and a day before its start."""
TUTOR: Final = {"first_name": "Ada", "last_name": "Klein", "email": "ada@atelier-nord.test", "function": "lead"}


def amendment(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A signed amendment."""
    return {"number": number, "effective": date(2026, 6, 1), "reason": "it changed", "signed_on": SIGNED} | changes


def with_amendments(*amendments: dict[str, Any], **others: Any) -> Dossier:
    return a_dossier(amendments=list(amendments), **others)


def test_without_amendments_the_dossier_is_in_force_as_it_is() -> None:
    dossier = a_dossier()
    assert in_force(dossier) is dossier


def test_a_proposal_changes_nothing_until_it_is_signed() -> None:
    dossier = with_amendments(amendment(subject="Maps", signed_on=None))
    assert in_force(dossier).placement.subject == a_dossier().placement.subject
    assert as_amended_by(dossier, 1).placement.subject == "Maps"
    assert (signed(dossier), len(proposed(dossier))) == ((), 1)
    assert in_force(dossier).amendments == dossier.amendments


def test_eight_kinds_can_be_combined_in_one_amendment() -> None:
    place = {"department": "R&D", "address": an_address(street="1 rue Neuve"), "travel": "Lyon, twice"}
    state = in_force(
        with_amendments(
            amendment(
                start=date(2026, 4, 20),
                end=date(2026, 8, 14),
                interruptions=[{"start": date(2026, 5, 4), "end": date(2026, 5, 8)}],
                workplace=place,
                subject="Maps",
                referent=TUTOR,
                tutor=TUTOR,
                allowance={"amount": "5.00"},
                telework={"days_per_week": 1, "terms": "Fridays"},
            )
        )
    )
    assert (state.schedule.start, state.schedule.end) == (date(2026, 4, 20), date(2026, 8, 14))
    assert [gap.start for gap in state.schedule.interruptions] == [date(2026, 5, 4)]
    assert (state.workplace.department, state.workplace.travel) == ("R&D", "Lyon, twice")
    assert state.place.street == "1 rue Neuve"
    assert state.placement.subject == "Maps"
    assert state.tutor.name == "Ada Klein"
    assert state.referent is not None
    assert state.allowance.amount == Decimal("5.00")
    assert state.workplace.telework is not None
    assert state.amendments == ()


def test_a_termination_ends_it_whatever_else_is_said_about_the_end() -> None:
    ended = {"last_day": date(2026, 6, 12), "asked_by": "student", "reason": "a job"}
    assert in_force(with_amendments(amendment(termination=ended, end=END))).schedule.end == date(2026, 6, 12)


def test_amendments_count_in_the_order_of_their_numbers_not_of_the_file() -> None:
    later, earlier = amendment(2, subject="Second"), amendment(1, subject="First")
    assert in_force(with_amendments(later, earlier)).placement.subject == "Second"


def test_the_old_value_is_the_one_in_force_before_never_the_original() -> None:
    dossier = with_amendments(
        amendment(1, end=date(2026, 8, 14)),
        amendment(2, end=date(2026, 8, 21), subject="Maps", signed_on=None),
    )
    found = {one.field: (one.old, one.new) for one in changes(dossier, dossier.amendments[1])}
    assert found["schedule.end"] == (date(2026, 8, 14), date(2026, 8, 21))
    assert found["placement.subject"] == (a_dossier().placement.subject, "Maps")
    assert found.keys() == {"schedule.end", "placement.subject"}
    assert before(dossier, dossier.amendments[1]).schedule.end == date(2026, 8, 14)


def test_place_and_telework_change_apart_from_each_other() -> None:
    home = {"telework": {"days_per_week": 1, "terms": "Fridays"}, "department": "Web"}
    moved = in_force(with_amendments(amendment(workplace={"department": "R&D"}), workplace=home))
    assert moved.workplace.department == "R&D"
    assert moved.workplace.telework == a_dossier(workplace=home).workplace.telework
    ended = in_force(
        with_amendments(amendment(telework={"days_per_week": 0, "terms": "ended"}), workplace=home)
    ).workplace
    assert (ended.department, ended.telework) == ("Web", None)


def test_days_outside_the_new_period_fall_away_and_so_does_the_agreed_total() -> None:
    planned = {
        "slots": [{"day": date(2026, 7, 25), "hours": "5"}, {"day": date(2026, 5, 16), "hours": "5"}],
        "periods": [{"start": date(2026, 6, 29), "end": date(2026, 7, 24), "hours_per_day": "6"}],
        "absences": [{"start": date(2026, 7, 27), "end": date(2026, 7, 28)}],
        "planned_hours": "525",
    }
    state = in_force(with_amendments(amendment(end=date(2026, 7, 10)), schedule=planned)).schedule
    assert [slot.day for slot in state.slots] == [date(2026, 5, 16)]
    assert [(one.start, one.end) for one in state.periods] == [(date(2026, 6, 29), date(2026, 7, 10))]
    assert (state.absences, state.planned_hours) == ((), None)


def test_a_value_is_found_where_it_was_typed() -> None:
    dossier = with_amendments(
        amendment(1, end=date(2026, 8, 14), tutor=TUTOR),
        amendment(2, termination={"last_day": date(2026, 8, 7), "asked_by": "host", "reason": "closing"}),
    )
    first, second = dossier.amendments
    assert written_at(dossier, "schedule.end", (first, second)) == "amendments.1.termination.last_day"
    assert written_at(dossier, "schedule.end", (first,)) == "amendments.0.end"
    assert written_at(dossier, "tutor.email", (first, second)) == "amendments.0.tutor.email"
    assert written_at(dossier, "schedule.start", (first, second)) == "schedule.start"
    assert written_at(dossier, "schedule.end", ()) == "schedule.end"


def test_an_amendment_that_is_not_there_is_an_error_with_its_number() -> None:
    with pytest.raises(DossierError, match="no amendment 3"):
        as_amended_by(with_amendments(amendment()), 3)


LISTS: Final = st.lists(AMENDMENTS, max_size=3, unique_by=lambda one: one["number"])
RELAXED: Final = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def all_signed(amendments: list[dict[str, Any]]) -> Dossier:
    return with_amendments(*(one | {"signed_on": SIGNED} for one in amendments))


@RELAXED
@given(LISTS, st.integers(0, 3))
def test_folding_a_prefix_first_makes_no_difference(amendments: list[dict[str, Any]], cut: int) -> None:
    dossier = all_signed(amendments)
    ordered = signed(dossier)
    half = reduce(amended, ordered[:cut], dossier)
    assert reduce(amended, ordered[cut:], half) == in_force(dossier)
    assert in_force(half) == in_force(dossier)


@RELAXED
@given(LISTS)
def test_what_is_in_force_stays_in_force(amendments: list[dict[str, Any]]) -> None:
    dossier = with_amendments(*amendments)
    once = in_force(dossier)
    assert in_force(once) == once
    assert once.amendments == tuple(one for one in dossier.amendments if not one.is_signed)


@RELAXED
@given(LISTS)
def test_every_step_leads_from_the_state_before_to_the_state_after(amendments: list[dict[str, Any]]) -> None:
    dossier = all_signed(amendments)
    there = sorted(steps(dossier), key=lambda step: step.amendment.number)
    for step in there:
        assert as_amended_by(dossier, step.amendment.number) == step.after
        assert {one.field for one in changes(dossier, step.amendment)} or step.before.schedule == step.after.schedule
    if there:
        assert there[-1].after == in_force(dossier)


@RELAXED
@given(LISTS)
def test_an_amendment_that_changes_nothing_changes_nothing(amendments: list[dict[str, Any]]) -> None:
    state = in_force(all_signed(amendments))
    assume(state.schedule.start <= state.schedule.end)
    again: dict[str, Any] = {
        "start": state.schedule.start,
        "end": state.schedule.end,
        "interruptions": state.schedule.interruptions,
        "workplace": state.workplace.model_dump(exclude={"telework"}),
        "subject": state.placement.subject,
        "tutor": state.tutor,
        "allowance": state.allowance,
    }
    repeated = state.model_copy(update={"amendments": with_amendments(amendment(**again)).amendments})
    assert in_force(repeated) == state
    assert changes(repeated, repeated.amendments[0]) == ()


@RELAXED
@given(st.dates(START, END - timedelta(days=1)), st.decimals(1, 48, places=1))
def test_durations_add_up_over_a_period_that_an_amendment_splits(cut: date, weekly: Decimal) -> None:
    """What was done until an early end, and what a new agreement from the next day on would add."""
    whole = a_dossier(schedule={"weekly_hours": str(weekly)})
    ended = {"last_day": cut, "asked_by": "agreement", "reason": "split"}
    first = in_force(whole.model_copy(update={"amendments": with_amendments(amendment(termination=ended)).amendments}))
    rest = in_force(
        whole.model_copy(update={"amendments": with_amendments(amendment(start=cut + timedelta(days=1))).amendments})
    )
    parts = [*_days(first.schedule), *_days(rest.schedule)]
    assert parts == _days(whole.schedule)


def _days(schedule: Schedule) -> list[tuple[date, Decimal]]:
    return [(day.day, day.hours) for day in presence(schedule, an_address()).days]
