"""The annex of an internship abroad: rules of the country beside the agreement's, steps, accident, French cover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from conventions import forms, press
from conventions.documents import DOCUMENTS, Case
from conventions.errors import TemplateError
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.placement import CountryRules
from conventions.model.roles import ROLE_LABELS
from tests.builders import ON, a_dossier, a_dossier_abroad
from tests.cases import HOSTILE, Paper, a_case, finished, holes, squeezed

(ANNEX,) = DOCUMENTS["convention"].annexes
TOPICS = ("working_time", "leave", "pay", "health", "accidents", "residence", "contact")
RULES = {topic: f"what the country says of {topic}" for topic in TOPICS}
SOURCE: dict[str, Any] = {"source": "Example Authority, Placements of students", "consulted_on": date(2026, 2, 4)}
UNANSWERED: dict[str, Any] = {
    "abroad": None,
    "allowance": {"amount": 0, "unpaid_reason": "usage local", "method": "", "due_day": ""},
    "host": {"address": {"country": "GB"}},
    "protection": {
        "liability": None,
        "host_covers_health": None,
        "host_covers_accidents": None,
        "health_fund": {"name": "", "address": None},
    },
}


def context_of(dossier: Dossier, on: date = ON) -> dict[str, Any]:
    return dict(ANNEX.context(a_case(dossier, on=on), Language("en")))


# ── what it is made from ─────────────────────────────────────────────────────────────────────────────────


def test_rules_of_a_country_are_nothing_without_their_source() -> None:
    with pytest.raises(ValidationError):
        CountryRules.model_validate(RULES)
    assert CountryRules.model_validate(SOURCE).leave == ""


def test_only_an_internship_abroad_has_the_annex() -> None:
    assert ANNEX.wanted(a_case(a_dossier_abroad()))
    assert not ANNEX.wanted(a_case(a_dossier()))


def test_the_rules_of_the_country_come_from_the_dossier_and_from_nowhere_else() -> None:
    written = context_of(a_dossier_abroad(abroad={"country_rules": RULES | SOURCE}))["rules"]
    assert (written.leave, written.source) == (RULES["leave"], SOURCE["source"])
    assert context_of(a_dossier_abroad())["rules"] is None
    assert context_of(a_dossier_abroad(abroad=None))["rules"] is None


@pytest.mark.parametrize(
    ("country", "accepts"), [("IE", True), ("CH", True), ("NO", True), ("GB", False), ("CA", False)]
)
def test_the_european_card_is_named_where_it_is_enough(country: str, accepts: bool) -> None:
    assert context_of(a_dossier_abroad(host={"address": {"country": country}}))["accepts_card"] is accepts


@pytest.mark.parametrize(
    ("start", "end", "until", "lasts"),
    [
        (date(2026, 4, 13), date(2026, 10, 12), date(2026, 10, 12), True),
        (date(2026, 4, 13), date(2026, 10, 13), date(2026, 10, 12), False),
        (date(2025, 8, 31), date(2026, 2, 27), date(2026, 2, 27), True),
        (date(2026, 9, 1), date(2027, 2, 28), date(2027, 2, 28), True),
    ],
)
def test_french_accident_cover_lasts_six_months(start: date, end: date, until: date, lasts: bool) -> None:
    cover = context_of(a_dossier_abroad(schedule={"start": start, "end": end}))["cover"]
    assert (cover["until"], cover["lasts"]) == (until, lasts)


@pytest.mark.parametrize(
    ("allowance", "answer"),
    [
        ({"amount": 0}, "yes"),
        ({"amount": "4.50"}, "yes"),
        ({"amount": "4.51"}, "no"),
        ({"amount": "693.00", "basis": "month"}, "yes"),
        ({"amount": "693.01", "basis": "month"}, "no"),
        ({"amount": "4.00", "currency": "GBP"}, ""),
    ],
)
def test_french_accident_cover_allows_no_more_than_the_floor(allowance: dict[str, Any], answer: str) -> None:
    assert context_of(a_dossier_abroad(allowance=allowance))["cover"]["allows_pay"] == answer


def test_where_nobody_knows_the_floor_the_fund_compares() -> None:
    cover = context_of(a_dossier_abroad(), on=date(2041, 1, 1))["cover"]
    assert (cover["most"], cover["allows_pay"]) == (None, "")
    assert context_of(a_dossier_abroad())["cover"]["most"] == Decimal("4.50")


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_the_same_sections_and_placeholders_and_no_box(code: str) -> None:
    french, other = (press.outline(press.find("abroad_annex", one)) for one in ("fr", code))
    assert tuple(other.articles) == ("exchange", "rules", "before", "accident", "cover")
    assert other.articles == french.articles
    assert sorted(other.tags) == sorted(french.tags)
    assert other.boxes == ()


# ── whole papers ─────────────────────────────────────────────────────────────────────────────────────────

LONG = "une règle fort longue du pays d’accueil, copiée de sa source. " * 20
DOSSIERS: Mapping[str, dict[str, Any]] = {
    "with rules": {"abroad": {"country_rules": RULES | SOURCE}},
    "some rules": {"abroad": {"country_rules": SOURCE | {"leave": RULES["leave"]}, "country_sheet": ""}},
    "sheet only": {"protection": {"host_covers_accidents": False}},
    "unanswered": UNANSWERED,
    "hostile": {
        "host": {"name": f"{HOSTILE} {LONG[:150]}"},
        "schedule": {"end": date(2026, 11, 30), "night": True, "special_presence": HOSTILE},
        "allowance": {"amount": "742.51", "basis": "month", "currency": "GBP"},
        "abroad": {"country_rules": dict.fromkeys(TOPICS, f"{HOSTILE} {LONG}"[:595] + " fin") | SOURCE},
    },
}


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Paper]:
    wanted: dict[str, Case] = {
        f"{code} {name}": a_case(a_dossier_abroad(language=code, **changes), languages=(code,))
        for code in LANGUAGES
        for name, changes in DOSSIERS.items()
    }
    return finished("convention", wanted)


ALL = [f"{code} {name}" for code in LANGUAGES for name in DOSSIERS]


def annex_of(paper: Paper, code: str) -> str:
    """The words after the title of the annex."""
    title = {
        "fr": "pays d’accueil et démarches",
        "en": "sheet and steps",
        "es": "de acogida y trámites",
        "de": "Gastland und Schritte",
    }
    return paper.words.rpartition(title[code])[2]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Paper], name: str) -> None:
    assert holes(papers[name].words) == []
    assert annex_of(papers[name], name[:2])


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_rule_stands_beside_what_the_agreement_fixes(papers: Mapping[str, Paper], code: str) -> None:
    language, words = Language(code), squeezed(annex_of(papers[f"{code} with rules"], code))
    for value in (*RULES.values(), SOURCE["source"], language.date(SOURCE["consulted_on"]), "Ireland 2026"):
        assert squeezed(value) in words
    for value in (language.hours(Decimal(35)), language.money(Decimal("4.50")), language.money(Decimal("2457.00"))):
        assert squeezed(value) in words


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_steps_of_an_accident_have_the_address_of_the_institution_and_its_fund(
    papers: Mapping[str, Paper], code: str
) -> None:
    words = squeezed(annex_of(papers[f"{code} sheet only"], code))
    for value in (
        "stages@univ-exemple.test",
        "+33 3 53 01 02 03",
        "1 avenue des Sciences",
        "CPAM de Lille-Douai",
        "48",
    ):
        assert squeezed(value) in words


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_not_known_is_never_made_up(papers: Mapping[str, Paper], code: str) -> None:
    later = {
        "fr": "exposé avant le départ",
        "en": "explained before departure",
        "es": "se expone antes de la partida",
        "de": "wird vor der Abreise erläutert",
    }
    shown = {name: squeezed(annex_of(papers[f"{code} {name}"], code)).count(squeezed(later[code])) for name in DOSSIERS}
    assert shown == {"with rules": 0, "some rules": 6, "sheet only": 0, "unanswered": 7, "hostile": 0}


@pytest.mark.parametrize("code", LANGUAGES)
def test_hostile_words_are_words_and_none_is_lost(papers: Mapping[str, Paper], code: str) -> None:
    words = squeezed(annex_of(papers[f"{code} hostile"], code))
    assert words.count(squeezed(HOSTILE)) >= len(TOPICS)
    assert words.count("fin") >= len(TOPICS)


def test_the_annex_has_no_box_of_its_own(papers: Mapping[str, Paper]) -> None:
    paper = papers["en with rules"]
    boxes = forms.anchors(paper.data, tuple(person.role for person in paper.case.signatories))
    assert max(box.page for box in boxes.values()) < paper.pages - 2
    for role in set(ROLE_LABELS) - set(boxes):
        with pytest.raises(TemplateError):
            forms.anchors(paper.data, [role])
