"""Many Word documents to many PDF/A files: LibreOffice in parallel, every result counted, each failure its own."""

from __future__ import annotations

import logging
import os
import queue
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import Final, Protocol, Self

from conventions.errors import ConversionError, ConverterMissing, DiskError
from conventions.press import soffice as office
from conventions.press.batches import BATCH, ColdOffice
from conventions.press.faults import Limits, not_word
from conventions.press.warm import WarmOffice
from conventions.text import Text

__all__ = ["Converter", "convert"]

_LOG: Final = logging.getLogger(__name__)
_TIMEOUT: Final = 60.0
_MEMORY: Final = 2 * 1024**3
_SIZE: Final = 100 * 1024**2
_BODY: Final = "word/document.xml"
_MACROS: Final = "vbaproject.bin"

_Outcome = bytes | ConversionError
_Document = tuple[str, bytes]


class _Office(Protocol):
    """A LibreOffice, warm or cold; one thread at a time."""

    def convert(self, batch: Sequence[_Document], stop: threading.Event) -> Iterator[tuple[str, _Outcome]]:
        """One result for each document, unless ``stop`` is set."""

    def close(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True)
class _Work:
    """What the workers of one run share."""

    batches: queue.SimpleQueue[Sequence[_Document]] = field(default_factory=queue.SimpleQueue)
    results: queue.SimpleQueue[tuple[str, _Outcome] | ConverterMissing | DiskError | None] = field(
        default_factory=queue.SimpleQueue
    )
    stop: threading.Event = field(default_factory=threading.Event)

    def next_batch(self) -> Sequence[_Document] | None:
        """None when there is nothing left to do."""
        with suppress(queue.Empty):
            return None if self.stop.is_set() else self.batches.get_nowait()
        return None


class Converter:
    """LibreOffices side by side, each with a profile of its own, kept from one run to the next.

    Where UNO can be had they stay warm; elsewhere each batch of twenty documents starts a new process. Use it in a
    ``with`` statement, and for one run at a time.
    """

    def __init__(
        self,
        soffice: str | None = None,
        workers: int | None = None,
        timeout: float = _TIMEOUT,
        memory: int = _MEMORY,
        size: int = _SIZE,
    ) -> None:
        """Start nothing yet.

        Args:
            soffice: path of LibreOffice; found by itself when None.
            workers: processes side by side; one per processor when None.
            timeout: seconds that one document may take.
            memory: bytes that one worker may hold.
            size: bytes that one PDF may have.
        """
        self._soffice, self._workers = soffice, workers or os.cpu_count() or 1
        self._limits = Limits(timeout, memory, size)
        self._offices: list[_Office] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every LibreOffice."""
        while self._offices:
            self._offices.pop().close()

    def convert(self, documents: Sequence[_Document]) -> Iterator[tuple[str, _Outcome]]:
        """As the function :func:`convert`."""
        if not documents:
            return
        program = office.program(self._soffice)
        sound: list[_Document] = []
        for name, data in documents:
            if _is_word(data):
                sound.append((name, data))
            else:
                yield name, not_word(name)
        python = office.uno_python(program)
        if python is None:
            _LOG.warning(
                "%s",
                Text(
                    "LibreOffice starts anew for each batch: no Python here knows UNO ({package})",
                    package="python3-uno",
                ),
            )
        count = max(1, min(self._workers, len(sound)))
        while len(self._offices) < count:
            warm = WarmOffice(program, python, self._limits) if python else None
            self._offices.append(warm or ColdOffice(program, self._limits))
        length = 1 if python else min(BATCH, -(-len(sound) // count))
        yield from _run(self._offices[:count], [sound[at : at + length] for at in range(0, len(sound), length or 1)])


def convert(
    documents: Sequence[_Document],
    *,
    soffice: str | None = None,
    workers: int | None = None,
    timeout: float = _TIMEOUT,
    memory: int = _MEMORY,
    size: int = _SIZE,
) -> Iterator[tuple[str, _Outcome]]:
    """Convert Word documents to PDF/A-2b, tagged, fonts embedded.

    A document is data: LibreOffice reads it as Word's and nothing else, runs no macro, follows no link, and is confined
    as far as the machine allows (:func:`conventions.press.isolation`).

    Args:
        documents: name and bytes; a name comes back with its result and is used for nothing else.
        soffice: as this and what follows for a :class:`Converter`, which is closed at the end.
        workers: processes side by side.
        timeout: seconds that one document may take.
        memory: bytes that one worker may hold.
        size: bytes that one PDF may have.

    Yields:
        A name with its PDF, or with the error of that document alone, as soon as it is ready and in no fixed order.
        Exactly one result per document. Errors: not Word's, or with macros (CONVERT-03); no PDF (-02); too slow (-08);
        too greedy (-09); too large (-10).

    Raises:
        ConverterMissing: LibreOffice is not installed (CONVERT-01) or cannot be started (CONVERT-05).
        DiskError: the temporary folder cannot be used (CONVERT-06).
    """
    with Converter(soffice, workers, timeout, memory, size) as converter:
        yield from converter.convert(documents)


def _is_word(data: bytes) -> bool:
    """A package with Word's main part and without Word's macros; only the list of parts is looked at."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False
    return _BODY in names and not any(name.lower().endswith(_MACROS) for name in names)


def _run(offices: Sequence[_Office], batches: Sequence[Sequence[_Document]]) -> Iterator[tuple[str, _Outcome]]:
    """Every LibreOffice takes the next batch when it is done with one."""
    work = _Work()
    for batch in batches:
        work.batches.put(batch)
    threads = [threading.Thread(target=_labour, args=(one, work), daemon=True) for one in offices]
    for thread in threads:
        thread.start()
    try:
        yield from _results(work, len(threads))
    finally:
        work.stop.set()
        for thread in threads:
            thread.join()


def _results(work: _Work, count: int) -> Iterator[tuple[str, _Outcome]]:
    while count:
        result = work.results.get()
        if result is None:
            count -= 1
        elif isinstance(result, (ConverterMissing, DiskError)):
            raise result
        else:
            yield result


def _labour(office: _Office, work: _Work) -> None:
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
        Text("the temporary folder cannot be used: {why}", why=error.strerror or ""),
        Text("free some space there, or point TMPDIR to another folder"),
    )
