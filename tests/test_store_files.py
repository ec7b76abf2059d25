"""Files appear whole or not at all, and what must never change never does."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions.errors import DiskError, NeverOverwrite
from conventions.store import digest_name, read_file, replace, write_new


def test_a_new_file_holds_the_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_new(tmp_path / "papers" / "a.pdf", b"one")
    assert (tmp_path / "papers" / "a.pdf").read_bytes() == b"one"
    assert os.listdir(tmp_path / "papers") == ["a.pdf"]  # noqa: PTH208


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_new(path, b"one")
    before = path.stat()
    write_new(path, b"one")
    assert path.stat().st_ino == before.st_ino


def test_other_bytes_never_take_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_new(path, b"one")
    with pytest.raises(NeverOverwrite) as caught:
        write_new(path, b"two")
    assert caught.value.code == "STORE-01"
    assert path.read_bytes() == b"one"
    assert [item.name for item in tmp_path.iterdir()] == ["a.pdf"]


def test_a_folder_under_that_name_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(NeverOverwrite):
        write_new(tmp_path / "a.pdf", b"one")


def test_a_file_that_may_change_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    replace(path, b"one")
    replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert [item.name for item in tmp_path.iterdir()] == ["a.pdf"]


def test_a_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_new(tmp_path / "a.pdf", b"one")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.pdf").stat().st_mode) == 0o640


def test_where_there_are_no_hard_links_nothing_is_overwritten_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    path = tmp_path / "a.pdf"
    write_new(path, b"one")
    write_new(path, b"one")
    with pytest.raises(NeverOverwrite):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 kB."""
    place = tmp_path / "tiny"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip("this user may not mount a tmpfs; the file-size limit test covers a part of it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("write", [write_new, replace])
def test_a_full_disk_is_said_in_plain_words_and_leaves_no_half_file(tiny_disk: Path, write: object) -> None:
    assert callable(write)
    with pytest.raises(DiskError) as caught:
        write(tiny_disk / "a.pdf", bytes(200_000))
    assert caught.value.code == "DISK-01"
    assert list(tiny_disk.iterdir()) == []


def test_a_full_disk_keeps_what_was_there(tiny_disk: Path) -> None:
    replace(tiny_disk / "a.pdf", b"old")
    with pytest.raises(DiskError):
        replace(tiny_disk / "a.pdf", bytes(200_000))
    assert read_file(tiny_disk / "a.pdf") == b"old"


def test_a_file_size_limit_is_a_full_disk_too(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DiskError) as caught:
            write_new(tmp_path / "a.pdf", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.code == "DISK-01"
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_a_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "papers").write_bytes(b"")
    with pytest.raises(DiskError) as caught:
        write_new(tmp_path / "papers" / "a.pdf", b"one")
    assert caught.value.code == "DISK-02"
    assert "writable" in str(caught.value.fix)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiskError) as caught:
        read_file(tmp_path / "gone.pdf")
    assert caught.value.code == "DISK-03"
    assert "gone.pdf" in str(caught.value.message)


def test_a_file_name_tells_other_bytes_apart() -> None:
    assert digest_name("convention-v1", b"one") != digest_name("convention-v1", b"two")
    assert digest_name("convention-v1", b"one") == "convention-v1-7692c3ad3540.pdf"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=20), min_size=1, max_size=6))
def test_the_first_bytes_stay_whatever_comes_after(tmp_path: Path, contents: list[bytes]) -> None:
    path = tmp_path / "a.pdf"
    path.unlink(missing_ok=True)
    for data in contents:
        if data == contents[0]:
            write_new(path, data)
        else:
            with pytest.raises(NeverOverwrite):
                write_new(path, data)
    assert path.read_bytes() == contents[0]


def _try_to_write(path: Path, data: bytes) -> bool:
    try:
        write_new(path, data)
    except NeverOverwrite:
        return False
    return True


def test_of_many_processes_exactly_one_takes_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    tries = [(path, f"process {rank}".encode()) for rank in range(16)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        won = pool.starmap(_try_to_write, tries, chunksize=1)
    assert sum(won) == 1
    assert path.read_bytes() == tries[won.index(True)][1]


def test_a_process_killed_while_writing_leaves_no_file_under_the_name(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from conventions.store import files\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_new(Path(sys.argv[1]), b'one')\n"
    )
    seen = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.pdf")], env=seen)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "a.pdf").exists()
    write_new(tmp_path / "a.pdf", b"two")
    assert (tmp_path / "a.pdf").read_bytes() == b"two"
