"""Many Word documents to many PDF/A files: LibreOffice in parallel, every result counted, each failure its own."""

from __future__ import annotations

import os
import queue
import threading
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conventions.errors import ConversionError, ConverterMissing, DiskError
from conventions.press import process
from conventions.press import soffice as office
from conventions.press.faults import Fault, Limits, failure, not_word
from conventions.text import Text

__all__ = ["convert"]

_BATCH: Final = 20
"""Files per call: LibreOffice silently drops some of several hundred and leaves with status 0."""
_TIMEOUT: Final = 60.0
_MEMORY: Final = 2 * 1024**3
_SIZE: Final = 100 * 1024**2
_BODY: Final = "word/document.xml"
_MACROS: Final = "vbaproject.bin"

_Outcome = bytes | ConversionError
_Document = tuple[str, bytes]


@dataclass(frozen=True)
class _Work:
    """What the workers share."""

    program: str
    limits: Limits
    batches: queue.SimpleQueue[tuple[_Document, ...]]
    results: queue.SimpleQueue[tuple[str, _Outcome] | ConverterMissing | DiskError | None]
    stop: threading.Event

    def next_batch(self) -> tuple[_Document, ...] | None:
        """None when there is nothing left to do."""
        with suppress(queue.Empty):
            return None if self.stop.is_set() else self.batches.get_nowait()
        return None


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
        soffice: path of LibreOffice; found by itself when None.
        workers: processes side by side; one per processor when None.
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
    if not documents:
        return
    program = office.program(soffice)
    sound: list[_Document] = []
    for name, data in documents:
        if _is_word(data):
            sound.append((name, data))
        else:
            yield name, not_word(name)
    count = max(1, min(workers or os.cpu_count() or 1, len(sound)))
    work = _Work(program, Limits(timeout, memory, size), queue.SimpleQueue(), queue.SimpleQueue(), threading.Event())
    length = max(1, min(_BATCH, -(-len(sound) // count)))
    for start in range(0, len(sound), length):
        work.batches.put(tuple(sound[start : start + length]))
    threads = [threading.Thread(target=_labour, args=(work,), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield from _results(work, count)
    finally:
        work.stop.set()
        for thread in threads:
            thread.join()


def _is_word(data: bytes) -> bool:
    """A package with Word's main part and without Word's macros; only the list of parts is looked at."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False
    return _BODY in names and not any(name.lower().endswith(_MACROS) for name in names)


def _results(work: _Work, count: int) -> Iterator[tuple[str, _Outcome]]:
    while count:
        result = work.results.get()
        if result is None:
            count -= 1
        elif isinstance(result, (ConverterMissing, DiskError)):
            raise result
        else:
            yield result


def _labour(work: _Work) -> None:
    """One worker: a profile of its own, batch after batch."""
    try:
        with TemporaryDirectory(prefix="conventions-press-", ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            profile = office.make_profile(home)
            try:
                for batch in iter(work.next_batch, None):
                    for result in _batch(work, home, profile, batch):
                        work.results.put(result)
            finally:
                office.sweep(profile)
    except ConverterMissing as error:
        work.results.put(error)
    except OSError as error:
        work.results.put(_disk(error))
    finally:
        work.results.put(None)


def _batch(work: _Work, home: Path, profile: Path, batch: Sequence[_Document]) -> Iterator[tuple[str, _Outcome]]:
    """All together first; what did not come out is tried once more, alone, and then reported."""
    waiting = dict(enumerate(batch))
    suspects: dict[int, _Document] = {}
    while waiting and not work.stop.is_set():
        for rank, outcome in _launch(work, home, profile, waiting):
            name, data = waiting.pop(rank)
            if isinstance(outcome, Fault):
                suspects[rank] = (name, data)
            else:
                yield name, outcome
    for rank, (name, data) in suspects.items():
        for _, outcome in _launch(work, home, profile, {rank: (name, data)}):
            yield name, failure(name, outcome, work.limits) if isinstance(outcome, Fault) else outcome


def _launch(
    work: _Work, home: Path, profile: Path, documents: Mapping[int, _Document]
) -> Iterator[tuple[int, bytes | Fault]]:
    """One process, which takes the documents in their order. Those that it never came to have no outcome."""
    with TemporaryDirectory(dir=home, ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        ranks = {f"{rank:04d}.docx": rank for rank in documents}
        for name, rank in ranks.items():
            (place / name).write_bytes(documents[rank][1])
        waiting = deque(ranks)
        command = office.command(work.program, profile, place, [place / name for name in ranks])
        for event in process.run(command, home, work.limits, work.stop):
            fault = event if isinstance(event, Fault) else Fault.REFUSED
            for name in _over(waiting, event):
                outcome = _pdf(place / name, work.limits.size) or fault
                yield ranks[name], outcome
                if isinstance(outcome, Fault) and outcome.ends_the_process:
                    return


def _over(waiting: deque[str], event: str | Fault) -> Iterator[str]:
    """Take away what LibreOffice has left behind: the files before the one it is at; all of them at its end."""
    if isinstance(event, Fault) or event in waiting:
        while waiting and waiting[0] != event:
            yield waiting.popleft()


def _pdf(file: Path, size: int) -> bytes | Fault | None:
    """What LibreOffice wrote; None if it is not there or not whole."""
    try:
        with file.with_suffix(".pdf").open("rb") as stream:
            data = stream.read(size + 1)
    except FileNotFoundError:
        return None
    if len(data) > size:
        return Fault.LARGE
    return data if data.startswith(b"%PDF-") and b"%%EOF" in data[-64:] else None


def _disk(error: OSError) -> DiskError:
    return DiskError(
        "CONVERT-06",
        Text("the temporary folder cannot be used: {why}", why=error.strerror or ""),
        Text("free some space there, or point TMPDIR to another folder"),
    )
