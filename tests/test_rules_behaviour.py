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


def test_nobody_signs_for_another_party_by_a_second_address() -> None:
    own, second = {"personal_email": "me@courrier.test"}, {"email": "me@courrier.test"}
    assert found(a_dossier(student=own, tutor=second), "DATA-PARTY-03")
    for role, is_found in (("company", True), ("tutor", True), ("dean", True), ("student", False)):
        assert bool(found(a_dossier(student=own, signers=[{"role": role, **second}]), "DATA-PARTY-03")) is is_found
    offices = [{"role": role, "email": "ines@univ-exemple.test"} for role in ("coordinator", "dean")]
    assert not found(a_dossier(signers=offices), "DATA-PARTY-03")


def test_924_hours_are_allowed_and_one_more_is_not() -> None:
    six_months = {"start": date(2023, 4, 11), "end": date(2023, 10, 19)}
    extra = [{"day": date(2023, 10, 14), "hours": "1"}]
    assert not found(a_dossier(schedule=six_months), "LAW-TIME-01")
    (refused,) = found(a_dossier(schedule=six_months | {"slots": extra}), "LAW-TIME-01")
    assert refused.message.values["hours"] == 925


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("732 829 320 00074", True),
        ("73282932000075", False),
        ("35600000000048", True),  # La Poste, head office: an ordinary SIRET
        ("35600000049837", True),  # La Poste, a post office: its digits add up to a multiple of five
        ("35600000049838", False),
        ("7328", False),
    ],
)
def test_siret_numbers(number: str, is_valid: bool) -> None:
    assert (not found(a_dossier(host={"siret": number}), "LAW-PARTY-04")) is is_valid


def test_the_age_is_reckoned_on_the_first_day() -> None:
    assert not found(a_dossier(student={"birth_date": date(2008, 4, 13)}), "LAW-PARTY-03")
    assert found(a_dossier(student={"birth_date": date(2008, 4, 14)}), "LAW-PARTY-03")


def test_twelve_weeks_from_11_april_2023_end_on_3_july() -> None:
    april = {"academic_year": "2022-2023"}
    assert not found(
        a_dossier(**april, schedule={"start": date(2023, 4, 11), "end": date(2023, 7, 3)}), "COURSE-TIME-01"
    )
    assert found(a_dossier(**april, schedule={"start": date(2023, 4, 11), "end": date(2023, 7, 2)}), "COURSE-TIME-01")


def test_five_months_from_11_april_2023_end_on_10_september() -> None:
    for end, is_longer in ((date(2023, 9, 10), False), (date(2023, 9, 11), True)):
        dossier = a_dossier(academic_year="2022-2023", schedule={"start": date(2023, 4, 11), "end": end})
        assert bool(found(dossier, "COURSE-TIME-04")) is is_longer


def test_the_latest_start_before_31_august_2023_is_9_june() -> None:
    late = {"start": date(2023, 6, 12), "end": date(2023, 8, 31)}
    (told,) = found(a_dossier(academic_year="2022-2023", schedule=late), "COURSE-TIME-08")
    assert told.message.values["latest"] == date(2023, 6, 9)


def test_the_lead_for_11_april_2023_counts_exactly_14_or_28_days() -> None:
    april = {"academic_year": "2022-2023", "schedule": {"start": date(2023, 4, 11), "end": date(2023, 7, 31)}}
    assert not found(a_dossier(**april), "COURSE-TIME-05", on=date(2023, 3, 28))
    assert found(a_dossier(**april), "COURSE-TIME-05", on=date(2023, 3, 29))
    assert not found(a_dossier_abroad(**april), "COURSE-TIME-06", on=date(2023, 3, 14))
    assert found(a_dossier_abroad(**april), "COURSE-TIME-06", on=date(2023, 3, 15))


@pytest.mark.parametrize("letter", "ABCDEFGHJKLMNPRSTUVWXYZ")
def test_the_uai_0951099_has_the_check_letter_d(letter: str) -> None:
    everything = rules.check(
        a_dossier(),
        institution=an_institution(uai=f"0951099{letter}"),
        programme=a_programme(),
        profile=a_profile(),
        on=ON,
    )
    assert ("DATA-PARTY-07" in {finding.code for finding in everything}) is (letter != "D")


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("0123456789A", set()),
        ("012345678AB", set()),
        ("1A2B3C4D5E6", {"DATA-PARTY-11"}),
        ("0123456789a", {"DATA-PARTY-05"}),
        ("012345678", {"DATA-PARTY-05"}),
        ("", set()),
    ],
)
def test_an_ine_has_eleven_characters_and_usually_a_known_pattern(number: str, codes: set[str]) -> None:
    dossier = a_dossier(student={"national_id": number})
    assert {code for code in ("DATA-PARTY-05", "DATA-PARTY-11") if found(dossier, code)} == codes


def test_net_is_gross_at_the_floor_and_not_above_it() -> None:
    assert not found(a_dossier(allowance={"unit": "net", "amount": "4.50"}), "LAW-PAY-04")
    assert found(a_dossier(allowance={"unit": "net", "amount": "4.51"}), "LAW-PAY-04")


def test_the_classification_of_activities_changes_on_1_january_2027() -> None:
    dossier = a_dossier()
    assert not found(dossier, "DATA-PARTY-12", on=date(2026, 12, 31))
    assert found(dossier, "DATA-PARTY-12", on=date(2027, 1, 1))


def test_the_to_do_list_names_who_brings_what_by_the_day_of_registration() -> None:
    tasks = found(a_dossier_abroad(attachments=[]), "COURSE-FILE-12")
    assert [str(task.message.values["who"]) for task in tasks] == [
        "host organisation",
        "student",
        "internship coordinator",
    ]
    assert {task.message.values["day"] for task in tasks} == {date(2026, 3, 16)}
    assert {task.severity.value for task in tasks} == {"to do"}


def test_a_student_entrepreneur_needs_neither_pre_agreement_nor_another_company() -> None:
    snee = a_dossier(track="snee", pre_agreement=None, host={"founded_by_student": True})
    assert not found(snee, "COURSE-FILE-08")
    assert not found(snee, "COURSE-PLACE-01")
    assert found(snee, "COURSE-TRACK-01")


def test_one_person_may_sign_as_host_and_as_supervisor() -> None:
    same = a_dossier(tutor={"email": a_dossier().host.representative.email})
    assert found(a_dossier(), "LAW-PARTY-05")
    assert not found(same, "LAW-PARTY-05")
