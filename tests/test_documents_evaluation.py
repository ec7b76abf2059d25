"""The evaluation forms: who is asked what and by when, and whole fillable papers in four languages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import pypdf
import pytest

from conventions import forms
from conventions.documents import DOCUMENTS, Case
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.form import FieldKind, FormField
from conventions.model.grading import GradingSettings
from conventions.questionnaires import read
from tests.builders import a_dossier, a_dossier_abroad
from tests.cases import a_case
from tests.printed import HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed
from tests.questionnaires import filled_by_pypdf
from tests.test_questionnaires import OWN

FORMS: Final = ("evaluation_host", "evaluation_referent", "evaluation_student", "evaluation_entrepreneurship")
CALENDAR: Final = {"defences_from": "06-26", "defences_to": "06-30"}
FRENCH: Final = Language("fr")


def a_sound_case(document: str, code: str = "fr", *, dossier: Dossier | None = None, **rules: Any) -> Case:
    track = "snee" if document == "evaluation_entrepreneurship" else "standard"
    found = dossier or a_dossier(language=code, track=track)
    return a_case(found, languages=(code,), **({"calendar": CALENDAR} | rules))


def context_of(document: str, case: Case | None = None, language: Language = FRENCH, **around: Any) -> dict[str, Any]:
    return DOCUMENTS[document].context(case or a_sound_case(document, **around), language)


def fields_of(document: str, case: Case | None = None, language: Language = FRENCH) -> tuple[FormField, ...]:
    make = DOCUMENTS[document].fields
    assert make is not None
    return make(case or a_sound_case(document), language)


def graded(case: Case, **weights: int) -> Case:
    grading = GradingSettings.model_validate({"weights": {"standard": weights}})
    return replace(case, house=replace(case.house, grading=grading))


def printed_questions(context: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in context["sections"]:
        for block in section["blocks"]:
            yield from block["questions"]


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("document", "schedule", "calendar", "expected"),
    [
        ("evaluation_host", {}, CALENDAR, date(2026, 6, 25)),
        ("evaluation_host", {}, {}, date(2026, 7, 31)),
        ("evaluation_host", {"start": "2026-06-25"}, CALENDAR, date(2026, 7, 31)),
        ("evaluation_host", {"start": "2026-06-24"}, CALENDAR, date(2026, 6, 25)),
        ("evaluation_host", {"end": "2026-05-29"}, CALENDAR, date(2026, 6, 25)),
        ("evaluation_referent", {}, CALENDAR, date(2026, 6, 30)),
        ("evaluation_referent", {}, {"defences_from": "06-26"}, date(2026, 6, 26)),
        ("evaluation_referent", {}, {}, date(2026, 7, 31)),
        ("evaluation_referent", {"start": "2026-07-01"}, CALENDAR, date(2026, 7, 31)),
        ("evaluation_student", {}, CALENDAR, date(2026, 7, 31)),
        ("evaluation_student", {"end": "2026-05-29"}, CALENDAR, date(2026, 6, 25)),
        ("evaluation_entrepreneurship", {}, CALENDAR, date(2026, 6, 25)),
    ],
)
def test_it_is_wanted_before_the_defence_and_the_student_s_when_all_is_over(
    document: str, schedule: dict[str, str], calendar: dict[str, str], expected: date
) -> None:
    track = "snee" if document == "evaluation_entrepreneurship" else "standard"
    dossier = a_dossier(schedule=schedule, track=track)
    assert context_of(document, dossier=dossier, calendar=calendar)["return_by"] == expected


def test_a_signed_amendment_counts() -> None:
    tutor = {"first_name": "Noé", "last_name": "Roche", "email": "noe@roche.test", "function": "Chef de projet"}
    change = {"number": 1, "effective": "2026-05-04", "reason": "départ", "tutor": tutor, "end": "2026-08-14"}
    proposed = a_dossier(amendments=[change])
    signed = a_dossier(amendments=[change | {"signed_on": "2026-05-01"}])
    assert context_of("evaluation_host", dossier=proposed)["tutor"]["name"] == "Karim Benali"
    assert context_of("evaluation_host", dossier=signed)["tutor"]["name"] == "Noé Roche"
    assert context_of("evaluation_student", dossier=signed)["return_by"] == date(2026, 8, 14)
    values = {field.name: field.value for field in fields_of("evaluation_host", a_sound_case("", dossier=signed))}
    assert values["form.completed_by"] == "Noé Roche"


# ── what ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_form_is_for_its_own_people() -> None:
    names = {document: fields_of(document)[-3].value for document in FORMS}
    assert names == {
        "evaluation_host": "Karim Benali",
        "evaluation_referent": "Inès Marchetti",
        "evaluation_student": "Camille Lefèvre-Nguyễn",
        "evaluation_entrepreneurship": "Karim Benali",
    }
    other = {"first_name": "Ada", "last_name": "Roy", "email": "a@roy.test", "function": "Maîtresse de conférences"}
    case = a_sound_case("evaluation_referent", dossier=a_dossier(referent=other))
    assert fields_of("evaluation_referent", case)[-3].value == "Ada Roy"


@pytest.mark.parametrize("document", FORMS)
def test_only_the_forms_that_make_sense_for_the_track_are_made(document: str) -> None:
    lacks = DOCUMENTS[document].lacks
    for track in ("standard", "meef", "snee", "work_study"):
        codes = [finding.code for finding in lacks(a_case(a_dossier(track=track)))]
        if document == "evaluation_referent":
            assert codes == []
        elif document == "evaluation_entrepreneurship":
            assert codes == ([] if track == "snee" else ["EVALUATION-02"])
        else:
            assert codes == (["EVALUATION-01"] if track == "snee" else [])


def test_a_mark_that_counts_for_nothing_is_not_asked_for() -> None:
    case = graded(a_sound_case(""), professionalism=0, host=30, report=35, defence=35)
    marks = [field.name for field in fields_of("evaluation_referent", case) if field.kind is FieldKind.NUMBER]
    assert marks == ["report.mark", "defence.mark"]
    asked = printed_questions(context_of("evaluation_referent", case))
    assert [question["name"] for question in asked if question["kind"] == "number"] == marks
    none = graded(case, professionalism=30, host=0, report=35, defence=35)
    assert all(field.kind is not FieldKind.NUMBER for field in fields_of("evaluation_host", none))
    assert context_of("evaluation_host", none)["weights"].host == 0


def test_a_mark_is_out_of_twenty_and_texts_have_their_limits() -> None:
    by_name = {field.name: field for field in fields_of("evaluation_host")}
    mark, remarks, again = (by_name[f"overall.{key}"] for key in ("mark", "remarks", "host_again"))
    assert (mark.kind, mark.maximum, mark.required) == (FieldKind.NUMBER, Decimal(20), True)
    assert (remarks.kind, remarks.max_length, remarks.required) == (FieldKind.LONG_TEXT, 600, False)
    assert [(option.value, option.label) for option in again.options] == [("yes", "oui"), ("no", "non")]


def test_neighbours_on_one_scale_make_one_table_and_a_follow_up_names_its_answers() -> None:
    sections = context_of("evaluation_host")["sections"]
    (behaviour,) = sections[0]["blocks"]
    assert behaviour["points"] == ("Excellent", "Très bien", "Bien", "Passable", "Insuffisant")
    assert len(behaviour["questions"]) == 9
    first, why, *_ = (question for block in sections[2]["blocks"] for question in block["questions"])
    assert (first["after"], why["after"]) == ((), ("Plutôt non", "Pas du tout"))


@pytest.mark.parametrize(
    ("change", "layout", "size"),
    [
        (("", ""), "behind", "strip"),
        (("Encore ?", "Encore " * 15 + "?"), "below", "strip"),
        (("courriel", "courriel " * 9), "listed", "strip"),
        (("max_length = 100", "max_length = 60"), "behind", "line"),
        (("max_length = 100", "max_length = 201"), "behind", "area"),
        (("max_length = 100\n", ""), "behind", "area"),
        (("max_length = 100", "max_length = 601"), "behind", "tall"),
    ],
)
def test_an_answer_stands_where_it_has_room(change: tuple[str, str], layout: str, size: str) -> None:
    case = a_sound_case("evaluation_host")
    own = read(OWN.replace(*change, 1))
    case = replace(case, house=replace(case.house, questionnaires=own))
    found = {question["name"]: question for question in printed_questions(context_of("evaluation_host", case))}
    asked = {"below": "second.again", "listed": "second.channel"}.get(layout, "second.again")
    assert found[asked]["layout"] == layout
    assert found["second.why"]["size"] == size
    kinds = {field.name: field.kind for field in fields_of("evaluation_host", case)}
    assert kinds["second.why"] is (FieldKind.TEXT if size == "line" else FieldKind.LONG_TEXT)


def test_a_name_too_long_for_its_place_is_left_to_its_bearer() -> None:
    case = a_sound_case("", dossier=a_dossier(tutor={"first_name": "A" * 20, "last_name": "B" * 19}))
    assert fields_of("evaluation_host", case)[-3].value == ""


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("document", FORMS)
def test_every_language_has_the_same_placeholders_and_places(document: str) -> None:
    french, *others = outlines(document)
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes == ()


@pytest.fixture(scope="module")
def cases() -> Mapping[str, tuple[str, Case]]:
    wanted: dict[str, tuple[str, Case]] = {}
    for code in LANGUAGES:
        for document in FORMS:
            wanted[f"{document} {code}"] = document, a_sound_case(document, code)
        hostile = a_sound_case("", code, dossier=a_dossier_abroad(**HOSTILE_PEOPLE))
        wanted[f"hostile {code}"] = "evaluation_host", hostile
    own = a_sound_case("evaluation_host")
    wanted["own fr"] = "evaluation_host", replace(own, house=replace(own.house, questionnaires=read(OWN)))
    plain = graded(a_sound_case("", calendar={}), professionalism=0, host=0, report=50, defence=50)
    wanted["plain fr"] = "evaluation_host", plain
    return wanted


@pytest.fixture(scope="module")
def papers(cases: Mapping[str, tuple[str, Case]]) -> Mapping[str, Printed]:
    return printed(cases)


NAMES: Final = [
    *(f"{document} {code}" for code in LANGUAGES for document in (*FORMS, "hostile")),
    "own fr",
    "plain fr",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_has_its_field_and_nothing_is_left_unfilled(
    papers: Mapping[str, Printed], cases: Mapping[str, tuple[str, Case]], name: str
) -> None:
    document, case = cases[name]
    language = Language(name.split()[-1])
    wanted = fields_of(document, case, language)
    found = pypdf.PdfReader(BytesIO(papers[name].data)).get_fields() or {}
    groups = {path for path in found if any(other.startswith(f"{path}.") for other in found)}
    assert set(found) - groups == {field.name for field in wanted}
    assert leftovers(papers[name].words.replace(LONG, "")) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_form_of_two_or_three_pages(papers: Mapping[str, Printed], name: str) -> None:
    assert len(papers[name].pages) <= (2 if name.startswith(("evaluation_host", "evaluation_ref", "own")) else 3)
    assert all(len(page.split()) > 25 for page in papers[name].pages), "a page is nearly empty"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("document", FORMS)
def test_it_says_who_is_evaluated_by_when_and_asks_every_question(
    papers: Mapping[str, Printed], cases: Mapping[str, tuple[str, Case]], document: str, code: str
) -> None:
    _, case = cases[f"{document} {code}"]
    language, words = Language(code), squeezed(papers[f"{document} {code}"].words)
    context = context_of(document, case, language)
    expected = [
        "Camille Lefèvre-Nguyễn",
        "Licence Informatique",
        case.dossier.placement.subject,
        language.date(context["return_by"]),
        "stages@univ-exemple.test",
        "2025-2026",
        *(question["label"] for question in printed_questions(context)),
        *(section["title"] for section in context["sections"]),
    ]
    # The label of a scale's question is broken over lines beside its boxes; its first words are enough.
    assert [text for text in expected if squeezed(text)[:18] not in words] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_weight_is_told_and_left_out_where_there_is_none(papers: Mapping[str, Printed], code: str) -> None:
    assert re.search(r"\b20 ?%", papers[f"evaluation_host {code}"].words)
    assert not re.search(r"\d ?%", papers[f"evaluation_student {code}"].words)
    assert "124-4" in papers[f"evaluation_student {code}"].words.replace("‑", "-")
    assert "%" not in papers["plain fr"].words
    assert "/ 20" not in papers["plain fr"].words


def test_a_follow_up_says_after_which_answer_it_is_asked(papers: Mapping[str, Printed]) -> None:
    words = papers["evaluation_host fr"].words.replace("\u00a0", " ")
    assert "→ Si « Plutôt non » ou « Pas du tout » : lesquels ne le sont pas" in words
    assert "→ Si « non » : pour quelle raison ?" in words
    assert "→ If “no”: for what reason?" in papers["evaluation_host en"].words


def test_what_is_filled_in_comes_back(papers: Mapping[str, Printed]) -> None:
    filled = filled_by_pypdf(
        papers["evaluation_host de"].data,
        {"overall.mark": "16,5", "overall.remarks": "Sehr selbstständig.\nDanke!", "behaviour.rigour": "/excellent"},
    )
    values = forms.answers(filled).values
    assert (values["overall.mark"], values["behaviour.rigour"]) == ("16,5", "excellent")
    assert values["overall.remarks"] == "Sehr selbstständig.\nDanke!"
    assert values["form.completed_by"] == "Karim Benali"
    assert values["skills.learning"] == ""


@pytest.mark.parametrize("name", ["evaluation_host fr", "hostile de"])
def test_it_is_tagged_with_all_its_fonts(papers: Mapping[str, Printed], name: str) -> None:
    data = papers[name].data
    fonts = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout.decode()
    assert {line.split()[-5] for line in fonts.splitlines()[2:]} == {"yes"}
    info = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged: +yes", info)
    assert re.search(r"Form: +AcroForm", info)
