"""One LibreOffice process: started confined, watched for time and memory, and never left behind."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

from conventions.errors import ConverterMissing
from conventions.press.confinement import confined
from conventions.press.faults import Fault, Limits
from conventions.press.soffice import environment
from conventions.press.surrender import CANNOT_START
from conventions.text import Text

__all__ = ["run"]

_RESTART: Final = 81
"""A fresh profile makes LibreOffice leave once with this status; it wants to be started again."""
_NOT_A_PROGRAM: Final = (CANNOT_START, 127)
_TICK: Final = 0.1
"""Seconds between two looks at the clock and the memory."""
_LEAVING: Final = 5.0
"""Seconds that a process may take from its last word to its end."""

_Lines = queue.SimpleQueue[str | None]
_Process = subprocess.Popen[str]


def run(command: Sequence[str], home: Path, limits: Limits, stop: threading.Event) -> Iterator[str | Fault]:
    """Run LibreOffice to its end, or to the end of our patience.

    Yields:
        The name of each file when LibreOffice has read it and begins to write its PDF: all files before it are over.
        Last, what befell the first file that has no PDF, if there is one. Nothing more once ``stop`` is set.

    Raises:
        ConverterMissing: the program cannot be started (CONVERT-05).
    """
    status, fault = yield from _once(command, home, limits, stop)
    if status == _RESTART:
        status, fault = yield from _once(command, home, limits, stop)
    if status in _NOT_A_PROGRAM:
        raise _cannot_start(command[0])
    if fault:
        yield fault


def _once(
    command: Sequence[str], home: Path, limits: Limits, stop: threading.Event
) -> Generator[str, None, tuple[int, Fault | None]]:
    """One process; returns its exit status, and why it did not go on."""
    with _started(command, home) as (process, lines):
        fault = yield from _watch(process, lines, limits, stop)
    return process.returncode, fault


@contextmanager
def _started(command: Sequence[str], home: Path) -> Iterator[tuple[_Process, _Lines]]:
    """A process and what it says; at the end of the block nothing of it is left."""
    lines: _Lines = queue.SimpleQueue()
    try:
        process = subprocess.Popen(  # noqa: S603  # a fixed list; file names are ours
            confined(command, home),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=home, env=environment(home), start_new_session=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise _cannot_start(command[0]) from error
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        yield process, lines
    finally:
        _end(process)
        reader.join(timeout=_LEAVING)  # what it reads ends when the last process of the group is gone


def _read(process: _Process, lines: _Lines) -> None:
    assert process.stdout is not None  # noqa: S101  # stdout=PIPE
    with process.stdout as stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _watch(
    process: _Process, lines: _Lines, limits: Limits, stop: threading.Event
) -> Generator[str, None, Fault | None]:
    """Tell each file that LibreOffice names; return why it did not go on."""
    heard = monotonic()
    while not stop.is_set():
        if _memory(process.pid) > limits.memory:
            return Fault.GREEDY
        if monotonic() - heard > limits.timeout:
            return Fault.HUNG
        line = _next(lines)
        if line is None:
            return _ended(process)
        heard = monotonic() if line else heard
        if line.startswith("convert ") and " -> " in line:
            yield Path(line.removeprefix("convert ").split(" -> ")[0]).name
    return None


def _next(lines: _Lines) -> str | None:
    """The next line, empty if there is none yet; None at the end."""
    try:
        return lines.get(timeout=_TICK)
    except queue.Empty:
        return ""


def _ended(process: _Process) -> Fault:
    with suppress(subprocess.TimeoutExpired):
        return Fault.REFUSED if process.wait(timeout=_LEAVING) in (0, _RESTART) else Fault.DIED
    return Fault.DIED


def _memory(session: int) -> int:
    """Bytes of memory that the processes of a session hold. 0 where the system does not tell (it is not Linux)."""
    pages = 0
    with suppress(FileNotFoundError):
        for number in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  # ten times a second, and often long
            with suppress(OSError):  # a process may end while it is looked at
                if os.getsid(int(number)) == session:
                    pages += int(Path("/proc", number, "statm").read_bytes().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _end(process: _Process) -> None:
    """Kill the whole group by the handle we hold: soffice is a script that starts another program.

    As long as nobody has waited for the first process, its number, which is the group's, is nobody else's.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _cannot_start(program: str) -> ConverterMissing:
    return ConverterMissing(
        "CONVERT-05",
        Text("{path} cannot be started", path=program),
        Text("correct converter.soffice in conventions.toml, or leave it empty"),
    )
