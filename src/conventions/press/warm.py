"""A LibreOffice that is kept: the next document need not wait for it to start."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conventions.errors import ConversionError
from conventions.press import process
from conventions.press import soffice as office
from conventions.press.faults import Fault, Limits, failure
from conventions.press.process import Running

__all__ = ["WarmOffice"]

_RECYCLED: Final = 500
"""Documents after which it is replaced: it holds 142 MB after the first, 222 MB after so many."""
_STARTING: Final = 60.0
"""Seconds that it may take to start."""


class WarmOffice:
    """One LibreOffice with a profile of its own, started when it is first needed, replaced when it hangs or dies."""

    def __init__(self, program: str, python: str, limits: Limits) -> None:
        """Args: the program, a Python that knows UNO, and what one document may take."""
        self._program, self._python, self._limits = program, python, limits
        self._kept = ExitStack()
        self._running: Running | None = None
        self._home = Path()
        self._done = 0

    def close(self) -> None:
        """End it; the next document starts another."""
        self._running = None
        self._kept.close()

    def convert(
        self, batch: Sequence[tuple[str, bytes]], stop: threading.Event
    ) -> Iterator[tuple[str, bytes | ConversionError]]:
        """One document after the other; what does not come out is tried once more, then reported."""
        for name, data in batch:
            outcome = self._once(data, stop)
            if isinstance(outcome, Fault):
                outcome = self._once(data, stop)
            if outcome is None:
                self.close()
                return
            yield name, failure(name, outcome, self._limits) if isinstance(outcome, Fault) else outcome

    def _once(self, data: bytes, stop: threading.Event) -> bytes | Fault | None:
        """The PDF, or what befell the document; None once ``stop`` is set."""
        running = self._ready(stop)
        if not isinstance(running, Running):
            return running
        self._done += 1
        file = self._home / f"{self._done:04d}.docx"
        file.write_bytes(data)
        running.tell(str(file.with_suffix("")))
        answer = process.next_line(running, self._limits, stop)
        if not isinstance(answer, str):
            self.close()
            return Fault.DIED if answer is Fault.REFUSED else answer
        outcome = office.written(file, self._limits.size) or Fault.REFUSED
        file.unlink()
        file.with_suffix(".pdf").unlink(missing_ok=True)
        return outcome

    def _ready(self, stop: threading.Event) -> Running | Fault | None:
        """One that listens: the one there is, if it is well and not too old."""
        if self._running and not self._running.is_over and self._done < _RECYCLED:
            return self._running
        self.close()
        running = self._start()
        limits = Limits(max(_STARTING, self._limits.timeout), self._limits.memory, self._limits.size)
        answer = process.next_line(running, limits, stop)
        if isinstance(answer, str):
            self._running, self._done = running, 0
            return running
        self.close()
        if running.process.returncode in process.NOT_A_PROGRAM:
            raise process.cannot_start(self._program)
        return answer

    def _start(self) -> Running:
        folder = TemporaryDirectory(prefix="conventions-press-", ignore_cleanup_errors=True)
        self._home = Path(self._kept.enter_context(folder))
        profile = office.make_profile(self._home)
        self._kept.callback(office.sweep, profile)
        command = office.feeder(self._program, self._python, profile)
        return self._kept.enter_context(process.started(command, self._home, [self._program, command[2]]))
