"""A backup: one tar file, its manifest at the end; read again, every byte of it is compared.

::

    registry.sqlite3       where the settings name it: a copy made at one instant
    …every other file of the workspace, as it lies there
    BACKUP.json            program, instant, length and SHA-256 of each file

The registry is copied first. Files are written before the registry tells of them and never changed, so whatever the
copy tells of lies there when the files are read; what came in between is at most a file that no row knows, and
``conventions audit --repair`` takes that in.
"""

from __future__ import annotations

import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from secrets import token_hex
from shutil import rmtree
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, Any, Final

from conventions import __version__
from conventions.errors import DiskError, NeverOverwrite
from conventions.store import age
from conventions.store.alone import LOCK
from conventions.store.files import disk, missing, sync_folder
from conventions.text import Text

__all__ = ["MANIFEST", "Bundle", "name_at", "pack", "unpack"]

MANIFEST: Final = "BACKUP.json"
_PASSING: Final = (".writing-", ".storing-", ".backup-", ".restoring-", ".worker")
_STALE: Final = timedelta(days=1)
_ENDINGS: Final = (".tar", f".tar{age.SUFFIX}")
_NAMED: Final = re.compile(rf"conventions-\d{{8}}T\d{{6}}Z\.tar({re.escape(age.SUFFIX)})?")


@dataclass(frozen=True)
class Bundle:
    """What a backup says of itself."""

    made_at: str
    files: Mapping[str, Mapping[str, Any]]
    """Length and SHA-256 by path."""


def pack(
    root: Path,
    target: Path,
    registry: tuple[str, bytes] | None,
    recipients: Sequence[str],
    now: datetime,
) -> Bundle:
    """Write a workspace into one file, which is there whole or not at all.

    Args:
        root: the workspace.
        target: must not exist.
        registry: path inside the workspace, and its copy; None when it is not a file.
        recipients: for whom it is encrypted; nobody: it is not.
        now: aware.

    Raises:
        NeverOverwrite: BACKUP-01, there is a file of that name.
        KeyUnreadable: AGE-01, a recipient is no public key.
        DiskError: DISK-01, DISK-02.
    """
    with disk(target):
        _tidy(target.parent, now)
    with disk(target), _new(target) as stream:
        if not recipients:
            return _written(root, target, registry, stream, now)
        return _encrypted(root, target, registry, stream, recipients, now)


