"""The attestation: from what was really done, refused where that contradicts what is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from conventions import forms
from conventions.documents import DOCUMENTS, Case
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.roles import DEFAULT_CIRCUIT, ROLE_LABELS
from conventions.signers import narrowed
from tests.builders import a_dossier, a_dossier_abroad
from tests.cases import a_case
from tests.printed import HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed

KIND: Final = DOCUMENTS["attestation"]
AFTER: Final = date(2026, 8, 17)
DONE: Final[dict[str, Any]] = {
    "start": date(2026, 4, 13),
    "end": date(2026, 7, 31),
    "hours": 525,
    "allowance_paid": Decimal("2362.50"),
    "recorded_on": date(2026, 8, 3),
    "recorded_by": "IM",
}
LONGER: Final[dict[str, Any]] = {
    "number": 1,
    "effective": date(2026, 7, 31),
    "reason": "prolongation",
    "signed_on": date(2026, 7, 20),
    "end": date(2026, 8, 14),
}
OTHER_SUBJECT: Final[dict[str, Any]] = {
    "number": 2,
    "effective": date(2026, 6, 1),
    "reason": "sujet",
    "subject": "Prêt de matériel",
}
FULL: Final[dict[str, Any]] = {
    "student": {"usage_name": "Camille Nguyễn", "gender": "F"},
    "amendments": [LONGER, OTHER_SUBJECT | {"signed_on": date(2026, 5, 28)}],
    "realised": DONE
    | {
        "end": date(2026, 8, 14),
        "hours": "512.5",
        "interruptions": [{"start": date(2026, 6, 15), "end": date(2026, 6, 19), "reason": "maladie"}],
        "absences": [
            {"start": date(2026, 7, 6), "end": date(2026, 7, 6), "reason": "hôpital"},
            {"start": date(2026, 7, 1), "end": date(2026, 7, 2), "reason": "mariage"},
        ],
    },
}
LITTLE: Final[dict[str, Any]] = {
    "student": {"phone": ""},
    "host": {"phone": "", "sector": "public"},
    "allowance": {"amount": 0},
    "realised": DONE | {"hours": 150, "allowance_paid": 0},
}
PAPERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "typical": {"realised": DONE},
    "minimal": LITTLE,
    "fullest": FULL,
    "hostile": HOSTILE_PEOPLE | {"realised": DONE},
}


def case_of(dossier: Dossier, code: str = "fr", *, on: date = AFTER) -> Case:
    languages = ("fr",) if code == "fr" else (code, "fr")
    return a_case(dossier, on=on, circuit=narrowed(DEFAULT_CIRCUIT, ("company",)), languages=languages)


def context_of(dossier: Dossier, *, on: date = AFTER) -> dict[str, Any]:
    return KIND.context(case_of(dossier, on=on), Language("fr"))


def codes_of(dossier: Dossier) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in KIND.lacks(case_of(dossier))]


# ── what it prints ───────────────────────────────────────────────────────────────────────────────────────


def test_duration_and_allowance_are_those_that_were_done_not_those_that_were_planned() -> None:
    context = context_of(a_dossier(realised=DONE | {"hours": "512.5", "allowance_paid": "2306.25"}))
    done = context["realised"]
    assert (done["hours"], done["months"], done["days"], done["rest"]) == (Decimal("512.5"), 3, 7, Decimal("1.5"))
    assert context["allowance"] == {"is_paid": True, "total": Decimal("2306.25"), "currency": "EUR"}


def test_signed_amendments_are_folded_in_and_named_and_proposals_are_not() -> None:
    context = context_of(a_dossier(realised=DONE, amendments=[LONGER, OTHER_SUBJECT]))
    assert [one.number for one in context["amendments"]] == [1]
    assert context["placement"]["subject"] == a_dossier().placement.subject
    assert context_of(a_dossier(**FULL))["placement"]["subject"] == "Prêt de matériel"


def test_nothing_says_why_the_intern_was_absent() -> None:
    done = context_of(a_dossier(**FULL))["realised"]
    assert [(gap["start"].day, gap["is_one_day"]) for gap in done["absences"]] == [(1, False), (6, True)]
    assert not any("reason" in gap for gap in (*done["absences"], *done["interruptions"]))


@pytest.mark.parametrize(
    ("changes", "on", "is_open"),
    [
        ({}, date(2034, 12, 31), True),
        ({}, date(2035, 1, 1), False),
        ({"hours": 308}, date(2026, 8, 17), True),
        ({"hours": "307.99"}, date(2026, 8, 17), False),
        ({"allowance_paid": 0}, date(2026, 8, 17), False),
    ],
)
def test_the_pension_can_be_claimed_for_two_paid_months_until_the_year_of_thirty_is_over(
    changes: dict[str, Any], on: date, is_open: bool
) -> None:
    assert context_of(a_dossier(realised=DONE | changes), on=on)["pension"]["is_open"] is is_open


def test_whoever_is_older_than_thirty_is_promised_no_pension() -> None:
    pension = context_of(a_dossier(realised=DONE, student={"birth_date": date(1990, 2, 1)}))["pension"]
    assert pension == {"is_open": False, "until": date(2020, 12, 31)}


def test_abroad_no_pension_is_promised() -> None:
    assert context_of(a_dossier_abroad(realised=DONE))["pension"]["is_open"] is False


# ── what it refuses ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["typical", "minimal", "fullest"])
def test_what_was_done_as_agreed_can_be_attested(name: str) -> None:
    assert codes_of(a_dossier(**PAPERS[name])) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"realised": None}, ("ATTEST-01", "realised")),
        ({"realised": DONE | {"start": date(2026, 4, 12)}}, ("ATTEST-02", "realised.start")),
        ({"realised": DONE | {"end": date(2026, 8, 1)}}, ("ATTEST-03", "realised.end")),
        ({"realised": DONE | {"hours": "560.01"}}, ("ATTEST-04", "realised.hours")),
        ({"realised": DONE, "allowance": {"amount": 0}}, ("ATTEST-05", "realised.allowance_paid")),
        ({"realised": DONE | {"currency": "CHF"}}, ("ATTEST-06", "realised.currency")),
        ({"realised": DONE, "track": "snee"}, ("ATTEST-07", "track")),
    ],
)
def test_what_is_missing_or_contradicts_the_agreement_is_refused(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert codes_of(a_dossier(**changes)) == [expected]


def test_a_host_may_have_worked_on_the_public_holidays() -> None:
    assert codes_of(a_dossier(realised=DONE | {"hours": 560})) == []


def test_hours_of_days_that_were_not_done_are_refused() -> None:
    gap = [{"start": date(2026, 6, 15), "end": date(2026, 6, 19)}]
    assert codes_of(a_dossier(realised=DONE | {"interruptions": gap, "hours": "525.01"})) == [
        ("ATTEST-04", "realised.hours")
    ]


def test_a_signed_amendment_allows_what_a_proposal_does_not() -> None:
    later = DONE | {"end": date(2026, 8, 14)}
    assert codes_of(a_dossier(realised=later, amendments=[LONGER])) == []
    assert codes_of(a_dossier(realised=later, amendments=[LONGER | {"signed_on": None}])) != []


def test_a_host_that_paid_too_little_still_attests_it() -> None:
    assert codes_of(a_dossier(realised=DONE | {"allowance_paid": 100})) == []


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_language_says_the_same_and_only_the_host_signs() -> None:
    french, *others = outlines("attestation")
    assert french.boxes == ("company",)
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    return printed(
        {
            f"{code} {name}": ("attestation", case_of(a_dossier(**changes), code))
            for code in LANGUAGES
            for name, changes in PAPERS.items()
        }
    )


ALL: Final = [f"{code} {name}" for code in LANGUAGES for name in PAPERS]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    assert leftovers(papers[name].words) == []


@pytest.mark.parametrize("name", [name for name in ALL if "hostile" not in name])
def test_each_text_is_one_page_and_the_host_signs_on_the_last(papers: Mapping[str, Printed], name: str) -> None:
    paper = papers[name]
    assert len(paper.pages) == (1 if name.startswith("fr") else 2)
    box = forms.anchors(paper.data, ["company"])["company"]
    assert box.page == len(paper.pages) - 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_says_who_where_when_how_long_and_how_much(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    dossier = a_dossier(**FULL)
    expected = [
        dossier.student.name,
        "Camille Nguyễn",
        "12 rue des Tilleuls",
        dossier.host.name,
        dossier.host.phone,
        dossier.host.representative.name,
        "Prêt de matériel",
        "Karim Benali",
        "Inès Marchetti",
        "Licence Informatique",
        language.date(date(2004, 5, 17)),
        language.date(date(2026, 8, 14)),
        language.hours(Decimal("512.5")),
        language.duration(3, 7, Decimal("1.5")),
        language.money(Decimal("2362.50")),
        language.date(date(2026, 6, 19)),
        language.date(date(2026, 7, 6)),
        language.date(date(2034, 12, 31)),
        language.date(date(2026, 7, 20)),
        "D. 124-9",
        "L. 351-17",
        "D. 351-16",
        "1221-24",
        "3f9a3f9a3f9a3f9a",
    ]
    first = squeezed(papers[f"{code} fullest"].pages[0])
    assert [value for value in expected if squeezed(value) not in first] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_unpaid_at_a_public_host_says_none_and_promises_nothing(papers: Mapping[str, Printed], code: str) -> None:
    words = papers[f"{code} minimal"].pages[0]
    assert {"fr": "versée aucune", "en": "paid none", "es": "abonada ninguna", "de": "Vergütung keine"}[code] in words
    assert "1221-24" not in words
    assert "2034" not in words


def test_a_paper_in_two_languages_names_the_host_s_role_in_both_where_it_signs(papers: Mapping[str, Printed]) -> None:
    german = papers["de typical"].pages
    assert "unter dem französischen Text" in german[0]
    assert "Pour l’organisme d’accueil" not in german[0]
    assert "Pour l’organisme d’accueil" in german[1]
    assert Language("de").say(ROLE_LABELS["company"]) in german[1]


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_hundred_characters_are_printed_to_the_last(papers: Mapping[str, Printed], code: str) -> None:
    words = squeezed(papers[f"{code} hostile"].words)
    assert squeezed(LONG[-60:]) in words
    assert len(papers[f"{code} hostile"].pages) <= 2 * len(case_of(a_dossier(), code).edition.languages)
