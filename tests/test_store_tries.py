"""Codes, and whatever else may be tried only so often, tried from many places at the same instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Final, TypeVar

from conventions.store import Answer, Registry
from conventions.store.challenges import Challenges
from tests.registries import NOW, digest, issued, record

T = TypeVar("T")

_AT_ONCE: Final = 12
_SECRET: Final = b"of the office" * 3
_HOUR: Final = timedelta(hours=1)
_TO: Final = "camille@etu.univ-exemple.test"


def challenges_of(registry: Registry) -> tuple[Challenges, int]:
    paper = registry.add_paper(record(), [issued()])
    return registry.challenges(_SECRET), paper.id


def at_once(work: Callable[[int], T]) -> Counter[T]:
    """What many get that ask together."""
    gate = Barrier(_AT_ONCE)

    def ask(rank: int) -> T:
        gate.wait()
        return work(rank)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return Counter(threads.map(ask, range(_AT_ONCE)))


def test_a_right_code_is_good_once_however_many_bring_it_together(registry: Registry) -> None:
    challenges, paper = challenges_of(registry)
    code = challenges.new(paper, "student", _TO, digest("issued"), NOW)
    answers = at_once(lambda _: challenges.answer(paper, "student", _TO, digest("issued"), code, NOW)[0])
    assert answers == {Answer.RIGHT: 1, Answer.NONE: _AT_ONCE - 1}


def test_five_codes_are_tried_and_no_more_however_many_are_tried_together(registry: Registry) -> None:
    challenges, paper = challenges_of(registry)
    right = challenges.new(paper, "student", _TO, digest("issued"), NOW)
    wrong = [f"{(int(right) + 1 + rank) % 10**8:08d}" for rank in range(_AT_ONCE)]
    answers = at_once(lambda rank: challenges.answer(paper, "student", _TO, digest("issued"), wrong[rank], NOW)[0])
    assert answers == {Answer.WRONG: 5, Answer.NONE: _AT_ONCE - 5}
    assert challenges.answer(paper, "student", _TO, digest("issued"), right, NOW)[0] is Answer.NONE


def test_what_was_tried_too_often_must_wait_in_every_process_and_after_a_restart(url: str) -> None:
    with Registry.open(url) as one, Registry.open(url) as other:
        here, there = one.tries(_SECRET), other.tries(_SECRET)
        assert [tries.allows("a", 2, _HOUR, NOW) for tries in (here, there, here, there)] == [True, True, False, False]
        assert here.allows("b", 2, _HOUR, NOW)
    with Registry.open(url) as again:
        tries = again.tries(_SECRET)
        assert not tries.allows("a", 2, _HOUR, NOW + _HOUR - timedelta(seconds=1))
        assert tries.allows("a", 2, _HOUR, NOW + _HOUR)
        assert all(tries.allows("c", 0, _HOUR, NOW) for _ in range(20))


def test_only_so_many_are_let_through_however_many_come_together(registry: Registry) -> None:
    tries = registry.tries(_SECRET)
    assert at_once(lambda _: tries.allows("a", 5, _HOUR, NOW)) == {True: 5, False: _AT_ONCE - 5}


def test_what_succeeded_does_not_count(registry: Registry) -> None:
    tries = registry.tries(_SECRET)
    for _ in range(3):
        assert tries.allows("a", 1, _HOUR, NOW)
        tries.forgive("a")
    tries.forgive("a")
    assert [tries.allows("a", 1, _HOUR, NOW) for _ in range(2)] == [True, False]


def test_whence_somebody_came_is_not_kept(registry: Registry) -> None:
    registry.tries(_SECRET).allows("sign-in 192.0.2.7", 5, _HOUR, NOW)
    with registry._engine.connect() as connection:
        kept = [str(row) for row in connection.exec_driver_sql("SELECT * FROM guess")]
    assert kept
    assert not any("192.0.2.7" in row or "sign-in" in row for row in kept)
