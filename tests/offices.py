"""Offices that are cut off in the middle: short papers, commands that die before a write, and what must still hold."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine, event

from conventions import apart, pipeline
from conventions.model.event import Sent
from conventions.model.paper import Pdf
from conventions.office.drafting import draft_path
from conventions.pipeline import vetting
from conventions.settings import load
from conventions.store import PaperRecord, Registry, archive
from tests.papers import a_short_template, the_clock
from tests.workspaces import Answer, Bureau, a_bureau

__all__ = [
    "Ending",
    "a_short_bureau",
    "age",
    "at_once",
    "cut_off",
    "one_letter_each",
    "papers_of",
    "passing_files",
    "standing",
]

_VERSIONS: Final = 3
"""Of each paper, drafted beforehand: LibreOffice is needed once."""
_WRITES: Final = frozenset({"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"})
_PASSING: Final = (".writing-*", ".storing-*")


@contextmanager
def a_short_bureau(folder: Path) -> Iterator[Bureau]:
    """Two dossiers whose agreements are short, drafted in every version that a test can reach.

    The program would refuse their template, which lacks what the law asks for: it is not looked over until the end of
    the ``with``.
    """
    with a_bureau(folder, "0001", "0002") as bureau, patch.object(vetting, "vet", lambda *_: ()):
        bureau.set("on_paper = false", "on_paper = true")
        own = a_short_template(bureau.root / "templates")
        workspace = load(bureau.root)
        orders = [
            pipeline.Order(pipeline.read(bureau.file(number)), version=version)
            for number in bureau.numbers
            for version in range(1, _VERSIONS + 1)
        ]
        for _, paper in pipeline.produce(orders, workspace.settings, own_templates=own, now=the_clock()):
            assert isinstance(paper, Pdf), paper
            path = draft_path(workspace, paper.origin)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(paper.data)
        yield bureau


# ── what an office looks like ────────────────────────────────────────────────────────────────────────────


def papers_of(bureau: Bureau) -> list[PaperRecord]:
    """Every version of every paper."""
    with Registry.open(load(bureau.root).registry_url) as registry:
        return [*registry.papers(every_version=True)]


def standing(bureau: Bureau) -> dict[str, Any]:
    """Everything that matters of an office and does not differ from run to run.

    Letters are named by step and person, so that the same letter handed over again counts once; codes are left out,
    because whoever is interrupted asks for another.
    """
    papers = {
        paper.key: (paper.state, paper.signed_roles, paper.expected, Counter(event.kind for event in paper.events))
        for paper in papers_of(bureau)
    }
    letters = Counter(path.name.rsplit(".", 2)[0] for path in (bureau.root / "outbox").glob("*.eml"))
    return {
        "papers": papers,
        "letters": {name: number for name, number in letters.items() if ".code-" not in name},
        "packages": [str(place.relative_to(bureau.root)) for place in archive.packages(bureau.root / "archive")],
    }


def passing_files(bureau: Bureau) -> list[Path]:
    """What has not got its name yet."""
    return [path for pattern in _PASSING for path in bureau.root.rglob(pattern)]


def age(bureau: Bureau) -> None:
    """Let an hour pass over what has not got its name yet: no running command can want it any more."""
    for path in passing_files(bureau):
        moment = path.stat().st_mtime - 3600
        os.utime(path, (moment, moment))


def one_letter_each(papers: list[PaperRecord]) -> bool:
    """Nobody was sent the same bytes twice in the same letter."""
    letters = Counter(event.message_id for paper in papers for event in paper.events if isinstance(event, Sent))
    return set(letters.values()) <= {1}


# ── commands in processes that can be killed ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Ending:
    """How a command in a process of its own ended."""

    was_killed: bool
    answer: Answer
    writes: tuple[str, ...] = ()
    """What it wrote, in order, when it was not killed."""


def cut_off(bureau: Bureau, write: int, *arguments: str | Path, **environment: str) -> Ending:
    """One command in a forked process that dies by SIGKILL just before its n-th write (from 1) into the workspace.

    With 0 it is left alone, and what it writes is noted.
    """
    writes: list[str] = []

    def heard(what: str) -> None:
        writes.append(what)
        if len(writes) == write:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> Ending:
        answer = _tried(bureau, heard, arguments, environment)
        return Ending(was_killed=False, answer=answer, writes=tuple(writes))

    (ending,) = _forked(work)
    return ending


def at_once(bureau: Bureau, *commands: tuple[str | Path, ...]) -> list[Answer]:
    """Commands in forked processes that wait for each other before the first write of each."""
    barrier = multiprocessing.get_context("fork").Barrier(len(commands))

    def started(command: tuple[str | Path, ...]) -> Callable[[], Ending]:
        meeting = iter([barrier])

        def heard(_what: str) -> None:
            for once in meeting:
                once.wait(timeout=60)

        return lambda: Ending(was_killed=False, answer=_tried(bureau, heard, command, {}))

    endings = _forked(*(started(command) for command in commands))
    assert not any(ending.was_killed for ending in endings)
    return [ending.answer for ending in endings]


def _tried(
    bureau: Bureau, heard: Callable[[str], None], arguments: tuple[str | Path, ...], environment: dict[str, str]
) -> Answer:
    def ask(work: Any, seconds: float) -> Any:
        return apart._answer(*work)

    # The process that looks at hostile files belongs to the process that this one was forked from.
    apart._GATEHOUSE.ask = ask  # type: ignore[method-assign]
    _before_each_write(bureau.root, heard)
    return bureau.try_to(*arguments, **environment)


def _before_each_write(root: Path, action: Callable[[str], None]) -> None:
    """Every change of the file system below ``root`` and every commit of the registry, while this process lives."""
    inside = str(root)

    def heard(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            path, _, flags = arguments
            is_write = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        else:
            path, is_write = (*arguments, "")[0], name in _WRITES
        if is_write and isinstance(path, (str, Path)) and str(path).startswith(inside):
            action(name)

    sys.addaudithook(heard)
    event.listen(Engine, "commit", lambda _connection: action("commit"))


def _forked(*works: Callable[[], Ending]) -> list[Ending]:
    """Each in a process of its own, all at once; what is loaded already need not be loaded again."""
    context = multiprocessing.get_context("fork")
    running = []
    for work in works:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(there, work))
        process.start()
        there.close()
        running.append((process, here))
    return [_ended(process, line) for process, line in running]


def _answer(line: Connection, work: Callable[[], Ending]) -> None:
    line.send(work())


def _ended(process: BaseProcess, line: Connection) -> Ending:
    try:
        ending = line.recv()
    except EOFError:
        ending = Ending(was_killed=True, answer=Answer(-1, "", ""))
    process.join()
    assert process.exitcode == (-signal.SIGKILL if ending.was_killed else 0), process.exitcode
    assert isinstance(ending, Ending)
    return ending
