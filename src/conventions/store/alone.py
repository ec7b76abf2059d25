"""One command at a time, where two would spoil each other's work: a purge while a backup is being made."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from conventions.errors import DiskError
from conventions.store.files import disk
from conventions.text import Text

__all__ = ["LOCK", "alone", "lock"]

LOCK: Final = ".keeping.lock"
"""An empty file; the lock on it ends with the process that holds it, however that ends."""


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the workspace against other purges and backups; everything else goes on.

    Raises:
        DiskError: KEEP-01, another one is running; DISK-02, the lock cannot be written.
    """
    path = root / LOCK
    with disk(path):
        stream = path.open("ab")
    busy = DiskError(
        "KEEP-01",
        Text("a backup or a purge of this workspace is running"),
        Text("wait until it has ended, then run it again"),
        place=str(path),
    )
    with stream:
        lock(stream.fileno(), busy)
        yield


def lock(descriptor: int, busy: DiskError) -> None:
    """Lock an open file or folder for as long as it stays open.

    Args:
        descriptor: of the file or folder.
        busy: what is raised when somebody else holds the lock.

    Raises:
        DiskError: that one.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise busy from None
