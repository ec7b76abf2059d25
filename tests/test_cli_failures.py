"""When services, disks and people fail in the middle: what is told, and what is left."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conventions import errors
from conventions.model.event import Signed
from tests.complaints import CODE, assert_told, refused
from tests.workspaces import Answer, Bureau, started_with


@pytest.fixture
def bureau(half_issued: Bureau, tmp_path: Path) -> Bureau:
    return half_issued.copy(tmp_path / "bureau")


# ── services ─────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def out_of_order(bureau: Bureau) -> Iterator[None]:
    bureau.pki.is_down = True
    try:
        yield
    finally:
        bureau.pki.is_down = False


def test_the_time_stamping_service_is_down(bureau: Bureau) -> None:
    first, second = bureau.numbers
    key = bureau.key(first, "student")
    with out_of_order(bureau):
        refused(bureau, "TSA-01", errors.ServiceError, "issue", second)
        refused(bureau, "TSA-01", errors.ServiceError, "sign", first, "--as", "student", "--key", key)
    bureau.run("issue", second)
    bureau.sign(first, "student")


def test_nobody_can_say_whether_a_certificate_is_revoked(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    returned = bureau.signed_elsewhere(number, "student")
    with out_of_order(bureau):
        refused(bureau, "REV-02", errors.ServiceError, "receive", returned)
    bureau.run("receive", returned)
    bureau.sign(number, "company", "coordinator", "dean")
    with out_of_order(bureau):
        answer = refused(bureau, "REV-01", errors.ServiceError, "seal", number)
    assert "certificate" in answer.err
    bureau.run("seal", number)


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def a_small_disk(place: Path, size: int) -> Iterator[bool]:
    """A file system of that many bytes; False where this user may not mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    is_mounted = subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up_sooner_or_later(half_issued: Bureau, tmp_path: Path) -> None:
    """First the paper finds no room, then the registry, then the letter; the same command goes on from there."""
    number, told, room = half_issued.numbers[1], set(), 0
    while "nothing" not in told:
        place = tmp_path / f"disk-{room}"
        with a_small_disk(place, 4_000_000) as is_small:
            bureau = half_issued.copy(place / "bureau")
            told.add(failure_of_an_issue(bureau, number, room, is_small=is_small))
            assert list(bureau.root.rglob(".writing-*")) == []
            (place / "ballast").unlink(missing_ok=True)
            bureau.run("issue", number)
            assert bureau.kinds(number) == ["issued", "sent"]
            assert bureau.attached(number, "turn-student") == bureau.paper(number).read_bytes()
        room += 75_000
    assert told == {"DISK-01", "MAIL-07", "nothing"}


def failure_of_an_issue(bureau: Bureau, number: str, room: int, *, is_small: bool) -> str:
    """Its code; ``nothing`` once there is room. Where no disk can be mounted, no file may grow beyond the room."""
    if is_small:
        ballast = bureau.root.with_name("ballast")
        ballast.write_bytes(bytes(shutil.disk_usage(ballast.parent).free - room))
        answer = bureau.try_to("issue", number)
    else:
        answer = with_file_size_limit(bureau, room, "issue", number)
    if answer.code == 0:
        return "nothing"
    (code,) = CODE.findall(answer.err)
    assert_told(answer, code, errors.DiskError)
    assert bureau.kinds(number) in ([], ["issued"])
    return str(code)


def with_file_size_limit(bureau: Bureau, limit: int, *command: str) -> Answer:
    """The nearest to a full disk that every user can have."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
    try:
        return bureau.try_to(*command)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_no_file_may_become_as_large_as_a_paper(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    before = bureau.everything()
    assert_told(with_file_size_limit(bureau, 90_000, "issue", number), "DISK-01", errors.DiskError)
    assert bureau.everything() == before
    bureau.run("issue", number)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Root writes into every folder, so it is given one that the system itself keeps it out of."""
    if os.geteuid():
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], capture_output=True).returncode == 0:
        yield
        subprocess.run(["umount", str(folder)], check=True)
        return
    away = folder.rename(folder.with_name("away"))
    folder.write_bytes(b"a file cannot be written into either")
    yield
    folder.unlink()
    away.rename(folder)


def test_an_outbox_that_cannot_be_written_keeps_no_letter_back_for_good(bureau: Bureau) -> None:
    first, second = bureau.numbers
    key = bureau.key(first, "student")
    with read_only(bureau.root / "outbox"):
        assert_told(bureau.run("issue", second, expect=12), "MAIL-07", errors.DiskError)
        answer = bureau.run("sign", first, "--as", "student", "--key", key, expect=12)
        assert_told(answer, "MAIL-07", errors.DiskError)
    assert bureau.kinds(second) == ["issued"]
    assert bureau.kinds(first) == ["issued", "sent", "signed"]
    bureau.run("issue", "--all")
    assert bureau.kinds(second) == ["issued", "sent"]
    assert bureau.kinds(first) == ["issued", "sent", "signed", "sent"]
    assert bureau.attached(first, "turn-company") == bureau.paper(first).read_bytes()
    assert len([event for event in bureau.events(first) if isinstance(event, Signed)]) == 1


# ── interruptions ────────────────────────────────────────────────────────────────────────────────────────


def interrupt_when(bureau: Bureau, pattern: str, *command: str) -> Answer:
    with started_with(signal.SIGINT, signal.SIG_DFL):
        process = bureau.start(*command)
    while not list(bureau.root.glob(pattern)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return Answer(process.returncode, out, err)


@pytest.mark.parametrize("pattern", ["passing/*/profile", "passing/*/*.docx"])
def test_control_c_stops_at_once_and_leaves_nothing_half_done(bureau: Bureau, pattern: str) -> None:
    shutil.rmtree(bureau.root / "papers" / bureau.numbers[1])
    before = bureau.everything()
    answer = interrupt_when(bureau, pattern, "generate", "--all")
    assert answer.code == 130
    assert "Interrupted" in answer.err
    assert "Traceback" not in answer.err
    assert list((bureau.root / "passing").iterdir()) == []
    assert bureau.everything() == before
    bureau.run("generate", "--all")


@pytest.mark.parametrize("command", ["check", "status", "schema", "--help"])
def test_a_reader_who_goes_away_is_no_error(bureau: Bureau, command: str) -> None:
    process = bureau.start(command)
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == ""
    process.wait(timeout=30)
