"""One paper that somebody waits for: with a worker and without, beside LibreOffice's own time for the same paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from bench.material import EXAMPLE_NUMBERS, NOW, words
from conventions import pipeline, press
from conventions.model.paper import Pdf
from conventions.settings import load
from tests.workspaces import Bureau, a_bureau

__all__ = ["single"]

_ALONE: Final = "LibreOffice alone, warm"
_Ways = Mapping[str, Callable[[], object]]


def single(place: Path, rounds: int) -> Mapping[str, Mapping[str, float]]:
    """Each example's agreement in turn, by every way in each round; the first round, which warms up, does not count.

    Returns:
        For each way milliseconds, and how often the time that a warm LibreOffice takes to convert that paper once,
        measured just before: medians over papers and rounds.
    """
    with a_bureau(place, *EXAMPLE_NUMBERS) as bureau, press.Converter(workers=1) as converter:
        without = bureau.copy(place / "without")
        every = [_ways(*paper, bureau, without, converter) for paper in words(bureau.root)]
        with _worker(bureau, papers=2 * len(every) * (rounds + 1)):
            measured = [_timed(ways) for _ in range(rounds + 1) for ways in every][len(every) :]
    return {
        name: {
            "ms": median(times[name] for times in measured),
            "× LibreOffice alone": median(times[name] / times[_ALONE] for times in measured),
        }
        for name in measured[0]
    }


def _ways(number: str, docx: bytes, bureau: Bureau, without: Bureau, converter: press.Converter) -> _Ways:
    return {
        _ALONE: lambda: _converted(converter, number, docx),
        "conventions, by the worker": lambda: _produced(bureau, number, bureau.root),
        "conventions, in a warm process": lambda: _produced(bureau, number, None),
        "conventions generate, with a worker": lambda: _generated(bureau, number),
        "conventions generate, without": lambda: _generated(without, number),
    }


def _converted(converter: press.Converter, number: str, docx: bytes) -> None:
    ((_, outcome),) = converter.convert([(number, docx)])
    if not isinstance(outcome, bytes):
        raise outcome


def _produced(bureau: Bureau, number: str, root: Path | None) -> None:
    order = pipeline.Order(pipeline.read(bureau.file(number)))
    settings, templates = load(bureau.root).settings, bureau.root / "templates"
    ((_, paper),) = pipeline.produce([order], settings, own_templates=templates, root=root, now=NOW)
    if not isinstance(paper, Pdf):
        raise paper


def _generated(bureau: Bureau, number: str) -> None:
    shutil.rmtree(bureau.root / "papers" / number, ignore_errors=True)
    bureau.process("generate", number)


def _timed(ways: _Ways) -> Mapping[str, float]:
    times = {}
    for name, way in ways.items():
        started = perf_counter()
        way()
        times[name] = (perf_counter() - started) * 1e3
    return times


@contextmanager
def _worker(bureau: Bureau, *, papers: int) -> Iterator[None]:
    """One that is ready; that it made so many papers is seen to, for who is sent away makes them without a word."""
    process = bureau.start("worker")
    try:
        assert process.stderr is not None  # noqa: S101
        ready = process.stderr.readline()
        yield
    finally:
        process.terminate()
        _, told = process.communicate()
    if len(told.splitlines()) != papers:
        raise RuntimeError(f"{ready}{told}")
