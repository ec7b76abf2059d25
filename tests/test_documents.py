"""What an agreement prints, computed from its dossier."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conventions.documents import DOCUMENTS, Case
from conventions.languages import Language
from conventions.model.dossier import Dossier
from tests.builders import ON, a_dossier, a_dossier_abroad
from tests.cases import DIGEST, a_case


def context_of(dossier: Dossier, on: date = ON, **rules: Any) -> dict[str, Any]:
    return in_language(a_case(dossier, on=on, version=2, **rules), "fr")


def in_language(case: Case, code: str) -> dict[str, Any]:
    return dict(DOCUMENTS["convention"].context(case, Language(code)))


def test_the_duration_and_the_instalments_are_computed_never_typed() -> None:
    context = context_of(a_dossier())
    duration, allowance = context["duration"], context["allowance"]
    assert (duration["hours"], duration["worked_days"]) == (Decimal(525), 75)
    assert (duration["months"], duration["days"], duration["rest"]) == (3, 9, 0)
    assert allowance["total"] == Decimal("2362.50") == sum(part["amount"] for part in allowance["instalments"])
    assert [(part["start"].day, part["end"].day) for part in allowance["instalments"]] == [
        (13, 30),
        (1, 31),
        (1, 30),
        (1, 31),
    ]


def test_the_paper_shows_the_beginning_of_its_digest() -> None:
    paper = context_of(a_dossier())["paper"]
    assert (paper["version"], paper["short_digest"], paper["digest"]) == (2, DIGEST[:16], DIGEST)


@pytest.mark.parametrize(
    ("amount", "basis", "declares"),
    [
        ("4.50", "hour", False),
        ("4.51", "hour", True),
        ("693", "month", False),
        ("694", "month", True),
        ("0", "hour", False),
    ],
)
def test_above_the_floor_the_host_has_the_duties_of_an_employer(amount: str, basis: str, declares: bool) -> None:
    dossier = a_dossier(allowance={"amount": amount, "basis": basis})
    assert context_of(dossier)["accident"]["host_declares"] is declares


def test_the_floor_is_not_exceeded_by_what_it_is_rounded_to() -> None:
    """28.37 hours a week: the floor of a month is €561.726, and nobody pays tenths of a cent."""
    for amount, declares in (("561.73", False), ("561.74", True)):
        paid = {"amount": amount, "basis": "month"}
        dossier = a_dossier(schedule={"weekly_hours": "28.37"}, allowance=paid)
        assert context_of(dossier)["accident"]["host_declares"] is declares


def test_abroad_the_institution_keeps_the_duties_whatever_the_amount() -> None:
    context = context_of(a_dossier_abroad(allowance={"amount": "20"}))
    assert context["accident"]["host_declares"] is False
    assert context["allowance"]["floor"] is None
    assert context["allowance"]["is_compulsory"] is False


def test_the_floor_is_the_one_of_the_day_and_absent_when_nobody_knows_it() -> None:
    assert context_of(a_dossier(), on=date(2025, 6, 1))["allowance"]["floor"].hourly == Decimal("4.35")
    assert context_of(a_dossier(), on=date(2041, 6, 1))["allowance"]["floor"] is None


def test_the_floor_follows_the_months_only_where_the_department_says_so() -> None:
    assert context_of(a_dossier())["allowance"]["follows_floor"] is False
    assert context_of(a_dossier(), floor_reference="each_month")["allowance"]["follows_floor"] is True


def test_a_public_host_is_capped() -> None:
    assert context_of(a_dossier(host={"sector": "public"}))["allowance"]["is_capped"] is True
    assert context_of(a_dossier())["allowance"]["is_capped"] is False


def test_an_unpaid_internship_has_no_instalments() -> None:
    allowance = context_of(a_dossier(allowance={"amount": 0}))["allowance"]
    assert (allowance["is_paid"], allowance["instalments"]) == (False, ())


def test_the_legal_representative_appears_only_with_a_minor() -> None:
    guardian = {"first_name": "Rose", "last_name": "Lefèvre", "email": "rose@lefevre.test", "relation": "mère"}
    minor = context_of(a_dossier(student={"birth_date": "2009-01-01", "legal_representative": guardian}))
    grown = context_of(a_dossier(student={"legal_representative": guardian}))
    assert minor["student"]["guardian"]["name"] == minor["signer"]["legal_representative"]["name"] == "Rose Lefèvre"
    assert grown["student"]["guardian"] is None
    assert grown["signer"]["legal_representative"] is None


def test_the_coordinator_is_the_academic_supervisor_until_one_is_designated() -> None:
    other = {
        "first_name": "Ada",
        "last_name": "Roy",
        "email": "ada.roy@univ-exemple.test",
        "function": "Maîtresse de conférences",
    }
    assert context_of(a_dossier())["referent"]["name"] == "Inès Marchetti"
    assert context_of(a_dossier(referent=other))["referent"]["name"] == "Ada Roy"


def test_the_institution_is_represented_by_the_highest_official_of_the_circuit() -> None:
    official = context_of(a_dossier())["representative"]
    assert (official.name, official.delegation.reference) == ("Paul Okafor-Delattre", "2025-117")


def test_an_address_names_its_country_only_outside_france() -> None:
    assert context_of(a_dossier())["place"]["address"] == "4~quai du Wault, 59000~Lille".replace("~", "\u00a0")
    abroad = context_of(a_dossier_abroad())["place"]["address"]
    assert abroad == "7~Sir John Quay, D02~X285~Dublin, Irlande".replace("~", "\u00a0")


def test_numbers_written_in_groups_are_not_parted_at_the_end_of_a_line() -> None:
    context = context_of(a_dossier(student={"phone": "+33 6 39 98 01 23"}))
    printed = (context["student"]["phone"], context["host"]["siret"], context["institution"]["phone"])
    assert all(number and " " not in number for number in printed)


@pytest.mark.parametrize(("answer", "word"), [(True, "yes"), (False, "no"), (None, "")])
def test_an_unanswered_question_stays_unanswered(answer: bool | None, word: str) -> None:
    assert (
        context_of(a_dossier_abroad(protection={"host_covers_health": answer}))["protection"]["host_covers_health"]
        == word
    )


def test_a_paper_in_two_languages_is_signed_under_the_last_text_and_names_the_other() -> None:
    case = a_case(a_dossier_abroad(language="en"), languages=("en", "fr"))
    first, last = in_language(case, "en"), in_language(case, "fr")
    assert (first["paper"]["is_translated"], first["paper"]["signs_here"]) == (True, False)
    assert first["paper"]["other_languages"] == ("French",)
    assert (last["paper"]["is_translated"], last["paper"]["signs_here"]) == (True, True)
    assert last["signer"]["company"]["also"] == "host organisation"


def test_a_paper_in_one_language_has_no_other() -> None:
    paper = context_of(a_dossier())["paper"]
    assert (paper["is_translated"], paper["signs_here"], paper["other_languages"]) == (False, True, ())


@pytest.mark.parametrize(
    ("languages", "sheets"),
    [
        (("fr",), [("convention", "fr"), ("abroad_annex", "fr")]),
        (
            ("en", "fr"),
            [("convention", "en"), ("convention", "fr"), ("abroad_annex", "en"), ("abroad_annex", "fr")],
        ),
    ],
)
def test_abroad_each_text_and_then_each_annex_stands_once_per_language(
    languages: tuple[str, ...], sheets: list[tuple[str, str]]
) -> None:
    case = a_case(a_dossier_abroad(), languages=languages)
    assert [(key, code) for key, _, code in DOCUMENTS["convention"].sheets(case)] == sheets
    in_france = a_case(a_dossier(), languages=languages)
    assert {key for key, _, _ in DOCUMENTS["convention"].sheets(in_france)} == {"convention"}
