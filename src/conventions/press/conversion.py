"""Many Word documents to many PDF/A files: LibreOffice in parallel, every result counted, each failure its own."""

from __future__ import annotations

import logging
import os
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from types import TracebackType
from typing import Final, Self

from conventions.press import soffice as office
from conventions.press.batches import BATCH, ColdOffice
from conventions.press.faults import Limits, not_word
from conventions.press.labour import Document, Office, Outcome, Work, run
from conventions.press.warm import WarmOffice
from conventions.text import Text

__all__ = ["Converter", "convert"]

_LOG: Final = logging.getLogger(__name__)
_TIMEOUT: Final = 60.0
_MEMORY: Final = 2 * 1024**3
_SIZE: Final = 100 * 1024**2
_BODY: Final = "word/document.xml"
_MACROS: Final = "vbaproject.bin"


class Converter:
    """LibreOffices side by side, each with a profile of its own, kept from one run to the next.

    Where UNO can be had they stay warm; elsewhere each batch of twenty documents starts a new process. Use it in a
    ``with`` statement. Runs of several threads share them: each has one at least, and waits until one is free.
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
        self._turn = threading.Condition()
        self._offices: list[Office] = []
        self._idle: list[Office] = []
        self._works: list[Work] = []
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every LibreOffice, and for good: runs of other threads break off."""
        with self._turn:
            self._is_closed = True
            works = tuple(self._works)
            self._turn.notify_all()
        for work in works:
            work.end()
        for one in self._offices:
            one.close()

    def convert(self, documents: Sequence[Document]) -> Iterator[tuple[str, Outcome]]:
        """As the function :func:`convert`; nothing more once it is closed."""
        if not documents:
            return
        program = office.program(self._soffice)
        sound: list[Document] = []
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
        with self._borrowed(max(1, min(self._workers, len(sound))), program, python) as (work, offices):
            length = 1 if python else min(BATCH, -(-len(sound) // max(1, len(offices))))
            for at in range(0, len(sound), length or 1):
                work.batches.put(sound[at : at + length])
            yield from run(offices, work)

    @contextmanager
    def _borrowed(self, count: int, program: str, python: str | None) -> Iterator[tuple[Work, Sequence[Office]]]:
        """As many LibreOffices as are wanted and free, for one run; none once all are closed."""
        work, offices = Work(), list[Office]()
        with self._turn:
            self._turn.wait_for(lambda: self._is_closed or self._idle or len(self._offices) < self._workers)
            while not self._is_closed and len(offices) < count:
                if not self._idle and len(self._offices) == self._workers:
                    break
                offices.append(self._idle.pop() if self._idle else self._another(program, python))
            self._works.append(work)
        try:
            yield work, offices
        finally:
            work.end()
            with self._turn:
                self._works.remove(work)
                self._idle.extend(offices)
                self._turn.notify_all()

    def _another(self, program: str, python: str | None) -> Office:
        office = WarmOffice(program, python, self._limits) if python else ColdOffice(program, self._limits)
        self._offices.append(office)
        return office


def convert(
    documents: Sequence[Document],
    *,
    soffice: str | None = None,
    workers: int | None = None,
    timeout: float = _TIMEOUT,
    memory: int = _MEMORY,
    size: int = _SIZE,
) -> Iterator[tuple[str, Outcome]]:
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
