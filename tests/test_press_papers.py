"""Whole agreements in four languages, from the dossier to the frozen PDF, through the real LibreOffice."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping
from typing import Any

import pytest

from conventions import forms
from conventions.documents import Case
from conventions.errors import TemplateError
from conventions.languages import LANGUAGES, Language
from conventions.model.roles import ROLE_LABELS, Circuit, Step
from tests.builders import a_dossier, a_dossier_abroad
from tests.cases import DIGEST, HOSTILE, Paper, a_case, a_word_document, finished, holes, squeezed

FIVE = Circuit((Step(("student",), 3), Step(("company", "tutor"), 5), Step(("coordinator",), 3), Step(("dean",), 3)))
EVERYONE = Circuit(
    (
        Step(("student",), 3),
        Step(("company", "tutor"), 5),
        Step(("referent", "coordinator"), 3),
        Step(("dean", "president"), 3),
    )
)
GUARDIAN = {"first_name": "Rose", "last_name": "Lefèvre", "email": "rose@lefevre.test", "relation": "mère"}

BUSY: dict[str, Any] = {
    "student": {"birth_date": "2009-01-01", "legal_representative": GUARDIAN, "usage_name": "Cam"},
    "host": {"sector": "public", "own_agreement": True, "siret": "", "phone": ""},
    "workplace": {
        "telework": {"days_per_week": 2, "terms": "à domicile"},
        "travel": "salon de Lyon",
        "department": "R&D",
    },
    "placement": {"confidential": True, "subject": HOSTILE},
    "schedule": {
        "weekly_hours": 24,
        "weekdays": [1, 2, 4],
        "periods": [{"start": "2026-05-04", "end": "2026-05-08", "hours_per_day": "6.5"}],
        "slots": [{"day": "2026-06-06", "hours": 4}],
        "interruptions": [{"start": "2026-06-15", "end": "2026-06-19", "reason": "examens"}],
        "absences": [{"start": "2026-07-01", "end": "2026-07-02", "paid": True, "reason": "mariage"}],
        "leave_terms": "",
        "sunday": True,
        "special_presence": "salon annuel",
    },
    "allowance": {"amount": 650, "basis": "month", "payment": "actual", "method": "", "due_day": ""},
    "benefits": {"meals": "", "transport": "", "social_and_cultural": ""},
    "protection": {"health_fund": {"name": "", "address": None}, "liability": None},
}


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Paper]:
    """Per language: an agreement in France, one abroad with its annex, one in which everything is out of the ordinary.

    Abroad, whatever is not French is followed by the French text.
    """
    wanted: dict[str, Case] = {}
    for code in LANGUAGES:
        both = tuple(dict.fromkeys((code, "fr")))
        wanted[f"{code} france"] = a_case(a_dossier(language=code), languages=(code,))
        wanted[f"{code} abroad"] = a_case(a_dossier_abroad(language=code), languages=both, circuit=FIVE)
        wanted[f"{code} busy"] = a_case(a_dossier(language=code, **BUSY), languages=(code,), circuit=EVERYONE)
    return finished("convention", wanted)


def roles_of(paper: Paper) -> tuple[str, ...]:
    return tuple(person.role for person in paper.case.signatories)


ALL = [f"{code} {kind}" for code in LANGUAGES for kind in ("france", "abroad", "busy")]


@pytest.mark.parametrize("name", ALL)
def test_every_signer_of_the_circuit_has_a_box_large_enough_for_a_stamp(papers: Mapping[str, Paper], name: str) -> None:
    paper = papers[name]
    boxes = forms.anchors(paper.data, roles_of(paper))
    assert len(boxes) == {"france": 4, "abroad": 5, "busy": 8}[name.split()[1]]
    for box in boxes.values():
        assert box.right - box.left >= 60 * 72 / 25.4
        assert box.top - box.bottom >= 22 * 72 / 25.4


@pytest.mark.parametrize("name", ALL)
def test_nobody_else_has_a_box(papers: Mapping[str, Paper], name: str) -> None:
    for role in set(ROLE_LABELS) - set(roles_of(papers[name])):
        with pytest.raises(TemplateError):
            forms.anchors(papers[name].data, [role])


@pytest.mark.parametrize("name", ALL)
def test_the_length_is_that_of_an_agreement(papers: Mapping[str, Paper], name: str) -> None:
    annex = 3 if name.endswith("abroad") else 0
    assert 7 <= papers[name].pages / len(papers[name].case.edition.languages) - annex <= 11


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Paper], name: str) -> None:
    assert holes(papers[name].words) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_mandatory_value_is_printed(papers: Mapping[str, Paper], code: str) -> None:
    language = Language(code)
    dossier = a_dossier(language=code)
    words = papers[f"{code} france"].words
    expected = [
        "Licence Informatique",
        "521",
        "Inès Marchetti",
        "Karim Benali",
        *dossier.placement.skills,
        *dossier.placement.activities,
        language.date(dossier.schedule.start),
        language.date(dossier.schedule.end),
        "525",
        "35",
        dossier.placement.supervision,
        language.money(dossier.allowance.amount),
        "virement bancaire",
        "CPAM de Lille-Douai",
        "2 rue d'Iéna, 59000 Lille",
        "RC-2025-118",
        dossier.schedule.leave_terms,
        dossier.placement.if_interrupted,
        dossier.benefits.meals,
        dossier.benefits.transport,
        dossier.benefits.social_and_cultural,
        DIGEST[:16],
        "2026-0001",
    ]
    assert [value for value in expected if squeezed(value) not in squeezed(words)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_abroad_has_its_country_and_its_clauses(papers: Mapping[str, Paper], code: str) -> None:
    words = papers[f"{code} abroad"].words
    for value in (Language(code).country("IE"), "Ireland 2026", "RA-77", "Ariane", "124-20"):
        assert value in words
    assert "RA-77" not in papers[f"{code} france"].words


TWO_TEXTS = {
    "en": ("This agreement is established in English and in French", "under the text in French"),
    "es": ("El convenio se establece en español y en francés", "al final del texto en francés"),
    "de": ("Die Vereinbarung ist auf Deutsch und auf Französisch abgefasst", "unter dem Text auf Französisch"),
}
ALONE = {
    "fr": "La convention est établie en français.",
    "en": "Its French version, made from the same data and equally authentic, is annexed",
    "es": "Su versión francesa, elaborada con los mismos datos e igualmente auténtica, se adjunta",
    "de": "gleichermaßen verbindliche französische Fassung ist beigefügt",
}


@pytest.mark.parametrize("code", TWO_TEXTS)
def test_the_french_text_goes_along_and_each_says_that_both_are_authentic(
    papers: Mapping[str, Paper], code: str
) -> None:
    words = squeezed(papers[f"{code} abroad"].words)
    for sentence in (*TWO_TEXTS[code], f"établie en français et en {Language('fr').name(code)}", "également foi"):
        assert squeezed(sentence) in words
    assert squeezed(ALONE[code]) not in words


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_paper_in_one_language_speaks_of_the_french_version_beside_it(papers: Mapping[str, Paper], code: str) -> None:
    words = squeezed(papers[f"{code} france"].words)
    assert squeezed(ALONE[code]) in words
    assert squeezed("également foi") not in words


def test_the_boxes_of_a_paper_in_two_languages_stand_under_the_french_text(papers: Mapping[str, Paper]) -> None:
    paper = papers["en abroad"]
    (page,) = {box.page for box in forms.anchors(paper.data, roles_of(paper)).values()}
    shown = subprocess.run(
        ["pdftotext", "-f", str(page + 1), "-l", str(page + 1), "-", "-"],
        input=paper.data,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for label in ("Le tuteur de stage", "workplace supervisor", "Pour l’établissement", "dean"):
        assert label in shown


@pytest.mark.parametrize("code", LANGUAGES)
def test_out_of_the_ordinary_terms_are_printed_and_missing_ones_have_a_sentence(
    papers: Mapping[str, Paper], code: str
) -> None:
    words = papers[f"{code} busy"].words
    for value in ("Rose Lefèvre", "à domicile", "salon de Lyon", "salon annuel", "examens", "mariage", "2010-676"):
        assert value in words
    assert HOSTILE in words


def test_the_accident_clause_follows_the_amount(papers: Mapping[str, Paper]) -> None:
    below, abroad = papers["fr france"].words, papers["fr abroad"].words
    assert "désigne l’établissement comme employeur" in below
    assert "quarante-huit heures, à l’adresse stages@univ-exemple.test" in abroad


@pytest.mark.parametrize("name", ALL)
def test_the_pdf_is_tagged_with_all_its_fonts(papers: Mapping[str, Paper], name: str) -> None:
    fonts = subprocess.run(["pdffonts", "-"], input=papers[name].data, capture_output=True, check=True).stdout.decode()
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert any("Carlito" in row[0] for row in rows)
    assert {row[-5] for row in rows} == {"yes"}
    info = subprocess.run(["pdfinfo", "-"], input=papers[name].data, capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged: +yes", info)
    assert re.search(r"Page size: +595\.\d+ x 841\.\d+ pts \(A4\)", info)


def test_a_template_seen_before_is_filled_many_times_faster() -> None:
    dossier = a_dossier()
    a_word_document("convention", a_case(dossier))
    started = time.perf_counter()
    for _ in range(5):
        a_word_document("convention", a_case(dossier))
    assert (time.perf_counter() - started) / 5 < 0.25
