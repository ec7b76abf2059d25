"""What the rules say in the cases people argue about."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from conventions import rules
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding
from conventions.model.party import OVERSEAS
from conventions.text import Amount
from tests.builders import ON, a_dossier, a_dossier_abroad, a_profile, a_programme, an_institution, attachments

UNCOVERED: Final = {"host_covers_accidents": False}


def found(
    dossier: Dossier, code: str, on: date = ON, *, signed_on: date | None = None, **profile: Any
) -> list[Finding]:
    everything = rules.check(
        dossier,
        institution=an_institution(),
        programme=a_programme(),
        profile=a_profile(**profile),
        on=on,
        signed_on=signed_on,
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


def test_what_is_signed_keeps_the_law_of_the_day_on_which_it_was_signed() -> None:
    """In spring the floor is another; the agreement of December stays as it is, and can be amended."""
    tutor = {"first_name": "Ada", "last_name": "Klein", "email": "ada@atelier.test", "function": "lead"}
    other = {"number": 1, "effective": date(2026, 5, 4), "reason": "a new post", "tutor": tutor}
    signed, today = date(2025, 12, 19), date(2026, 5, 4)
    for amendments in ((), (other,)):
        dossier = a_dossier(allowance={"amount": "4.35"}, amendments=amendments)
        assert found(dossier, "LAW-PAY-01", on=today)
        for code in ("LAW-PAY-01", "LAW-TIME-02", "COURSE-TIME-05"):
            assert not found(dossier, code, on=today, signed_on=signed)
        assert found(dossier, "LAW-PAY-02", on=today, signed_on=signed)
    assert found(a_dossier(allowance={"amount": "4.34"}), "LAW-PAY-01", on=today, signed_on=signed)
    assert found(a_dossier(allowance={"amount": "4.35"}), "LAW-PAY-01", on=today, signed_on=date(2026, 1, 1))


def test_after_the_end_the_floor_is_that_of_the_day_of_signature() -> None:
    done = {"start": date(2026, 4, 13), "end": date(2026, 7, 31), "hours": 525, "allowance_paid": "2283.75",
            "recorded_on": date(2026, 8, 3), "recorded_by": "IM"}  # fmt: skip
    dossier = a_dossier(realised=done)
    assert not found(dossier, "LAW-OUTCOME-03", on=date(2026, 8, 4), signed_on=date(2025, 12, 19))
    assert found(dossier, "LAW-OUTCOME-03", on=date(2026, 8, 4), signed_on=date(2026, 1, 5))


def test_a_year_beyond_the_table_warns_and_names_the_last_known_floor() -> None:
    dossier = a_dossier(academic_year="2026-2027", schedule={"start": date(2027, 4, 12), "end": date(2027, 7, 30)})
    (warning,) = found(dossier, "LAW-PAY-02", on=date(2026, 11, 24))
    assert warning.message.values["year"] == "2027"
    assert warning.message.values["rate"] == Amount(Decimal("4.50"))


def test_the_ceiling_of_a_year_beyond_the_table_can_be_written_down() -> None:
    """What the warning asks for ends it; the floor of that year is then asked for."""
    spring = {"start": date(2027, 4, 12), "end": date(2027, 7, 30)}
    dossier = a_dossier(academic_year="2026-2027", schedule=spring, allowance={"amount": "4.60"})
    (warning,) = found(dossier, "LAW-PAY-02", on=date(2027, 1, 12))
    assert "[rules.ceilings] in conventions.toml: 2027" in str(warning.fix)
    assert not found(dossier, "LAW-PAY-02", on=date(2027, 1, 12), ceilings={"2027": 30})
    assert found(dossier, "LAW-PAY-01", on=date(2027, 1, 12), ceilings={"2027": 31})
    assert found(dossier, "LAW-PAY-02", on=date(2026, 12, 12), ceilings={"2027": 31})


@pytest.mark.parametrize("weekly", [35, 10])
def test_the_cap_of_a_public_host_is_not_guessed(weekly: int) -> None:
    spring = {"start": date(2027, 4, 12), "end": date(2027, 7, 30), "weekly_hours": weekly}
    paid = {"amount": "4.65"}
    dossier = a_dossier(academic_year="2026-2027", schedule=spring, allowance=paid, host={"sector": "public"})
    for day in (date(2026, 12, 1), date(2027, 1, 12)):
        assert not found(dossier, "LAW-PAY-03", on=day)
        assert found(dossier, "LAW-PAY-02", on=day)
        assert not found(dossier, "LAW-PAY-03", on=day, ceilings={"2027": 31})
        assert found(dossier, "LAW-PAY-03", on=day, ceilings={"2027": 30})


@pytest.mark.parametrize(
    ("code", "is_used"),
    [("EUR", True), ("GBP", True), ("CHF", True), ("MAD", True), ("XOF", True), ("FRF", False), ("EUX", False)],
)
def test_a_currency_is_one_that_is_in_use(code: str, is_used: bool) -> None:
    assert bool(found(a_dossier_abroad(allowance={"currency": code}), "DATA-PAY-02")) is not is_used
    assert not found(a_dossier_abroad(allowance={"currency": code, "amount": 0}), "DATA-PAY-02")


def test_what_is_lost_abroad_in_a_year_beyond_the_table_is_not_guessed() -> None:
    dossier = a_dossier_abroad(allowance={"basis": "hour", "amount": "5.00"}, protection=UNCOVERED)
    (lost,) = found(dossier, "LAW-ABROAD-03")
    (unknown,) = found(dossier, "LAW-ABROAD-03", on=date(2027, 1, 5))
    assert "is lost" in str(lost.message)
    assert "is not in the table" in str(unknown.message)
    assert not found(dossier, "LAW-ABROAD-03", on=date(2027, 1, 5), ceilings={"2027": 34})


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2025, 9, 15), date(2026, 3, 14)),
        (date(2025, 8, 29), date(2026, 2, 27)),
        (date(2025, 8, 31), date(2026, 2, 27)),
        (date(2026, 3, 1), date(2026, 8, 31)),
    ],
)
def test_six_months_of_cover_abroad_end_on_the_eve_of_the_same_day(start: date, last: date) -> None:
    for end, is_told in ((last, False), (last + timedelta(days=1), True)):
        slow = a_dossier_abroad(schedule={"start": start, "end": end, "weekly_hours": "28.5"}, protection=UNCOVERED)
        told = found(slow, "LAW-ABROAD-06", on=date(2025, 7, 1))
        assert bool(told) is is_told
        year_after = date(start.year + 1, start.month, start.day)
        assert all(one.fix.values["most"] == year_after - timedelta(days=1) for one in told)


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
    assert short.fix.values["day"] == "2026-07-12"


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


@pytest.mark.parametrize("code", sorted(OVERSEAS))
def test_the_code_of_a_place_overseas_is_refused_for_fr_and_makes_nothing_abroad_of_it(code: str) -> None:
    saint_denis = {"city": "Saint-Denis", "postal_code": "97400", "street": "25 rue de Paris"}
    typed = a_dossier(host={"address": saint_denis | {"country": code}})
    (refused,) = found(typed, "DATA-PARTY-13")
    assert (refused.field, str(refused.fix)[:24]) == ("host.address.country", "set host.address.country")
    assert not any(found(typed, rule) for rule in ("LAW-ABROAD-01", "COURSE-FILE-02", "COURSE-TIME-06"))
    assert not found(a_dossier(host={"address": saint_denis | {"country": "FR"}}), "DATA-PARTY-13")


def test_a_country_without_calendar_warns_until_its_holidays_are_entered() -> None:
    away = {"host": {"address": {"country": "AC"}}}
    (warning,) = found(a_dossier_abroad(**away), "DATA-ABROAD-02")
    assert warning.message.values["year"] == "2026"
    entered = {"slots": [{"day": date(2026, 5, 14), "hours": 0}]}
    assert not found(a_dossier_abroad(**away, schedule=entered), "DATA-ABROAD-02")


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


def test_who_comes_of_age_during_the_internship_is_a_minor_until_then() -> None:
    """Born on 13 May 2008: 18 from Wednesday 13 May 2026 on."""
    legal_representative = {
        "first_name": "Anh", "last_name": "Lefèvre", "email": "anh@courrier.test", "relation": "mother",
    }  # fmt: skip
    student = {"birth_date": date(2008, 5, 13), "legal_representative": legal_representative}

    def told(day: date, hours: str, **schedule: Any) -> set[str]:
        busy = {"slots": [{"day": day, "hours": hours}], "special_presence": "an open day"} | schedule
        dossier = a_dossier(student=student, schedule=busy)
        return {code for code in ("LAW-HOURS-05", "LAW-HOURS-06") if found(dossier, code)}

    assert told(date(2026, 5, 12), "8.5") == {"LAW-HOURS-05"}
    assert told(date(2026, 5, 13), "8.5") == set()
    assert told(date(2026, 4, 19), "1", sunday=True) == {"LAW-HOURS-05", "LAW-HOURS-06"}
    assert told(date(2026, 5, 17), "1", sunday=True) == set()
    assert told(date(2026, 6, 2), "1", sunday=True, weekdays=[1, 2, 3, 4, 5, 6, 7]) == {"LAW-HOURS-05", "LAW-HOURS-06"}


def test_who_is_born_on_29_february_is_18_on_1_march() -> None:
    student = {"birth_date": date(2008, 2, 29)}
    for day, is_minor in ((date(2026, 2, 28), True), (date(2026, 3, 1), False)):
        assert bool(found(a_dossier(student=student, schedule={"start": day}), "LAW-PARTY-03")) is is_minor


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
