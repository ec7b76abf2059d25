"""A package of the archive in the hands of somebody who has nothing else: what it proves, and what is found out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.offices import a_short_bureau
from tests.papers import the_clock
from tests.workspaces import PASSPHRASE, Answer, Bureau


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two archived papers: of the first, the student signed with a code and the coordinator on paper.

    The seal got a new certificate after the papers were issued.
    """
    with a_short_bureau(tmp_path_factory.mktemp("archived")) as bureau:
        first, second = bureau.numbers
        bureau.run("issue", first, second)
        bureau.pki.seal(PASSPHRASE).replace(bureau.root / "keys" / "seal.pfx")
        bureau.run("code", first, "--as", "student")
        bureau.run("consent", first, "--as", "student", CONVENTIONS_CODE=bureau.code_sent(first, "student"))
        bureau.sign(first, "company")
        scan = bureau.root.with_name("scan.pdf")
        scan.write_bytes(b"%PDF a page with a signature in ink")
        bureau.run("scan", first, scan, "--as", "coordinator", "--signed-on", "2026-02-01")
        bureau.sign(first, "dean")
        bureau.sign(second, "student", "company", "coordinator", "dean")
        bureau.pki.move_to(the_clock(), years=2)
        bureau.run("seal")
        bureau.run("archive")
        yield bureau


@pytest.fixture
def place(archived: Bureau, tmp_path: Path) -> Path:
    """The first package, copied to somebody who may write."""
    return taken(archived, archived.numbers[0], tmp_path)


def package(bureau: Bureau, number: str) -> Path:
    return bureau.root / "archive" / "2026-2027" / number / "convention-v1"


def taken(bureau: Bureau, number: str, folder: Path) -> Path:
    copied = shutil.copytree(package(bureau, number), folder / number / "convention-v1")
    for path in copied.iterdir():
        path.chmod(0o644)
    return copied


def verified(bureau: Bureau, *paths: Path | str) -> Answer:
    return bureau.try_to("verify", *paths, "--trust", bureau.root / "keys" / "roots.pem")


def codes(bureau: Bureau, *paths: Path | str) -> set[str]:
    told = verified(bureau, *paths, "--json")
    found = {finding["code"] for one in told.json for finding in one["findings"]}
    assert told.code == (8 if found else 0)
    return found


def rewrite(place: Path, name: str, data: bytes | None, **more: Any) -> None:
    """As somebody does who knows how a package is made: all digests agree again; None takes a file out."""
    manifest = json.loads((place / "manifest.json").read_bytes()) | more
    (place / name).unlink(missing_ok=True)
    manifest["files"].pop(name, None)
    if data is not None:
        (place / name).write_bytes(data)
        manifest["files"][name] = {"length": len(data), "sha256": sha256(data).hexdigest()}
    told = json.dumps(manifest).encode()
    (place / "manifest.json").write_bytes(told)
    (place / "manifest.sha256").write_text(f"{sha256(told).hexdigest()}  manifest.json\n")


def test_a_seal_that_got_a_new_certificate_still_signs_on_behalf(archived: Bureau) -> None:
    told = verified(archived, package(archived, archived.numbers[0])).out
    assert told.count("the institution's seal") == 2


# ── copied, renamed, locked ──────────────────────────────────────────────────────────────────────────────


def test_a_package_proves_itself_under_any_name_and_in_a_folder_that_nobody_may_write(
    archived: Bureau, place: Path
) -> None:
    renamed = place.rename(place.with_name("convention-v1 (copy of the professor)"))
    for path in (*renamed.iterdir(), renamed):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert codes(archived, renamed) == set()
    told = verified(archived, renamed.parent.parent)
    assert str(renamed) in told.out
    assert told.code == 0
    (renamed / "journal.json").chmod(0o644)
    (renamed / "journal.json").write_bytes(b"[]")
    assert codes(archived, renamed.parent.parent) == {"ARCHIVE-14", "ARCHIVE-27"}


