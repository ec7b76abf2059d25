"""Amendments as papers, in four languages, through the real LibreOffice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conventions import forms
from conventions.documents import Case
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from tests.amendments import ADA, ENDED, EVERYONE, EVERYTHING, LONGER, SHORT, amended, an_amendment
from tests.builders import ON, a_dossier_abroad
from tests.cases import HOSTILE, Paper, a_case, finished, holes, squeezed

LONG = "Prolongation et réorientation décidées d’un commun accord, avec une longue justification. " * 4
STRANGE = {"first_name": "محمد", "last_name": f"عبد الرحمن {HOSTILE}", "email": "m@a.test", "function": LONG[:300]}
HOSTILES: dict[str, Any] = EVERYTHING | {
    "reason": f"{HOSTILE} {LONG[:300]}".strip(". ") + ".",
    "start": date(2026, 4, 20),
    "workplace": {"department": LONG[:200], "address": {"street": LONG[:300], "city": HOSTILE}, "travel": LONG[:300]},
    "subject": "\n".join(["un sujet qui n’en finit pas " * 14] * 10)[:3990] + " fin",
    "tutor": STRANGE,
    "referent": STRANGE,
}
CASES: Mapping[str, tuple[Dossier, int]] = {
    "typical": (amended(an_amendment(end=date(2026, 8, 14), tutor=ADA)), 1),
    "minimal": (amended(an_amendment(telework={"days_per_week": 1, "terms": "chez soi"})), 1),
    "fullest": (amended(an_amendment(**EVERYTHING)), 1),
    "second": (
        amended(an_amendment(**EVERYTHING | {"tutor": None}, signed_on=ON), an_amendment(2, tutor=ADA)),
        2,
    ),
    "ended": (amended(an_amendment(**ENDED)), 1),
    "abroad": (a_dossier_abroad(amendments=[an_amendment(end=date(2026, 8, 14))]), 1),
    "paid back": (amended(an_amendment(**LONGER), **SHORT), 1),
    "hostile": (
        amended(
            an_amendment(**HOSTILES),
            host={"name": f"{HOSTILE} {LONG[:120]}", "siret": "", "legal_form": ""},
            student={
                "birth_date": "2009-01-01",
                "legal_representative": {
                    "first_name": "Rose",
                    "last_name": "Lefèvre",
                    "email": "rose@lefevre.test",
                    "relation": "mère",
                },
            },
        ),
        1,
    ),
}
TWO = ("typical", "fullest")
"""Those that are made in two languages."""


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Paper]:
    wanted: dict[str, Case] = {}
    for code in LANGUAGES:
        for name, (dossier, number) in CASES.items():
            languages = tuple(dict.fromkeys((code, "fr"))) if name in TWO else (code,)
            wanted[f"{code} {name}"] = a_case(dossier, amendment=number, languages=languages, circuit=EVERYONE)
    return finished("amendment", wanted)


ALL = [f"{code} {name}" for code in LANGUAGES for name in CASES]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Paper], name: str) -> None:
    assert holes(papers[name].words) == []


@pytest.mark.parametrize("name", ALL)
def test_everybody_signs_once(papers: Mapping[str, Paper], name: str) -> None:
    paper = papers[name]
    roles = tuple(person.role for person in paper.case.signatories)
    boxes = forms.anchors(paper.data, roles)
    assert len(boxes) == (8 if name.endswith("hostile") else 7)
    assert min(box.top - box.bottom for box in boxes.values()) >= 22 * 72 / 25.4


@pytest.mark.parametrize("name", [name for name in ALL if "hostile" not in name])
def test_the_length_is_that_of_an_amendment(papers: Mapping[str, Paper], name: str) -> None:
    assert 3 <= papers[name].pages / len(papers[name].case.edition.languages) <= 5


@pytest.mark.parametrize("code", LANGUAGES)
def test_old_and_new_values_are_printed(papers: Mapping[str, Paper], code: str) -> None:
    words, language = squeezed(papers[f"{code} fullest"].words), Language(code)
    for value in (
        *(language.date(day) for day in (date(2026, 7, 31), date(2026, 8, 14), date(2026, 6, 1))),
        *(language.money(Decimal(amount)) for amount in ("4.50", "5.20", "2362.50", "2723.70")),
        *("525", "553", "R&D", "12 rue Nationale", "Karim Benali", "Ada Klein", "Inès Marchetti", "Noé Étienne"),
        *("à domicile", "salon de Lyon", "examens", "Réservation de véhicules", "2026-0001"),
    ):
        assert squeezed(value) in words


ABROAD = {
    "fr": "six mois au plus, prolongations comprises",
    "en": "six months at most, extensions included",
    "es": "seis meses como máximo, prórrogas incluidas",
    "de": "höchstens sechs Monate, Verlängerungen eingeschlossen",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_consequences_follow_from_what_changes(papers: Mapping[str, Paper], code: str) -> None:
    words = {name: squeezed(papers[f"{code} {name}"].words) for name in CASES}
    due = squeezed(Language(code).money(Decimal("1098.00")))
    assert [name for name in CASES if due in words[name]] == ["paid back"]
    assert [name for name in CASES if "D.1249" in words[name]] == ["ended"]
    assert "fermetureduservice" in words["ended"]
    assert [name for name in CASES if "RC2025118" in words[name]] == [
        "typical",
        "fullest",
        "abroad",
        "paid back",
        "hostile",
    ]
    assert [name for name in CASES if "RA77" in words[name]] == ["abroad"]
    assert [name for name in CASES if squeezed(ABROAD[code]) in words[name]] == ["abroad"]
    assert "L.4128" in words["fullest"]
    assert "L.4128" not in words["typical"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_hostile_words_are_words_and_none_is_lost(papers: Mapping[str, Paper], code: str) -> None:
    words = papers[f"{code} hostile"].words
    assert squeezed(HOSTILE) in squeezed(words)
    assert " fin " in words
    assert "Rose Lefèvre" in words
