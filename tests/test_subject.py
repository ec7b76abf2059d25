"""Who asks gets everything that is said of them, and nothing that is only said of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pyrage
import pytest

from conventions.model.dossier import Dossier
from tests.offices import a_short_bureau
from tests.purges import live
from tests.workspaces import Bureau

STUDENT = "camille.lefevre@etu.univ-exemple.test"
COMPANY = "helene.vasseur@atelier-nord.test"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office with one archived agreement and one that waits; tests only ask."""
    with a_short_bureau(tmp_path_factory.mktemp("asked")) as bureau:
        live(bureau)
        yield bureau


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_intern_gets_the_whole_dossier_with_its_papers_and_letters(bureau: Bureau, tmp_path: Path) -> None:
    first, _ = bureau.numbers
    bureau.run("export-subject", STUDENT.upper(), tmp_path / "out")
    data = json.loads((tmp_path / "out" / "data.json").read_bytes())
    (mine,) = data["dossiers"]
    assert Dossier.model_validate(mine["dossier"]) == bureau.dossier(first)
    assert {"issued", "signed", "sealed", "archived", "refused"} <= {event["kind"] for event in mine["journal"]}
    assert {event["role"] for event in mine["journal"] if "role" in event} == {"student"}
    files = names(tmp_path / "out")
    for part in (f"papers/{first}/", f"refused/{first}/", f"archive/2026-2027/{first}/", "attachments/", "outbox/"):
        assert any(name.startswith(f"{first}/{part}") for name in files), part
    assert bureau.paper(first).name in {Path(name).name for name in files}
    assert any("-student-" in name and name.endswith(".evidence.json") for name in files)
    assert not any("-coordinator-" in name and (".evidence." in name or ".scan" in name) for name in files)
    for name in files:
        if name.endswith(".eml"):
            assert STUDENT.encode() in (tmp_path / "out" / name).read_bytes()


def test_who_signs_for_the_host_gets_what_is_said_of_that_person_alone(bureau: Bureau, tmp_path: Path) -> None:
    first, _ = bureau.numbers
    bureau.run("export-subject", COMPANY, tmp_path / "out")
    data = json.loads((tmp_path / "out" / "data.json").read_bytes())
    (part,) = data["dossiers"]
    assert list(part["said_of_you"]) == ["host.representative"]
    assert part["dossier"] is None
    assert part["roles"] == ["company"]
    said = json.dumps(data, ensure_ascii=False)
    assert "Vasseur" in said
    for word in ("Camille", STUDENT, "42100001", "Benali"):
        assert word not in said
    files = names(tmp_path / "out")
    assert f"{first}/papers/{first}/{bureau.paper(first).name}" in files
    assert not any("attachments/" in name or ".evidence." in name for name in files)


def test_an_official_gets_a_part_for_each_dossier(bureau: Bureau, tmp_path: Path) -> None:
    bureau.run("export-subject", "paul.okafor-delattre@univ-exemple.test", tmp_path / "out")
    data = json.loads((tmp_path / "out" / "data.json").read_bytes())
    assert [part["number"] for part in data["dossiers"]] == list(bureau.numbers)
    assert {tuple(part["roles"]) for part in data["dossiers"]} == {("dean",)}


def test_the_index_is_in_the_language_of_the_person_and_names_every_file(bureau: Bureau, tmp_path: Path) -> None:
    bureau.run("export-subject", STUDENT, tmp_path / "out")
    index = (tmp_path / "out" / "index.txt").read_text(encoding="utf-8")
    assert all(name in index for name in names(tmp_path / "out") - {"index.txt"})
    assert "2032" in index  # five years after the academic year 2026-2027
    assert "L124-1" in index


def test_a_name_is_enough_only_with_the_number_of_a_dossier(bureau: Bureau, tmp_path: Path) -> None:
    first, second = bureau.numbers
    name = "Camille Lefèvre-Nguyễn"
    assert "SUBJECT-02" in bureau.run("export-subject", name, tmp_path / "out", expect=3).err
    assert "SUBJECT-01" in bureau.run("export-subject", name, tmp_path / "out", "--number", second, expect=3).err
    assert "SUBJECT-01" in bureau.run("export-subject", "nobody@univ.test", tmp_path / "out", expect=3).err
    assert not (tmp_path / "out").exists()
    bureau.run("export-subject", name, tmp_path / "out", "--number", first)
    assert (tmp_path / "out" / "index.txt").is_file()


def test_an_archive_holds_the_same_and_opens_for_the_person_alone_when_it_is_encrypted(
    bureau: Bureau, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    bureau.run("export-subject", STUDENT, tmp_path / "out")
    bureau.run("export-subject", STUDENT, tmp_path / "out.zip")
    bureau.run("export-subject", STUDENT, tmp_path / "out.zip.age", "--recipient", str(identity.to_public()))
    closed = (tmp_path / "out.zip.age").read_bytes()
    assert STUDENT.encode() not in closed
    for data in ((tmp_path / "out.zip").read_bytes(), pyrage.decrypt(closed, [identity])):
        with ZipFile(BytesIO(data)) as packed:
            assert set(packed.namelist()) == names(tmp_path / "out")
    answer = bureau.run("export-subject", STUDENT, tmp_path / "x.zip", "--recipient", "age1nonsense", expect=3)
    assert "SUBJECT-03" in answer.err
    assert "SUBJECT-04" in bureau.run("export-subject", STUDENT, tmp_path / "out.zip", expect=7).err


def test_that_data_were_handed_over_is_told_without_saying_whose(bureau: Bureau, tmp_path: Path) -> None:
    before = len(bureau.run("acts", "--json").json["acts"])
    bureau.run("export-subject", STUDENT, tmp_path / "out")
    told = bureau.run("acts", "--json").json["acts"][before:]
    assert [act["kind"] for act in told] == ["exported", "exported"]  # of the person, and of the dossier
    assert all(act["personal"]["by"] for act in told)
    assert STUDENT not in json.dumps(told)
    assert bureau.numbers[0] not in json.dumps(told)
