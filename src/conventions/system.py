"""Why the operating system refuses something, in the reader's language: its own words are English everywhere."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from conventions.text import Text, quoted

__all__ = ["reason"]

_REASONS: Final[Mapping[int | None, Text]] = {
    errno.ENOENT: Text("there is no such file or folder"),
    errno.EACCES: Text("this account has no permission for it"),
    errno.EPERM: Text("this account is not allowed to do that"),
    errno.EISDIR: Text("it is a folder"),
    errno.ENOTDIR: Text("a file stands where a folder should be"),
    errno.EEXIST: Text("there is something of that name already"),
    errno.ENAMETOOLONG: Text("its name is too long"),
    errno.ELOOP: Text("its links lead in a circle"),
    errno.ENOSPC: Text("there is no room left"),
    errno.EDQUOT: Text("the room that this account may use is full"),
    errno.EFBIG: Text("the file would be larger than is allowed"),
    errno.EROFS: Text("nothing can be written there, only read"),
    errno.EMFILE: Text("too many files are open"),
    errno.EIO: Text("the disk does not answer as it should"),
    errno.EBADF: Text("it is not open"),
    errno.EADDRINUSE: Text("another program listens there"),
    errno.EADDRNOTAVAIL: Text("it is no address of this machine"),
    -2: Text("there is no machine of that name"),  # EAI_NONAME: for one number, socket is not loaded
}


def reason(error: OSError) -> Text:
    """What the error says, without the name of the file; the system's own words where it is none of the common ones."""
    return _REASONS.get(error.errno) or quoted(error.strerror or error)
