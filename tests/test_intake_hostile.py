"""Files made to hurt: each ends in a finding with a code, in bounded memory, without a traceback."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conventions.errors import ConventionsError, DossierError
from conventions.intake import read, read_all, written
from tests.builders import a_dossier
from tests.sheets import a_row, book, codes, read_csv, table

SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)
)


def code_of(path: Path) -> str:
    with pytest.raises(ConventionsError) as caught:
        read_all(path)
    assert str(caught.value.fix)
    return caught.value.code


def outcome_of(path: Path) -> str:
    """The code of the error, or nothing where the file can be read."""
    try:
        read_all(path)
    except DossierError as error:
        return error.code
    return ""


def workbook(folder: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A sound workbook whose parts are changed one by one."""
    path = book(folder, table(a_row()))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            changed = change(name, data)
            if changed is not None:
                archive.writestr(name, changed)
    return path


def only(part: str, data: Callable[[bytes], bytes | None]) -> Callable[[str, bytes], bytes | None]:
    return lambda name, old: data(old) if name == part else old


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("ending", ["csv", "json", "yaml", "xlsx", "txt"])
def test_200_megabytes_are_refused_before_they_are_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(200_000_000)
    before = peak()
    assert code_of(path) == "FILE-02"
    assert peak() - before < 120_000_000


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.symlink_to("/dev/zero")
    assert code_of(path) == "FILE-02"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"PK\x03\x04rest", "FILE-10"),
        ("a.json", b"%PDF-1.7", "FILE-10"),
        ("a.xlsx", b"number;academic_year\n", "FILE-10"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "FILE-10"),
        ("a.xlsx", b"PK\x03\x04 and nothing else", "TABLE-10"),
        ("a.xls", b"x", "FILE-08"),
        ("a.ods", b"x", "FILE-08"),
        ("a", b"x", "FILE-08"),
        ("a.csv", b"number\0;x", "FILE-03"),
        ("a.csv", b"\x81\x8d\x8f", "FILE-03"),
        ("a.csv", b"", "TABLE-01"),
        ("a.csv", b'"' * 100_001, "TABLE-11"),
        ("a.json", b"", "FILE-04"),
        ("a.json", b"[", "FILE-04"),
        ("a.json", b"[]", "TABLE-15"),
        ("a.json", b"[1]", "FILE-05"),
        ("a.json", b"[{},]", "FILE-04"),
        ("a.json", b'{"a":1,"a":2}', "FILE-07"),
        ("a.json", b'{"a":"\\u0000"}', "FILE-03"),
        ("a.json", b'{"a":"\\ud800"}', "FILE-03"),
        ("a.json", b'{"a":NaN}', "FILE-04"),
        ("a.json", b'{"a":' * 100_000, "FILE-06"),
        ("a.json", b"[" * 100_000, "FILE-06"),
        ("a.json", b'{"a":"' + b"\\" * 99_999, "FILE-04"),
        ("a.yaml", b"# nothing\n---\n", "TABLE-15"),
    ],
)
def test_broken_files_get_a_code(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert code_of(tmp_path / name) == code


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    assert code_of(tmp_path / "a.csv") == "DISK-03"
    assert code_of(tmp_path / "b.csv") == "DISK-03"


@pytest.mark.parametrize(
    "bomb",
    [
        b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
        b"a: " + b"[" * 5_000,
        b"? [a]\n: b\n",
        b'number: "\\0"\n',
        b"a: !!python/object/apply:os.system [ls]\n",
        b"a: " + b"x" * 1_100_000,
    ],
)
def test_a_hostile_document_does_not_keep_the_others_from_being_read(tmp_path: Path, bomb: bytes) -> None:
    good = written([a_dossier()], "a.yaml").data
    (tmp_path / "a.yaml").write_bytes(good + b"---\n" + bomb + b"\n---\n" + good)
    entries = read_all(tmp_path / "a.yaml").entries
    assert [entry.dossier is not None for entry in entries] == [True, False, True]
    assert entries[1].findings[0].code.startswith("FILE-")


@pytest.mark.parametrize("digits", ["9" * 5_000, "1e999999999", "-1e-999999999", "0x" + "f" * 999, "NaN", "Infinity"])
@pytest.mark.parametrize("path", ["allowance.amount", "schedule.weekly_hours", "host.headcount", "schedule.start"])
def test_huge_numbers_are_findings(tmp_path: Path, digits: str, path: str) -> None:
    (entry,) = read_csv(tmp_path, table(a_row() | {path: digits})).entries
    assert entry.dossier is None
    assert path in {finding.field for finding in entry.findings}
    assert all(len(str(finding.message)) < 300 for finding in entry.findings)
    text = written([a_dossier()], "a.json").data.decode().replace('"4.50"', digits)
    (tmp_path / "a.json").write_text(text)
    if not outcome_of(tmp_path / "a.json"):
        (entry,) = read_all(tmp_path / "a.json").entries
        assert entry.dossier is None


def test_a_field_of_ten_megabytes_is_told_at_its_line(tmp_path: Path) -> None:
    batch = read_csv(tmp_path, table(a_row(), a_row(number="B", placement__subject="x" * 10_000_000)))
    assert batch.entries[0].dossier is not None
    assert [finding.code for finding in batch.findings] == ["TABLE-11"]
    assert str(batch.findings[0].position).endswith(":3")


def test_more_rows_or_columns_than_a_year_has_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"number\n" + b"1\n" * 20_001)
    (tmp_path / "columns.csv").write_bytes(b"number;host.name" + b";x" * 2_000 + b"\n1;2\n")
    assert code_of(tmp_path / "rows.csv") == "TABLE-09"
    assert code_of(tmp_path / "columns.csv") == "TABLE-09"


