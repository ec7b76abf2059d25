"""Reading a dossier: exact values, every problem with its line, nothing hostile gets further."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conventions.errors import ConventionsError, DiskError, DossierError
from conventions.intake import dossier_schema, read, read_all, to_yaml, written
from conventions.model.finding import Finding
from tests.builders import a_dossier

EXAMPLE = Path(__file__).parent.parent / "examples" / "dossiers" / "2026-0001-lille-startup.yaml"


def write(folder: Path, text: str | bytes, name: str = "dossier.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def findings_of(path: Path) -> dict[str, Finding]:
    with pytest.raises(DossierError) as caught:
        read(path)
    return {finding.field: finding for finding in caught.value.findings}


def test_values_are_exactly_what_was_typed() -> None:
    dossier = read(EXAMPLE).dossier
    assert dossier.allowance.amount == Decimal("4.50")
    assert dossier.student.address.postal_code == "59000"
    assert dossier.number == "2026-0001"


@pytest.mark.parametrize("typed", ["01000", "NO", "0x1F", "1e3", "2026"])
def test_a_postal_code_keeps_its_zeros_and_is_never_a_number_or_a_truth(tmp_path: Path, typed: str) -> None:
    text = EXAMPLE.read_text().replace(
        "postal_code: 59000, city: Lille}\nhost", f"postal_code: {typed}, city: L}}\nhost"
    )
    assert read(write(tmp_path, text)).dossier.student.address.postal_code == typed


def test_every_problem_is_told_at_once_with_its_own_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    text = text.replace("amount: 4.50", "amount: a lot").replace("start: 2026-04-13", "start: 13/04/2026")
    text = text.replace("  siret:", "  colour: blue\n  siret:").replace("academic_year: 2025-2026\n", "")
    path = write(tmp_path, text)
    found = findings_of(path)
    lines = dict(enumerate(text.splitlines(), 1))
    assert {field: finding.code for field, finding in found.items()} == {
        "academic_year": "DATA-01",
        "allowance.amount": "DATA-04",
        "host.colour": "DATA-02",
        "schedule.start": "DATA-03",
    }
    for field, word in (("allowance.amount", "a lot"), ("host.colour", "colour"), ("schedule.start", "13/04")):
        position = found[field].position
        assert position is not None
        assert word in lines[position.line]


def test_a_problem_deep_in_a_list_names_its_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace("{kind: civil_liability,", "{kind: lottery_ticket,")
    finding = findings_of(write(tmp_path, text))["attachments.2.kind"]
    assert finding.position is not None
    assert "lottery_ticket" in text.splitlines()[finding.position.line - 1]
    assert "civil_liability" in str(finding.message)


def test_a_period_that_ends_before_it_starts_is_refused_in_words_that_can_be_translated(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace("end: 2026-07-31", "end: 2026-04-01")
    finding = findings_of(write(tmp_path, text))["schedule"]
    assert "2026-04-01" in str(finding.message)


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("FILE-03", b"number: \xff\xfe"),
        ("FILE-03", b"number: a\x00b"),
        ("FILE-04", b"number: [1, 2\nx: }"),
        ("FILE-04", b"a: b: c"),
        ("FILE-05", b"- just\n- a list"),
        ("FILE-05", b""),
        ("FILE-06", b"a: &x [1]\nb: *x"),
        ("FILE-06", b"a: !!python/object/apply:os.system [ls]"),
        ("FILE-06", b"? [a, b]\n: c"),
        ("FILE-06", b"a: " + b"[" * 40 + b"]" * 40),
        ("FILE-07", b"number: 1\nnumber: 2"),
        ("FILE-02", b"# " + b"x" * 1_100_000),
    ],
)
def test_hostile_or_broken_files_get_a_code_and_no_traceback(tmp_path: Path, code: str, content: bytes) -> None:
    with pytest.raises(DossierError) as caught:
        read(write(tmp_path, content))
    assert caught.value.code == code
    assert "dossier.yaml" in caught.value.place


def test_billion_laughs_end_at_the_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    )
    with pytest.raises(DossierError) as caught:
        read(write(tmp_path, bomb))
    assert caught.value.code == "FILE-06"


def test_deep_nesting_is_refused_and_not_a_recursion_error(tmp_path: Path) -> None:
    with pytest.raises(DossierError) as caught:
        read(write(tmp_path, b"[" * 100_000))
    assert caught.value.code in {"FILE-04", "FILE-06"}


def test_json_is_read_too(tmp_path: Path) -> None:
    import json

    path = write(tmp_path, json.dumps({"number": "1"}), "dossier.json")
    assert findings_of(path)["student"].code == "DATA-01"


def test_a_missing_file_and_a_foreign_kind_say_so(tmp_path: Path) -> None:
    with pytest.raises(DiskError):
        read(tmp_path / "nowhere.yaml")
    with pytest.raises(ConventionsError) as caught:
        read(write(tmp_path, "x", "dossier.docx"))
    assert caught.value.code == "FILE-08"


def test_the_schema_describes_every_group_and_accepts_unquoted_numbers() -> None:
    schema = dossier_schema()
    assert {"student", "host", "schedule", "allowance", "amendments", "attachments", "realised", "marks"} <= set(
        schema["properties"]
    )
    assert schema["$defs"]["Address"]["properties"]["postal_code"]["type"] == ["string", "number"]
    assert "La Poste" not in str(schema)
    assert schema["$defs"]["Schedule"]["properties"]["interruptions"]


def test_a_yaml_file_of_several_dossiers_tells_its_own_lines(tmp_path: Path) -> None:
    text = to_yaml(a_dossier())
    path = tmp_path / "a.yaml"
    path.write_text(
        f"---\n{text}---\n# nothing\n---\n{text.replace('4.50', 'much')}---\na: [\n---\n{text}", encoding="utf-8"
    )
    entries = read_all(path).entries
    assert [entry.dossier is not None for entry in entries] == [True, False, False, True]
    lines = path.read_text(encoding="utf-8").splitlines()
    (wrong,) = entries[1].findings
    assert wrong.position is not None
    assert "much" in lines[wrong.position.line - 1]
    assert [finding.code for finding in entries[2].findings] == ["FILE-04"]


def test_json_keeps_numbers_as_typed_and_tells_lines(tmp_path: Path) -> None:
    good = written([a_dossier()], "a.json").data.decode()
    path = tmp_path / "a.json"
    bare = good.replace('"4.50"', "4.50").replace('"59000"', "59000")
    wrong = good.replace('"offer"', '"x"')
    path.write_text(f"[{good},\n{bare},\n{wrong}]")
    entries = read_all(path).entries
    assert [entry.dossier == a_dossier() for entry in entries] == [True, True, False]
    position = entries[2].findings[0].position
    assert position is not None
    assert '"x"' in path.read_text().splitlines()[position.line - 1]
