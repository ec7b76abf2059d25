"""What the rules say in the cases people argue about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conventions import rules
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding
from conventions.text import Amount
from tests.builders import ON, a_dossier, a_dossier_abroad, a_profile, a_programme, an_institution, attachments


def found(dossier: Dossier, code: str, on: date = ON, **profile: Any) -> list[Finding]:
    everything = rules.check(
        dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(**profile), on=on
    )
    return [finding for finding in everything if finding.code == code]


@pytest.mark.parametrize(
    ("basis", "enough", "too_little"),
    [
        ("hour", "4.50", "4.49"),
        ("day", "31.50", "31.49"),
        ("week", "157.50", "157.49"),
        ("month", "693.00", "692.99"),
        ("total", "2362.50", "2362.49"),
    ],
)
def test_one_cent_below_the_floor_is_too_little_in_every_basis(basis: str, enough: str, too_little: str) -> None:
    assert not found(a_dossier(allowance={"basis": basis, "amount": enough}), "LAW-PAY-01")
    refused = found(a_dossier(allowance={"basis": basis, "amount": too_little}), "LAW-PAY-01")
    assert [finding.fix.values["needed"] for finding in refused] == [enough]


def test_the_floor_is_that_of_the_day_of_signature() -> None:
    dossier = a_dossier(allowance={"amount": "4.35"})
    assert found(dossier, "LAW-PAY-01", on=date(2026, 1, 1))
    assert not found(dossier, "LAW-PAY-01", on=date(2025, 12, 31))
    assert found(dossier, "LAW-PAY-02", on=date(2025, 12, 31))


def test_a_year_beyond_the_table_warns_and_names_the_last_known_floor() -> None:
    dossier = a_dossier(academic_year="2026-2027", schedule={"start": date(2027, 4, 12), "end": date(2027, 7, 30)})
    (warning,) = found(dossier, "LAW-PAY-02", on=date(2026, 11, 24))
    assert warning.message.values["year"] == "2027"
    assert warning.message.values["rate"] == Amount(Decimal("4.50"))


def test_the_first_308_hours_may_be_paid_below_the_floor_and_the_309th_makes_it_due_for_all() -> None:
    short = {"start": date(2026, 6, 1), "end": date(2026, 8, 1)}
    extra = [{"day": date(2026, 8, 1), "hours": "1"}]
    low = {"amount": "2.00"}
    assert not found(a_dossier(schedule=short, allowance=low), "LAW-PAY-01")
    assert found(a_dossier(schedule=short | {"slots": extra}, allowance=low), "LAW-PAY-01")


def test_no_track_waives_the_law_in_france_and_abroad_it_does_not_reach() -> None:
    unpaid = {"amount": "0", "unpaid_reason": "association"}
    assert found(a_dossier(track="meef", allowance=unpaid), "LAW-PAY-05")
    assert not found(a_dossier(track="snee", allowance=unpaid), "LAW-PAY-05")
    assert not found(a_dossier_abroad(allowance=unpaid), "LAW-PAY-05")
    assert not found(a_dossier_abroad(allowance=unpaid), "COURSE-PAY-01")


def test_a_public_host_pays_the_floor_to_the_cent_in_any_basis() -> None:
    public = {"sector": "public"}
    assert not found(a_dossier(host=public, allowance={"basis": "month", "amount": "693.00"}), "LAW-PAY-03")
    assert found(a_dossier(host=public, allowance={"basis": "month", "amount": "693.01"}), "LAW-PAY-03")


def test_an_interruption_does_not_count_towards_the_twelve_weeks() -> None:
    twelve = {"start": date(2026, 4, 13), "end": date(2026, 7, 5)}
    week = {"interruptions": [{"start": date(2026, 5, 4), "end": date(2026, 5, 10)}]}
    assert not found(a_dossier(schedule=twelve), "COURSE-TIME-01")
    (short,) = found(a_dossier(schedule=twelve | week), "COURSE-TIME-01")
    assert short.message.values["days"] == 77
    assert short.fix.values["missing"] == 7


def test_overlapping_interruptions_are_taken_off_once() -> None:
    gap = {"start": date(2026, 5, 4), "end": date(2026, 5, 10)}
    longer = {"start": date(2026, 4, 13), "end": date(2026, 7, 12), "interruptions": [gap, gap]}
    assert not found(a_dossier(schedule=longer), "COURSE-TIME-01")


def test_the_hosts_own_agreement_asks_for_more_time() -> None:
    own = a_dossier(host={"own_agreement": True}, attachments=attachments("host_agreement"))
    assert not found(own, "COURSE-TIME-05", on=date(2026, 3, 16))
    assert found(own, "COURSE-TIME-05", on=date(2026, 3, 17))


def test_an_internship_that_starts_unsigned_is_one_finding_not_two() -> None:
    dossier = a_dossier_abroad()
    assert found(dossier, "LAW-TIME-02", on=date(2026, 4, 13))
    assert not found(dossier, "COURSE-TIME-06", on=date(2026, 4, 13))


def test_overseas_is_france() -> None:
    saint_denis = {"address": {"city": "Saint-Denis", "postal_code": "97400", "street": "25 rue de Paris"}}
    assert not found(a_dossier(host=saint_denis), "LAW-ABROAD-01")


def test_each_missing_piece_is_named() -> None:
    missing = found(a_dossier(attachments=[]), "COURSE-FILE-01")
    assert len(missing) == 3
    assert len({str(finding.message) for finding in missing}) == 3


def test_a_workplace_abroad_makes_an_internship_abroad_of_a_french_host() -> None:
    away = a_dossier(workplace={"address": {"street": "1 Quay", "city": "Cork", "country": "IE"}})
    assert found(away, "LAW-ABROAD-01")
    assert not found(away, "LAW-PAY-01")


def test_the_supervisor_may_be_the_representative() -> None:
    same = a_dossier().host.representative.email
    assert not found(a_dossier(tutor={"email": same}), "DATA-PARTY-03")


def test_924_hours_are_allowed_and_one_more_is_not() -> None:
    six_months = {"start": date(2023, 4, 11), "end": date(2023, 10, 19)}
    extra = [{"day": date(2023, 10, 14), "hours": "1"}]
    assert not found(a_dossier(schedule=six_months), "LAW-TIME-01")
    (refused,) = found(a_dossier(schedule=six_months | {"slots": extra}), "LAW-TIME-01")
    assert refused.message.values["hours"] == 925


@pytest.mark.parametrize(
    ("number", "is_valid"), [("732 829 320 00074", True), ("35600000000048", True), ("7328", False)]
)
def test_siret_numbers(number: str, is_valid: bool) -> None:
    assert (not found(a_dossier(host={"siret": number}), "LAW-PARTY-04")) is is_valid


def test_the_age_is_reckoned_on_the_first_day() -> None:
    assert not found(a_dossier(student={"birth_date": date(2008, 4, 13)}), "LAW-PARTY-03")
    assert found(a_dossier(student={"birth_date": date(2008, 4, 14)}), "LAW-PARTY-03")
