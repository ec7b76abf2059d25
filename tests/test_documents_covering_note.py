"""The covering note: both agreements together, in which order they are signed, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from conventions.documents import DOCUMENTS, Case
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.party import Official
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit, Step
from tests.builders import a_dossier, a_dossier_abroad
from tests.cases import a_case
from tests.printed import HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed

KIND: Final = DOCUMENTS["covering_note"]
OWN: Final[dict[str, Any]] = {"host": {"own_agreement": True}}
GUARDIAN: Final = {"first_name": "Rose", "last_name": "Lefèvre", "email": "rose@lefevre.test", "relation": "mère"}
MINOR: Final[dict[str, Any]] = {"student": {"birth_date": "2009-01-01", "legal_representative": GUARDIAN}}
FIVE: Final = Circuit(
    (
        Step(("student",), 3),
        Step(("company", "tutor"), 5, needs="one"),
        Step(("internship_office",), 10, acts="check"),
        Step(("referent", "coordinator"), 3),
        Step(("president",), 3),
    )
)
OFFICE: Final = Official(
    first_name="Bao", last_name="Dubreuil", email="baip@univ-exemple.test", function="Conseiller d'insertion"
)


def case_of(
    dossier: Dossier,
    code: str = "fr",
    *,
    circuit: Circuit = DEFAULT_CIRCUIT,
    office: Official | None = None,
    **rules: Any,
) -> Case:
    languages = ("fr",) if code == "fr" else (code, "fr")
    case = a_case(dossier, languages=languages, **rules)
    named = {**case.house.officials, **({"internship_office": office} if office else {})}
    return replace(case, signatories=(), circuit=circuit, house=replace(case.house, officials=named))


def context_of(dossier: Dossier, **around: Any) -> dict[str, Any]:
    return KIND.context(case_of(dossier, **around), Language("fr"))


# ── what it says ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_careers_service_checks_before_the_institution_signs() -> None:
    steps = context_of(a_dossier(**OWN))["steps"]
    assert [(step["rank"], step["role"]) for step in steps] == [
        (1, "student"),
        (2, "company"),
        (3, "internship_office"),
        (4, "coordinator"),
        (5, "dean"),
    ]
    assert [step["role"] for step in steps if step["is_check"]] == ["internship_office"]


def test_a_circuit_that_has_the_check_keeps_it_where_it_is_and_who_shares_a_rank_shares_its_number() -> None:
    context = context_of(a_dossier(**OWN | MINOR), circuit=FIVE, office=OFFICE)
    assert [(step["rank"], step["role"], step["name"]) for step in context["steps"]] == [
        (1, "student", "Camille Lefèvre-Nguyễn"),
        (1, "legal_representative", "Rose Lefèvre"),
        (2, "company", "Hélène Vasseur"),
        (2, "tutor", "Karim Benali"),
        (3, "internship_office", "Bao Dubreuil"),
        (4, "referent", "Inès Marchetti"),
        (4, "coordinator", "Inès Marchetti"),
        (5, "president", "Anne-Lise Roussel"),
    ]
    assert [step["role"] for step in context["steps"] if step["is_one_of"]] == ["company", "tutor"]
    assert context["has_choice"] is True
    assert context_of(a_dossier(**OWN))["has_choice"] is False


def test_each_has_a_last_day_and_leaves_the_others_their_time() -> None:
    context = context_of(a_dossier(**OWN))
    days = [step["by"] for step in context["steps"]]
    assert days == sorted(days)
    assert context["deadline"]["register_by"] <= days[0]
    assert days[-1] < a_dossier().schedule.start
    assert all(day.isoweekday() < 6 for day in days)


@pytest.mark.parametrize(
    ("dossier", "delays", "expected", "register_by"),
    [
        (a_dossier(**OWN), {}, (28, 14, 14), date(2026, 3, 16)),
        (a_dossier_abroad(**OWN), {}, (42, 28, 14), date(2026, 3, 2)),
        (a_dossier(**OWN), {"france_days": 10, "own_agreement_extra_days": 0}, (10, 10, 0), date(2026, 4, 3)),
    ],
)
def test_the_delay_is_the_department_s_with_more_for_the_second_agreement(
    dossier: Dossier, delays: dict[str, int], expected: tuple[int, int, int], register_by: date
) -> None:
    deadline = context_of(dossier, delays=delays)["deadline"]
    assert (deadline["lead"], deadline["usual"], deadline["extra"]) == expected
    assert deadline["register_by"] == register_by


def test_only_a_host_with_an_agreement_of_its_own_gets_one() -> None:
    assert [finding.code for finding in KIND.lacks(case_of(a_dossier()))] == ["COVER-01"]
    assert list(KIND.lacks(case_of(a_dossier(**OWN)))) == []


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_language_has_the_same_articles_and_nobody_signs() -> None:
    french, *others = outlines("covering_note")
    assert tuple(french.articles) == (
        "pair",
        "precedence",
        "deadline",
        "order",
        "to_send",
        "enclosures",
        "contact",
    )
    for other in (french, *others):
        assert dict(other.articles) == dict(french.articles)
        assert tuple(other.articles) == tuple(french.articles)
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == KIND.signers == ()


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    hostile = HOSTILE_PEOPLE | {"host": {**HOSTILE_PEOPLE["host"], **OWN["host"]}}
    wanted = {}
    for code in LANGUAGES:
        wanted[f"{code} typical"] = case_of(a_dossier(**OWN), code)
        wanted[f"{code} minimal"] = case_of(a_dossier(**OWN, allowance={"amount": 0}), code)
        wanted[f"{code} fullest"] = case_of(a_dossier_abroad(**OWN | MINOR), code, circuit=FIVE, office=OFFICE)
        wanted[f"{code} hostile"] = case_of(a_dossier(**hostile), code, circuit=FIVE)
    return printed({name: ("covering_note", case) for name, case in wanted.items()})


ALL: Final = [f"{code} {name}" for code in LANGUAGES for name in ("typical", "minimal", "fullest", "hostile")]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    assert leftovers(papers[name].words) == []


@pytest.mark.parametrize("name", [name for name in ALL if "hostile" not in name])
def test_each_text_is_two_pages(papers: Mapping[str, Printed], name: str) -> None:
    assert len(papers[name].pages) == (2 if name.startswith("fr") else 4)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_note_names_the_people_the_days_and_where_to_send(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    expected = [
        "Hélène Vasseur",
        "Camille Lefèvre-Nguyễn",
        "Rose Lefèvre",
        "Bao Dubreuil",
        "Anne-Lise Roussel",
        "baip@univ-exemple.test",
        "stages@univ-exemple.test",
        "BAIP",
        language.date(date(2026, 3, 2)),
        language.date(date(2026, 4, 10)),
        "42",
        "94-665",
        "L. 131-3",
        "2*",
    ]
    text = squeezed("".join(papers[f"{code} fullest"].pages[:2]))
    assert [value for value in expected if squeezed(value) not in text] == []


@pytest.mark.parametrize(
    ("code", "word"),
    [("fr", "la gratification"), ("en", "the allowance"), ("es", "la gratificación"), ("de", "Vergütung")],
)
def test_an_allowance_is_protected_where_there_is_one(papers: Mapping[str, Printed], code: str, word: str) -> None:
    assert word in " ".join(papers[f"{code} typical"].pages[:2])
    assert word not in " ".join(papers[f"{code} minimal"].pages[:2])


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_hundred_characters_are_printed_to_the_last(papers: Mapping[str, Printed], code: str) -> None:
    assert squeezed(LONG[-60:]) in squeezed(papers[f"{code} hostile"].words)
