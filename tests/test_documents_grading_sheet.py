"""The grading sheet: every step from the components to the grade, and never a grade where one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions import forms
from conventions.documents import DOCUMENTS, Case
from conventions.documents.grading_sheet import exact_places
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.grading import GradingSettings
from conventions.model.roles import DEFAULT_CIRCUIT
from conventions.signers import narrowed
from tests.builders import a_dossier
from tests.cases import a_case
from tests.printed import HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed

KIND: Final = DOCUMENTS["grading_sheet"]
ON: Final = date(2026, 7, 6)
MARKS: Final[dict[str, Any]] = {
    "professionalism": 14,
    "host": 16,
    "report": 12,
    "defence": 13,
    "report_deposited_on": date(2026, 6, 19),
    "weekly_reports": 11,
    "defended_on": date(2026, 6, 26),
    "panel": ["Inès Marchetti", "Ada Roy"],
}
PENALTIES: Final = [
    {"points": "1.25", "reason": "rapports manquants", "on": date(2026, 7, 1), "decided_by": "Jury de juin"},
    {"points": "0.5", "reason": "dépôt tardif", "on": date(2026, 6, 22), "decided_by": "Inès Marchetti"},
]
FULL: Final[dict[str, Any]] = {
    "track": "snee",
    "marks": MARKS
    | {
        "report": "12.25",
        "session": 2,
        "by_video": True,
        "penalties": PENALTIES,
        "weekly_reports": 7,
        "report_deposited_on": date(2026, 6, 21),
    },
}
STRICT: Final[dict[str, Any]] = {"jury_quantum": "0.5", "penalties_at_most": "1.5"}
PAPERS: Final[Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]] = {
    "typical": ({"marks": MARKS}, {}),
    "draft": ({"marks": {"host": 0}}, {}),
    "absent": ({"marks": {"absence": "absent"}}, {"unjustified_absence": "zero"}),
    "excused": ({"marks": {"absence": "excused"}}, {"codes": {"excused": ""}}),
    "fullest": (FULL, STRICT),
    "hostile": (
        HOSTILE_PEOPLE
        | {"marks": MARKS | {"panel": [LONG], "penalties": [PENALTIES[0] | {"reason": LONG, "decided_by": LONG}]}},
        {},
    ),
}


def case_of(dossier: Dossier, code: str = "fr", **settings: Any) -> Case:
    circuit = narrowed(DEFAULT_CIRCUIT, ("coordinator",))
    case = a_case(dossier, on=ON, circuit=circuit, languages=(code,), calendar={"report_due": "06-19"})
    return replace(case, house=replace(case.house, grading=GradingSettings.model_validate(settings)))


def context_of(changes: Mapping[str, Any], **settings: Any) -> dict[str, Any]:
    return KIND.context(case_of(a_dossier(**changes), **settings), Language("fr"))


# ── what it prints ───────────────────────────────────────────────────────────────────────────────────────


def test_the_components_add_up_to_the_mean() -> None:
    grade = context_of({"marks": MARKS})["grade"]
    assert [(str(part["key"]), part["weight"], part["points"]) for part in grade["parts"]] == [
        ("professionalism", 10, Decimal("1.4")),
        ("host", 20, Decimal("3.2")),
        ("report", 35, Decimal("4.2")),
        ("defence", 35, Decimal("4.55")),
    ]
    assert sum(part["points"] for part in grade["parts"]) == grade["raw"] == Decimal("13.35")
    assert (grade["final"], grade["result"], grade["code"], grade["is_draft"]) == (
        Decimal("13.35"),
        "passed",
        "ADM",
        False,
    )


def test_each_step_after_the_mean_is_there() -> None:
    context = context_of(FULL, **STRICT)
    grade = context["grade"]
    steps = [grade[key] for key in ("raw", "rounded", "taken_off", "before_jury", "final")]
    assert steps == [Decimal(number) for number in ("13.4375", "13.44", "1.5", "11.94", "12")]
    assert (grade["penalty_points"], grade["is_spared"], grade["is_lowered"]) == (Decimal("1.75"), True, True)
    assert [penalty.reason for penalty in context["penalties"]] == ["dépôt tardif", "rapports manquants"]
    assert (grade["places"], grade["decimals"]) == (4, 2)


def test_what_can_justify_a_penalty_is_stated_beside_it() -> None:
    facts = [str(fact) for fact in context_of(FULL)["facts"]]
    assert any("2 weekly reports" in fact or "7 weekly reports" in fact for fact in facts)


@pytest.mark.parametrize("missing", ["professionalism", "host", "report", "defence"])
def test_without_one_component_it_is_a_draft_without_a_number(missing: str) -> None:
    grade = context_of({"marks": {key: value for key, value in MARKS.items() if key != missing}})["grade"]
    assert grade["is_draft"] is True
    assert (grade["raw"], grade["final"], grade["result"]) == (None, None, None)
    assert [part["key"] for part in grade["parts"] if part["is_missing"]] == [missing]


def test_a_zero_is_a_mark() -> None:
    parts = context_of({"marks": MARKS | {"host": 0}})["grade"]["parts"]
    assert not any(part["is_missing"] for part in parts)
    assert parts[1]["points"] == 0


def test_decimals_that_say_nothing_are_not_printed() -> None:
    marks = MARKS | {"professionalism": "14.00", "report": "12.50", "defence": "13.10"}
    assert context_of({"marks": marks})["grade"]["places"] == 3


@pytest.mark.parametrize(
    ("absence", "settings", "final", "is_zero", "code"),
    [
        ("absent", {}, None, False, "ABI"),
        ("absent", {"unjustified_absence": "zero"}, Decimal(0), True, "ABI"),
        ("excused", {"unjustified_absence": "zero"}, None, False, "ABJ"),
    ],
)
def test_absence_has_its_code(
    absence: str, settings: dict[str, Any], final: Decimal | None, is_zero: bool, code: str
) -> None:
    grade = context_of({"marks": MARKS | {"absence": absence}}, **settings)["grade"]
    assert (grade["final"], grade["is_zero_for_absence"], grade["code"]) == (final, is_zero, code)
    assert (grade["is_draft"], grade["is_final"]) == (False, False)


@given(st.lists(st.decimals(0, 20, places=2) | st.decimals(0, 20, places=6) | st.none(), max_size=5))
def test_numbers_are_printed_exactly_with_equal_decimals(numbers: list[Decimal | None]) -> None:
    places = exact_places(numbers)
    assert 2 <= places <= 6
    english = Language("en")
    assert [Decimal(english.number(one, places)) for one in numbers if one is not None] == [
        one for one in numbers if one is not None
    ]


@pytest.mark.parametrize(
    ("marks", "codes"),
    [
        (None, ["SHEET-01"]),
        ({"weekly_reports": 3}, ["SHEET-01"]),
        ({"absence": "absent"}, []),
        ({"host": 0}, []),
    ],
)
def test_a_sheet_needs_a_mark_or_an_absence(marks: dict[str, Any] | None, codes: list[str]) -> None:
    assert [finding.code for finding in KIND.lacks(case_of(a_dossier(marks=marks)))] == codes


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_language_says_the_same_and_the_coordinator_signs() -> None:
    french, *others = outlines("grading_sheet")
    assert french.boxes == KIND.signers == ("coordinator",)
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    return printed(
        {
            f"{code} {name}": ("grading_sheet", case_of(a_dossier(**changes), code, **settings))
            for code in LANGUAGES
            for name, (changes, settings) in PAPERS.items()
        }
    )


ALL: Final = [f"{code} {name}" for code in LANGUAGES for name in PAPERS]
DRAFT: Final = {"fr": "PROVISOIRE", "en": "PROVISIONAL", "es": "PROVISIONAL", "de": "VORLÄUFIG"}
REPORT: Final = {"fr": "rapport de stage", "en": "internship report", "es": "memoria de prácticas", "de": "Bericht"}


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    assert leftovers(papers[name].words) == []


@pytest.mark.parametrize("name", ALL)
def test_it_is_short_and_has_its_box(papers: Mapping[str, Printed], name: str) -> None:
    paper = papers[name]
    assert len(paper.pages) <= (2 if name.endswith(("fullest", "hostile")) else 1)
    assert forms.anchors(paper.data, ["coordinator"])["coordinator"].page == len(paper.pages) - 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_grade_and_the_way_to_it_can_be_read(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    numbers = ("1.4000", "3.2000", "4.2875", "4.5500", "13.4375", "13.44", "1.50", "11.94", "12.00", "1.75")
    expected = [language.number(Decimal(number), len(number.partition(".")[2])) for number in numbers]
    expected += [
        "dépôt tardif",
        "Jury de juin",
        "ADM",
        "Ada Roy",
        "SNEE",
        language.date(date(2026, 6, 21)),
        language.date(date(2026, 6, 26)),
        language.date(date(2026, 6, 22)),
    ]
    words = squeezed(papers[f"{code} fullest"].words)
    assert [value for value in expected if squeezed(value) not in words] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_draft_says_so_in_large_letters_and_names_what_is_missing(papers: Mapping[str, Printed], code: str) -> None:
    words = papers[f"{code} draft"].words
    assert DRAFT[code] in words
    assert REPORT[code].casefold() in words.casefold()
    assert "ADM" not in words
    assert DRAFT[code] not in papers[f"{code} typical"].words


@pytest.mark.parametrize("code", LANGUAGES)
def test_who_is_absent_is_no_draft(papers: Mapping[str, Printed], code: str) -> None:
    absent, excused = papers[f"{code} absent"].words, papers[f"{code} excused"].words
    assert "(ABI)" in absent
    assert "(ABJ)" not in excused, "the department has no such code"
    assert DRAFT[code] not in absent + excused


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_hundred_characters_are_printed_to_the_last(papers: Mapping[str, Printed], code: str) -> None:
    assert squeezed(LONG[-20:]) in squeezed(papers[f"{code} hostile"].words)
