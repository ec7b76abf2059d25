"""Amendments: what the rules say of the dossier in force, of proposals, and of the amendments themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from conventions import rules
from conventions.intake import read
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.text import Amount
from tests.builders import (
    EXAMPLES,
    ON,
    a_dossier,
    a_dossier_abroad,
    a_profile,
    a_programme,
    an_institution,
    attachments,
    merged,
)
from tests.test_rules_any_dossier import AMENDMENTS, BASES, CHANGES, DAYS, PROFILES

SIGNED: Final = date(2026, 4, 2)
PIECES: Final = attachments("pre_agreement", "health_entitlement", "civil_liability", "extension_request")
UNPAID: Final = {"amount": "0", "unpaid_reason": "the law does not ask for it"}
MEEF: Final = attachments(
    "pre_agreement",
    "health_entitlement",
    "civil_liability",
    "extension_request",
    "meef_course_unit",
    "coordinator_approval",
)


def amendment(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A proposal."""
    return {"number": number, "effective": date(2026, 6, 1), "reason": "it changed"} | changes


def judged(dossier: Dossier, on: date = ON, **profile: Any) -> tuple[Finding, ...]:
    return rules.check(
        dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(**profile), on=on
    )


def found(dossier: Dossier, code: str, on: date = ON) -> list[Finding]:
    return [finding for finding in judged(dossier, on) if finding.code == code]


def weighty(dossier: Dossier, on: date = ON) -> set[str]:
    return {one.code for one in judged(dossier, on) if one.severity in {Severity.ERROR, Severity.WARNING}}


@pytest.mark.parametrize("signed_on", [None, SIGNED])
def test_the_cap_of_924_hours_holds_for_the_amended_internship(signed_on: date | None) -> None:
    longer = amendment(end=date(2026, 8, 28), effective=date(2026, 7, 31), signed_on=signed_on)
    dossier = a_dossier(
        schedule={"start": date(2026, 2, 23), "weekly_hours": "37.5"}, amendments=[longer], attachments=PIECES
    )
    (refused,) = found(dossier, "LAW-TIME-01", on=SIGNED)
    assert refused.field == "amendments.0.end"
    assert refused.severity is Severity.ERROR


def test_31_august_holds_for_the_amended_end() -> None:
    late = amendment(end=date(2026, 9, 1), effective=date(2026, 7, 31))
    (refused,) = found(a_dossier(amendments=[late], attachments=PIECES), "COURSE-TIME-02")
    assert refused.field == "amendments.0.end"
    assert str(refused.message).startswith("with amendment 1: ")
    assert str(refused.fix).startswith("in amendments.0.end: ")


def test_what_is_signed_is_mended_by_a_further_amendment() -> None:
    late = amendment(end=date(2026, 9, 1), effective=date(2026, 7, 31), signed_on=SIGNED)
    (refused,) = found(a_dossier(amendments=[late], attachments=PIECES), "COURSE-TIME-02")
    assert str(refused.fix).startswith("make a further amendment: ")


def test_a_later_amendment_heals_what_an_earlier_one_broke() -> None:
    late = amendment(1, end=date(2026, 9, 1), effective=date(2026, 7, 31), signed_on=SIGNED)
    healed = amendment(2, end=date(2026, 8, 14), effective=date(2026, 7, 31), signed_on=SIGNED)
    dossier = a_dossier(amendments=[late, healed], attachments=PIECES)
    assert weighty(dossier, date(2026, 4, 8)) == set()


def test_civil_liability_must_cover_the_new_end() -> None:
    longer = amendment(end=date(2026, 8, 14), effective=date(2026, 7, 31))
    cover = {"liability": {"valid_until": date(2026, 8, 13)}}
    (warned,) = found(a_dossier(amendments=[longer], attachments=PIECES, protection=cover), "COURSE-FILE-09")
    assert warned.message.values["number"] == 1
    assert warned.field == "protection.liability.valid_until"
    there = a_dossier_abroad(amendments=[longer], attachments=PIECES, protection=cover)
    assert [one.severity for one in found(there, "COURSE-ABROAD-05")] == [Severity.ERROR]


def test_what_was_wrong_before_is_not_said_again_of_a_proposal() -> None:
    dossier = a_dossier(host={"it_professionals": 0}, amendments=[amendment(subject="Maps")])
    (once,) = found(dossier, "COURSE-PLACE-05")
    assert once.field == "host.it_professionals"


def test_a_wrong_value_in_an_amendment_is_said_where_it_was_typed() -> None:
    new = {"first_name": "Ada", "last_name": "Klein", "email": "ada@x.test", "phone": "12", "function": "lead"}
    (wrong,) = found(a_dossier(amendments=[amendment(tutor=new)]), "DATA-PARTY-02")
    assert wrong.field == "amendments.0.tutor.phone"


def test_the_line_is_that_of_the_amendments_field(tmp_path: Path) -> None:
    text = (EXAMPLES / "dossiers" / "2026-0001-lille-startup.yaml").read_text(encoding="utf-8")
    added = "amendments:\n  - number: 1\n    effective: 2026-07-31\n    reason: more to do\n    end: 2026-09-04\n"
    file = tmp_path / "dossier.yaml"
    file.write_text(text + added, encoding="utf-8")
    source = read(file)
    (refused,) = found(source.dossier, "COURSE-TIME-02")
    located = source.locate(refused).position
    assert located is not None
    assert located.line == len(text.splitlines()) + 5


