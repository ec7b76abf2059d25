"""The whole command, ``conventions generate --all``: papers a second, and the memory that it and its helpers hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.material import year
from conventions.office import found

__all__ = ["campaign"]

_TICK: Final = 0.2


def campaign(place: Path, size: int) -> Mapping[str, float]:
    """Papers a second, peak memory of the command itself and of all its processes together, in MB."""
    root = place / f"year-{size}"
    found(root, on=datetime.now(UTC).date())
    year(root / "dossiers", size)
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "conventions", "-w", str(root), "generate", "--all"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    peaks = _Peaks(process.pid)
    _, complaints = process.communicate()
    seconds = perf_counter() - started
    own, together = peaks.stop()
    made = sum(1 for _ in root.glob("papers/*/*.pdf"))
    shutil.rmtree(root)
    if made != size:
        raise RuntimeError(f"{made} of {size} papers\n{complaints.decode()[-2000:]}")
    return {"papers a second": size / seconds, "MB, command": own, "MB, together": together}


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
