"""Many Word documents to many PDF/A files: LibreOffice in parallel, every result counted, each failure its own."""

from __future__ import annotations

import os
import queue
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conventions.errors import ConversionError, ConverterMissing, DiskError
from conventions.press import soffice as office
from conventions.text import Text

__all__ = ["convert"]

_BATCH: Final = 20
"""Files per call: LibreOffice silently drops some of several hundred and leaves with status 0."""
_TIMEOUT: Final = 60.0
"""Seconds that one document may take."""

_Outcome = bytes | ConversionError
_Document = tuple[str, bytes]


@dataclass(frozen=True)
class _Work:
    """What the workers share."""

    program: str
    timeout: float
    batches: queue.SimpleQueue[tuple[_Document, ...]]
    results: queue.SimpleQueue[tuple[str, _Outcome] | ConverterMissing | DiskError | None]
    stop: threading.Event


def convert(
    documents: Sequence[_Document], *, soffice: str | None = None, workers: int | None = None, timeout: float = _TIMEOUT
) -> Iterator[tuple[str, _Outcome]]:
    """Convert Word documents to PDF/A-2b, tagged, fonts embedded.

    Args:
        documents: name and bytes; a name comes back with its result and is used for nothing else.
        soffice: path of LibreOffice; found by itself when None.
        workers: processes side by side; one per processor when None.
        timeout: seconds that one document may take.

    Yields:
        A name with its PDF, or with the error of that document alone, as soon as it is ready and in no fixed order.
        Exactly one result per document.

    Raises:
        ConverterMissing: LibreOffice is not installed (CONVERT-01) or cannot be started (CONVERT-05).
        DiskError: the temporary folder cannot be used (CONVERT-06).
    """
    if not documents:
        return
    program = office.program(soffice)
    yield from ((name, _not_word(name)) for name, data in documents if not zipfile.is_zipfile(BytesIO(data)))
    documents = [(name, data) for name, data in documents if zipfile.is_zipfile(BytesIO(data))]
    count = max(1, min(workers or os.cpu_count() or 1, len(documents)))
    work = _Work(program, timeout, queue.SimpleQueue(), queue.SimpleQueue(), threading.Event())
    size = max(1, min(_BATCH, -(-len(documents) // count)))
    for start in range(0, len(documents), size):
        work.batches.put(tuple(documents[start : start + size]))
    threads = [threading.Thread(target=_labour, args=(work,), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield from _results(work, count)
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


def _labour(work: _Work) -> None:
    """One worker: a profile of its own, batch after batch."""
    try:
        with TemporaryDirectory(prefix="conventions-press-", ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            profile = office.make_profile(home)
            while not work.stop.is_set():
                try:
                    batch = work.batches.get_nowait()
                except queue.Empty:
                    break
                for result in _batch(work, home, profile, batch):
                    work.results.put(result)
    except ConverterMissing as error:
        work.results.put(error)
    except OSError as error:
        work.results.put(_disk(error))
    finally:
        work.results.put(None)


def _batch(work: _Work, home: Path, profile: Path, batch: Sequence[_Document]) -> Iterator[tuple[str, _Outcome]]:
    """All together first; what did not come out is tried once more, alone, and then reported."""
    failed: dict[int, _Document] = {}
    waiting = dict(enumerate(batch))
    while waiting and not work.stop.is_set():
        came = False
        for rank, pdf in _launch(work, home, profile, waiting):
            name, data = waiting.pop(rank)
            if pdf is None:
                failed[rank] = (name, data)
            else:
                yield name, pdf
            came = True
        if not came:
            failed |= waiting
            waiting = {}
    for rank, (name, data) in failed.items():
        if work.stop.is_set():
            return
        again = [pdf for _, pdf in _launch(work, home, profile, {rank: (name, data)}) if pdf]
        yield name, again[0] if again else _failure(name)


def _launch(
    work: _Work, home: Path, profile: Path, documents: dict[int, _Document]
) -> Iterator[tuple[int, bytes | None]]:
    """One process. Each document that it came to gets its PDF or None; those it never came to get nothing."""
    with TemporaryDirectory(dir=home) as folder:
        files = {Path(folder) / f"{rank:04d}.docx": rank for rank in documents}
        for file, rank in files.items():
            file.write_bytes(documents[rank][1])
        arguments = office.command(work.program, profile, Path(folder), tuple(files))
        current: Path | None = None
        for started in office.run(arguments, home, work.timeout, work.stop):
            if current is not None and current != started.file:
                yield files[current], _pdf(current)
            current = started.file if started.file in files else current
        if current is not None:
            yield files[current], _pdf(current)


def _pdf(file: Path) -> bytes | None:
    try:
        data = file.with_suffix(".pdf").read_bytes()
    except FileNotFoundError:
        return None
    return data if data.startswith(b"%PDF-") and b"%%EOF" in data[-64:] else None


def _disk(error: OSError) -> DiskError:
    return DiskError(
        "CONVERT-06",
        Text("the temporary folder cannot be used: {why}", why=error.strerror or ""),
        Text("free some space there, or point TMPDIR to another folder"),
    )


def _not_word(name: str) -> ConversionError:
    return ConversionError(
        "CONVERT-03",
        Text("{name} is not a Word document", name=name),
        Text("save the template again as .docx"),
    )


def _failure(name: str) -> ConversionError:
    return ConversionError(
        "CONVERT-02",
        Text("LibreOffice made no PDF of {name}, alone and a second time", name=name),
        Text("open the document in LibreOffice Writer to see what disturbs it; other papers are not concerned"),
    )
