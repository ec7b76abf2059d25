"""What the kernel keeps from LibreOffice: the network, other processes, and every file that is not its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from conventions.press import surrender
from conventions.text import Text

__all__ = ["Isolation", "confined", "isolation"]

_NAMESPACES: Final = ("unshare", "--user", "--map-current-user", "--net", "--pid", "--fork", "--kill-child")
"""A world without network; and when its first process dies, the kernel kills all others in it."""
_SURRENDER: Final = (sys.executable, "-I", "-S", surrender.__file__)

_SYSTEM: Final = (
    "/usr", "/bin", "/lib", "/lib32", "/lib64",
    "/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/localtime",
    "/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice", "/var/spool/libreoffice",
    "/proc", "/dev/urandom",
)  # fmt: skip
"""What LibreOffice reads of a Debian system. Landlock itself closes the part of /proc that belongs to others."""
_SOCKETS: Final = ("/tmp", "/var/tmp")  # noqa: S108  # LibreOffice puts its one socket there, whatever TMPDIR says
_MOVES_FILES: Final = 2
"""The first version of Landlock under which a file may be moved between two folders, as LibreOffice does."""
_KNOWS_TCP: Final = 4


@dataclass(frozen=True)
class Isolation:
    """What this machine's kernel lets us keep from LibreOffice. The profile forbids the same in any case."""

    namespaces: bool
    """A network of its own with nothing in it, and no process but its own."""
    landlock: int
    """Version of Landlock; 0 when it cannot be used."""

    @property
    def network(self) -> bool:
        """True when no connection can be made."""
        return self.namespaces or self.landlock >= _KNOWS_TCP

    @property
    def files(self) -> bool:
        """True when only LibreOffice's own files and its working folder can be read."""
        return self.landlock > 0

    @property
    def sentence(self) -> Text:
        """The same for people."""
        if self.network and self.files:
            return Text("LibreOffice converts without network and sees no file but its own")
        if self.network:
            return Text("LibreOffice converts without network; only its settings keep other files from it")
        if self.files:
            return Text("LibreOffice sees no file but its own; only its settings keep the network from it")
        return Text("only LibreOffice's own settings keep network and other files from it")


@lru_cache(maxsize=1)
def isolation() -> Isolation:
    """Found out once, by trying: containers and kernels differ in what they allow."""
    version = surrender.landlock()
    seen = json.dumps({"read": _SYSTEM})
    return Isolation(
        namespaces=_runs((*_NAMESPACES, "true")),
        landlock=version if version >= _MOVES_FILES and _runs((*_SURRENDER, seen, "true")) else 0,
    )


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=30).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def confined(command: Sequence[str], home: Path, reads: Sequence[str] = ()) -> list[str]:
    """The command line that runs a program with as little as this machine allows.

    Args:
        command: the program and its arguments.
        home: its own to write in.
        reads: other programs whose files it reads.
    """
    allowed = {
        "read": [*_SYSTEM, *(str(_installation(program)) for program in (command[0], *reads))],
        "write": [str(home), "/dev/null"],
        "sockets": _SOCKETS,
    }
    how = isolation()
    return [
        *(_NAMESPACES if how.namespaces else ()),
        *_SURRENDER,
        json.dumps(allowed if how.files else {}),
        *command,
    ]


def _installation(program: str) -> Path:
    """Where a LibreOffice outside /usr has its files: beside the folder ``program``. Of another program, the file."""
    path = Path(program).resolve()
    return path.parent.parent if path.parent.name == "program" else path
