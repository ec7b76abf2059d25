"""``conventions grade`` and ``conventions grades``: a year from filled forms to what the registrar gets."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from openpyxl import load_workbook

from conventions.model.grading import Component
from conventions.settings import load
from tests.evaluations import filled_form
from tests.workspaces import Bureau, a_bureau

GOLDEN: Final = {
    Component.PROFESSIONALISM: "14",
    Component.HOST: "16",
    Component.REPORT: "12",
    Component.DEFENCE: "13",
}
FORMS: Final = ("evaluation_host", "evaluation_referent")
FILES: Final = ("grades.csv", "grades.xlsx", "grades.svg", "grades.pdf", "hosts.svg", "hosts.pdf")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two dossiers whose forms were sent; their readers filled them in, and one sent something else besides."""
    with a_bureau(tmp_path_factory.mktemp("asked"), "0001", "0002") as bureau:
        for document in FORMS:
            bureau.run("issue", "--document", document, "--all")
        yield bureau


@pytest.fixture(scope="module")
def returned(asked: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, workspace = tmp_path_factory.mktemp("returned"), load(asked.root)
    (folder / "0-broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "mails").mkdir()
    for document in FORMS:
        data = filled_form(workspace, asked.file(asked.numbers[0]), document, GOLDEN)
        (folder / "mails" / f"{document}.PDF").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def graded(asked: Bureau, returned: Path, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """After the one command."""
    bureau = asked.copy(tmp_path_factory.mktemp("graded") / "bureau")
    answer = bureau.run("grade", returned, expect=15)
    assert "0-broken.pdf" in answer.err
    assert answer.out.count("answers recorded") == 2
    return bureau


@pytest.fixture
def bureau(graded: Bureau, tmp_path: Path) -> Bureau:
    return graded.copy(tmp_path / "bureau")


def year(bureau: Bureau) -> Path:
    return bureau.root / "papers" / bureau.dossier(bureau.numbers[0]).academic_year


def words(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True).stdout


def test_one_command_leads_from_the_forms_to_the_sheet_the_record_and_the_tables(graded: Bureau) -> None:
    (sheet,) = (graded.root / "papers" / graded.numbers[0]).glob("grading_sheet-*.pdf")
    (record,) = year(graded).glob("campaign_record-*.pdf")
    (overview,) = year(graded).glob("year_overview-*.pdf")
    assert "13,35" in words(sheet)
    assert "13,35" in words(record)
    assert "13,35" in words(overview)
    page = load_workbook(year(graded) / "grades.xlsx")["grades"]
    assert [cell.value for cell in page[2]][-2:] == [13.35, "ADM"]
    rows = list(csv.reader(StringIO((year(graded) / "grades.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert rows[0][-2:] == ["Note", "Résultat"]
    assert [row[-2:] for row in rows[1:]] == [["13.35", "ADM"], ["", ""]]
    assert all((year(graded) / name).is_file() for name in FILES)


def test_nobody_without_a_mark_has_a_sheet(graded: Bureau) -> None:
    assert list((graded.root / "papers" / graded.numbers[1]).glob("grading_sheet-*.pdf")) == []


def test_the_dossier_itself_is_not_written(graded: Bureau) -> None:
    assert graded.dossier(graded.numbers[0]).marks is None


def test_the_same_command_again_changes_nothing(bureau: Bureau, returned: Path) -> None:
    before = bureau.everything("refused/*")
    bureau.run("grade", returned, expect=15)
    assert bureau.everything("refused/*") == before


def test_what_is_missing_is_made_again_and_nothing_else(bureau: Bureau, returned: Path) -> None:
    before = bureau.everything()
    (sheet,) = (bureau.root / "papers" / bureau.numbers[0]).glob("grading_sheet-*.pdf")
    (year(bureau) / "grades.csv").unlink()
    sheet.unlink()
    answer = bureau.run("grade", returned, expect=15)
    assert [line.split("/")[-1] for line in answer.out.splitlines() if "  written" in line] == ["grades.csv"]
    assert bureau.everything().keys() == before.keys()


def test_the_table_says_what_is_there_and_what_is_missing(graded: Bureau) -> None:
    first, second = graded.numbers
    answer = graded.run("grades")
    assert "13.35  ADM" in answer.out
    assert f"{second}: provisional, missing: professionalism, assessment by the host" in answer.out
    assert "2 students, one final grade, one provisional, mean 13.35" in " ".join(answer.out.split())
    assert "nothing to do" not in answer.out
    told = graded.run("grades", first, "--json").json
    assert told["students"][0]["marks"] == {one.value: mark for one, mark in GOLDEN.items()}
    assert told["statistics"]["mean"] == "13.35"


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_no_figure_is_lost_in_a_narrow_terminal(graded: Bureau, language: str) -> None:
    out = graded.run("grades", expect=0, COLUMNS="80", CONVENTIONS_LANG=language).out
    assert "ADM" in out
    assert max(map(len, out.splitlines())) <= 80


def test_what_is_typed_wins_and_a_finding_says_what_the_form_says(bureau: Bureau) -> None:
    with bureau.file(bureau.numbers[0]).open("a", encoding="utf-8") as stream:
        stream.write("\nmarks:\n  host: 11\n")
    answer = bureau.run("grades", bureau.numbers[0])
    assert "12.35" in answer.out
    assert "MARKS-01" in answer.err
    assert "assessment by the host: the dossier says 11, the form says 16" in answer.err
    assert f"{bureau.file(bureau.numbers[0]).name}:" in answer.err


def test_files_are_written_where_they_are_wanted_and_not_over_others(bureau: Bureau, tmp_path: Path) -> None:
    page, overview = tmp_path / "a.xlsx", tmp_path / "year.pdf"
    tables = ("grades", "--xlsx", page, "--csv", tmp_path / "a.csv")
    wanted = (*tables, "--plots", tmp_path / "plots", "--overview", overview)
    bureau.run(*wanted)
    (made,) = year(bureau).glob("year_overview-*.pdf")
    assert overview.read_bytes() == made.read_bytes()
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == sorted(FILES[2:])
    assert bureau.run(*wanted).out.count("up to date") == 7
    (tmp_path / "a.csv").write_bytes(b"mine")
    refused = bureau.run(*wanted, expect=7)
    assert "STORE-01" in refused.err
    assert (tmp_path / "a.csv").read_bytes() == b"mine"
    bureau.run(*wanted, "--update")
    assert b"13.35" in (tmp_path / "a.csv").read_bytes()


def test_a_year_that_nobody_has_is_told(graded: Bureau) -> None:
    assert "MARKS-02" in graded.run("grades", "--year", "1999-2000", expect=3).err


def test_a_sheet_of_merged_marks_can_be_signed(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", "--document", "grading_sheet", number)
    bureau.run("sign", f"{number}/grading_sheet", "--as", "coordinator", "--key", bureau.key(number, "coordinator"))
    bureau.run("issue", "--document", "grading_sheet", number)
    assert "everything agrees" in bureau.run("audit", number).out
