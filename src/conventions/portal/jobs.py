"""Work that takes longer than a page: done by one thread, looked at from any page, however often it is asked for.

What is done is done by the office, whose every step may be taken again: a job that a restart has cut off is simply
asked for once more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from conventions.errors import ConventionsError
from conventions.office import Outcome

__all__ = ["Job", "Jobs", "Work"]

_LOG: Final = logging.getLogger("conventions.portal")
_KEPT: Final = 200
"""Jobs whose outcomes can still be looked at."""

Work = Callable[[], Iterable[Outcome]]


@dataclass
class Job:
    """What was asked for, and what has become of it so far."""

    key: str
    action: str
    numbers: tuple[str, ...]
    asked_by: int
    """Number of the account."""
    outcomes: list[Outcome] = field(default_factory=list)
    is_done: bool = False
    is_broken: bool = False
    """It ended by a fault that nobody foresaw; what is told before it is done."""

    @property
    def failures(self) -> int:
        """Of the outcomes so far."""
        return sum(not outcome.ok for outcome in self.outcomes)


class Jobs:
    """The jobs of one application, one after the other."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()
        self._worker = _one_thread()

    def begin(self, job: Job, work: Work, *, told: Callable[[Outcome], None]) -> Job:
        """Put a job into the queue; one that was begun under the same key is not begun again.

        Args:
            job: what it is, under a key that its page made up.
            work: yields an outcome for each dossier.
            told: is told each outcome as it comes.
        """
        with self._lock:
            if job.key in self._jobs:
                return self._jobs[job.key]
            self._jobs[job.key] = job
            for old in [key for key, one in self._jobs.items() if one.is_done][:-_KEPT]:
                del self._jobs[old]
        self._worker.submit(_run, job, work, told)
        return job

    def find(self, key: str) -> Job | None:
        """None when it is not known, or is known no more."""
        return self._jobs.get(key)

    def close(self) -> None:
        """Let what runs come to its end, and forget what waits."""
        self._worker.shutdown(cancel_futures=True)
        self._worker = _one_thread()


def _one_thread() -> ThreadPoolExecutor:
    """Which is started when there is something to do."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")


def _run(job: Job, work: Work, told: Callable[[Outcome], None]) -> None:
    try:
        for outcome in work():
            job.outcomes.append(outcome)
            told(outcome)
    except ConventionsError as error:
        job.outcomes.append(Outcome("", error=error))
    except Exception:  # noqa: BLE001 - the thread must live on for the next job
        _LOG.exception("a job failed")
        job.is_broken = True
    finally:
        job.is_done = True
