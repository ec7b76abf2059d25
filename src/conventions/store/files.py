"""Files that appear whole or not at all.

Everything is written beside its place under a passing name, flushed to the disk, and then given its name in one
step, so that a crash, a full disk or a second process never leaves half a paper.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from conventions.errors import DiskError, NeverOverwrite
from conventions.system import reason
from conventions.text import Text

__all__ = ["digest_name", "disk", "disk_error", "missing", "read_file", "replace", "sync_folder", "write_new"]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_HARD_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def digest_name(stem: str, data: bytes, suffix: str = ".pdf") -> str:
    """A file name that says what is in it: the first twelve hexadecimal digits of its SHA-256 end the stem.

    Other bytes get another name, so a file written before a crash is found again and never stands in the way.
    """
    return f"{stem}-{sha256(data).hexdigest()[:12]}{suffix}"


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must never change; missing folders are made. The same bytes twice are one file.

    Raises:
        NeverOverwrite: STORE-01, other bytes already stand under that name.
        DiskError: DISK-01 the disk is full, DISK-02 the operating system refuses.
    """
    with disk(path), _written(path, data) as passing:
        try:
            _give_name(passing, path)
        except FileExistsError:
            _assert_same(path, data)
        sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Write a file that may still change, such as a paper before its first signature; missing folders are made.

    Raises:
        DiskError: DISK-01 the disk is full, DISK-02 the operating system refuses; the old bytes still stand.
    """
    with disk(path), _written(path, data) as passing:
        passing.replace(path)
        sync_folder(path.parent)


def read_file(path: Path) -> bytes:
    """The bytes of a file that the registry or the archive names.

    Raises:
        DiskError: DISK-03 it is gone, DISK-02 it cannot be read.
    """
    with disk(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise missing(path) from None


def missing(path: Path) -> DiskError:
    """DISK-03: a file that is named is not there."""
    return DiskError(
        "DISK-03",
        Text("the file {file} is missing", file=path.name),
        Text("put it back from a backup, or name the file where it is now"),
        place=str(path),
    )


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an error that says what to do.

    Raises:
        DiskError: DISK-01 the disk is full, DISK-02 anything else.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> DiskError:
    """What the operating system refused, with what to do: DISK-01 the disk is full, DISK-02 anything else."""
    if error.errno in _FULL:
        return DiskError(
            "DISK-01",
            Text("there is no room left to write {file}", file=path.name),
            Text("free some space or raise the quota, then run the command again: nothing was half written"),
            place=str(path),
        )
    return DiskError(
        "DISK-02",
        Text("the operating system refuses {file}: {reason}", file=path.name, reason=reason(error)),
        Text("check that the folder exists, is writable and belongs to you, then run the command again"),
        place=str(path),
    )


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[Path]:
    """The bytes, safe on the disk beside their place; the passing name is gone afterwards."""
    if not path.parent.is_dir():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
    passing = path.parent / f".writing-{token_hex(8)}"
    try:
        with passing.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield passing
    finally:
        passing.unlink(missing_ok=True)


def _give_name(passing: Path, path: Path) -> None:
    """Name the file unless the name is taken (FileExistsError). A rename would silently take the place."""
    try:
        path.hardlink_to(passing)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Network and memory-card file systems without hard links: take the name first, then fill it.
        path.touch(exist_ok=False)
        passing.replace(path)


def _assert_same(path: Path, data: bytes) -> None:
    if path.is_file() and path.read_bytes() == data:
        return
    raise NeverOverwrite(
        "STORE-01",
        Text("{file} already exists with other contents", file=path.name),
        Text("keep the file that is there, or move it away yourself if it is not needed"),
        place=str(path),
    )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
