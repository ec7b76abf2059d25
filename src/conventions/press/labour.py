"""The documents of one run, shared by LibreOffices side by side: each takes the next when it is done with one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from conventions.errors import ConversionError, ConverterMissing, DiskError
from conventions.system import reason
from conventions.text import Text

__all__ = ["Document", "Office", "Outcome", "Work", "run"]

Document: TypeAlias = tuple[str, bytes]
"""A name, and a Word file."""
Outcome: TypeAlias = bytes | ConversionError


class Office(Protocol):
    """A LibreOffice, warm or cold; one thread at a time."""

    def convert(self, batch: Sequence[Document], stop: threading.Event) -> Iterator[tuple[str, Outcome]]:
        """One result for each document, unless ``stop`` is set."""

    def close(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True)
class Work:
    """What the workers of one run share."""

    threads: list[threading.Thread] = field(default_factory=list)
    batches: queue.SimpleQueue[Sequence[Document]] = field(default_factory=queue.SimpleQueue)
    results: queue.SimpleQueue[tuple[str, Outcome] | ConverterMissing | DiskError | None] = field(
        default_factory=queue.SimpleQueue
    )
    stop: threading.Event = field(default_factory=threading.Event)

    def next_batch(self) -> Sequence[Document] | None:
        """None when there is nothing left to do."""
        with suppress(queue.Empty):
            return None if self.stop.is_set() else self.batches.get_nowait()
        return None

    def end(self) -> None:
        """Leave what is not done, and wait until nobody works on it."""
        self.stop.set()
        for thread in self.threads:
            thread.join()


def run(offices: Sequence[Office], work: Work) -> Iterator[tuple[str, Outcome]]:
    """Every LibreOffice takes the next batch when it is done with one."""
    for one in offices:
        thread = threading.Thread(target=_labour, args=(one, work), daemon=True)
        thread.start()
        work.threads.append(thread)
    yield from _results(work, len(offices))


def _results(work: Work, count: int) -> Iterator[tuple[str, Outcome]]:
    while count:
        result = work.results.get()
        if result is None:
            count -= 1
        elif isinstance(result, (ConverterMissing, DiskError)):
            raise result
        else:
            yield result


def _labour(office: Office, work: Work) -> None:
    try:
        for batch in iter(work.next_batch, None):
            for result in office.convert(batch, work.stop):
                work.results.put(result)
    except ConverterMissing as error:
        work.results.put(error)
    except OSError as error:
        work.results.put(_disk(error))
    finally:
        work.results.put(None)


def _disk(error: OSError) -> DiskError:
    return DiskError(
        "CONVERT-06",
        Text("the temporary folder cannot be used: {why}", why=reason(error)),
        Text("free some space there, or point TMPDIR to another folder"),
    )
