"""A folder into which PDFs and mails are put; what was taken in is moved on, and nothing is ever deleted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from conventions.errors import DiskError, ForeignPaper
from conventions.post.incoming import MAX_MAIL_BYTES
from conventions.system import reason
from conventions.text import Text

__all__ = ["Inbox", "InboxFile"]

_DONE: Final = "done"
_REFUSED: Final = "refused"
_SUFFIXES: Final = frozenset({".pdf", ".eml"})
"""Whatever is still being downloaded has another one, such as ``.part``."""
_SETTLED_S: Final = 5
"""A file that was written to more recently may still be growing."""


@dataclass(frozen=True)
class _Mark:
    """What changes when somebody writes to a file."""

    inode: int
    size: int
    written_ns: int


@dataclass
class InboxFile:
    """One file of the folder."""

    path: Path
    _mark: _Mark
    _digest: str = ""

    @property
    def name(self) -> str:
        """How people call it."""
        return self.path.name

    @property
    def is_mail(self) -> bool:
        """A whole mail, not a PDF?"""
        return self.path.suffix.lower() == ".eml"

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            DiskError: MAIL-21, it cannot be read or moved; MAIL-22, somebody is writing to it.
            ForeignPaper: MAIL-23, larger than any mail with a paper of ours.
        """
        try:
            # A link that took the file's place a moment ago is not followed.
            with os.fdopen(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
                data = stream.read(MAX_MAIL_BYTES + 1)
        except OSError as error:
            raise _refused_by_the_system(self.path, error) from error
        self._assert_unchanged()
        if len(data) > MAX_MAIL_BYTES:
            raise _too_large(str(self.path))
        self._digest = sha256(data).hexdigest()
        return data

    def set_done(self) -> None:
        """Move it to ``done/``. Raises DiskError as :meth:`read`."""
        self._move(_DONE)

    def set_refused(self) -> None:
        """Move it to ``refused/``. Raises DiskError as :meth:`read`."""
        self._move(_REFUSED)

    def _move(self, folder: str) -> None:
        """In one step, under a name that says what is in it: the same file once more takes its own place."""
        self._assert_unchanged()
        digest = self._digest or f"{self._mark.inode:x}-{self._mark.written_ns:x}"
        target = self.path.parent / folder / f"{self.path.stem}-{digest[:12]}{self.path.suffix}"
        try:
            target.parent.mkdir(exist_ok=True)
            self.path.rename(target)
        except OSError as error:
            raise _refused_by_the_system(self.path, error) from error

    def _assert_unchanged(self) -> None:
        try:
            mark = _mark_of(self.path.lstat())
        except OSError as error:
            raise _refused_by_the_system(self.path, error) from error
        if mark != self._mark:
            raise DiskError(
                "MAIL-22",
                Text("somebody is still writing to this file"),
                Text("nothing to do: it is taken the next time"),
                place=str(self.path),
            )


@dataclass(frozen=True)
class Inbox:
    """The folder."""

    folder: Path

    def files(self, now: datetime) -> Iterator[InboxFile]:
        """The PDFs and mails that have come in, by name; links, devices, hidden files and unfinished ones are not.

        Args:
            now: aware; what was written to in the last few seconds before is left for the next time.

        Raises:
            DiskError: MAIL-21, the folder cannot be read.
        """
        try:
            found = sorted(self.folder.iterdir()) if self.folder.exists() else []
            marks = {path: path.lstat() for path in found if _is_wanted(path)}
        except OSError as error:
            raise _refused_by_the_system(self.folder, error) from error
        for path, status in marks.items():
            age = now.timestamp() - status.st_mtime
            if stat.S_ISREG(status.st_mode) and not 0 <= age < _SETTLED_S:
                yield InboxFile(path, _mark_of(status))


def _is_wanted(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")


def _mark_of(status: os.stat_result) -> _Mark:
    return _Mark(status.st_ino, status.st_size, status.st_mtime_ns)


def _too_large(place: str) -> ForeignPaper:
    return ForeignPaper(
        "MAIL-23",
        Text("the mail or file is larger than {n} bytes: none with a paper of ours is", n=MAX_MAIL_BYTES),
        Text("ask for the signed PDF alone"),
        place=place,
    )


def _refused_by_the_system(path: Path, error: OSError) -> DiskError:
    return DiskError(
        "MAIL-21",
        Text("the inbox cannot be read or cleared: {reason}", reason=reason(error)),
        Text("check the permissions of the folder and of what is in it, then run it again"),
        place=str(path),
    )
