"""Whole commands: papers a second beside LibreOffice alone, and the memory that a command and its helpers hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.material import EXAMPLE_NUMBERS, words, year
from conventions import press
from tests.workspaces import PASSPHRASE, a_bureau

__all__ = ["alone", "campaign"]

_TICK: Final = 0.2
_ROUNDS: Final = 2
_MADE: Final = {"generate": "*.draft.pdf", "issue": "*-00-issued-*.pdf"}


def campaign(
    place: Path, size: int, command: str = "generate", numbers: Sequence[str] = EXAMPLE_NUMBERS
) -> Mapping[str, float]:
    """So many dossiers to drafts (``generate``) or to certified papers ready for the first signer (``issue``).

    Args:
        place: folder for the workspace.
        size: how many.
        command: what is done with all of them.
        numbers: of the examples that they are made from, in turn.

    Returns:
        Papers a second; how often the time of LibreOffice alone that was, on as many processors, with the same papers
        in the same minutes; peak memory of the command itself and of all its processes together, in MB.
    """
    before = alone(numbers)
    with a_bureau(place, *numbers) as bureau:
        bureau.set(f'timestamps = ["{bureau.pki.tsa_url}"]', "timestamps = []")
        year(bureau.root / "dossiers", size)
        started = perf_counter()
        process = subprocess.Popen(
            bureau.command("-w", bureau.root, command, "--all"),
            env={**os.environ, "CONVENTIONS_SEAL_PASSPHRASE": PASSPHRASE},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        peaks = _Peaks(process.pid)
        _, complaints = process.communicate()
        seconds = perf_counter() - started
        own, together = peaks.stop()
        made = sum(1 for _ in bureau.root.glob(f"papers/*/{_MADE[command]}"))
        shutil.rmtree(bureau.root)
    if made != size:
        raise RuntimeError(f"{made} of {size} papers\n{complaints.decode()[-2000:]}")
    pure = (before + alone(numbers)) / 2
    return {
        "papers a second": size / seconds,
        "× LibreOffice alone": seconds / size / pure,
        "MB, command": own,
        "MB, together": together,
    }


def alone(numbers: Sequence[str] = EXAMPLE_NUMBERS) -> float:
    """Seconds a paper when nothing is done but to convert the papers of examples, on all processors at once."""
    papers = [(name, data) for name, data in words() if name.endswith(tuple(numbers))]
    documents = [(f"{rank}-{name}", data) for rank in range(_ROUNDS) for name, data in papers]
    with press.Converter() as converter:
        list(converter.convert(documents[: 2 * (os.cpu_count() or 1)]))  # they are warm afterwards
        started = perf_counter()
        done = [outcome for _, outcome in converter.convert(documents) if isinstance(outcome, bytes)]
        seconds = perf_counter() - started
    if len(done) != len(documents):
        raise RuntimeError(f"{len(done)} of {len(documents)} papers")
    return seconds / len(documents)


class _Peaks:
    """Looks five times a second at what a process and those it started hold (shared pages counted once each)."""

    def __init__(self, number: int) -> None:
        self._number, self._over = number, threading.Event()
        self._own = self._together = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[float, float]:
        self._over.set()
        self._thread.join()
        return self._own, self._together

    def _watch(self) -> None:
        while not self._over.wait(_TICK):
            family = _family(self._number)
            self._own = max(self._own, _megabytes(self._number, "Rss"))
            self._together = max(self._together, sum(_megabytes(number, "Pss") for number in family))


def _family(number: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  # five times a second, and often long
        with suppress(OSError, IndexError):
            parents[int(entry)] = int(Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
    family = {number}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _megabytes(number: int, kind: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
    return 0.0
