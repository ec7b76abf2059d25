"""LibreOffice without UNO: one process for each batch of documents, watched line by line."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conventions.errors import ConversionError
from conventions.press import process
from conventions.press import soffice as office
from conventions.press.faults import Fault, Limits, failure

__all__ = ["BATCH", "ColdOffice"]

BATCH: Final = 20
"""Files per call: LibreOffice silently drops some of several hundred and leaves with status 0."""


class ColdOffice:
    """A profile of its own, and a process for each batch."""

    def __init__(self, program: str, limits: Limits) -> None:
        """Args: the program, and what one document may take."""
        self._program, self._limits = program, limits
        self._kept = ExitStack()
        self._home: Path | None = None

    def close(self) -> None:
        """Remove the profile."""
        self._home = None
        self._kept.close()

    def convert(
        self, batch: Sequence[tuple[str, bytes]], stop: threading.Event
    ) -> Iterator[tuple[str, bytes | ConversionError]]:
        """All together first; what did not come out is tried once more, alone, and then reported."""
        home = self._home or self._settle()
        yield from self._batch(home, home / "profile", batch, stop)

    def _settle(self) -> Path:
        folder = TemporaryDirectory(prefix="conventions-press-", ignore_cleanup_errors=True)
        self._home = Path(self._kept.enter_context(folder))
        self._kept.callback(office.sweep, office.make_profile(self._home))
        return self._home

    def _batch(
        self, home: Path, profile: Path, batch: Sequence[tuple[str, bytes]], stop: threading.Event
    ) -> Iterator[tuple[str, bytes | ConversionError]]:
        waiting = dict(enumerate(batch))
        suspects: dict[int, tuple[str, bytes]] = {}
        while waiting and not stop.is_set():
            for rank, outcome in self._launch(home, profile, waiting, stop):
                name, data = waiting.pop(rank)
                if isinstance(outcome, Fault):
                    suspects[rank] = (name, data)
                else:
                    yield name, outcome
        for rank, (name, data) in suspects.items():
            for _, outcome in self._launch(home, profile, {rank: (name, data)}, stop):
                yield name, failure(name, outcome, self._limits) if isinstance(outcome, Fault) else outcome

    def _launch(
        self, home: Path, profile: Path, documents: Mapping[int, tuple[str, bytes]], stop: threading.Event
    ) -> Iterator[tuple[int, bytes | Fault]]:
        """One process, which takes the documents in their order. Those that it never came to have no outcome."""
        with TemporaryDirectory(dir=home, ignore_cleanup_errors=True) as folder:
            place = Path(folder)
            ranks = {f"{rank:04d}.docx": rank for rank in documents}
            for name, rank in ranks.items():
                (place / name).write_bytes(documents[rank][1])
            waiting = deque(ranks)
            command = office.command(self._program, profile, place, [place / name for name in ranks])
            for event in process.run(command, home, self._limits, stop):
                fault = event if isinstance(event, Fault) else Fault.REFUSED
                for name in _over(waiting, event):
                    outcome = office.written(place / name, self._limits.size) or fault
                    yield ranks[name], outcome
                    if isinstance(outcome, Fault) and outcome.ends_the_process:
                        return


def _over(waiting: deque[str], event: str | Fault) -> Iterator[str]:
    """Take away what LibreOffice has left behind: the files before the one it is at; all of them at its end."""
    if isinstance(event, Fault) or event in waiting:
        while waiting and waiting[0] != event:
            yield waiting.popleft()
