"""Several papers at a time: what takes long is prepared side by side, and kept one after the other, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar

from conventions.abreast import abreast
from conventions.apart import ask_apart
from conventions.errors import ConventionsError
from conventions.office.outcome import Outcome
from conventions.store import PaperRecord

__all__ = ["asked", "each"]

Answer = TypeVar("Answer")


def each(
    prepared: Callable[[PaperRecord], Answer],
    papers: Sequence[PaperRecord],
    done: Callable[[PaperRecord, Answer], Outcome],
    *,
    label: Callable[[PaperRecord], str] = attrgetter("number"),
) -> Iterator[Outcome]:
    """Prepare several papers at a time, finish and record one after the other; one that fails stops only itself.

    Args:
        prepared: called in threads; it leaves the processor to other processes, as :func:`asked` does, and keeps
            nothing.
        papers: only a few more than there are processors are prepared ahead of what is done.
        done: writes and records, in the order of the papers; it is called in the thread that asks for the outcome.
        label: what a paper is called when it fails.
    """

    def attempted(paper: PaperRecord) -> Answer | ConventionsError:
        try:
            return prepared(paper)
        except ConventionsError as error:
            return error

    for paper, found in abreast(attempted, papers):
        try:
            yield Outcome(label(paper), error=found) if isinstance(found, ConventionsError) else done(paper, found)
        except ConventionsError as error:
            yield Outcome(label(paper), error=error)


def asked(papers: Sequence[PaperRecord], work: Callable[..., Answer], *arguments: object) -> Answer:
    """For one paper alone another process would take longer to start than the work takes.

    Raises:
        Refused: it exhausts the other process (GATE-LIMIT).
        ConventionsError: as the work itself.
    """
    return ask_apart(work, *arguments) if len(papers) > 1 else work(*arguments)