def test_a_package_of_a_program_to_come_is_not_called_damaged(archived: Bureau, place: Path) -> None:
    rewrite(place, "novelty.bin", b"?", format=2, program="conventions 9.0")
    told = verified(archived, place)
    assert "conventions 9.0" in told.out
    assert "backup" not in told.out
    assert codes(archived, place) == {"ARCHIVE-30"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda place: (place / "manifest.json").unlink(), "ARCHIVE-10"),
        (lambda place: (place / "convention.pdf").unlink(), "ARCHIVE-12"),
        (lambda place: (place / "Thumbs.db").write_bytes(b"?"), "ARCHIVE-13"),
    ],
)
def test_one_thing_that_is_wrong_is_one_finding(
    archived: Bureau, place: Path, change: Callable[[Path], object], code: str
) -> None:
    change(place)
    assert codes(archived, place) == {code}


def test_a_file_that_somebody_put_there_is_to_be_taken_away(archived: Bureau, place: Path) -> None:
    (place / "Thumbs.db").write_bytes(b"?")
    told = verified(archived, place).out
    assert "move it elsewhere" in told
    assert "backup" not in told


# ── rewritten, so that the digests agree ─────────────────────────────────────────────────────────────────


def changed(name: str, before: bytes, after: bytes) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        data = (place / name).read_bytes()
        assert before in data
        rewrite(place, name, data.replace(before, after))

    return change


def without(name: str) -> Callable[[Path], None]:
    return lambda place: rewrite(place, name, None)


def shortened_chain(place: Path) -> None:
    chain = json.loads((place / "chain.json").read_bytes())
    chain["papers"][-1]["events"].pop()
    journal = json.loads((place / "journal.json").read_bytes())
    rewrite(place, "chain.json", json.dumps(chain).encode())
    rewrite(place, "journal.json", json.dumps(journal[:-1]).encode())


def broken_proof(name: str, at: int) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        data = bytearray((place / name).read_bytes())
        data[at] ^= 1
        rewrite(place, name, bytes(data))

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (without("evidence-student.json"), "ARCHIVE-20"),
        (changed("evidence-student.json", b"camille.lefevre@", b"somebody.other@"), "ARCHIVE-21"),
        (changed("evidence-coordinator.json", b'"2026-02-01"', b'"2026-02-02"'), "ARCHIVE-21"),
        (without("evidence-student.p7s"), "ARCHIVE-23"),
        (broken_proof("evidence-student.p7s", -300), "ARCHIVE-23"),
        (broken_proof("evidence-coordinator.p7s", -5), "ARCHIVE-23"),
        (without("scan-coordinator.pdf"), "ARCHIVE-24"),
        (changed("scan-coordinator.pdf", b"in ink", b"in red"), "ARCHIVE-24"),
        (changed("journal.json", b"camille.lefevre@", b"somebody.other@"), "ARCHIVE-27"),
        (changed("journal.json", b'"kind": "sealed"', b'"kind": "sealed",\n  "note": "by hand"'), "ARCHIVE-27"),
        (changed("chain.json", b"camille.lefevre@", b"somebody.other@"), "ARCHIVE-25"),
        (changed("chain.json", b'"papers"', b'"paper"'), "ARCHIVE-25"),
        (shortened_chain, "ARCHIVE-26"),
        (changed("report.json", b'"sha256": "', b'"sha256": "0'), "ARCHIVE-28"),
    ],
)
def test_what_stands_beside_the_paper_and_contradicts_it_is_found_without_any_registry(
    archived: Bureau, place: Path, change: Callable[[Path], None], code: str
) -> None:
    assert codes(archived, place) == set()
    change(place)
    assert codes(archived, place) == {code}


def test_a_package_of_an_older_program_needs_neither_chain_nor_evidence(archived: Bureau, place: Path) -> None:
    for path in [*place.glob("evidence-*"), *place.glob("scan-*"), place / "chain.json", place / "report.json"]:
        rewrite(place, path.name, None)
    assert codes(archived, place) == set()


