"""The archive: whole packages, never overwritten, and every change to one is found."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions.errors import DiskError, NeverOverwrite
from conventions.store import Receipt, archive

FILES = {"convention.pdf": b"%PDF-1.7 sealed", "journal.json": b"[]"}
FACTS = {"number": "2026-0001", "signed_by": ["student", "company"]}


def keep(root: Path, files: dict[str, bytes] = FILES, *, number: str = "2026-0001", version: int = 1) -> Receipt:
    return archive.store(root, "2025-2026", number, "convention", version, files, FACTS)


def codes(place: Path, digest: str = "") -> set[str]:
    return {finding.code for finding in archive.check(place, digest=digest)}


def test_a_package_holds_the_files_and_says_what_they_are(tmp_path: Path) -> None:
    receipt = keep(tmp_path)
    assert receipt.place == tmp_path / "2025-2026" / "2026-0001" / "convention-v1"
    manifest = (receipt.place / "manifest.json").read_bytes()
    told = json.loads(manifest)
    assert receipt.digest == sha256(manifest).hexdigest()
    assert told["facts"] == FACTS
    assert told["program"].startswith("conventions ")
    assert told["files"]["convention.pdf"] == {"length": 15, "sha256": sha256(FILES["convention.pdf"]).hexdigest()}
    assert {path.name for path in receipt.place.iterdir()} == {*FILES, "manifest.json", "manifest.sha256"}
    assert archive.check(receipt.place, digest=receipt.digest) == ()


def test_the_digest_of_the_manifest_is_checked_by_a_common_tool(tmp_path: Path) -> None:
    place = keep(tmp_path).place
    assert subprocess.run(["sha256sum", "--check", "manifest.sha256"], cwd=place, capture_output=True).returncode == 0


def test_the_same_files_twice_give_the_same_receipt(tmp_path: Path) -> None:
    first = keep(tmp_path)
    again = archive.store(tmp_path, "2025-2026", "2026-0001", "convention", 1, FILES, {"told": "later"})
    assert again == first
    assert [path.name for path in first.place.parent.iterdir()] == ["convention-v1"]


@pytest.mark.parametrize("files", [{**FILES, "convention.pdf": b"other"}, {"convention.pdf": b"%PDF-1.7 sealed"}])
def test_other_files_under_the_same_number_are_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    first = keep(tmp_path)
    with pytest.raises(NeverOverwrite) as caught:
        keep(tmp_path, files)
    assert caught.value.code == "ARCHIVE-01"
    assert archive.check(first.place, digest=first.digest) == ()
    assert keep(tmp_path, files, version=2).place.name == "convention-v2"


def test_a_damaged_package_gives_no_receipt(tmp_path: Path) -> None:
    place = keep(tmp_path).place
    (place / "convention.pdf").unlink()
    with pytest.raises(NeverOverwrite) as caught:
        keep(tmp_path)
    assert caught.value.code == "ARCHIVE-03"
    assert not (place / "convention.pdf").exists()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../a", "/etc", ".hidden", "a\x00b", "a b", "é", "a\n", "x" * 81]
)
@pytest.mark.parametrize("part", ["year", "number", "document", "file"])
def test_no_name_leads_out_of_the_archive(tmp_path: Path, name: str, part: str) -> None:
    names = {"year": "2025-2026", "number": "2026-0001", "document": "convention", "file": "a.pdf", part: name}
    with pytest.raises(DiskError) as caught:
        archive.store(
            tmp_path / "archive", names["year"], names["number"], names["document"], 1, {names["file"]: b""}, {}
        )
    assert caught.value.code == "ARCHIVE-02"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sha256"])
def test_a_file_cannot_pass_itself_off_as_the_manifest(tmp_path: Path, name: str) -> None:
    with pytest.raises(DiskError):
        keep(tmp_path, {name: b"{}"})


def _altered(place: Path) -> None:
    (place / "convention.pdf").chmod(0o644)
    (place / "convention.pdf").write_bytes(b"%PDF-1.7 sealeD")


def _relinked(place: Path) -> None:
    (place / "convention.pdf").rename(place.parent / "elsewhere.pdf")
    (place / "convention.pdf").symlink_to(place.parent / "elsewhere.pdf")


def _rewritten(place: Path) -> None:
    _altered(place)
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["files"]["convention.pdf"]["sha256"] = sha256(b"%PDF-1.7 sealeD").hexdigest()
    data = json.dumps(manifest).encode()
    for name, content in (
        ("manifest.json", data),
        ("manifest.sha256", f"{sha256(data).hexdigest()}  manifest.json\n".encode()),
    ):
        (place / name).unlink()
        (place / name).write_bytes(content)


def _replaced(name: str, content: bytes) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        (place / name).unlink()
        (place / name).write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_altered, {"ARCHIVE-14"}),
        (_relinked, {"ARCHIVE-14"}),
        (lambda place: (place / "journal.json").unlink(), {"ARCHIVE-12"}),
        (lambda place: (place / "extra.txt").write_bytes(b""), {"ARCHIVE-13"}),
        (lambda place: (place / "folder").mkdir(), {"ARCHIVE-13"}),
        (lambda place: (place / "manifest.json").unlink(), {"ARCHIVE-10"}),
        (lambda place: (place / "manifest.sha256").unlink(), {"ARCHIVE-11"}),
        (lambda place: shutil.rmtree(place), {"ARCHIVE-10"}),
        (_replaced("manifest.json", b"not JSON"), {"ARCHIVE-10", "ARCHIVE-11", "ARCHIVE-15"}),
        (_replaced("manifest.json", b'{"files": {"../../x": {}}}'), {"ARCHIVE-10", "ARCHIVE-11", "ARCHIVE-15"}),
        (_replaced("manifest.json", b"[" * 100_000), {"ARCHIVE-10", "ARCHIVE-11", "ARCHIVE-15"}),
        (_replaced("manifest.sha256", b"0" * 64), {"ARCHIVE-11"}),
        (_rewritten, {"ARCHIVE-15"}),
    ],
)
def test_a_change_to_a_package_is_found(tmp_path: Path, change: Callable[[Path], object], found: set[str]) -> None:
    receipt = keep(tmp_path)
    change(receipt.place)
    assert codes(receipt.place, receipt.digest) == found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([*FILES, "manifest.json", "manifest.sha256"]),
    at=st.integers(0, 10_000),
    flip=st.integers(1, 255),
)
def test_any_altered_byte_is_found(tmp_path: Path, name: str, at: int, flip: int) -> None:
    shutil.rmtree(tmp_path / "archive", ignore_errors=True)
    place = keep(tmp_path / "archive").place
    data = bytearray((place / name).read_bytes())
    data[at % len(data)] ^= flip
    receipt = archive.digest_of(place)
    _replaced(name, bytes(data))(place)
    assert codes(place)
    assert str(place / name) in {str(one.position) for one in archive.check(place, digest=receipt)}
    if name == "manifest.json":
        assert str(place / name) in {str(one.position) for one in archive.check(place)}


def test_every_package_is_listed_and_what_a_crash_left_is_not(tmp_path: Path) -> None:
    places = [keep(tmp_path, number=number).place for number in ("2026-0002", "2026-0001")]
    (tmp_path / "2025-2026" / "2026-0001" / ".storing-0123").mkdir()
    assert list(archive.packages(tmp_path)) == sorted(places)
    assert list(archive.packages(tmp_path / "not there yet")) == []


def _keep_mine(root: Path, data: bytes) -> str:
    try:
        return keep(root, {"convention.pdf": data}).digest
    except NeverOverwrite as error:
        return error.code


def test_of_two_different_packages_at_once_one_is_kept_whole(tmp_path: Path) -> None:
    tries = [(tmp_path, data) for data in (b"one", b"two") * 4]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        outcomes = pool.starmap(_keep_mine, tries, chunksize=1)
    assert outcomes.count("ARCHIVE-01") == 4
    (place,) = archive.packages(tmp_path)
    assert codes(place) == set()
    assert [path.name for path in place.parent.iterdir()] == ["convention-v1"]


def test_a_process_killed_while_storing_leaves_no_package_and_can_be_run_again(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from conventions.store import archive\n"
        "archive._take_place = lambda *places: os.kill(os.getpid(), signal.SIGKILL)\n"
        "archive.store(Path(sys.argv[1]), '2025-2026', '2026-0001', 'convention', 1, {'convention.pdf': b'x'}, {})\n"
    )
    seen = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=seen)
    assert ended.returncode == -signal.SIGKILL
    assert list(archive.packages(tmp_path)) == []
    assert codes(keep(tmp_path).place) == set()


def test_a_full_disk_leaves_no_half_package(tmp_path: Path) -> None:
    place = tmp_path / "tiny"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this user may not mount a tmpfs")
    try:
        with pytest.raises(DiskError) as caught:
            keep(place, {"a.pdf": b"x", "b.pdf": bytes(200_000)})
        assert caught.value.code == "DISK-01"
        assert not [path for path in place.rglob("*") if path.is_file()]
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_an_archive_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "2025-2026").write_bytes(b"in the way")
    with pytest.raises(DiskError) as caught:
        keep(tmp_path)
    assert caught.value.code == "DISK-02"
    assert "a file stands where a folder should be" in str(caught.value.message)
