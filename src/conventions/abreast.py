"""Several questions at once, answered in order: for work that waits for other processes or for a network."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

__all__ = ["abreast"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_AHEAD: Final = 2
"""Questions for each thread that are asked before an earlier answer is taken: what bounds the memory."""


def abreast(
    work: Callable[[Item], Answer], items: Iterable[Item], *, threads: int | None = None
) -> Iterator[tuple[Item, Answer]]:
    """Each item with what a function says of it, in order; items are taken when there is somebody to look at them.

    The function runs in threads, which share one processor: what keeps a processor busy it must leave to others, as
    :func:`conventions.apart.ask_apart` does. What it raises is raised here, in its place; nothing is begun after it.

    Args:
        work: asked in several threads at a time.
        items: however many.
        threads: one for each processor when None.
    """
    count = threads or os.cpu_count() or 1
    coming, begun = iter(items), deque[tuple[Item, Future[Answer]]]()
    pool = ThreadPoolExecutor(count, thread_name_prefix="abreast")
    try:
        for item in islice(coming, count * _AHEAD):
            begun.append((item, pool.submit(work, item)))
        while begun:
            item, future = begun.popleft()
            answer = future.result()
            begun.extend((further, pool.submit(work, further)) for further in islice(coming, 1))
            yield item, answer
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
