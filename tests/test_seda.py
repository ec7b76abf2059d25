"""Transfers to a public archive service (SEDA 2.1): what the manifest says of every file of a dossier."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from pathlib import Path

import pytest
from lxml import etree

from conventions.errors import NeverOverwrite
from conventions.store import Rule, Transfer, Unit, make_transfer
from tests.offices import a_short_bureau
from tests.workspaces import Bureau

NAMESPACE = "{fr:gouv:culture:archivesdefrance:seda:v2.1}"
AGREED = """[archive.seda]
agreement = "CONTRAT-12"
archive = "AD-EXEMPLE"
sender = "UNIV-EXEMPLE"
appraisal_rule = "DUA-{years}"
access_rule = "COM-50"
"""
NOW = datetime(2027, 9, 3, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An archived paper, and an attachment that is kept."""
    with a_short_bureau(tmp_path_factory.mktemp("archived")) as bureau:
        number = bureau.numbers[1]
        bureau.run("issue", number)
        bureau.sign(number, "student", "company", "coordinator", "dean")
        bureau.run("seal")
        bureau.run("archive")
        (bureau.root / "attachments").mkdir()
        (bureau.root / "attachments" / "cover.pdf").write_bytes(b"%PDF cover")
        text = bureau.file(number).read_text(encoding="utf-8")
        text = text.replace("kind: civil_liability,", "kind: civil_liability, file: attachments/cover.pdf,")
        bureau.file(number).write_text(text, encoding="utf-8")
        settings = bureau.root / "conventions.toml"
        head, _, tail = settings.read_text(encoding="utf-8").partition("[archive.seda]")
        rest = "\n[" + tail.partition("\n[")[2]
        settings.write_text(head + AGREED + rest, encoding="utf-8")
        yield bureau


@pytest.fixture
def bureau(archived: Bureau, tmp_path: Path) -> Bureau:
    return archived.copy(tmp_path / "bureau")


@pytest.fixture
def handed_over(bureau: Bureau, tmp_path: Path) -> Path:
    told = bureau.run("export-package", bureau.numbers[1], tmp_path / "bag", "--seda").out
    assert " files in the bag; beside it a SEDA 2.1 transfer (experimental): bag.seda.zip" in told
    return tmp_path / "bag.seda.zip"


def manifest(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("manifest.xml"))


def said(element: etree._Element, path: str) -> list[str]:
    """The text of every element at a path of plain names."""
    steps = (f"{NAMESPACE}{name}" if name.isalpha() else name for name in path.split("/"))
    return [str(one.text) for one in element.findall("/".join(steps))]


def titles(element: etree._Element) -> dict[str, list[str]]:
    """Of every unit, by its level."""
    told: dict[str, list[str]] = {}
    for content in element.iter(f"{NAMESPACE}Content"):
        (level,) = said(content, "DescriptionLevel")
        told.setdefault(level, []).extend(said(content, "Title"))
    return told


def test_every_file_of_the_bag_is_in_the_transfer_and_described_once(handed_over: Path, tmp_path: Path) -> None:
    payload = {path.read_bytes() for path in (tmp_path / "bag" / "data").rglob("*") if path.is_file()}
    root = manifest(handed_over)
    with zipfile.ZipFile(handed_over) as archive:
        contents = {name: archive.read(name) for name in archive.namelist() if name != "manifest.xml"}
    assert {*contents.values()} == payload
    objects = root.findall(f".//{NAMESPACE}BinaryDataObject")
    assert Counter(uri for one in objects for uri in said(one, "Uri")) == Counter(contents.keys())
    for one in objects:
        (uri,), (size,), (digest,) = said(one, "Uri"), said(one, "Size"), one.findall(f"{NAMESPACE}MessageDigest")
        assert (int(size), digest.text) == (len(contents[uri]), sha512(contents[uri]).hexdigest())
        assert digest.get("algorithm") == "SHA-512"
    referenced = said(root, ".//DataObjectReferenceId")
    assert Counter(referenced) == Counter(str(one.get("id")) for one in objects)


def test_a_service_finds_one_flat_folder_and_one_object_for_each_unit(handed_over: Path) -> None:
    with zipfile.ZipFile(handed_over) as archive:
        names = [name for name in archive.namelist() if name != "manifest.xml"]
    assert all(name.startswith("content/object-") and name.count("/") == 1 for name in names)
    for unit in manifest(handed_over).iter(f"{NAMESPACE}ArchiveUnit"):
        assert len(said(unit, "DataObjectReference/DataObjectReferenceId")) == (not said(unit, "ArchiveUnit"))


