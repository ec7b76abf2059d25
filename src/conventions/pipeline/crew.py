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
from dataclasses import dataclass
from multiprocessing import Pipe
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final, Self, TypeVar

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

T = TypeVar("T")
_Order = Order | CampaignOrder
_Paper = Pdf | ConventionsError
_Made = tuple[_Order, _Paper]


class _Batch:
    """Items that are taken together, and what has become of them so far, by their places."""

    def __init__(self, items: Sequence[object]) -> None:
        self._handed_on = 0
        self.orders = {place: item for place, item in enumerate(items) if isinstance(item, _Order)}
        self.papers: dict[int, _Paper] = {}
        self._items = items

    @property
    def is_over(self) -> bool:
        """Has everything been handed on?"""
        return self._handed_on == len(self._items)

    @property
    def has_next(self) -> bool:
        """Is the next item there, or no order, for which nobody waits?"""
        return not self.is_over and (self._handed_on not in self.orders or self._handed_on in self.papers)

    def next(self) -> Any:
        """An order with its paper, or whatever stands among the orders."""
        place = self._handed_on
        self._handed_on += 1
        return (self.orders[place], self.papers[place]) if place in self.orders else self._items[place]


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

    def give(self, orders: Sequence[_Order]) -> None:
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

    def papers(self, batches: Iterable[Sequence[_Order | T]]) -> Iterator[_Made | T]:
        """Orders with their papers, each as soon as all before it have come; what is no order, in its place.

        Batches are taken when there is somebody to make them. What the processes tell is heard first: they must not
        wait for whoever takes the papers.
        """
        coming, line, tasks = map(_Batch, batches), deque[_Batch](), deque[_Task]()
        has_more = True
        while has_more or line:
            while has_more and not tasks and len(line) < _AHEAD * self._size:
                batch = next(coming, None)
                has_more = batch is not None
                if batch:
                    line.append(batch)
                    tasks.extend([_Task(batch, tuple(batch.orders))] if batch.orders else [])
                    self._give(tasks)
            if line and line[0].is_over:
                line.popleft()
            elif line and line[0].has_next and self._heard.empty():
                yield line[0].next()
            elif line:
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


def _fatal(order: _Order) -> ConversionError:
    return ConversionError(
        "CONVERT-13",
        Text("the process that made the paper of {number} broke down, alone and a second time", number=order.number),
        Text("look at what this dossier has that others have not; other papers are not concerned"),
    )