def test_ranks_without_end_do_not_fill_the_memory(tmp_path: Path) -> None:
    batch = read_csv(tmp_path, table(a_row() | {"attachments.999999999.kind": "x", "attachments.999.colour": "x"}))
    assert codes(batch) == ["TABLE-02", "TABLE-02"]


def test_a_workbook_with_a_million_empty_rows_is_read_to_its_last_row(tmp_path: Path) -> None:
    def empties(data: bytes) -> bytes:
        rows = b"".join(b'<row r="%d"/>' % line for line in range(3, 1_000_003))
        return data.replace(b"</sheetData>", rows + b"</sheetData>")

    batch = read_all(workbook(tmp_path, only(SHEET, empties)))
    assert [entry.dossier is not None for entry in batch.entries] == [True]
    assert codes(batch) == ["TABLE-08"]


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    batch = read_all(workbook(tmp_path, only(SHEET, lambda data: data.replace(b"</sheetData>", corner))))
    assert codes(batch) == ["TABLE-08"]


def test_a_workbook_that_lies_about_its_size_is_read_whole(tmp_path: Path) -> None:
    import re

    lie = only(SHEET, lambda data: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B1"', data))
    (entry,) = read_all(workbook(tmp_path, lie)).entries
    assert entry.dossier == a_dossier()


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"]
)
def test_xml_entities_are_refused(tmp_path: Path, part: str) -> None:
    def armed(data: bytes) -> bytes:
        head, _, body = data.partition(b"?>") if data.startswith(b"<?xml") else (b"", b"", data)
        return (head + b"?>" if head else b"") + BOMB + b"]>" + body

    assert code_of(workbook(tmp_path, only(part, armed))) == "TABLE-10"


def test_xml_entities_behind_a_long_comment_or_in_utf_16_are_refused(tmp_path: Path) -> None:
    late = only(SHEET, lambda data: b"<!--" + b"x" * 9_000 + b"-->" + BOMB + b"]>" + data.partition(b"?>")[2])
    assert code_of(workbook(tmp_path, late)) == "TABLE-10"
    wide = only(SHEET, lambda data: (BOMB + b"]>" + data).decode().encode("utf-16"))
    assert code_of(workbook(tmp_path, wide)) == "TABLE-10"


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    for part in (SHEET, "xl/styles.xml"):
        bomb = only(part, lambda data: data + b" " * 110_000_000)
        path = workbook(tmp_path, bomb)
        assert path.stat().st_size < 1_000_000
        before = peak()
        assert code_of(path) == "TABLE-10"
        assert peak() - before < 50_000_000


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, only(SHEET, lambda data: data + b" " * 30_000_000))
    raw = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        size = archive.getinfo(SHEET).file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (900).to_bytes(4, "little")))
    assert code_of(path) == "TABLE-10"


def test_a_workbook_of_thousands_of_parts_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, lambda _, data: data)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(1_001):
            archive.writestr(f"xl/x{number}.xml", b"<x/>")
    assert code_of(path) == "TABLE-10"


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("content", [None, b"", b"<", b"<x/>", b"\xff\xfe\x00", b"<a><b></a>"])
def test_damaged_parts_are_told(tmp_path: Path, part: str, content: bytes | None) -> None:
    path = workbook(tmp_path, only(part, lambda _: content))
    assert outcome_of(path) in {"", "TABLE-10", "TABLE-01"}


def test_every_truncation_and_many_flipped_bytes_of_a_workbook_end_in_a_finding(tmp_path: Path) -> None:
    raw = workbook(tmp_path, lambda _, data: data).read_bytes()
    path = tmp_path / "b.xlsx"
    step = max(1, len(raw) // 150)
    for at in range(0, len(raw), step):
        for broken in (raw[:at], raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]):
            path.write_bytes(broken)
            assert outcome_of(path) in {"", "TABLE-10", "TABLE-01", "TABLE-15", "FILE-10"}


def test_a_formula_never_runs_and_is_never_believed(tmp_path: Path) -> None:
    def cached(data: bytes) -> bytes:
        return data.replace(b"<is><t>Camille</t></is>", b"<f>1+1</f><v>Camille</v>").replace(
            b't="inlineStr"><f>', b't="str"><f>'
        )

    (entry,) = read_all(workbook(tmp_path, only(SHEET, cached))).entries
    assert [finding.code for finding in entry.findings] == ["CELL-01"]


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_one_dossier_is_never_larger_than_a_megabyte(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{" + b" " * 1_100_000 + b"}")
    with pytest.raises(DossierError) as caught:
        read(tmp_path / name)
    assert caught.value.code == "FILE-02"
