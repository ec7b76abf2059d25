"""The gate in a process of its own: a hostile file can exhaust that process, and nothing else.

The process is kept for the next file, because it takes half a second to load what it needs; it ends with the program
that started it, and is replaced when a file made it hang or die.
"""

from __future__ import annotations

import atexit
import logging
import resource
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Lock
from typing import Final

from conventions.errors import ConventionsError
from conventions.model.roles import Circuit, Signatory
from conventions.signing import refusals
from conventions.signing.gate import Accepted, examine
from conventions.signing.trust import Trust

__all__ = ["examine_apart"]

_SECONDS: Final = 120
"""An honest paper takes about one second, and up to some ten for each service that does not answer."""
_MEMORY: Final = 2 * 1024**3
"""Bytes of address space."""


class _Gatekeeper:
    """The process, started when it is first needed."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def ask(self, work: object, seconds: float) -> object:
        """The answer of the process; None when it hung or died."""
        with self._turn:
            line = self._line or self._start()
            with suppress(EOFError, OSError):
                line.send(work)
                if line.poll(seconds):
                    return line.recv()
            self.dismiss()
            return None

    def _start(self) -> Connection:
        here, there = Pipe()
        command = [sys.executable, "-m", __name__, str(there.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603
        there.close()
        self._line = here
        return here

    def dismiss(self) -> None:
        """End the process; the next question starts another."""
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


_GATEKEEPER: Final = _Gatekeeper()
atexit.register(_GATEKEEPER.dismiss)


def examine_apart(
    returned: bytes,
    *,
    sent: bytes,
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
    trust: Trust,
    now: datetime,
    seconds: float = _SECONDS,
) -> Accepted:
    """As :func:`conventions.signing.gate.examine`, with limits of time (seconds) and memory (two gibibytes).

    Raises:
        Refused: as the gate; also when the file exhausts the limits (GATE-PARSE).
        ServiceError: as the gate.
    """
    outcome = _GATEKEEPER.ask((returned, sent, dict(allowed), circuit, trust, now), seconds)
    if isinstance(outcome, Accepted):
        return outcome
    raise outcome if isinstance(outcome, ConventionsError) else refusals.unparseable()


def _serve(line: Connection) -> None:
    """In the process: answer question after question until the line is closed."""
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            line.send(_answer(*line.recv()))


def _answer(
    returned: bytes, sent: bytes, allowed: dict[str, Signatory], circuit: Circuit, trust: Trust, now: datetime
) -> Accepted | ConventionsError:
    try:
        return examine(returned, sent=sent, allowed=allowed, circuit=circuit, trust=trust, now=now)
    except ConventionsError as error:
        return error
    except (MemoryError, RecursionError):
        return refusals.unparseable()


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])))
