"""LibreOffice's processes: started confined, watched for time and memory, and never left behind."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from conventions.errors import ConverterMissing
from conventions.press.confinement import confined
from conventions.press.faults import Fault, Limits
from conventions.press.soffice import environment
from conventions.press.surrender import CANNOT_START
from conventions.text import Text

__all__ = ["NOT_A_PROGRAM", "Running", "cannot_start", "next_line", "run", "started"]

_RESTART: Final = 81
"""A fresh profile makes LibreOffice leave once with this status; it wants to be started again."""
NOT_A_PROGRAM: Final = (CANNOT_START, 127)
"""Exit statuses of a program that could not be started."""
_TICK: Final = 0.1
"""Seconds between two looks at the clock and the memory."""
_LEAVING: Final = 5.0
"""Seconds that a process may take from its last word to its end."""


@dataclass(frozen=True)
class Running:
    """A process and what it says, line by line; None is the end."""

    process: subprocess.Popen[str]
    lines: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)

    def tell(self, line: str) -> None:
        """Ask something of it. Nothing happens when it has ended: what it says next tells that."""
        assert self.process.stdin is not None  # noqa: S101  # stdin=PIPE
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()

    @property
    def is_over(self) -> bool:
        """It has ended."""
        return self.process.poll() is not None


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
    if status in NOT_A_PROGRAM:
        raise cannot_start(command[0])
    if fault:
        yield fault


def _once(
    command: Sequence[str], home: Path, limits: Limits, stop: threading.Event
) -> Generator[str, None, tuple[int, Fault | None]]:
    """One process; returns its exit status, and why it did not go on."""
    with started(command, home) as running:
        fault = yield from _files(running, limits, stop)
    return running.process.returncode, fault


@contextmanager
def started(command: Sequence[str], home: Path, reads: Sequence[str] = ()) -> Iterator[Running]:
    """A confined process; at the end of the block nothing of it is left. For ``reads`` see :func:`confined`.

    Raises:
        ConverterMissing: it cannot be started (CONVERT-05).
    """
    try:
        process = subprocess.Popen(  # noqa: S603  # a fixed list; file names are ours
            confined(command, home, reads),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=home, env=environment(home), start_new_session=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise cannot_start(command[0]) from error
    running = Running(process)
    reader = threading.Thread(target=_read, args=(running,), daemon=True)
    reader.start()
    try:
        yield running
    finally:
        _end(process)
        reader.join(timeout=_LEAVING)  # what it reads ends when the last process of the group is gone


def _read(running: Running) -> None:
    assert running.process.stdout is not None  # noqa: S101  # stdout=PIPE
    with running.process.stdout as stream:
        for line in stream:
            running.lines.put(line)
    running.lines.put(None)


def _files(running: Running, limits: Limits, stop: threading.Event) -> Generator[str, None, Fault | None]:
    """Tell each file that LibreOffice names; return why it did not go on."""
    while isinstance(line := next_line(running, limits, stop), str):
        if line.startswith("convert ") and " -> " in line:
            yield Path(line.removeprefix("convert ").split(" -> ")[0]).name
    return line


def next_line(running: Running, limits: Limits, stop: threading.Event) -> str | Fault | None:
    """What a process says next, or why it says nothing more; None once ``stop`` is set."""
    asked = monotonic()
    while not stop.is_set():
        try:
            line = running.lines.get(timeout=_TICK)
        except queue.Empty:
            if _memory(running.process.pid) > limits.memory:
                return Fault.GREEDY
            if monotonic() - asked > limits.timeout:
                return Fault.HUNG
        else:
            return _ended(running.process) if line is None else line
    return None


def _ended(process: subprocess.Popen[str]) -> Fault:
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


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the whole group by the handle we hold: soffice is a script that starts another program.

    As long as nobody has waited for the first process, its number, which is the group's, is nobody else's.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()


def cannot_start(program: str) -> ConverterMissing:
    """What is said of a program that is none (CONVERT-05)."""
    return ConverterMissing(
        "CONVERT-05",
        Text("{path} cannot be started", path=program),
        Text("correct converter.soffice in conventions.toml, or leave it empty"),
    )
