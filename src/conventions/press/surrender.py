"""Run in LibreOffice's process before LibreOffice: give up every right that a converter does not need, then become it.

::

    python -I -S surrender.py '{"read": ["/usr"], "write": ["/tmp/own"], "sockets": ["/tmp"]}' soffice …

Landlock is the part of Linux (5.13 and later) by which a program without privileges forbids itself, and everything it
will ever start, to open files elsewhere or to connect over TCP. What was given up cannot be had back. This file stands
alone: it is started by its path and imports nothing of ours.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

__all__ = ["CANNOT_START", "landlock"]

CANNOT_START: Final = 126
"""Exit status when the named program is no program: what a shell says too."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls, the same on every processor (linux/landlock.h, as are all numbers below)."""
_ASK_VERSION: Final = 1
_BENEATH: Final = 1
_NO_NEW_PRIVILEGES: Final = 38

_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_SOCKET, _TRUNCATE, _DEVICE = 1 << 5, 1 << 9, 1 << 14, 1 << 15
_OF_A_FILE: Final = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE
_EVERY_RIGHT: Final = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15}
"""By version, one more than all rights together; from version 5 on there are sixteen that we know."""
_BIND_AND_CONNECT: Final = 3
_WITH_TCP: Final = 4

_GRANTED: Final = {"read": _EXECUTE | _READ | _LIST, "write": ~0, "sockets": _MAKE_SOCKET | _REMOVE_FILE}


def landlock() -> int:
    """The version of Landlock that this kernel offers; 0 without it."""
    if sys.platform != "linux":
        return 0
    version: int = _libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_ASK_VERSION))
    return max(0, version)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    result: int = _libc().syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _shut_out(allowed: Mapping[str, Sequence[str]]) -> None:
    """From here on only the allowed paths are there: kind of access, then what it goes for with all beneath it."""
    version = landlock()
    known = _EVERY_RIGHT.get(version, 1 << 16) - 1
    attributes = struct.pack("=QQ", known, _BIND_AND_CONNECT)[: 16 if version >= _WITH_TCP else 8]
    rules = _call(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    for kind, paths in allowed.items():
        for path in filter(os.path.exists, paths):
            rights = _GRANTED[kind] & known & (~0 if Path(path).is_dir() else _OF_A_FILE)
            opened = os.open(path, os.O_PATH)
            _call(
                _ADD, ctypes.c_int(rules), ctypes.c_int(_BENEATH), struct.pack("=Qi", rights, opened), ctypes.c_uint(0)
            )
            os.close(opened)
    if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    os.close(rules)


def _become(allowed: str, command: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a memory image would hold what the document says
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    if paths := json.loads(allowed):
        _shut_out(paths)
    try:
        os.execvp(command[0], command)  # noqa: S606  # a fixed list; no shell is wanted
    except OSError:
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    _become(sys.argv[1], sys.argv[2:])