def _tidy(folder: Path, now: datetime) -> None:
    """Remove what a backup that was killed left there: it holds everybody's data. No backup takes a day."""
    oldest = (now - _STALE).timestamp()
    for path in folder.glob(".backup-*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


@contextmanager
def _new(target: Path) -> Iterator[IO[bytes]]:
    if os.path.lexists(target):
        raise NeverOverwrite(
            "BACKUP-01",
            Text("{file} is there already", file=target.name),
            Text("give the backup another name; an older one is never overwritten"),
            place=str(target),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.parent / f".backup-{token_hex(8)}"
    try:
        with passing.open("xb") as stream:
            passing.chmod(0o600)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        passing.rename(target)
        sync_folder(target.parent)
    finally:
        passing.unlink(missing_ok=True)


def _encrypted(
    root: Path,
    target: Path,
    registry: tuple[str, bytes] | None,
    stream: IO[bytes],
    recipients: Sequence[str],
    now: datetime,
) -> Bundle:
    """The tar file flows through a pipe into the encryption: it never lies anywhere in clear."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def encrypt() -> None:
        try:
            with os.fdopen(reading, "rb") as source:
                age.encrypt(source, stream, recipients)
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that waits
            failures.append(error)

    worker = Thread(target=encrypt)
    worker.start()
    try:
        with os.fdopen(writing, "wb") as pipe:
            bundle = _written(root, target, registry, pipe, now)
    except BrokenPipeError:
        bundle = None
    finally:
        worker.join()
    if failures:
        raise failures[0]
    assert bundle is not None  # noqa: S101  # a broken pipe is a failure of the other end
    return bundle


def _written(root: Path, target: Path, registry: tuple[str, bytes] | None, stream: IO[bytes], now: datetime) -> Bundle:
    contents: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as packed:
        if registry:
            contents[registry[0]] = _add(packed, registry[0], registry[1], 0o600, now.timestamp())
        for path in _files(root, but=target):
            name = path.relative_to(root).as_posix()
            if name not in contents and not _is_of_registry(name, registry):
                status, data = path.stat(), path.read_bytes()
                contents[name] = _add(packed, name, data, status.st_mode & 0o777, status.st_mtime)
        bundle = Bundle(now.isoformat(timespec="seconds"), contents)
        _add(packed, MANIFEST, _manifest(bundle), 0o600, now.timestamp())
    return bundle


def _files(root: Path, *, but: Path) -> Iterator[Path]:
    """Every file of the workspace that has its name, in order; links are not followed."""
    for path in sorted(root.rglob("*")):
        is_passing = path.name.startswith(_PASSING) or any(part.name.startswith(_PASSING) for part in path.parents)
        is_left_out = is_passing or path.name == LOCK or _is_backup(path, beside=but)
        if path.is_file() and not path.is_symlink() and not is_left_out:
            yield path


def _is_backup(path: Path, *, beside: Path) -> bool:
    """This backup, or an earlier one: with those in it, each would be twice as large as the one before."""
    is_beside = path.parent == beside.parent and path.name.endswith(_ENDINGS)
    return path == beside or is_beside or _NAMED.fullmatch(path.name) is not None


def name_at(now: datetime, *, is_encrypted: bool) -> str:
    """What a backup is called that is named by nobody: it says when it was made."""
    return f"conventions-{now:%Y%m%dT%H%M%SZ}.tar{age.SUFFIX if is_encrypted else ''}"


def _is_of_registry(name: str, registry: tuple[str, bytes] | None) -> bool:
    """The journals of a database that somebody is writing to belong to another instant."""
    return registry is not None and name in {f"{registry[0]}{end}" for end in ("-journal", "-wal", "-shm")}


def _add(packed: tarfile.TarFile, name: str, data: bytes, mode: int, at: float) -> dict[str, Any]:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(data), mode, int(at)
    packed.addfile(member, BytesIO(data))
    return {"length": len(data), "sha256": sha256(data).hexdigest()}


def _manifest(bundle: Bundle) -> bytes:
    body = {
        "format": 1,
        "program": f"conventions {__version__}",
        "made_at": bundle.made_at,
        "files": bundle.files,
    }
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def unpack(source: Path, target: Path, identity: Callable[[], bytes]) -> Bundle:
    """Put a backup into a folder that is not there, or empty; it is there whole and compared, or not at all.

    Raises:
        NeverOverwrite: BACKUP-02, there is something in that folder.
        DiskError: BACKUP-03, the backup is damaged or none; DISK-01, DISK-02, DISK-03.
        KeyUnreadable, WrongPassphrase: it is encrypted, and the identity is missing or wrong.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NeverOverwrite(
            "BACKUP-02",
            Text("{folder} is not empty", folder=str(target)),
            Text("restore into a new folder; nothing that is there is ever overwritten"),
            place=str(target),
        )
    with disk(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        passing = target.parent / f".restoring-{token_hex(8)}"
        passing.mkdir(mode=0o700)
        try:
            bundle = _extracted(source, passing, identity)
            passing.replace(target)  # an empty folder gives way
            sync_folder(target.parent)
        finally:
            rmtree(passing, ignore_errors=True)
    return bundle


def _extracted(source: Path, folder: Path, identity: Callable[[], bytes]) -> Bundle:
    with _plain(source, folder, identity) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as packed:
                packed.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise _damaged(source, Text("it is no backup, or ends too early")) from error
    return _compared(source, folder)


@contextmanager
def _plain(source: Path, folder: Path, identity: Callable[[], bytes]) -> Iterator[IO[bytes]]:
    """What is decrypted lies in a file without a name, on the disk that gets the workspace in clear anyway."""
    with _open(source) as stream:
        head = stream.read(64)
        stream.seek(0)
        if not age.is_encrypted(head):
            yield stream
            return
        with TemporaryFile(dir=folder) as plain:
            age.decrypt(stream, plain, identity())
            plain.seek(0)
            yield plain


def _open(source: Path) -> IO[bytes]:
    with disk(source):
        try:
            return source.open("rb")
        except FileNotFoundError:
            raise missing(source) from None


def _compared(source: Path, folder: Path) -> Bundle:
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_bytes())
        bundle = Bundle(str(told["made_at"]), dict(told["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(source, Text("it has no manifest")) from None
    path.unlink()
    there = {one.relative_to(folder).as_posix(): one for one in folder.rglob("*") if one.is_file()}
    for name in sorted({*there, *bundle.files}):
        if name not in there or name not in bundle.files or _measured(there[name]) != bundle.files[name]:
            raise _damaged(source, Text("{file} is not what was saved", file=PurePosixPath(name).name))
    return bundle


def _measured(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"length": len(data), "sha256": sha256(data).hexdigest()}


def _damaged(source: Path, reason: Text) -> DiskError:
    return DiskError(
        "BACKUP-03",
        Text("the backup cannot be used: {reason}", reason=reason),
        Text("take another backup; nothing was restored from this one"),
        place=str(source),
    )
