"""A year out and in again: every format, every dossier, nothing lost, nothing overwritten."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from conventions.errors import DossierError, NeverOverwrite
from conventions.intake import differences, overlaid, read, read_all, to_yaml, written
from conventions.model.dossier import Dossier
from conventions.office import Import, Office, Outcome, export, found, gather
from tests.any_dossier import dossiers
from tests.builders import EXAMPLES, a_dossier

FORMATS = ("yaml", "json", "csv", "xlsx")
FILES = sorted((EXAMPLES / "dossiers").glob("*.yaml"))
NOW = datetime(2026, 2, 16, 9, tzinfo=UTC)


def back(data: bytes, folder: Path, ending: str) -> tuple[Dossier | None, ...]:
    path = folder / f"year.{ending}"
    path.write_bytes(data)
    return tuple(entry.dossier for entry in read_all(path).entries)


@pytest.mark.parametrize("ending", FORMATS)
def test_all_example_dossiers_go_out_and_come_in_equal(tmp_path: Path, ending: str) -> None:
    examples = tuple(read(path).dossier for path in FILES)
    assert back(written(examples, f"year.{ending}").data, tmp_path, ending) == examples


@pytest.mark.parametrize("ending", FORMATS)
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(dossier=dossiers())
def test_any_dossier_goes_out_and_comes_in_equal(
    tmp_path_factory: pytest.TempPathFactory, ending: str, dossier: Dossier
) -> None:
    assert back(written([dossier], f"year.{ending}").data, tmp_path_factory.mktemp("x"), ending) == (dossier,)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(dossier=dossiers())
def test_the_file_of_any_dossier_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, dossier: Dossier) -> None:
    path = tmp_path_factory.mktemp("x") / "d.yaml"
    path.write_text(to_yaml(dossier), encoding="utf-8")
    assert read(path).dossier == dossier


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_dossiers_give_the_same_bytes(ending: str) -> None:
    examples = [read(path).dossier for path in FILES[:3]]
    assert written(examples, f"a.{ending}").data == written(examples, f"b.{ending}").data


def test_what_a_file_has_no_column_for_stays_as_it_was() -> None:
    old, new = a_dossier(marks={"report": 12}), a_dossier(allowance={"amount": 5})
    merged = overlaid(old, new, frozenset({"allowance.amount", "number"}))
    assert merged.marks == old.marks
    assert merged.allowance.amount == 5
    assert overlaid(old, new, None) == new
    assert [path for path, _, _ in differences(old, merged)] == ["allowance.amount"]


def test_yaml_is_pleasant() -> None:
    text = to_yaml(read(FILES[0]).dossier)
    assert text.startswith("# yaml-language-server: $schema=../dossier.schema.json\nnumber: 2026-0001\n")
    assert "  first_name: Camille\n  last_name: Lefèvre-Nguyễn\n" in text
    assert "    postal_code: 59000\n" in text
    assert "  supervision: >-\n    un point hebdomadaire" in text
    assert '"' not in text
    assert max(map(len, text.splitlines())) <= 120


def test_a_table_runs_nothing_and_keeps_codes_as_text() -> None:
    dossier = a_dossier(benefits={"meals": "=HYPERLINK(1)"}, student={"student_number": "00042"})
    assert b";'=HYPERLINK(1)" in written([dossier], "a.csv").data
    wide = a_dossier(benefits={"meals": "\uff1dHYPERLINK(1)"})
    assert ";'\uff1dHYPERLINK(1)".encode() in written([wide], "a.csv").data
    page = load_workbook(BytesIO(written([dossier], "a.xlsx").data)).active
    assert page is not None
    by_head = {page.cell(1, at).value: page.cell(2, at) for at in range(1, page.max_column + 1)}
    assert by_head["benefits.meals"].data_type == "s"
    assert by_head["student.student_number"].value == "00042"
    assert by_head["student.student_number"].number_format == "@"
    assert by_head["schedule.start"].number_format == "yyyy-mm-dd"
    assert page.freeze_panes == "B2"
    widths = [page.column_dimensions[letter].width for letter in ("A", "B", "C")]
    assert all(8 <= width <= 50 for width in widths)


def test_a_value_that_no_cell_can_carry_is_refused_and_named() -> None:
    dossier = a_dossier(placement={"activities": ["x" * 4000 for _ in range(9)]})
    for name in ("a.csv", "a.xlsx"):
        with pytest.raises(DossierError) as caught:
            written([dossier], name)
        assert caught.value.code == "EXPORT-02"
        assert caught.value.findings[0].field == "placement.activities"


def test_esup_columns_name_what_they_leave_out(tmp_path: Path) -> None:
    made = written([read(FILES[0]).dossier], "a.csv", "esup-stage")
    head = made.data.decode("utf-8-sig").splitlines()[0].split(";")
    assert {"numEtudiant", "nom", "prenom", "raisonSociale", "numeroSiret", "dateDebutStage", "dateFinStage"} <= set(
        head
    )
    assert {"montantGratification", "sujetStage", "competences", "fonctionsEtTaches"} <= set(head)
    assert "placement.if_interrupted" in made.left_out
    path = tmp_path / "esup.csv"
    path.write_bytes(made.data)
    batch = read_all(path)
    assert not batch.findings
    assert {finding.field for finding in batch.entries[0].findings} == {"placement.if_interrupted"}


@pytest.mark.parametrize("name", ["a.docx", "a", "a.pdf"])
def test_an_unknown_format_is_refused(name: str) -> None:
    with pytest.raises(DossierError) as caught:
        written([a_dossier()], name)
    assert caught.value.code == "EXPORT-01"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found(tmp_path / "w", on=date(2026, 2, 16))
    for path in (tmp_path / "w" / "dossiers").glob("*"):
        path.unlink()
    with Office.open(tmp_path / "w") as opened:
        yield opened


def take(
    office: Office, *made: Dossier, columns: frozenset[str] | None = None, how: Import | None = None
) -> list[Outcome]:
    path = office.workspace.root / "year.json"
    path.write_bytes(written(made, "year.json").data)
    entries = [entry for batch in gather([path], mapping=None, sheet="") for entry in batch.entries]  # type: ignore[union-attr]
    return list(office.take_in(entries, how or Import()))


def notes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.error.code if outcome.error else str(outcome.note) for outcome in outcomes]


def test_importing_twice_changes_nothing_and_a_rehearsal_writes_nothing(office: Office) -> None:
    folder = office.workspace.path("dossiers")
    assert notes(take(office, a_dossier(), how=Import(is_rehearsal=True))) == ["would be written"]
    assert list(folder.glob("*")) == []
    assert notes(take(office, a_dossier(), a_dossier(number="2026-0002"))) == ["written", "written"]
    before = {path: path.read_bytes() for path in folder.glob("*")}
    assert notes(take(office, a_dossier(), a_dossier(number="2026-0002"))) == ["unchanged", "unchanged"]
    assert {path: path.read_bytes() for path in folder.glob("*")} == before
    assert sorted(path.name for path in before) == ["2026-0001.yaml", "2026-0002.yaml"]


def test_a_difference_is_told_and_taken_over_only_on_demand(office: Office) -> None:
    changed = a_dossier(allowance={"amount": 6})
    take(office, a_dossier())
    (refused,) = take(office, changed)
    assert isinstance(refused.error, NeverOverwrite)
    assert refused.error.code == "IMPORT-03"
    assert "“4.50” would become “6”" in str(refused.error.findings[0].message)
    assert notes(take(office, changed, how=Import(may_update=True, is_rehearsal=True))) == ["would be updated"]
    assert notes(take(office, changed, how=Import(may_update=True))) == ["updated"]
    assert read(office.workspace.path("dossiers") / "2026-0001.yaml").dossier == changed


def test_a_dossier_under_another_file_name_is_found(office: Office) -> None:
    home = office.workspace.path("dossiers") / "2026-0001-lille.yaml"
    home.write_text(to_yaml(a_dossier()), encoding="utf-8")
    (outcome,) = take(office, a_dossier())
    assert (str(outcome.note), outcome.file) == ("unchanged", home)


def test_a_number_that_comes_twice_is_refused_the_second_time(office: Office) -> None:
    assert notes(take(office, a_dossier(), a_dossier(language="en"), how=Import(may_update=True))) == [
        "written",
        "IMPORT-02",
    ]


def test_what_is_on_paper_is_never_changed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    take(office, a_dossier())
    monkeypatch.setattr(type(office.registry), "find", lambda *_: object())
    assert notes(take(office, a_dossier())) == ["unchanged"]
    assert notes(take(office, a_dossier(language="en"), how=Import(may_update=True))) == ["IMPORT-04"]
    (office.workspace.path("dossiers") / "2026-0001.yaml").unlink()
    assert notes(take(office, a_dossier())) == ["IMPORT-04"]


def test_one_row_that_is_no_dossier_does_not_keep_the_others_from_being_written(office: Office, tmp_path: Path) -> None:
    good = json.loads(written([a_dossier()], "a.json").data)
    path = tmp_path / "a.json"
    path.write_text(json.dumps([good | {"number": "A"}, good | {"language": "xx", "number": "B"}, good]))
    (batch,) = gather([path], mapping=None, sheet="")
    assert not isinstance(batch, Outcome)
    outcomes = list(office.take_in(batch.entries, Import()))
    assert notes(outcomes) == ["written", "IMPORT-01", "written"]
    assert sorted(one.name for one in office.workspace.path("dossiers").glob("*")) == ["2026-0001.yaml", "A.yaml"]


def test_export_writes_nothing_unless_all_can_be_read_and_never_over_another_file(
    office: Office, tmp_path: Path
) -> None:
    take(office, a_dossier())
    target = tmp_path / "year.xlsx"
    (done,) = export(office.files(()), target, columns="own", may_replace=False)
    assert done.ok
    export(office.files(()), target, columns="own", may_replace=False)
    take(office, a_dossier(number="2026-0003"))
    with pytest.raises(NeverOverwrite):
        export(office.files(()), target, columns="own", may_replace=False)
    assert export(office.files(()), target, columns="own", may_replace=True)[0].ok
    (office.workspace.path("dossiers") / "x.yaml").write_text("number: [")
    (failed,) = export(office.files(()), tmp_path / "b.csv", columns="own", may_replace=False)
    assert not failed.ok
    assert not (tmp_path / "b.csv").exists()


def test_a_workbook_tells_no_time(tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(written([a_dossier()], "a.xlsx").data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">2000-01-01T00:00:00Z<") == 2
