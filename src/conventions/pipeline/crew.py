"""Processes side by side that make papers, because making one keeps a processor busy; each has a LibreOffice."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

from conventions.errors import ConventionsError, ConversionError
from conventions.model.paper import Pdf
from conventions.pipeline import vetting
from conventions.pipeline.hand import BEGUN
from conventions.pipeline.making import Making
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.text import Text

__all__ = ["Crew"]

_AHEAD: Final = 3
"""Batches for each process that may be begun or done while an earlier one is not: what bounds the memory."""
_LEAVING: Final = 10.0
"""Seconds that a process may take to clean up behind itself."""

_GONE: Final = object()

_Orders = Sequence[Order | CampaignOrder]
_Paper = Pdf | ConventionsError


@dataclass
class _Batch:
    """Orders that are made together, and their papers so far, by their places."""

    orders: _Orders
    papers: dict[int, _Paper] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return len(self.papers) == len(self.orders)

    @property
    def in_order(self) -> Sequence[_Paper]:
        return [self.papers[place] for place in range(len(self.orders))]


@dataclass(frozen=True)
class _Task:
    """What a process is given of a batch."""

    batch: _Batch
    places: Sequence[int]


class _Hand:
    """A process and the line to it; a thread hears what it tells, so that it need not wait for us."""

    def __init__(self, making: Making, heard: SimpleQueue[tuple[_Hand, object]]) -> None:
        self.has_begun = True
        """Has it met the orders that it was given last? Of a new process it is not known, and taken for granted."""
        self.line, there = Pipe()
        command = [sys.executable, "-m", "conventions.pipeline", str(there.fileno())]
        self._process = subprocess.Popen(  # noqa: S603
            command, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
        there.close()
        self.tell((making, logging.root.manager.disable))
        self._ear = threading.Thread(target=self._listen, args=(heard,), daemon=True)
        self._ear.start()

    def give(self, orders: _Orders) -> None:
        self.tell((orders, vetting.found_sound()))

    def tell(self, what: object) -> None:
        with suppress(OSError):  # that it has died is heard
            self.line.send(what)

    def _listen(self, heard: SimpleQueue[tuple[_Hand, object]]) -> None:
        with suppress(EOFError, OSError):
            while True:
                heard.put((self, self.line.recv()))
        heard.put((self, _GONE))

    def ask_to_leave(self) -> None:
        """It takes its LibreOffice along."""
        self._process.terminate()

    def dismiss(self) -> None:
        """End it, and wait until it has ended."""
        self.ask_to_leave()
        try:
            self._process.wait(_LEAVING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ear.join()
        self.line.close()


class Crew:
    """So many processes; use it in a ``with`` statement.

    A process that dies takes no paper with it but the one that killed it: the papers of its batch are made again, each
    alone.
    """

    def __init__(self, size: int, making: Making) -> None:
        """Start nobody yet."""
        self._size, self._making = size, making
        self._heard: SimpleQueue[tuple[_Hand, object]] = SimpleQueue()
        self._idle: list[_Hand] = []
        self._busy: dict[_Hand, _Task] = {}

    def __enter__(self) -> Self:
        gc.freeze()  # what the program consists of: to look through it for garbage, time and again, takes longest
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.unfreeze()
        for hand in (*self._idle, *self._busy):
            hand.ask_to_leave()
        for hand in (*self._idle, *self._busy):
            hand.dismiss()

    def papers(self, batches: Iterable[_Orders]) -> Iterator[Sequence[_Paper]]:
        """The papers of each batch, in order; batches are taken when there is somebody to make them."""
        coming, line, tasks = iter(batches), deque[_Batch](), deque[_Task]()
        has_more = True
        while has_more or line:
            while has_more and not tasks and len(line) < _AHEAD * self._size:
                orders = next(coming, None)
                has_more = orders is not None
                line.extend([_Batch(orders)] if orders is not None else [])
                tasks.extend([_Task(line[-1], range(len(orders)))] if orders else [])
                self._give(tasks)
            while line and line[0].is_done:
                yield line.popleft().in_order
            if self._busy:
                tasks.extend(self._hear())
                self._give(tasks)

    def _give(self, tasks: deque[_Task]) -> None:
        while tasks and len(self._busy) < self._size:
            hand = self._idle.pop() if self._idle else _Hand(self._making, self._heard)
            task = self._busy[hand] = tasks.popleft()
            hand.give([task.batch.orders[place] for place in task.places])

    def _hear(self) -> Sequence[_Task]:
        """Take in the next thing that one tells; what must be made again."""
        hand, told = self._heard.get()
        if told is _GONE:
            hand.dismiss()
            if hand in self._idle:
                self._idle.remove(hand)
                return ()
            task = self._busy.pop(hand)
            return _again(task) if hand.has_begun else [task]  # it had died before: the papers are not to blame
        task = self._busy[hand]
        if told == BEGUN:
            hand.has_begun = True
        elif told is None:
            hand.has_begun = False
            self._idle.append(hand)
            del self._busy[hand]
        elif isinstance(told, ConventionsError):
            raise told
        else:
            assert isinstance(told, tuple)  # noqa: S101  # the place of an order among those given, and its paper
            task.batch.papers[task.places[told[0]]] = told[1]
        return ()


def _again(task: _Task) -> list[_Task]:
    left = [place for place in task.places if place not in task.batch.papers]
    if len(task.places) > 1:
        return [_Task(task.batch, (place,)) for place in left]
    for place in left:
        task.batch.papers[place] = _fatal(task.batch.orders[place])
    return []


def _fatal(order: Order | CampaignOrder) -> ConversionError:
    return ConversionError(
        "CONVERT-13",
        Text("the process that made the paper of {number} broke down, alone and a second time", number=order.number),
        Text("look at what this dossier has that others have not; other papers are not concerned"),
    )
