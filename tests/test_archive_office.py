"""The archive of an office over the years: audited, renewed, and what a registry that was lost is rebuilt from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import bagit
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions.settings import load
from conventions.store import PaperRecord, Registry
from demo.pki import TestPki
from tests.offices import a_short_bureau
from tests.papers import the_clock
from tests.workspaces import Bureau

ROLES = ("company", "coordinator", "dean")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two archived papers: a corrected one, in which the student signed with a code; and one signed with keys only."""
    with a_short_bureau(tmp_path_factory.mktemp("archived")) as bureau:
        first, second = bureau.numbers
        bureau.run("issue", first, second)
        bureau.run("recall", first, "--reason", "a wrong date")
        bureau.run("issue", first)
        bureau.run("code", first, "--as", "student")
        bureau.run("consent", first, "--as", "student", CONVENTIONS_CODE=bureau.code_sent(first, "student"))
        bureau.sign(first, *ROLES)
        bureau.sign(second, "student", *ROLES)
        bureau.pki.move_to(the_clock(), years=1)  # what proves these papers runs out soon
        bureau.run("seal")
        bureau.run("archive")
        yield bureau


@pytest.fixture(scope="module")
def renewed(archived: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """The same, nine years later: renewed once."""
    bureau = archived.copy(tmp_path_factory.mktemp("renewed") / "bureau")
    bureau.pki.move_to(the_clock(), years=9)
    bureau.run("renew")
    return bureau


@pytest.fixture
def bureau(archived: Bureau, tmp_path: Path) -> Bureau:
    return archived.copy(tmp_path / "bureau")


def held(bureau: Bureau) -> list[PaperRecord]:
    """Everything that the registry holds, but for the numbers that a database gives."""
    with Registry.open(load(bureau.root).registry_url) as registry:
        return [replace(paper, id=0) for paper in registry.papers(every_version=True)]


def package(bureau: Bureau, number: str) -> Path:
    (found,) = (bureau.root / "archive").glob(f"*/{number}/convention-v*")
    return found


def rewrite(place: Path, name: str, data: bytes) -> None:
    """As somebody does who knows how a package is made: file, manifest and digest agree again."""
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["files"][name] = {"length": len(data), "sha256": sha256(data).hexdigest()}
    told = json.dumps(manifest).encode()
    digest = f"{sha256(told).hexdigest()}  manifest.json\n".encode()
    for file, content in ((name, data), ("manifest.json", told), ("manifest.sha256", digest)):
        (place / file).unlink()
        (place / file).write_bytes(content)


def test_a_registry_that_was_deleted_is_rebuilt_equal(bureau: Bureau) -> None:
    before = held(bureau)
    assert [paper.version for paper in before] == [1, 2, 1]
    (bureau.root / "registry.sqlite3").unlink()
    told = bureau.run("audit", expect=16)
    assert told.err.count("AUDIT-07") == 2
    assert held(bureau) == []
    assert bureau.run("audit", "--repair").out.count("taken back") == 2
    assert held(bureau) == before
    files = bureau.everything()
    assert "taken back" not in bureau.run("audit", "--repair").out
    assert bureau.everything() == files
    assert "everything agrees" in bureau.run("audit").out
    bureau.run("journal", bureau.numbers[0], "--verify")


def test_papers_that_were_lost_with_the_registry_come_back_from_the_archive(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    papers = {path: path.read_bytes() for path in (bureau.root / "papers" / number).glob("*-v1-*.pdf")}
    assert len(papers) == 6
    for path in papers:
        path.unlink()
    (bureau.root / "registry.sqlite3").unlink()
    bureau.run("audit", "--repair")
    assert {path: path.read_bytes() for path in papers} == papers


def test_a_package_holds_the_evidence_and_says_what_it_proved(bureau: Bureau) -> None:
    place = package(bureau, bureau.numbers[0])
    evidence = json.loads((place / "evidence-student.json").read_bytes())
    assert (evidence["how"], evidence["role"]) == ("code", "student")
    assert (place / "evidence-student.p7s").stat().st_size > 1_000
    report = json.loads((place / "report.json").read_bytes())
    assert (report["ok"], report["sealed"], report["findings"]) == (True, True, [])
    assert report["sha256"] == sha256((place / "convention.pdf").read_bytes()).hexdigest()
    chain = json.loads((place / "chain.json").read_bytes())["papers"]
    assert [one["paper"]["version"] for one in chain] == [1, 2]


def another_chain(place: Path) -> None:
    chain = json.loads((place / "chain.json").read_bytes())
    chain["papers"][-1]["events"][-2]["facts"]["to"] = "somebody@else.test"
    rewrite(place, "chain.json", json.dumps(chain).encode())


def no_chain(place: Path) -> None:
    rewrite(place, "chain.json", b"[]")


def another_paper(place: Path) -> None:
    paper = (place / "convention.pdf").read_bytes()
    rewrite(place, "convention.pdf", paper[:-2_000] + bytes(2_000))


def a_chain_of_other_bytes(place: Path) -> None:
    chain = json.loads((place / "chain.json").read_bytes())
    chain["papers"][-1]["events"] = chain["papers"][-1]["events"][:3]
    rewrite(place, "chain.json", json.dumps(chain).encode())


def another_person(place: Path) -> None:
    record = (place / "evidence-student.json").read_bytes()
    rewrite(place, "evidence-student.json", record.replace(b"camille.lefevre@", b"somebody.other@"))


@pytest.mark.parametrize("forge", [another_chain, no_chain, another_paper, a_chain_of_other_bytes, another_person])
def test_a_package_that_does_not_prove_itself_is_not_taken_back(bureau: Bureau, forge: object) -> None:
    assert callable(forge)
    number = bureau.numbers[0]
    forge(package(bureau, number))
    (bureau.root / "registry.sqlite3").unlink()
    told = bureau.try_to("audit", "--repair")
    assert told.code
    assert number in told.err
    assert {paper.number for paper in held(bureau)} == {bureau.numbers[1]}


# ── audit ────────────────────────────────────────────────────────────────────────────────────────────────


def flip(path: Path, at: int, bits: int) -> None:
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= bits
    path.unlink()
    path.write_bytes(data)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.integers(0, 1_000), at=st.integers(0, 1_000_000), bits=st.integers(1, 255))
def test_one_altered_byte_of_any_file_in_the_archive_is_named(archived: Bureau, file: int, at: int, bits: int) -> None:
    files = sorted(path for path in (archived.root / "archive").rglob("*") if path.is_file())
    path = files[file % len(files)]
    before = path.read_bytes()
    try:
        flip(path, at, bits)
        assert str(path) in archived.run("audit", "--quick", path.parent.parent.name, expect=16).err
    finally:
        path.unlink()
        path.write_bytes(before)


def test_files_that_nobody_knows_are_told(bureau: Bureau) -> None:
    place = package(bureau, bureau.numbers[0])
    (place.parent / "notes.txt").write_text("lunch")
    (bureau.root / "papers" / bureau.numbers[0] / "convention-v1-01-student-0123456789ab.pdf").write_bytes(b"%PDF")
    bureau.run("verify", place, "--report")
    told = bureau.run("audit")
    assert told.out.count("AUDIT-08") == 2
    assert "notes.txt" in told.out
    assert "AUDIT-08" not in bureau.run("audit", bureau.numbers[0]).out


def test_evidence_that_is_missing_or_is_another_is_told(bureau: Bureau) -> None:
    (record,) = (bureau.root / "papers" / bureau.numbers[0]).glob("*.evidence.json")
    flip(record, 20, 1)
    assert "AUDIT-10" in bureau.run("audit", expect=16).err
    record.unlink()
    assert "AUDIT-10" in bureau.run("audit", bureau.numbers[0], expect=16).err


def test_the_signatures_of_archived_papers_are_proved_again(bureau: Bureau, impostors: TestPki) -> None:
    assert "everything agrees" in bureau.run("audit", bureau.numbers[0]).out
    (bureau.root / "keys" / "roots.pem").write_bytes(impostors.roots.read_bytes())
    assert "everything agrees" in bureau.run("audit", bureau.numbers[0], "--quick").out
    assert "VERIFY-03" in bureau.run("audit", bureau.numbers[0], expect=16).err


def test_an_audit_that_was_interrupted_goes_on_where_it_stopped(bureau: Bureau) -> None:
    first, second = bureau.numbers
    told = bureau.run("audit", "--from", second).out
    assert first not in told
    assert second in told


# ── renewal ──────────────────────────────────────────────────────────────────────────────────────────────


def test_papers_are_renewed_before_they_run_out_and_once(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    old = package(bureau, number)
    before = bureau.everything()
    assert "AUDIT-09" in bureau.run("audit", number).out
    assert bureau.run("renew", "--preview").out.count("would be renewed") == 2
    assert bureau.everything() == before
    bureau.pki.move_to(the_clock(), years=9)
    assert bureau.run("renew").out.count("renewed; it is good until") == 2
    new = old.with_name(f"{old.name}-r2")
    sealed, renewed = ((place / "convention.pdf").read_bytes() for place in (old, new))
    assert renewed.startswith(sealed)
    assert len(renewed) > len(sealed)
    manifest = json.loads((new / "manifest.json").read_bytes())
    assert manifest["facts"]["renews"] == sha256((old / "manifest.json").read_bytes()).hexdigest()
    after = bureau.everything()
    assert {name: after[name] for name in before if name != "registry.sqlite3"} == {
        name: digest for name, digest in before.items() if name != "registry.sqlite3"
    }
    assert bureau.run("renew").out.count("nothing to do") == 2
    assert bureau.everything() == after
    assert "AUDIT-09" not in bureau.run("audit").out
    verified = bureau.run("verify", bureau.root / "archive", "--json").json
    assert [Path(one["path"]).name for one in verified] == [new.name, "convention-v1-r2"]
    flip(old / "roots.pem", 50, 1)
    assert "roots.pem" in bureau.run("verify", bureau.root / "archive", expect=8).out
    assert bureau.kinds(number)[-2:] == ["archived", "renewed"]


def test_a_renewed_paper_too_is_rebuilt_equal(renewed: Bureau, tmp_path: Path) -> None:
    bureau = renewed.copy(tmp_path / "bureau")
    before = held(bureau)
    (bureau.root / "registry.sqlite3").unlink()
    bureau.run("audit", "--repair")
    assert held(bureau) == before


def test_a_renewal_that_was_interrupted_before_its_receipt_is_finished(
    archived: Bureau, renewed: Bureau, tmp_path: Path
) -> None:
    registry = (archived.root / "registry.sqlite3").read_bytes()
    bureau = renewed.copy(tmp_path / "bureau")
    wanted, files = held(bureau), bureau.everything("registry.sqlite3")
    (bureau.root / "registry.sqlite3").write_bytes(registry)
    bureau.run("renew")
    assert bureau.everything("registry.sqlite3") == files
    assert held(bureau) == wanted


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="as many at a time as there are processors")
def test_papers_are_renewed_side_by_side(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, answer = Barrier(2, timeout=60), bureau.pki.answer

    def answered_together(path: str, body: bytes) -> tuple[str, bytes] | None:
        if path == "/tsa":
            meeting.wait()
        return answer(path, body)

    bureau.pki.move_to(the_clock(), years=9)
    monkeypatch.setattr(bureau.pki, "answer", answered_together)
    told = bureau.run("renew").out.splitlines()
    assert [line[:9] for line in told if "renewed; it is good until" in line] == [*bureau.numbers]


def test_a_damaged_paper_is_not_renewed_and_stops_only_itself(bureau: Bureau) -> None:
    bureau.pki.move_to(the_clock(), years=9)
    place, other = (package(bureau, number) for number in bureau.numbers)
    flip(place / "convention.pdf", 10_000, 1)
    told = bureau.run("renew", expect=12)
    assert "ARCHIVE-19" in told.err
    assert "renewed; it is good until" in told.out
    assert not place.with_name(f"{place.name}-r2").exists()
    assert other.with_name(f"{other.name}-r2").is_dir()


def test_a_package_other_than_the_one_that_was_receipted_is_neither_renewed_nor_exported(
    bureau: Bureau, tmp_path: Path
) -> None:
    number = bureau.numbers[0]
    place = package(bureau, number)
    rewrite(place, "journal.json", b"[]")
    assert "the one that was receipted" in bureau.run("renew", number, expect=12).err
    assert not place.with_name(f"{place.name}-r2").exists()
    assert "the one that was receipted" in bureau.run("export-package", number, tmp_path / "bag", expect=12).err
    assert not (tmp_path / "bag").exists()


def test_a_paper_that_is_named_twice_is_renewed_once(bureau: Bureau) -> None:
    bureau.pki.move_to(the_clock(), years=9)
    number = bureau.numbers[0]
    assert bureau.run("renew", number, number).out.count("renewed; it is good until") == 1
    assert bureau.kinds(number)[-2:] == ["archived", "renewed"]


def test_only_an_archived_paper_is_renewed(bureau: Bureau) -> None:
    assert "PAPER-01" in bureau.try_to("renew", "2027-0999").err


# ── what is handed to others ─────────────────────────────────────────────────────────────────────────────


def test_everything_that_proves_a_dossier_goes_into_a_bag(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[0]
    bag = tmp_path / "bag"
    bureau.run("export-package", number, bag)
    bagit.Bag(str(bag)).validate()
    assert (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")
    place = package(bureau, number)
    for path in place.iterdir():
        assert (bag / "data" / place.name / path.name).read_bytes() == path.read_bytes()
    told = {path.name for path in (bag / "data").iterdir()}
    assert told == {place.name, "dossier.yaml", "journal.json", "roots.pem", "verify.txt"}
    chains = json.loads((bag / "data" / "journal.json").read_bytes())["papers"]
    assert [chain["events"][-1]["kind"] for chain in chains] == ["superseded", "archived"]
    assert bureau.run("verify", bag / "data", "--trust", bag / "data" / "roots.pem").out.count("valid") >= 1


def test_the_same_bag_again_changes_nothing_and_another_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    first, second = bureau.numbers
    bag = tmp_path / "bag"
    bureau.run("export-package", first, bag)
    assert "already" in bureau.run("export-package", first, bag).out
    assert "BAG-01" in bureau.run("export-package", second, bag, expect=7).err
    flip(bag / "data" / "roots.pem", 100, 1)
    assert "BAG-01" in bureau.run("export-package", first, bag, expect=7).err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_damaged_package_is_not_exported(bureau: Bureau, tmp_path: Path) -> None:
    flip(package(bureau, bureau.numbers[0]) / "journal.json", 100, 1)
    assert "ARCHIVE-19" in bureau.run("export-package", bureau.numbers[0], tmp_path / "bag", expect=12).err
    assert not (tmp_path / "bag").exists()
    assert "ARCHIVE-18" in bureau.run("export-package", "2027-0999", tmp_path / "bag", expect=6).err


def test_attachments_that_are_kept_go_along(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[1]
    (bureau.root / "attachments").mkdir()
    (bureau.root / "attachments" / "cover.pdf").write_bytes(b"%PDF cover")
    text = bureau.file(number).read_text(encoding="utf-8")
    for kind, file in (("civil_liability", "cover.pdf"), ("health_entitlement", "gone.pdf")):
        text = text.replace(f"kind: {kind},", f"kind: {kind}, file: attachments/{file},")
    bureau.file(number).write_text(text, encoding="utf-8")
    bureau.run("export-package", number, tmp_path / "bag")
    (kept,) = (tmp_path / "bag" / "data" / "attachments").iterdir()
    assert kept.read_bytes() == b"%PDF cover"


def test_whoever_has_a_paper_verifies_it_with_what_is_published(bureau: Bureau, tmp_path: Path) -> None:
    bureau.run("roots", tmp_path / "published")
    roots = tmp_path / "published" / "roots.pem"
    paper = tmp_path / "somebody" / "paper.pdf"
    paper.parent.mkdir()
    paper.write_bytes((package(bureau, bureau.numbers[1]) / "convention.pdf").read_bytes())
    elsewhere = replace(bureau, root=paper.parent)
    assert "sealed" in elsewhere.run("verify", paper, "--trust", roots).out
    words = (tmp_path / "published" / "verify.txt").read_text(encoding="utf-8")
    root = x509.load_pem_x509_certificate(roots.read_bytes())
    assert root.fingerprint(hashes.SHA256()).hex() in words
