"""Several questions at once, and several processes to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from conventions.abreast import abreast
from conventions.apart import _Gatehouse
from conventions.errors import DiskError
from conventions.text import Text


def test_answers_come_in_the_order_of_the_items_however_long_each_takes() -> None:
    is_second_done = Event()

    def work(item: int) -> int:
        if item == 1:
            assert is_second_done.wait(30)
        else:
            is_second_done.set()
        return item * item

    assert list(abreast(work, [1, 2, 3], threads=2)) == [(1, 1), (2, 4), (3, 9)]


def test_as_many_are_worked_on_at_once_as_there_are_threads() -> None:
    meeting = Barrier(3, timeout=30)
    assert len([*abreast(lambda _: meeting.wait(), range(6), threads=3)]) == 6


@pytest.mark.parametrize("taken", [1, 7, 50])
def test_items_are_taken_only_a_few_ahead(taken: int) -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            asked.append(item)
            yield item

    for rank, _ in enumerate(abreast(str, items(), threads=2), start=1):
        if rank == taken:
            break
    assert len(asked) == taken + 4


def test_what_fails_fails_in_its_place_and_what_was_not_begun_stays_undone() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise DiskError("DISK-03", Text("no"), Text("yes"))
        return item

    answers = abreast(work, range(100), threads=1)
    assert [next(answers)[0] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DiskError):
        next(answers)
    assert len(begun) < 8


def test_nothing_is_asked_of_nobody() -> None:
    assert list(abreast(str, [])) == []


def test_whoever_finds_a_gatekeeper_busy_asks_another_one() -> None:
    gatehouse = _Gatehouse(2)
    try:
        (one, _) = gatehouse.ask((os.getpid, (), {}), 60) or (None, None)
        assert gatehouse.ask((os.getpid, (), {}), 60) == (one, None), "who is idle is asked again"
        busy = gatehouse._idle.get()
        (other, _) = gatehouse.ask((os.getpid, (), {}), 60) or (None, None)
        gatehouse._idle.put(busy)
        assert other not in {None, one}
    finally:
        gatehouse.dismiss()
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(other)), 0)
