"""What a department sets for itself: how grave a rule is, and each threshold of its own."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from conventions import rules
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from tests.builders import ON, a_dossier, a_dossier_abroad, a_profile, a_programme, an_institution

PART_TIME: Final = a_dossier(schedule={"weekly_hours": "28"})
TOO_LITTLE: Final = a_dossier(allowance={"amount": "4.00"})


def found(dossier: Dossier, code: str, on: date = ON, **profile: Any) -> list[Finding]:
    everything = rules.check(
        dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(**profile), on=on
    )
    return [finding for finding in everything if finding.code == code]


@pytest.mark.parametrize("severity", ["error", "warning", "to do", "information"])
def test_a_rule_of_the_department_weighs_what_the_department_says(severity: str) -> None:
    (finding,) = found(PART_TIME, "COURSE-TIME-07", severities={"COURSE-TIME-07": severity})
    assert finding.severity is Severity(severity)


def test_a_rule_that_is_off_says_nothing() -> None:
    assert found(PART_TIME, "COURSE-TIME-07")
    assert not found(PART_TIME, "COURSE-TIME-07", severities={"COURSE-TIME-07": "off"})


@pytest.mark.parametrize("severity", ["off", "information", "to do", "warning"])
def test_the_law_stays_what_it_is_however_a_profile_came_about(severity: str) -> None:
    (finding,) = found(TOO_LITTLE, "LAW-PAY-01", severities={"LAW-PAY-01": severity})
    assert finding.severity is Severity.ERROR


def test_the_law_can_be_taken_more_seriously() -> None:
    net = a_dossier(allowance={"amount": "5.00", "unit": "net"})
    assert [one.severity for one in found(net, "LAW-PAY-04")] == [Severity.WARNING]
    assert [one.severity for one in found(net, "LAW-PAY-04", severities={"LAW-PAY-04": "error"})] == [Severity.ERROR]


@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule.is_firm], ids=lambda rule: rule.code)
def test_no_firm_rule_can_be_loosened(rule: rules.Rule) -> None:
    assert not rule.may_weigh("off")
    assert rule.may_weigh("error")
    assert rule.weighed("off") is rule.severity


def test_every_rule_of_law_is_firm() -> None:
    assert [rule.code for rule in rules.RULES if rule.code.startswith("LAW-") and not rule.is_firm] == []


def schedule(start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, **more}


GAP: Final = [schedule("2026-05-04", "2026-05-10")]
SHORT: Final = schedule("2026-04-13", "2026-07-05", interruptions=GAP)


@pytest.mark.parametrize(
    ("code", "dossier", "objects", "content"),
    [
        ("COURSE-TIME-01", a_dossier(schedule=SHORT), {}, {"interruptions_count": True}),
        ("COURSE-TIME-01", a_dossier(schedule=SHORT), {}, {"min_weeks": 11}),
        (
            "COURSE-TIME-01",
            a_dossier(schedule={"weekly_hours": "20"}),
            {"duration_measure": "hours"},
            {"duration_measure": "weeks"},
        ),
        (
            "COURSE-TIME-01",
            a_dossier(schedule={"weekly_hours": "20"}),
            {"duration_measure": "hours"},
            {"duration_measure": "hours", "min_hours": 300},
        ),
        ("COURSE-TIME-07", PART_TIME, {}, {"full_time_hours": 28}),
        ("COURSE-TIME-08", a_dossier(schedule=schedule("2026-06-01", "2026-08-31")), {}, {"min_weeks": 10}),
        (
            "COURSE-TIME-08",
            a_dossier(schedule=schedule("2026-06-01", "2026-08-31")),
            {},
            {"latest_start_margin_days": 0},
        ),
        (
            "COURSE-PAY-02",
            a_dossier(allowance={"basis": "month", "amount": "745"}),
            {"local_floor": "4.90"},
            {"local_floor": "4.90", "monthly_reference_hours": "151.67"},
        ),
        ("COURSE-PLACE-06", a_dossier(placement={"skills": ["SQL and Python"]}), {}, {"min_mission_items": 1}),
        ("COURSE-ABROAD-01", a_dossier_abroad(abroad={"travel_zone": "orange"}), {}, {"zones": {"orange": "warning"}}),
        ("COURSE-ABROAD-02", a_dossier_abroad(abroad={"travel_zone": "yellow"}), {}, {"zones": {"yellow": "ok"}}),
        ("COURSE-ABROAD-06", a_dossier_abroad(), {"zone_age_days": 60}, {"zone_age_days": 90}),
        (
            "COURSE-OUTCOME-04",
            a_dossier(),
            {"calendar": {"defences_from": "06-26"}},
            {"calendar": {"defences_from": "08-26"}},
        ),
    ],
)
def test_each_threshold_is_the_departments(
    code: str, dossier: Dossier, objects: dict[str, Any], content: dict[str, Any]
) -> None:
    if code == "COURSE-PLACE-06":
        content = content | {"min_mission_letters": 5}
    assert found(dossier, code, **objects)
    assert not found(dossier, code, **content)


def test_an_orange_zone_decided_case_by_case_is_a_warning_that_names_it() -> None:
    orange = a_dossier_abroad(abroad={"travel_zone": "orange"})
    (warning,) = found(orange, "COURSE-ABROAD-02", zones={"orange": "warning"})
    assert "orange" in str(warning.message)


@pytest.mark.parametrize(("sent", "allowed", "objects"), [(8, 1, False), (7, 1, True), (7, 2, False), (9, 0, False)])
def test_weekly_reports_are_counted_in_completed_weeks(sent: int, allowed: int, objects: bool) -> None:
    nine_weeks = date(2026, 6, 15)
    dossier = a_dossier(marks={"weekly_reports": sent})
    assert bool(found(dossier, "COURSE-OUTCOME-01", on=nine_weeks, missing_reports=allowed)) is objects


def test_an_interrupted_week_owes_no_report() -> None:
    dossier = a_dossier(schedule={"interruptions": GAP}, marks={"weekly_reports": 7})
    assert not found(dossier, "COURSE-OUTCOME-01", on=date(2026, 6, 15))


def test_the_register_of_ariane_is_the_one_that_the_settings_name() -> None:
    (finding,) = found(
        a_dossier_abroad(abroad={"ariane_registered_on": None}), "COURSE-ABROAD-03", ariane_url="https://ariane.test"
    )
    assert "https://ariane.test" in str(finding.fix)
