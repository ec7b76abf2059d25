"""A year in a workbook: cells of every type, several sheets, what a spreadsheet has spoilt."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from conventions.errors import DossierError
from conventions.intake import read_all
from tests.sheets import a_row, codes, read_xlsx, refused, table, the


def moment(day: date, hour: time = time()) -> datetime:
    """As a spreadsheet keeps it: without a zone."""
    return datetime.combine(day, hour)


STAGE = {
    "N° de la convention": "A1", "N° étudiant": "42", "Étudiant (NOM Prénom)": "LE GOFF Anaïs Marie",
    "Mail universitaire étudiant": "a@b.test", "Date début du stage": "13/04/2026", "Date fin du stage": "31/07/2026",
    "Sujet": "Un site", "Fonctions et tâches": "coder", "Nbre d’heures hebdomadaire": "35", "Gratification": "4,50",
    "Unité Durée gratification": "heure", "Année universitaire": "2025/2026", "Libellé UFR": "FST",
    "Signataire (NOM Prénom)": "VASSEUR Hélène", "Mail signataire": "h@x.test", "Fonction signataire": "Directrice",
    "Adresse étudiant": "1 rue Haute", "Code postal étudiant": "59000", "Ville étudiant": "Lille",
    "Pays étudiant": "FRANCE",
}  # fmt: skip
HOST = {
    "N° de la convention": "A1", "N° étudiant": "42", "Nom structure d’accueil": "Atelier", "SIRET": "73282932000074",
    "Adresse": "4 quai", "Code postal": "59000", "Commune": "Lille", "Pays": "FRANCE",
    "Type de structure": "Association",
    "Tuteur professionnel (Nom Prénom)": "BENALI Karim", "Mail tuteur professionnel": "k@x.test",
    "Fonction tuteur professionnel": "Chef",
}  # fmt: skip
LACKING = """theirs,ours,default
,student.birth_date,2004-05-17
,placement.skills,coder
,placement.supervision,un point
,placement.deliverable,Rapport
,placement.validation,Soutenance
,placement.if_interrupted,à voir
"""


def test_the_two_sheets_of_esup_stage_are_one_table(tmp_path: Path) -> None:
    def add(made: Workbook) -> None:
        page = made.create_sheet("Données structure d’accueil")
        for row in table(HOST, HOST | {"N° de la convention": "A2"}):
            page.append(row)

    (tmp_path / "m.csv").write_text(LACKING)
    read_xlsx(tmp_path, table(STAGE), add)
    batch = read_all(tmp_path / "year.xlsx", mapping=tmp_path / "m.csv")
    dossier = the(batch)
    assert (dossier.student.first_name, dossier.student.last_name) == ("Anaïs Marie", "LE GOFF")
    assert (dossier.tutor.last_name, dossier.host.sector, dossier.host.address.country) == (
        "BENALI",
        "association",
        "FR",
    )
    assert [(one.code, str(one.position).rpartition(":")[2]) for one in batch.findings] == [
        ("TABLE-16", "Données structure d’accueil!A3")
    ]

    def spoil(made: Workbook) -> None:
        add(made)
        made["Données structure d’accueil"]["K2"] = "x"

    read_xlsx(tmp_path, table(STAGE), spoil)
    (entry,) = read_all(tmp_path / "year.xlsx", mapping=tmp_path / "m.csv").entries
    assert [str(one.position).rpartition(":")[2] for one in entry.findings] == ["Données structure d’accueil!K2"]


def test_a_workbook_is_read_cell_by_cell(tmp_path: Path) -> None:
    row = a_row(schedule__start=moment(date(2026, 4, 13)), schedule__end=date(2026, 7, 31), allowance__amount=4.5)
    row |= {"host.headcount": 34, "placement.confidential": True, "student.address.postal_code": 1000}
    batch = read_xlsx(tmp_path, table(row, a_row(number="B", schedule__start="hier")))
    first, second = batch.entries
    assert first.dossier is not None
    assert first.dossier.schedule.start == date(2026, 4, 13)
    assert first.dossier.allowance.amount == Decimal("4.5")
    assert first.dossier.student.address.postal_code == "01000"
    at = list(row).index("schedule.start")
    assert str(second.findings[0].position).endswith(f"year.xlsx:Stages!{chr(65 + at // 26 - 1)}{chr(65 + at % 26)}3")


def test_numbers_where_codes_should_be_are_told_once_a_column(tmp_path: Path) -> None:
    batch = read_xlsx(tmp_path, table(a_row(student__student_number=42), a_row(number="B", student__student_number=43)))
    assert codes(batch) == ["TABLE-13"]
    assert batch.entries[0].dossier is not None
    assert batch.entries[0].dossier.student.student_number == "42"


@pytest.mark.parametrize(
    ("path", "typed", "code"),
    [
        ("host.name", "=A1", "CELL-01"),
        ("allowance.amount", "=1/0", "CELL-01"),
        ("host.name", "#N/A", "CELL-02"),
        ("host.siret", 1e20, "CELL-04"),
        ("host.name", moment(date(2026, 1, 1)), "CELL-05"),
        ("allowance.amount", moment(date(2026, 1, 1)), "CELL-05"),
        ("schedule.start", moment(date(2026, 4, 13), time(8, 30)), "DATA-"),
        ("schedule.start", True, "DATA-03"),
    ],
)
def test_cells_that_a_spreadsheet_has_spoilt_are_refused(tmp_path: Path, path: str, typed: Any, code: str) -> None:
    found = refused(read_xlsx(tmp_path, table(a_row() | {path: typed})))
    assert found[path][0].startswith(code)
    assert "Stages!" in found[path][1]


def test_a_day_count_in_a_workbook_is_a_date_and_told(tmp_path: Path) -> None:
    batch = read_xlsx(tmp_path, table(a_row(schedule__start=46125)))
    assert the(batch).schedule.start == date(2026, 4, 13)
    assert codes(batch) == ["CELL-03"]


def test_a_day_count_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    def since_1904(made: Workbook) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        made.epoch = CALENDAR_MAC_1904

    assert the(read_xlsx(tmp_path, table(a_row(schedule__start=44663)), since_1904)).schedule.start == date(2026, 4, 13)


def test_merged_cells_hidden_sheets_and_other_sheets_are_told(tmp_path: Path) -> None:
    rows = table(a_row(), a_row(number="B"))

    def change(made: Workbook) -> None:
        made["Stages"].merge_cells("D2:D3")
        made.create_sheet("Archive").sheet_state = "hidden"
        for row in rows:
            made["Archive"].append(row)
        other = made.create_sheet("Autre")
        for row in rows:
            other.append(row)
        made.create_sheet("Notes").append(["rien"])

    batch = read_xlsx(tmp_path, rows, change)
    assert [finding.code for finding in batch.findings] == ["TABLE-06", "TABLE-06"]
    assert batch.entries[0].dossier is not None
    assert "TABLE-07" in {finding.code for finding in batch.entries[1].findings}
    named = read_xlsx(tmp_path, rows, change, sheet="Archive")
    assert all(entry.dossier for entry in named.entries)
    with pytest.raises(DossierError) as caught:
        read_xlsx(tmp_path, rows, change, sheet="Nowhere")
    assert caught.value.code == "TABLE-14"
    assert "Archive" in str(caught.value.message)
