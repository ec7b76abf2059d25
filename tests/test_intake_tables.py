"""A year in a spreadsheet: read as people write it, every doubt told at its cell."""

from __future__ import annotations

import codecs
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conventions.errors import DossierError
from conventions.intake import read_all
from conventions.intake.mapping import esup_columns, labels, squashed
from conventions.intake.shape import Kind, column_of, columns
from conventions.model.finding import Severity
from tests.builders import a_dossier
from tests.sheets import a_row, codes, read_csv, read_xlsx, refused, table, the


def test_every_heading_of_ours_and_of_esup_stage_means_one_column() -> None:
    plain = [path for path in columns() if "*" not in path]
    assert len({squashed(path) for path in plain}) == len(plain)
    assert all(column_of(path) for _, path in esup_columns().values() if path)
    assert set(labels()) <= {column.name for column in columns().values()}


def test_every_code_of_a_labelled_column_is_one_that_the_model_knows() -> None:
    for column in columns().values():
        if column.kind is Kind.CHOICE and column.name in labels():
            assert "label" not in labels()[column.name]
    assert set(labels()["basis"].values()) == {"hour", "day", "week", "month", "total"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_found_out(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = table(a_row(student__last_name="Lefèvre", student__first_name="Zoé"))
    batch = read_csv(tmp_path, rows, separator=separator, encoding=encoding)
    assert the(batch).student.name == "Zoé Lefèvre"
    assert codes(batch) == (["TABLE-12"] if encoding == "cp1252" else [])


def test_utf_16_big_endian_and_a_separator_line_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = table(a_row())
    text = "sep=|\r\n" + "\r\n".join(
        "|".join(f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows
    )
    path.write_bytes(codecs.BOM_UTF16_BE + text.encode("utf-16-be"))
    (entry,) = read_all(path).entries
    assert entry.dossier == a_dossier()
    assert str(entry.place).endswith("a.csv:3")


@pytest.mark.parametrize(
    "heading",
    [
        "STUDENT.FIRST_NAME",
        "Student First Name",
        "student\u00a0.\u202ffirst name ",
        "Stüdent.first-name",
        " student.first_name\n",
    ],
)
def test_headings_are_matched_forgivingly(tmp_path: Path, heading: str) -> None:
    row = a_row(student__first_name=None) | {heading: "Zoé"}
    assert the(read_csv(tmp_path, table(row))).student.first_name == "Zoé"


@pytest.mark.parametrize(
    ("path", "typed", "expected"),
    [
        ("schedule.start", "13/04/2026", date(2026, 4, 13)),
        ("schedule.start", "3.4.2026", date(2026, 4, 3)),
        ("schedule.start", " 2026-04-13 00:00:00", date(2026, 4, 13)),
        ("schedule.start", "46125", date(2026, 4, 13)),
        ("allowance.amount", "4,50", Decimal("4.50")),
        ("allowance.amount", "1\u202f100,00 €", Decimal(1100)),
        ("allowance.amount", "1.100,50", Decimal("1100.50")),
        ("allowance.amount", "1,100.50 EUR", Decimal("1100.50")),
        ("schedule.weekly_hours", "35 h", Decimal(35)),
        ("host.headcount", "1 000", 1000),
        ("host.headcount", "34,0", 34),
        ("host.own_agreement", "Oui", True),
        ("host.own_agreement", "nein", False),
        ("host.own_agreement", "sí", True),
        ("placement.confidential", "FAUX", False),
        ("placement.confidential", "x", True),
        ("host.sector", "Établissement  public", "public"),
        ("host.sector", "ASSOCIATION", "association"),
        ("allowance.basis", "mois", "month"),
        ("nature", "Année de césure", "gap_year"),
        ("language", "Allemand", "de"),
        ("host.address.country", "allemagne", "DE"),
        ("host.address.country", "Spain", "ES"),
        ("host.address.country", "gb", "GB"),
        ("allowance.currency", "euros", "EUR"),
        ("student.gender", "Mme", "F"),
        ("academic_year", "2025 / 2026", "2025-2026"),
        ("placement.activities", "coder; tester ;  écrire", ("coder", "tester", "écrire")),
        ("placement.activities", "- coder; vite\n- tester", ("coder; vite", "tester")),
        ("placement.activities", "seulement coder", ("seulement coder",)),
        ("schedule.weekdays", "1, 2;4", (1, 2, 4)),
        ("schedule.weekdays", "lundi mardi jeu", (1, 2, 4)),
        ("student.student_number", "00042", "00042"),
        ("benefits.meals", "'=SUM(A1)", "=SUM(A1)"),
        ("benefits.meals", "'tis free", "'tis free"),
    ],
)
def test_values_are_understood_as_people_write_them(tmp_path: Path, path: str, typed: str, expected: Any) -> None:
    value: Any = the(read_csv(tmp_path, table(a_row() | {path: typed})))
    for part in path.split("."):
        value = getattr(value, part)
    assert value == expected


@pytest.mark.parametrize(
    ("path", "typed", "code"),
    [
        ("allowance.amount", "1,100", "CELL-06"),
        ("allowance.amount", "1.100", "CELL-06"),
        ("allowance.amount", "trop", "DATA-04"),
        ("schedule.start", "04/13/2026", "DATA-03"),
        ("schedule.start", "13/04/26", "CELL-12"),
        ("schedule.start", "20260413", "DATA-03"),
        ("schedule.start", "bientôt", "DATA-03"),
        ("host.siret", "7,32829E+13", "CELL-04"),
        ("host.own_agreement", "peut-être", "DATA-05"),
        ("host.sector", "privatif", "DATA-06"),
        ("tutor", "Karim Benali", "CELL-10"),
        ("schedule", "toujours", "CELL-09"),
        ("attachments", "n'importe quoi", "CELL-09"),
        ("student.phone", "06\x07", "CELL-08"),
        ("host.headcount", "9" * 5000, "DATA-"),
    ],
)
def test_what_cannot_be_read_for_sure_is_told_at_its_line(tmp_path: Path, path: str, typed: str, code: str) -> None:
    found = refused(read_csv(tmp_path, table(a_row() | {path: typed})))
    assert found[path][0].startswith(code)
    assert found[path][1] == "year.csv:2"


def test_lists_of_groups_are_read_in_three_forms(tmp_path: Path) -> None:
    lines = (
        "kind: Pré-convention; received on: 02/02/2026\nkind: civil_liability; received_on: 2026-02-03; checked_by: x"
    )
    ranked = {
        "attachments.0.kind": "pre_agreement",
        "Attachments.0.Received On": "02/02/2026",
        "attachments.1.kind": "civil_liability",
        "attachments.1.received_on": "2026-02-03",
        "attachments.1.checked_by": "x",
    }
    as_json = (
        '[{"kind":"pre_agreement","received_on":"2026-02-02"},'
        '{"kind":"civil_liability","received_on":"2026-02-03","checked_by":"x"}]'
    )
    rows = [a_row(attachments=lines), a_row(attachments=None) | ranked, a_row(attachments=as_json)]
    read = [the(read_csv(tmp_path, table(row))).attachments for row in rows]
    assert read[0] == read[1] == read[2]
    assert [one.kind for one in read[0]] == ["pre_agreement", "civil_liability"]


def test_all_problems_of_all_rows_are_told_at_once(tmp_path: Path) -> None:
    bad = a_row(number="B", schedule__start="hier", allowance__amount="beaucoup", tutor__email="nobody")
    batch = read_csv(tmp_path, table(a_row(), bad, a_row(number="C", academic_year="")))
    assert [entry.dossier is not None for entry in batch.entries] == [True, False, False]
    found = {finding.field: str(finding.position) for finding in batch.entries[1].findings}
    assert set(found) == {"schedule.start", "allowance.amount", "tutor.email"}
    assert all(place.endswith("year.csv:3") for place in found.values())
    assert [finding.field for finding in batch.entries[2].findings] == ["academic_year"]


def test_lines_are_counted_in_the_file_even_when_a_cell_has_several(tmp_path: Path) -> None:
    first = a_row(placement__activities="coder\ntester\nécrire")
    batch = read_csv(tmp_path, table(first, a_row(number="B", schedule__start="hier")))
    assert str(batch.entries[1].place).endswith("year.csv:5")


def test_an_unknown_column_is_a_warning_that_names_the_nearest(tmp_path: Path) -> None:
    batch = read_csv(tmp_path, table(a_row() | {"student.birthdate": "", "tutor.emial": "", "wxyz": ""}))
    assert [finding.severity for finding in batch.findings] == [Severity.WARNING] * 2
    assert [finding.code for finding in batch.findings] == ["TABLE-02"] * 2
    assert "tutor.email" in str(batch.findings[0].fix)
    assert the(batch) == a_dossier()


@pytest.mark.parametrize(
    "heading",
    ["NIR", "N° sécu", "N° de sécurité sociale", "insee", "Numéro de Sécurité Sociale", "social_security_number"],
)
def test_a_column_of_social_security_numbers_is_never_read(tmp_path: Path, heading: str) -> None:
    batch = read_csv(
        tmp_path, table(a_row() | {heading: "185057800608491"}), mapping=f'"{heading}": student.student_number\n'
    )
    assert codes(batch) == ["TABLE-03"]
    assert "1850578" not in repr(batch)


def test_a_social_security_number_in_any_other_column_is_dropped_and_never_repeated(tmp_path: Path) -> None:
    batch = read_csv(tmp_path, table(a_row(student__national_id="1 85 05 78 006 084 91")))
    assert codes(batch) == ["CELL-11"]
    assert the(batch).student.national_id == ""
    assert "78 006" not in repr(batch)


def test_titles_group_names_and_repeated_headings_are_no_dossiers(tmp_path: Path) -> None:
    heads, values = table(a_row())
    groups = [head.split(".")[0] if "." in head else "" for head in heads]
    merged = ["" if at and group == groups[at - 1] else group for at, group in enumerate(groups)]
    below = [head.partition(".")[2] or head for head in heads]
    batch = read_csv(tmp_path, [["Stages 2026"], [], merged, below, values, below, [], ["  ", "\u00a0"]])
    assert the(batch) == a_dossier()
    assert codes(batch) == []


def test_a_row_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    heads, values = table(a_row())
    assert refused(read_csv(tmp_path, [heads, [*values, "one too many"]]))[""][0] == "TABLE-05"


def test_two_columns_for_one_value_must_agree(tmp_path: Path) -> None:
    assert the(read_csv(tmp_path, table(a_row() | {"numeroSiret": "732 829 320 00074"}))) == a_dossier()
    assert refused(read_csv(tmp_path, table(a_row() | {"numeroSiret": "1"})))["host.siret"][0] == "TABLE-04"


def test_a_french_postal_code_gets_its_zero_back_and_a_foreign_one_stays(tmp_path: Path) -> None:
    batch = read_csv(tmp_path, table(a_row(student__address__postal_code="1000")))
    assert the(batch).student.address.postal_code == "01000"
    assert codes(batch) == ["CELL-07"]
    abroad = a_row(host__address__postal_code="1160", host__address__country="AT")
    batch = read_csv(tmp_path, table(abroad))
    assert the(batch).host.address.postal_code == "1160"
    assert codes(batch) == []


def test_a_quote_that_does_not_end_is_told_and_what_came_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    read_csv(tmp_path, table(a_row()), name="a.csv")
    path.write_bytes(path.read_bytes() + b'B;"never ends\r\nC;\r\n')
    batch = read_all(path)
    assert batch.entries[0].dossier
    assert [(finding.code, str(finding.position).rpartition(":")[2]) for finding in batch.findings] == [
        ("TABLE-11", "3")
    ]


MAPPING = """theirs,ours,default
Matricule,student.student_number,
Remarques,,
,language,Anglais
,placement.deliverable,Rapport
"""


def test_a_mapping_file_names_their_columns_and_what_they_lack(tmp_path: Path) -> None:
    row = a_row(student__student_number=None, placement__deliverable=None, language="")
    rows = table(row | {"matricule ": "42", "REMARQUES": "rien"})
    batch = read_csv(tmp_path, rows, mapping=MAPPING)
    dossier = the(batch)
    assert (dossier.student.student_number, dossier.placement.deliverable, dossier.language) == ("42", "Rapport", "en")
    assert codes(batch) == []
    batch = read_csv(
        tmp_path, table(a_row(language=None) | {"Langue du texte": "de"}), mapping="Langue du texte: language\n"
    )
    assert the(batch).language == "de"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("theirs,ours\nA,student.colour\n", "MAP-02"),
        ("theirs;mine\n", "MAP-01"),
        ("A: [1]\n", "MAP-01"),
        ("A: x.y\n", "MAP-02"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(DossierError) as caught:
        read_csv(tmp_path, table(a_row()), mapping=text)
    assert caught.value.code == code


@pytest.mark.parametrize("rows", [[["a", "b"], ["1", "2"]], [], [["student.first_name", "host.name"]]])
def test_a_table_without_headings_or_rows_says_so(tmp_path: Path, rows: list[list[str]]) -> None:
    for reader in (read_csv, read_xlsx):
        with pytest.raises(DossierError) as caught:
            reader(tmp_path, rows)
        assert caught.value.code in {"TABLE-01", "TABLE-15"}
