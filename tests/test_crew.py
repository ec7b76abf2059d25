"""Many papers by several processes: in order, each failure its own, and nothing is lost with a process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

import pytest

from conventions import pipeline
from conventions.errors import ConversionError, ConverterMissing
from conventions.model.paper import Pdf
from conventions.pipeline import Order, crew, producing
from conventions.settings import Settings, load

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
SETTINGS: Final = load(EXAMPLES).settings
ONE_PROCESS: Final = SETTINGS.model_copy(update={"converter": SETTINGS.converter.model_copy(update={"workers": 1})})
NOW: Final = datetime(2026, 2, 16, 10, tzinfo=UTC)
DOCUMENT: Final = "evaluation_student"
"""It is short, and in one language."""


@pytest.fixture(autouse=True)
def short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producing, "_BATCH", 2)
    monkeypatch.setattr(producing, "_FEW", 1)


def orders(*numbers: str) -> list[Order]:
    """One paper each, about the same internship."""
    source = pipeline.read(EXAMPLES / "dossiers" / "2026-0001-lille-startup.yaml")
    return [
        Order(replace(source, dossier=source.dossier.model_copy(update={"number": one})), DOCUMENT) for one in numbers
    ]


def produced(items: Iterable[Order | str], settings: Settings = SETTINGS) -> Generator[Any, None, None]:
    yield from pipeline.produce(items, settings, own_templates=None, now=NOW)


def data_of(made: Iterable[Any]) -> list[bytes]:
    papers = [paper for _, paper in made]
    assert all(isinstance(paper, Pdf) for paper in papers), papers
    return [paper.data for paper in papers]


def hands() -> list[int]:
    """The processes of the crew."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            is_hand = entry.name.isdigit() and b"conventions.pipeline\0" in (entry / "cmdline").read_bytes()
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if is_hand else 0
        except OSError:
            continue
        if parent == os.getpid():
            found.append(int(entry.name))
    return found


def test_papers_come_in_order_with_whatever_stands_between_them() -> None:
    some = orders("1", "2", "3", "4", "5")
    items: list[Order | str] = ["first", *some[:3], "between", *some[3:], "last"]
    made = list(produced(items))
    assert [one if isinstance(one, str) else one[0] for one in made] == items
    assert len(data_of(one for one in made if not isinstance(one, str))) == 5
    assert hands() == []


def test_a_paper_comes_before_its_batch_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is heard behind the first paper until it has come; who waits for more fails."""
    has_come, heard = threading.Event(), list[Any]()

    class OneByOne(SimpleQueue[Any]):
        def put(self, item: Any, *_: Any, **__: Any) -> None:
            super().put(item)
            if isinstance(item[1], tuple):
                has_come.wait()

        def get(self, *_: Any, **__: Any) -> Any:
            if heard and not has_come.is_set():
                has_come.set()
                pytest.fail("it waits for the second paper before it hands on the first")
            item = super().get()
            heard.extend([item] if isinstance(item[1], tuple) else [])
            return item

    monkeypatch.setattr(crew, "SimpleQueue", OneByOne)
    monkeypatch.setattr(producing, "_BATCH", 3)
    made = produced(orders("1", "2", "3"), ONE_PROCESS)
    first = next(made)
    has_come.set()
    assert len(data_of([first, *made])) == 3


def test_a_crew_makes_the_same_bytes_as_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    together = data_of(produced(orders("1", "2", "3")))
    monkeypatch.setattr(producing, "_FEW", 9)
    assert data_of(produced(orders("1", "2", "3"))) == together


def test_orders_are_taken_as_they_are_needed() -> None:
    taken: list[Order] = []

    def asked() -> Iterator[Order]:
        for order in orders(*map(str, range(40))):
            taken.append(order)
            yield order

    made = produced(asked(), ONE_PROCESS)
    next(made)
    assert len(taken) <= 10
    made.close()
    assert hands() == []


def test_a_process_that_is_killed_takes_no_paper_along() -> None:
    made = produced(orders("1", "2", "3", "4", "5", "6"))
    first = next(made)
    for number in hands():
        os.kill(number, signal.SIGKILL)
    assert len(data_of([first, *made])) == 6


def test_a_paper_is_not_to_blame_for_a_process_that_had_died_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process is killed between its first papers and the next that it is given."""
    give, given = crew._Hand.give, set[crew._Hand]()

    def late(self: crew._Hand, what: Any) -> None:
        if self in given:
            self._process.kill()
            self._process.wait()
        given.add(self)
        give(self, what)

    monkeypatch.setattr(crew._Hand, "give", late)
    monkeypatch.setattr(producing, "_BATCH", 1)
    assert len(data_of(produced(orders("1", "2", "3", "4", "5")))) == 5
    assert len(given) > 2


def test_a_paper_that_kills_its_process_is_reported_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies whenever it is given that order."""
    tell = crew._Hand.tell

    def deadly(self: crew._Hand, what: Any) -> None:
        tell(self, what)
        if isinstance(what[0], list) and any(order.number == "3" for order in what[0]):
            self._process.kill()

    monkeypatch.setattr(crew._Hand, "tell", deadly)
    made = {order.number: paper for order, paper in produced(orders("1", "2", "3", "4", "5"))}
    broken = made.pop("3")
    assert isinstance(broken, ConversionError)
    assert broken.code == "CONVERT-13"
    assert all(isinstance(paper, Pdf) for paper in made.values())


def test_what_stands_in_the_way_of_all_papers_is_told_once() -> None:
    nowhere = SETTINGS.model_copy(
        update={"converter": SETTINGS.converter.model_copy(update={"soffice": "/nowhere/soffice"})}
    )
    with pytest.raises(ConverterMissing):
        list(produced(orders("1", "2", "3"), nowhere))
    assert hands() == []
