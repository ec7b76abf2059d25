"""Where a worker and the commands of its workspace meet, and how each makes sure of the other.

::

    .worker/            0700, locked for as long as a worker lives
        key             32 bytes, made anew at each start
        socket          where it listens

What goes through the line is unpickled, so nothing is read before two things are known: the other end belongs to the
same user (the kernel says so), and it has read the key (each proves it, and neither tells it). The first thing that a
command says is its identity; unless it runs the same program with the same LibreOffice, nothing else is read. The key
keeps out what the user's own, confined LibreOffice might be talked into: it could connect, but it cannot read a file of
the workspace.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from secrets import token_bytes
from typing import Final, TypeAlias

from conventions import __version__, press
from conventions.errors import DiskError
from conventions.store.alone import lock
from conventions.store.files import disk
from conventions.text import Text

__all__ = ["Identity", "called", "identity", "is_of_the_same_user", "listening", "received", "reserved"]

Identity: TypeAlias = tuple[str, ...]

_FOLDER: Final = ".worker"
_SOCKET: Final = "socket"
_KEY: Final = "key"
_LENGTH: Final = 32
_SILENCE: Final = struct.pack("@ll", 300, 0)
"""Seconds and microseconds after which the other end counts as gone; a document that hangs is given up before."""
_ANSWERING: Final = 5.0
"""Seconds that a worker may take for its first word: one that was stopped never says it."""
_PEER: Final = struct.Struct("@3i")
"""Process, user and group at the other end (unix(7), SO_PEERCRED)."""
_PACKAGE: Final = Path(__file__).parent.parent


@lru_cache(maxsize=8)
def identity(soffice: str, workers: int) -> Identity:
    """What must be the same at both ends: program, libraries, LibreOffice; as they were when this was first asked.

    Args:
        soffice: path of LibreOffice in the settings; empty: found by itself.
        workers: LibreOffices in the settings.

    Raises:
        ConverterMissing: LibreOffice is not installed (CONVERT-01).
    """
    sources = (os.path.join(folder, name) for folder, _, names in os.walk(_PACKAGE) for name in names)  # noqa: PTH118
    newest = max(os.stat(path).st_mtime_ns for path in sources if path.endswith(".py"))  # noqa: PTH116  # 400 of them
    libraries = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    return (
        f"{__version__} {_PACKAGE} {newest}",
        f"{sys.version} {libraries}",
        f"{press.installed(soffice or None)} {workers}",
    )


@contextmanager
def reserved(root: Path) -> Iterator[int]:
    """Be the one worker of a workspace: the descriptor of the folder, which is not left behind the block.

    Raises:
        DiskError: there is a worker already (WORKER-01); the folder cannot be used (DISK-01, DISK-02).
    """
    folder = root / _FOLDER
    with ExitStack() as kept:
        with disk(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            place = _opened(folder)
            kept.callback(os.close, place)
            _lock(place, folder)
            os.fchmod(place, 0o700)
            _emptied(place)  # of what a worker that was killed left
        kept.callback(_removed, folder)
        yield place


@contextmanager
def listening(place: int) -> Iterator[tuple[socket.socket, bytes]]:
    """Let commands find the worker: a socket that listens, and the key; both are gone behind the block.

    Args:
        place: descriptor of the folder that was reserved.

    Raises:
        DiskError: the folder cannot be used (DISK-01, DISK-02).
    """
    with ExitStack() as kept:
        kept.callback(_emptied, place)
        with disk(Path(_FOLDER)):
            key = _new_key(place)
            ear = kept.enter_context(_ear(place))
        yield ear, key


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _lock(place: int, folder: Path) -> None:
    busy = DiskError(
        "WORKER-01",
        Text("this workspace has a worker already"),
        Text("leave it running: every command finds it; or end it with Control-C where it was started"),
        place=str(folder),
    )
    lock(place, busy)


def _removed(folder: Path) -> None:
    with suppress(OSError):  # somebody put a file of his own there, or removed it already
        folder.rmdir()


def _emptied(place: int) -> None:
    for name in (_SOCKET, _KEY):
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=place)  # relative to the folder that was locked


def _new_key(place: int) -> bytes:
    key = token_bytes(_LENGTH)
    with os.fdopen(os.open(_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=place), "wb") as stream:
        stream.write(key)
    return key


def _ear(place: int) -> socket.socket:
    ear = socket.socket(socket.AF_UNIX)
    ear.bind(_address(place))
    os.chmod(_SOCKET, 0o600, dir_fd=place)
    ear.listen()
    return ear


def _address(place: int) -> str:
    """Short, however long the workspace's path is: a socket's address has room for a hundred bytes."""
    return f"/proc/self/fd/{place}/{_SOCKET}"


def received(peer: socket.socket, key: bytes) -> Connection:
    """The line to a command that has connected.

    Raises:
        OSError, EOFError: it is another user's, does not know the key, or has gone.
    """
    line = _line(peer)
    with _proving(line):
        deliver_challenge(line, key)
        answer_challenge(line, key)
    return line


def called(root: Path) -> Connection:
    """The line to the worker of a workspace.

    Raises:
        OSError, EOFError: there is none, it does not answer, it is another user's, or does not know the key.
    """
    place = _opened(root / _FOLDER)
    try:
        with os.fdopen(os.open(_KEY, os.O_RDONLY, dir_fd=place), "rb") as stream:
            key = stream.read(_LENGTH)
        line = _line(_reached(place))
    finally:
        os.close(place)
    with _proving(line):
        if not line.poll(_ANSWERING):
            raise TimeoutError
        answer_challenge(line, key)
        deliver_challenge(line, key)
    return line


def _reached(place: int) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    try:
        peer.settimeout(_ANSWERING)
        peer.connect(_address(place))
    except OSError:
        peer.close()
        raise
    return peer


def _line(peer: socket.socket) -> Connection:
    if not is_of_the_same_user(peer):
        peer.close()
        raise PermissionError
    peer.settimeout(None)
    for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        peer.setsockopt(socket.SOL_SOCKET, direction, _SILENCE)
    return Connection(peer.detach())


def is_of_the_same_user(peer: socket.socket) -> bool:
    """Does the process at the other end belong to whom this one belongs to? The administrator's is somebody else's."""
    _, user, _ = _PEER.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return bool(user == os.geteuid())


@contextmanager
def _proving(line: Connection) -> Iterator[None]:
    """Close the line unless both ends prove that they know the key."""
    try:
        yield
    except AuthenticationError as error:
        line.close()
        raise PermissionError from error
    except BaseException:
        line.close()
        raise
