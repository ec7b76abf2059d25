"""Files from outside, never read further than somebody is ready to look."""

from __future__ import annotations

from pathlib import Path

from conventions.errors import DiskError
from conventions.system import reason
from conventions.text import Text

__all__ = ["read_beyond"]


def read_beyond(limit: int, path: Path) -> bytes:
    """The file's bytes, and at most one more than ``limit``: that one says that the file is too large.

    Raises:
        DiskError: it cannot be read (DISK-03).
    """
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        raise DiskError(
            "DISK-03",
            Text("the file cannot be read: {problem}", problem=reason(error)),
            Text("check its name and its permissions"),
            place=str(path),
        ) from error