# ── renewed ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def renewed(archived: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    bureau = archived.copy(tmp_path_factory.mktemp("renewed") / "bureau")
    bureau.pki.move_to(the_clock(), years=9)
    bureau.set("renew_days = 365", "renew_days = 1000")
    assert bureau.run("renew").out.count("renewed; it is good until") == 2
    return bureau


def test_a_renewed_package_goes_on_from_the_one_before(renewed: Bureau, tmp_path: Path) -> None:
    number = renewed.numbers[0]
    folder = shutil.copytree(package(renewed, number).parent, tmp_path / number)
    assert codes(renewed, folder) == set()
    earlier = folder / "convention-v1"
    for path in earlier.iterdir():
        path.chmod(0o644)
    rewrite(earlier, "roots.pem", b"other roots")
    assert codes(renewed, folder) == {"ARCHIVE-29"}


def test_a_copy_that_pretends_to_be_a_renewal_is_found(archived: Bureau, place: Path) -> None:
    shutil.copytree(place, place.with_name("convention-v1-r2"))
    assert codes(archived, place.parent) == {"ARCHIVE-29"}


def test_papers_that_a_new_timestamp_would_not_help_are_not_renewed_again_and_again(
    archived: Bureau, tmp_path: Path
) -> None:
    bureau = archived.copy(tmp_path / "bureau")
    bureau.set("renew_days = 365", "renew_days = 1826")
    bureau.pki.move_to(the_clock(), years=4)
    assert bureau.run("renew").out.count("renewed; it is good until") == 2
    after = bureau.everything()
    assert bureau.run("renew").out.count("a time-stamp of today would not last longer") == 2
    assert bureau.everything() == after


# ── asked about another day, and about many ──────────────────────────────────────────────────────────────


def test_a_paper_is_judged_as_of_any_day(archived: Bureau) -> None:
    paper = package(archived, archived.numbers[1]) / "convention.pdf"
    until = the_clock() + timedelta(days=2 * 365)
    told = verified(archived, paper)
    assert "it can be verified offline until" in told.out
    (plain,) = verified(archived, paper, "--json").json
    assert plain["until"].startswith(until.date().isoformat())
    late = verified(archived, paper, "--on", (until + timedelta(days=2)).date().isoformat())
    assert late.code == 8
    assert "its certificate ended on" in late.out
    assert "offline until" not in late.out
    early = verified(archived, paper, "--on", "2020-01-01")
    assert early.code == 8
    assert "set the clock of this computer" in early.out
    assert verified(archived, paper, "--on", "tomorrow").code == 2


def test_of_many_papers_those_that_are_not_valid_are_named_once_more_at_the_end(
    archived: Bureau, tmp_path: Path
) -> None:
    first, second = (taken(archived, number, tmp_path / "archive") for number in archived.numbers)
    assert "all 2 are valid" in verified(archived, tmp_path / "archive").err
    rewrite(second, "report.json", b"{}")
    told = verified(archived, tmp_path / "archive")
    assert told.code == 8
    assert "1 of 2" in told.err
    assert str(second) in told.err
    assert str(first) not in told.err


def test_a_verdict_is_told_although_its_report_cannot_be_written(archived: Bureau, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes((package(archived, archived.numbers[1]) / "convention.pdf").read_bytes())
    (tmp_path / "paper.verified.json").mkdir()
    told = verified(archived, paper, "--report")
    assert told.code == 12
    assert "complete and sealed" in told.out


def test_a_report_names_the_authorities_as_they_are_published(archived: Bureau, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes((package(archived, archived.numbers[1]) / "convention.pdf").read_bytes())
    verified(archived, paper, "--report")
    report = json.loads(paper.with_name("paper.verified.json").read_bytes())
    archived.run("roots", tmp_path / "published")
    (authority,) = report["authorities"]
    assert authority in (tmp_path / "published" / "verify.txt").read_text(encoding="utf-8")