def test_who_amends_has_signed_the_agreement() -> None:
    running = a_dossier(amendments=[amendment(subject="Maps")])
    assert weighty(running, date(2026, 5, 4)) == set()
    assert "LAW-TIME-02" in weighty(a_dossier(), date(2026, 5, 4))


def test_a_broken_off_internship_may_be_shorter_than_twelve_weeks() -> None:
    ended = {"last_day": date(2026, 6, 12), "asked_by": "student", "reason": "a job"}
    broken = amendment(effective=date(2026, 6, 12), termination=ended, signed_on=date(2026, 6, 10))
    dossier = a_dossier(amendments=[broken])
    assert weighty(dossier, date(2026, 6, 15)) == set()
    (to_do,) = found(dossier, "LAW-AMEND-03", date(2026, 6, 15))
    assert to_do.severity is Severity.TO_DO
    shortened = amendment(effective=date(2026, 6, 10), end=date(2026, 6, 12))
    assert found(a_dossier(amendments=[shortened]), "COURSE-TIME-01")


def test_back_payment_is_the_whole_rate_for_every_hour_before_the_change() -> None:
    """Thirteen weeks of five days less four public holidays, four hours each."""
    paid = {"amount": "4.50", "method": "transfer", "due_day": "last day"}
    longer = amendment(end=date(2026, 8, 14), effective=date(2026, 7, 13), allowance=paid)
    short = {"track": "meef", "attachments": MEEF, "allowance": UNPAID, "schedule": {"weekly_hours": 20}}
    (due,) = found(a_dossier(**short, amendments=[longer]), "LAW-AMEND-02")
    hours = 4 * (13 * 5 - 4)
    assert due.severity is Severity.TO_DO
    assert due.message.values["due"] == Amount(hours * Decimal("4.50"))
    assert due.message.values["after"] == 340


def test_back_payment_is_what_the_low_rate_was_short_of() -> None:
    paid = {"amount": "4.50", "method": "transfer", "due_day": "last day"}
    longer = amendment(end=date(2026, 8, 14), effective=date(2026, 7, 13), allowance=paid)
    low = {"schedule": {"weekly_hours": 20}, "allowance": {"amount": "3.00"}, "attachments": PIECES}
    (due,) = found(a_dossier(**low, amendments=[longer]), "LAW-AMEND-02")
    assert due.message.values["due"] == Amount(Decimal("366.00"))
    kept = longer | {"allowance": None}
    (due,) = found(a_dossier(**low, amendments=[kept]), "LAW-AMEND-02")
    assert due.message.values["due"] == Amount(Decimal("366.00"))
    assert found(a_dossier(**low, amendments=[kept]), "LAW-PAY-01")


def test_nothing_is_paid_back_abroad_or_when_the_threshold_was_passed_before() -> None:
    longer = amendment(end=date(2026, 8, 14), effective=date(2026, 7, 13))
    assert not found(a_dossier(attachments=PIECES, amendments=[longer]), "LAW-AMEND-02")
    short = a_dossier_abroad(schedule={"weekly_hours": 20}, allowance=UNPAID, attachments=PIECES, amendments=[longer])
    assert not found(short, "LAW-AMEND-02")


def test_numbers_are_given_back_one_by_one() -> None:
    three = [amendment(1, subject="A"), amendment(1, subject="B"), amendment(4, subject="C")]
    wrong = found(a_dossier(amendments=three), "DATA-AMEND-01")
    assert [(one.field, one.fix.values["right"]) for one in wrong] == [
        ("amendments.1.number", 2),
        ("amendments.2.number", 3),
    ]


def test_an_amendment_without_any_change_is_a_finding() -> None:
    assert found(a_dossier(amendments=[amendment()]), "DATA-AMEND-02")
    same = amendment(2, subject="Maps")
    assert found(a_dossier(amendments=[amendment(subject="Maps", signed_on=ON), same]), "DATA-AMEND-02")
    assert not found(a_dossier(amendments=[amendment(subject="Maps"), same]), "DATA-AMEND-02")


def test_a_second_extension_is_measured_against_the_first() -> None:
    shorter = amendment(1, end=date(2026, 7, 10), effective=date(2026, 7, 1), signed_on=ON)
    longer = amendment(2, end=date(2026, 7, 24), effective=date(2026, 7, 10))
    (asked,) = found(a_dossier(amendments=[shorter, longer]), "COURSE-FILE-06")
    assert (asked.message.values["old"], asked.message.values["new"]) == (date(2026, 7, 10), date(2026, 7, 24))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(BASES), CHANGES, st.lists(AMENDMENTS, min_size=1, max_size=3), PROFILES, DAYS)
def test_no_rule_raises_whatever_the_amendments_say(
    base: dict[str, Any],
    changes: dict[str, Any],
    amendments: list[dict[str, Any]],
    profile: dict[str, Any],
    on: date,
) -> None:
    try:
        dossier = Dossier.model_validate(merged(base, changes | {"amendments": amendments}))
    except ValidationError:
        return
    for finding in judged(dossier, on, **profile):
        assert str(finding.message)
        assert "{" not in str(finding.fix)