def test_the_manifest_says_who_hands_over_what_under_which_rules(bureau: Bureau, handed_over: Path) -> None:
    number, root = bureau.numbers[1], manifest(handed_over)
    assert root.tag == f"{NAMESPACE}ArchiveTransfer"
    assert [str(one.tag).removeprefix(NAMESPACE) for one in root] == [
        "Comment",
        "Date",
        "MessageIdentifier",
        "ArchivalAgreement",
        "CodeListVersions",
        "DataObjectPackage",
        "ArchivalAgency",
        "TransferringAgency",
    ]
    assert said(root, "ArchivalAgreement") == ["CONTRAT-12"]
    assert said(root, "ArchivalAgency/Identifier") == ["AD-EXEMPLE"]
    assert said(root, "TransferringAgency/Identifier") == ["UNIV-EXEMPLE"]
    rules = root.find(f".//{NAMESPACE}ManagementMetadata")
    assert rules is not None
    assert said(rules, "OriginatingAgencyIdentifier") == ["UNIV-EXEMPLE"]
    assert said(rules, "AppraisalRule/Rule") == ["DUA-5"]
    assert said(rules, "AppraisalRule/FinalAction") == ["Keep"]
    assert said(rules, "AccessRule/Rule") == ["COM-50"]
    starts = said(rules, "AppraisalRule/StartDate") + said(rules, "AccessRule/StartDate")
    assert [day[4:] for day in starts] == ["-09-01", "-09-01"]
    told = titles(root)
    assert len(told["RecordGrp"]) == 1
    assert number in told["RecordGrp"][0]
    assert [number in title for title in told["File"]] == [False, True]  # the attachments, the agreement
    (start,), (end,) = said(root, ".//StartDate")[:1], said(root, ".//EndDate")
    assert start < end
    assert {"convention.pdf", "manifest.json", "roots.pem", "journal.json", "03-civil_liability.pdf"} <= {*told["Item"]}


def test_the_same_transfer_again_changes_nothing_and_another_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[1]
    bureau.run("export-package", number, tmp_path / "bag")
    assert not (tmp_path / "bag.seda.zip").exists()
    bureau.run("export-package", number, tmp_path / "bag", "--seda")
    before = (tmp_path / "bag.seda.zip").read_bytes()
    bureau.run("export-package", number, tmp_path / "bag", "--seda")
    assert (tmp_path / "bag.seda.zip").read_bytes() == before
    bureau.set('"CONTRAT-12"', '"CONTRAT-13"')
    assert "STORE-01" in bureau.run("export-package", number, tmp_path / "bag", "--seda", expect=7).err
    assert (tmp_path / "bag.seda.zip").read_bytes() == before


def test_nothing_is_handed_over_before_it_is_agreed_to_whom(bureau: Bureau, tmp_path: Path) -> None:
    bureau.set('agreement = "CONTRAT-12"', 'agreement = ""')
    told = bureau.run("export-package", bureau.numbers[1], tmp_path / "bag", "--seda", expect=11).err
    assert "SEDA-01" in told
    assert not (tmp_path / "bag").exists()


# ── without an office ────────────────────────────────────────────────────────────────────────────────────


def a_transfer(*files: str, appraisal: Rule | None = None) -> Transfer:
    items = tuple(Unit("Item", file, file=file) for file in files)
    return Transfer("<Date>1999</Date> & more", "A", "B", "C", "D", Unit("RecordGrp", "é", "1", parts=items), appraisal)


def test_an_hour_later_the_same_transfer_is_the_same_file(tmp_path: Path) -> None:
    path, files = tmp_path / "one.zip", {"a.txt": b"a", "b/c.PDF": b"c"}
    make_transfer(path, a_transfer(*files), files, NOW)
    before = path.read_bytes()
    make_transfer(path, a_transfer(*files), files, NOW + timedelta(hours=1))
    assert path.read_bytes() == before
    assert said(manifest(path), "Date") == [NOW.isoformat()]
    assert said(manifest(path), "Comment") == ["<Date>1999</Date> & more"]
    assert said(manifest(path), ".//Uri") == ["content/object-0001.txt", "content/object-0002.pdf"]


@pytest.mark.parametrize("there", [b"", b"lunch", b"<Date>2027-09-03T10:00:00+00:00</Date>"])
def test_what_is_no_transfer_is_never_overwritten(tmp_path: Path, there: bytes) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(there)
    with pytest.raises(NeverOverwrite):
        make_transfer(path, a_transfer("a.txt"), {"a.txt": b"a"}, NOW)
    assert path.read_bytes() == there


def test_other_contents_are_another_message(tmp_path: Path) -> None:
    told = set()
    for data in (b"a", b"b"):
        make_transfer(tmp_path / f"{data.decode()}.zip", a_transfer("x"), {"x": data}, NOW)
        told.update(said(manifest(tmp_path / f"{data.decode()}.zip"), "MessageIdentifier"))
    assert len(told) == 2
