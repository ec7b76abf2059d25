"""Processes of their own for whatever reads files from outside: a hostile one can exhaust its process, nothing else.

Recognising a paper, the gate and reading a form are all asked there. A process is kept for the next file, because it
takes half a second to load what it needs; it ends with the program that started it, and is replaced when a file made
it hang or die. Where several threads ask at once there are several, at most one for each processor.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import LifoQueue
from typing import Final, TypeAlias, TypeVar, cast

from conventions.errors import ConventionsError, Refused
from conventions.lazy import collect_rarely
from conventions.text import Text

__all__ = ["SECONDS", "ask_apart", "ask_apart_for_strangers", "confine", "exhausting"]

Answer = TypeVar("Answer")
_Outcome: TypeAlias = tuple[object, ConventionsError | None]

SECONDS: Final = 120
"""An honest paper takes about one second, and up to some ten for each service that does not answer."""
_MEMORY: Final = 2 * 1024**3
"""Bytes of address space."""
_PROCESSOR: Final = 60
"""Seconds of processor time for one file; drawing has as many of its own."""
_DRAWS: Final = "pdftoppm"
"""The one program that may be started: it shows the gate what a page looks like."""
_STARTS_A_PROGRAM: Final = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_CHANGES_FILES: Final = frozenset(
    {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"}
)
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Gatekeeper:
    """A process, started when it is first needed; one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def ask(self, work: object, seconds: float) -> _Outcome | None:
        """The answer of the process; None when it hung or died."""
        line = self._line or self._start()
        with suppress(EOFError, OSError):
            line.send(work)
            if line.poll(seconds):
                return cast("_Outcome", line.recv())
        self.dismiss()
        return None

    def _start(self) -> Connection:
        here, there = Pipe()
        command = [sys.executable, "-m", __name__, str(there.fileno())]
        self._process = subprocess.Popen(  # noqa: S603
            command, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
        there.close()
        self._line = here
        return here

    def dismiss(self) -> None:
        """End the process and what it is drawing with; the next question starts another."""
        if self._line is not None and self._process is not None:
            self._line.close()
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._line = self._process = None


class _Gatehouse:
    """So many gatekeepers at most; whoever was busy last is asked first, so that the others need not even start."""

    def __init__(self, places: int) -> None:
        self._keepers = [_Gatekeeper() for _ in range(places)]
        self._idle = LifoQueue[_Gatekeeper]()
        for keeper in self._keepers:
            self._idle.put(keeper)

    def ask(self, work: object, seconds: float) -> _Outcome | None:
        """The answer of one of them; None when it hung or died."""
        keeper = self._idle.get()
        try:
            return keeper.ask(work, seconds)
        finally:
            self._idle.put(keeper)

    def dismiss(self) -> None:
        """End them all."""
        for keeper in self._keepers:
            keeper.dismiss()


_GATEHOUSE: Final = _Gatehouse(os.cpu_count() or 1)
_FOR_STRANGERS: Final = _Gatehouse(1)
atexit.register(_GATEHOUSE.dismiss)
atexit.register(_FOR_STRANGERS.dismiss)


def ask_apart(work: Callable[..., Answer], *arguments: object, seconds: float = SECONDS, **named: object) -> Answer:
    """What a function says of a file that came from outside, asked in a process apart.

    Args:
        work: a function that is found by its name in its module.
        arguments: for it; they and the answer go through a pipe.
        seconds: how long to wait.
        named: for it as well.

    Raises:
        Refused: the file exhausts two gibibytes of memory, a minute of processor time or the seconds (GATE-LIMIT).
        ConventionsError: as the function itself.
    """
    return _asked(_GATEHOUSE, seconds, work, arguments, named)


def ask_apart_for_strangers(
    work: Callable[..., Answer], *arguments: object, seconds: float = SECONDS, **named: object
) -> Answer:
    """As :func:`ask_apart`, in a process of its own: whoever keeps that one busy keeps no signer waiting."""
    return _asked(_FOR_STRANGERS, seconds, work, arguments, named)


def _asked(
    gatehouse: _Gatehouse,
    seconds: float,
    work: Callable[..., Answer],
    arguments: tuple[object, ...],
    named: Mapping[str, object],
) -> Answer:
    answer, error = gatehouse.ask((work, arguments, named), seconds) or (None, exhausting())
    if error is not None:
        raise error
    return cast("Answer", answer)


def exhausting() -> Refused:
    """A bomb, or something that leads on without end."""
    return Refused(
        "GATE-LIMIT",
        Text("the file takes more time or memory to read than any paper: it unfolds to something enormous"),
        Text("save the file from the last mail, sign that very file, and send it back unchanged"),
    )


def confine() -> None:
    """Give up, for this process and for good, what examining a file does not need.

    The kernel bounds memory and refuses to let any file grow; Python itself refuses to write a file, or to start any
    program but the one that draws pages. The last two stop what a file talks our own code into, not a parser that was
    made to run foreign instructions.
    """
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.dont_write_bytecode = True
    sys.addaudithook(partial(_refuse, shutil.which(_DRAWS)))


def _refuse(program: str | None, event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        is_new = not isinstance(path, int) and path != os.devnull  # a number is a pipe that is open already
        is_refused = is_new and isinstance(flags, int) and bool(flags & _WRITING)
    elif event == "subprocess.Popen":
        is_refused = arguments[0] != program
    else:
        is_refused = event in _STARTS_A_PROGRAM or event in _CHANGES_FILES
    if is_refused:
        raise PermissionError(event)


def _serve(line: Connection) -> None:
    """In the process: answer question after question until the line is closed."""
    logging.disable(logging.CRITICAL)
    collect_rarely()
    confine()
    loaded = 0
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            question = line.recv()
            _allow_processor_time()
            line.send(_answer(*question))
            if loaded != len(sys.modules):
                loaded = len(sys.modules)
                _settle()


def _settle() -> None:
    """What was loaded stays: the collector of garbage, a third of a verification otherwise, need not look at it."""
    gc.collect()
    gc.freeze()


def _allow_processor_time() -> None:
    """For one file more: the kernel counts from the start of the process, which is kept."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + _PROCESSOR, most))


def _answer(work: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]) -> _Outcome:
    try:
        return work(*arguments, **named), None
    except ConventionsError as error:
        return None, error
    except (MemoryError, RecursionError):
        return None, exhausting()


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])))
