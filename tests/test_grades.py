"""From the answers of forms to marks, and from grades to the registrar's tables and the charts."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from subprocess import run
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from conventions import questionnaires
from conventions.charts import drawn, grades_chart, hosts_chart
from conventions.errors import SettingsError
from conventions.grading import grade
from conventions.languages import Language
from conventions.model.dossier import Dossier, Track
from conventions.model.event import Event, Issued, Recalled, Returned
from conventions.model.grading import Component, GradingSettings
from conventions.office.grades import Graded, Year, marks_of
from conventions.office.registrar import registrar_file
from conventions.settings import RegistrarColumn, Settings, load
from conventions.signers import filled_by
from conventions.store import PaperRecord
from tests.builders import EXAMPLES, a_dossier

NOW: Final = datetime(2026, 7, 1, 10, tzinfo=UTC)
ASKED: Final = {
    Component.PROFESSIONALISM: ("evaluation_referent", "professionalism.mark"),
    Component.HOST: ("evaluation_host", "overall.mark"),
    Component.REPORT: ("evaluation_referent", "report.mark"),
    Component.DEFENCE: ("evaluation_referent", "defence.mark"),
}
"""Which form gives a mark, and the name of its question."""
GOLDEN: Final = {"professionalism": "14", "host": "16", "report": "12", "defence": "13"}
MARKS: Final = st.decimals(0, 20, places=2)


def a_form(document: str, answers: Mapping[str, str], *later: Event, role: str = "tutor") -> PaperRecord:
    """A form that came back."""
    issued = Issued(NOW, "0" * 64, 1, "papers/x.pdf")
    returned = Returned(NOW, role, "1" * 64, "papers/y.pdf", answers, "")
    return PaperRecord(
        "2026-0001", document, 1, "fr", "", "", date(2026, 7, 1), abroad=False, circuit=filled_by(role), signatories=(),
        events=(issued, returned, *later),
    )  # fmt: skip


def forms_with(marks: Mapping[str, str]) -> tuple[PaperRecord, ...]:
    """The forms of one dossier, with these marks typed in."""
    given: dict[str, dict[str, str]] = {"evaluation_host": {}, "evaluation_referent": {}}
    for name, mark in marks.items():
        document, question = ASKED[Component(name)]
        given[document][question] = mark
    return tuple(a_form(document, answers) for document, answers in given.items())


def merged(dossier: Dossier, papers: Sequence[PaperRecord]) -> dict[str, Decimal | None]:
    marks = marks_of(dossier, papers, questionnaires.shipped())
    return {component.value: getattr(marks, component.value, None) for component in Component}


# ── answers become marks ─────────────────────────────────────────────────────────────────────────────────


def test_fourteen_sixteen_twelve_thirteen_in_the_forms_make_thirteen_thirty_five() -> None:
    marks = marks_of(a_dossier(), forms_with(GOLDEN), questionnaires.shipped())
    assert grade(marks, GradingSettings(), track=Track.STANDARD).final == Decimal("13.35")


def test_without_a_form_and_without_a_mark_there_are_no_marks() -> None:
    assert marks_of(a_dossier(), (), questionnaires.shipped()) is None


def test_a_form_that_waits_or_whose_answers_were_forgotten_gives_nothing() -> None:
    assert set(merged(a_dossier(), [a_form("evaluation_host", {})]).values()) == {None}


def test_a_form_that_was_taken_back_gives_nothing() -> None:
    void = a_form("evaluation_host", {"overall.mark": "16"}, Recalled(NOW, "mistake", "0" * 64))
    assert merged(a_dossier(), [void])["host"] is None


def test_the_entrepreneurship_supervisor_stands_for_the_host_of_an_own_project_and_of_no_other() -> None:
    forms = [
        a_form("evaluation_host", {"overall.mark": "10"}),
        a_form("evaluation_entrepreneurship", {"overall.mark": "18"}),
    ]
    assert merged(a_dossier(track=Track.SNEE), forms)["host"] == 18
    assert merged(a_dossier(), forms)["host"] == 10


def test_the_student_s_questionnaire_gives_no_mark() -> None:
    form = a_form("evaluation_student", {name: "20" for _, name in ASKED.values()}, role="student")
    assert set(merged(a_dossier(), [form]).values()) == {None}


@given(
    st.dictionaries(st.sampled_from([*Component]), MARKS),
    st.dictionaries(st.sampled_from([*Component]), MARKS),
)
def test_what_is_typed_in_the_dossier_wins_over_every_form(
    typed: dict[Component, Decimal], said: dict[Component, Decimal]
) -> None:
    dossier = a_dossier(marks={one.value: mark for one, mark in typed.items()})
    found = merged(dossier, forms_with({one.value: str(mark) for one, mark in said.items()}))
    assert found == {one.value: typed.get(one, said.get(one)) for one in Component}


@pytest.mark.parametrize("marks", [{"session": 2, "host": 9}, {"absence": "absent"}, {"absence": "excused"}])
def test_a_second_session_and_an_absence_are_left_as_they_are_typed(marks: dict[str, Any]) -> None:
    dossier = a_dossier(marks=marks)
    assert marks_of(dossier, forms_with(GOLDEN), questionnaires.shipped()) == dossier.marks


@pytest.mark.parametrize(("words", "mark"), [("15,5", "15.5"), ("15.50", "15.5"), (" 8 ", "8"), ("0", "0")])
def test_a_mark_is_read_however_it_is_typed(words: str, mark: str) -> None:
    assert merged(a_dossier(), [a_form("evaluation_host", {"overall.mark": words})])["host"] == Decimal(mark)


# ── the registrar ────────────────────────────────────────────────────────────────────────────────────────


def settings(**registrar: Any) -> Settings:
    shipped = load(EXAMPLES).settings.model_dump()
    return Settings.model_validate({**shipped, "registrar": registrar})


def year_of(*dossiers: Dossier) -> Year:
    rules = GradingSettings()
    graded = (Graded(one, grade(one.marks, rules, track=one.track), Path(one.number)) for one in dossiers)
    return Year("2025-2026", tuple(graded))


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_the_registrar_gets_the_columns_that_the_settings_name_in_their_order() -> None:
    wanted = settings(columns={"code": "Résultat", "final": "Note /20", "last_name": "Nom"})
    year = year_of(a_dossier(marks=GOLDEN), a_dossier(marks={"absence": "absent"}), a_dossier())
    assert csv_rows(registrar_file(year, wanted, "csv")) == [
        ["Résultat", "Note /20", "Nom"],
        ["ADM", "13.35", "Lefèvre-Nguyễn"],
        ["ABI", "", "Lefèvre-Nguyễn"],
        ["", "", "Lefèvre-Nguyễn"],
    ]


def test_a_workbook_holds_numbers_and_a_french_csv_commas() -> None:
    year, wanted = year_of(a_dossier(marks=GOLDEN)), settings(columns={"final": "Note"}, decimal=",")
    book = load_workbook(BytesIO(registrar_file(year, wanted, "xlsx")))
    assert [cell.value for (cell,) in book["grades"].iter_rows()] == ["Note", 13.35]
    assert csv_rows(registrar_file(year, wanted, "csv"))[1] == ["13,35"]


def test_every_column_that_can_be_wanted_has_a_value() -> None:
    names = [*get_args(RegistrarColumn)]
    wanted = settings(columns={name: name for name in names})
    heads, row = csv_rows(registrar_file(year_of(a_dossier(marks=GOLDEN)), wanted, "csv"))
    assert heads == names
    assert Decimal(dict(zip(heads, row, strict=True))["raw"]) == Decimal("13.35")
    assert all(row)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_no_name_and_no_heading_becomes_a_formula(name: str) -> None:
    wanted = settings(columns={"last_name": name})
    year = year_of(a_dossier(student={"last_name": name}, marks=GOLDEN))
    assert csv_rows(registrar_file(year, wanted, "csv")) == [[f"'{name}"], [f"'{name}"]]
    book = load_workbook(BytesIO(registrar_file(year, wanted, "xlsx")))
    assert [(cell.value, cell.data_type) for (cell,) in book["grades"].iter_rows()] == [(name, "s")] * 2


def test_equal_grades_make_equal_files() -> None:
    year = year_of(a_dossier(marks=GOLDEN))
    assert registrar_file(year, settings(), "xlsx") == registrar_file(year, settings(), "xlsx")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('final = "Note"', 'finale = "Note"'),
        ('final = "Note"', 'final = ""'),
        ('final = "Note"', 'final = "nom"'),
        ('decimal = "."', 'decimal = ";"'),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, before: str, after: str) -> None:
    text = (EXAMPLES / "conventions.toml").read_text(encoding="utf-8")
    assert text.count(before) == 1
    (tmp_path / "conventions.toml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert caught.value.code == "SETTINGS-03"


# ── the charts ───────────────────────────────────────────────────────────────────────────────────────────


def some() -> Year:
    """Two students of one host, one of another whose name would be markup and a formula."""
    hostile = {"name": "A $x^2$ & <Söhne> محمد " + "lang " * 30, "siret": ""}
    return year_of(
        a_dossier(number="1", marks=GOLDEN),
        a_dossier(number="2", marks={**GOLDEN, "report": 4}),
        a_dossier(number="3", marks=GOLDEN, host=hostile),
        a_dossier(number="4", marks=GOLDEN, host=hostile | {"name": "Seul"}),
        a_dossier(number="5"),
    )


def test_the_histogram_says_in_words_what_it_shows() -> None:
    chart = grades_chart(some().statistics, "2025-2026", Language("en"))
    assert chart.description == "4 final grades: one from 10 to 11 and 3 from 13 to 14."
    assert {bar.name: bar.label for bar in chart.bars if bar.label} == {"10–11": "1", "13–14": "3"}


def test_no_bar_shows_the_grade_of_one_person() -> None:
    chart = hosts_chart(some().statistics, "2025-2026", Language("en"))
    assert [bar.label for bar in chart.bars] == ["11.95 (2 grades)", "13.35 (2 grades)"]
    assert chart.bars[-1].name == "2 hosts with one grade each"


def test_a_year_without_a_grade_has_charts_too() -> None:
    for chart in (grades_chart, hosts_chart):
        assert drawn(chart(year_of(a_dossier()).statistics, "2025-2026", Language("fr")), "svg")


@pytest.mark.parametrize("chart", [grades_chart, hosts_chart])
def test_a_picture_for_the_web_has_its_words_as_text_and_a_description(chart: Any) -> None:
    told = chart(year_of(*_hostile_pair()).statistics, "2025-2026", Language("en"))
    data = drawn(told, "svg")
    assert data == drawn(told, "svg")
    tree = etree.fromstring(data)
    name, description = tree[0], tree[1]
    assert (name.text, description.text) == (told.title, told.description)
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == f"{name.get('id')} {description.get('id')}"
    words = {"".join(map(str, text.itertext())) for text in tree.iter("{*}text")}
    assert {bar.label for bar in told.bars if bar.label} <= words


def _hostile_pair() -> tuple[Dossier, Dossier]:
    one = some().students[2].dossier
    return one, one.model_copy(update={"number": "9"})


@pytest.mark.parametrize("chart", [grades_chart, hosts_chart])
def test_a_picture_for_paper_embeds_its_fonts_and_has_no_colour(chart: Any, tmp_path: Path) -> None:
    path = tmp_path / "chart.pdf"
    told = chart(some().statistics, "2025-2026", Language("fr"))
    path.write_bytes(drawn(told, "pdf"))
    assert path.read_bytes() == drawn(told, "pdf")
    fonts = run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"TrueType.*\byes yes yes\b", line) for line in fonts)
    assert told.title in run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
