"""A worker makes the papers of other commands, to the byte; whatever becomes of it, the papers are made."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest

from conventions import pipeline, press
from conventions.errors import ConverterMissing, TemplateError
from conventions.model.paper import Pdf
from conventions.pipeline import Order, asking, meeting, vetting
from conventions.pipeline.making import Making
from conventions.press import confinement
from conventions.settings import Settings, load
from tests.workspaces import Bureau, a_bureau, started_with

NOW: Final = datetime(2027, 2, 16, 10, tzinfo=UTC)
DOCUMENT: Final = "evaluation_student"
"""It is short, and in one language."""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A workspace without a worker."""
    with a_bureau(tmp_path_factory.mktemp("alone"), "0001") as bureau:
        bureau.set("workers = 0", "workers = 1")
        yield bureau


@pytest.fixture(scope="module")
def office(alone: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """One whose path is longer than a socket's address may be."""
    return alone.copy(tmp_path_factory.mktemp("a-folder-with-a-long-name" * 4) / "bureau")


@contextmanager
def at_work(bureau: Bureau, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A worker that is ready."""
    process = bureau.start("worker", *options, **environment)
    try:
        assert "ready" in said(process)
        yield process
    finally:
        process.terminate()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    """The next line that it says."""
    assert process.stderr is not None
    return process.stderr.readline()


@pytest.fixture(scope="module")
def worker(office: Bureau) -> Iterator[subprocess.Popen[str]]:
    """One for all tests, which leaves nothing behind when it is asked to end."""
    with at_work(office) as process:
        assert (office.root / ".worker").stat().st_mode & 0o777 == 0o700
        yield process
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert left(office.root / "passing") == []
    assert not (office.root / ".worker").exists()


def left(place: Path) -> list[Path | str]:
    """Passing files, and programs that use them."""
    running = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if str(place).encode() in words:
            running.append(words.decode())
    return [*running, *place.iterdir()]


def making(bureau: Bureau) -> Making:
    return Making(load(bureau.root).settings, bureau.root / "templates", None, "", NOW)


def order(bureau: Bureau, number: str = "2027-0001") -> Order:
    source = pipeline.read(bureau.file("2027-0001"))
    return Order(replace(source, dossier=source.dossier.model_copy(update={"number": number})), DOCUMENT)


def produced(bureau: Bureau, orders: Sequence[Order], root: Path | None) -> list[Any]:
    settings: Settings = load(bureau.root).settings
    made = pipeline.produce(orders, settings, own_templates=bureau.root / "templates", root=root, now=NOW)
    return [paper for _, paper in made]


# ── while it lives ───────────────────────────────────────────────────────────────────────────────────────


def test_a_paper_that_it_makes_is_the_same_to_the_byte(office: Bureau, worker: subprocess.Popen[str]) -> None:
    made = asking.made_by_worker(office.root, making(office), [order(office)])
    assert "2027-0001" in said(worker)
    assert [made[0]] == produced(office, [order(office)], None)


def test_a_command_has_its_papers_made(office: Bureau, worker: subprocess.Popen[str], tmp_path: Path) -> None:
    office.run("generate", "2027-0001", "--document", DOCUMENT)
    assert said(worker).startswith("2027-0001")
    office.run("templates", "preview", DOCUMENT, "--output", tmp_path / "preview.pdf")
    assert "made" in said(worker)


def test_several_commands_come_at_once(office: Bureau, worker: subprocess.Popen[str]) -> None:
    wanted = [[order(office, f"{command}-{rank}") for rank in range(2)] for command in range(3)]
    with ThreadPoolExecutor() as commands:
        made = list(commands.map(lambda orders: asking.made_by_worker(office.root, making(office), orders), wanted))
    numbers = [
        [paper.origin.number for _, paper in sorted(papers.items()) if isinstance(paper, Pdf)] for papers in made
    ]
    assert numbers == [["0-0", "0-1"], ["1-0", "1-1"], ["2-0", "2-1"]]
    assert len({said(worker) for _ in range(6)}) == 6


def test_what_it_has_looked_over_is_not_looked_over_again(
    office: Bureau, worker: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = office.root / "templates" / "fr" / f"{DOCUMENT}.docx"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(press.take(DOCUMENT, "fr").data)
    with ZipFile(own, "a") as package:
        package.comment = b"the department's own"
    try:
        assert asking.made_by_worker(office.root, making(office), [order(office)])
        assert "2027-0001" in said(worker)
        monkeypatch.setattr(vetting, "_FOUND_SOUND", set())
        pipeline.acquaint(office.root, load(office.root).settings)
        assert any(mark.startswith(f"{DOCUMENT} fr ") for mark in vetting.found_sound())
    finally:
        own.unlink()


def test_an_error_is_told_as_without_it(
    office: Bureau, worker: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.root)
    template = office.root / "templates" / "fr" / f"{DOCUMENT}.docx"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_bytes(b"no Word document")
    try:
        made = pipeline.produce(
            [order(office)], load(Path()).settings, own_templates=Path("templates"), root=Path(), now=NOW
        )
        ((_, error),) = made
        assert isinstance(error, TemplateError)
        assert error.place == f"templates/fr/{DOCUMENT}.docx"
        assert str(error.message) in said(worker)
    finally:
        template.unlink()
    (paper,) = produced(office, [order(office)], office.root)
    assert isinstance(paper, Pdf)
    assert "made" in said(worker)


def test_a_second_one_is_refused(office: Bureau, worker: subprocess.Popen[str]) -> None:
    answer = office.process("worker", expect=12)
    assert "WORKER-01" in answer.err
    assert asking.made_by_worker(office.root, making(office), [order(office)])
    assert "made" in said(worker)


def test_a_backup_goes_past_it(office: Bureau, worker: subprocess.Popen[str], tmp_path: Path) -> None:
    office.run("backup", tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as packed:
        assert not [name for name in packed.getnames() if "worker" in name]
    assert worker.poll() is None


def test_another_version_is_sent_away(
    office: Bureau,
    worker: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(asking, "identity", lambda *_: ("another",))
    with caplog.at_level(logging.WARNING):
        assert asking.made_by_worker(office.root, making(office), [order(office)]) == {}
    assert "another version" in said(worker)
    assert "another version" in caplog.text


def test_who_does_not_know_the_key_is_not_listened_to(office: Bureau, worker: subprocess.Popen[str]) -> None:
    key = office.root / ".worker" / "key"
    right = key.read_bytes()
    key.write_bytes(bytes(32))
    try:
        with pytest.raises(OSError, match=r"^$"):
            meeting.called(office.root)
    finally:
        key.write_bytes(right)
    meeting.called(office.root).close()
    assert worker.poll() is None


@pytest.mark.skipif(not confinement.isolation().files, reason="nothing keeps files from LibreOffice here")
def test_what_confines_libreoffice_keeps_the_key_from_it(
    office: Bureau, worker: subprocess.Popen[str], tmp_path: Path
) -> None:
    """It could connect: only the key stands between a document and a process that is not confined."""
    reads = f"import pathlib; pathlib.Path({str(office.root / '.worker' / 'key')!r}).read_bytes()"
    done = subprocess.run(
        confinement.confined(["/usr/bin/python3", "-c", reads], tmp_path), capture_output=True, text=True, check=False
    )
    assert "PermissionError" in done.stderr
    assert worker.poll() is None


# ── when it does not ─────────────────────────────────────────────────────────────────────────────────────


def test_the_paper_is_made_when_it_is_killed_over_it_and_another_takes_its_place(alone: Bureau, tmp_path: Path) -> None:
    bureau = alone.copy(tmp_path / "bureau")
    with at_work(bureau) as worker, ThreadPoolExecutor() as commands:
        for number in programs(bureau.root / "passing"):
            os.kill(number, signal.SIGSTOP)
        paper = commands.submit(produced, bureau, [order(bureau)], bureau.root)
        while not list(bureau.root.glob("passing/conventions-press-*/*.docx")):
            assert not paper.done()
            time.sleep(0.002)
        worker.kill()
        assert isinstance(paper.result()[0], Pdf)
    assert (bureau.root / ".worker" / "socket").exists()
    elsewhere = tmp_path / "passing"
    elsewhere.mkdir()
    with at_work(bureau, "--idle", "0.001", TMPDIR=str(elsewhere)) as another:
        assert another.wait(60) == 0
    assert left(elsewhere) == []
    assert not (bureau.root / ".worker").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_leaves_nothing_behind_when_it_is_ended_or_its_window_is_closed(
    alone: Bureau, tmp_path: Path, number: signal.Signals
) -> None:
    bureau = alone.copy(tmp_path / "bureau")
    with started_with(signal.SIGHUP, signal.SIG_DFL), at_work(bureau) as worker:
        assert programs(bureau.root / "passing")
        worker.send_signal(number)
        assert worker.wait(60) == 0
    assert left(bureau.root / "passing") == []
    assert not (bureau.root / ".worker").exists()


def test_it_outlives_its_window_when_it_was_started_to(alone: Bureau, tmp_path: Path) -> None:
    """As with nohup: the signal is ignored already when it starts."""
    bureau = alone.copy(tmp_path / "bureau")
    with started_with(signal.SIGHUP, signal.SIG_IGN), at_work(bureau) as worker:
        worker.send_signal(signal.SIGHUP)
        assert asking.made_by_worker(bureau.root, making(bureau), [order(bureau)])
        assert worker.poll() is None


def programs(place: Path) -> list[int]:
    """Of LibreOffice, with a profile there."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
        and (words := (entry / "cmdline").read_bytes().split(b"\0"))[0].endswith(b"soffice.bin")
        and str(place).encode() in b" ".join(words)
    ]


def test_nobody_answers_where_there_is_none(alone: Bureau, tmp_path: Path) -> None:
    assert asking.made_by_worker(tmp_path, making(alone), [order(alone)]) == {}


def test_it_does_not_start_without_libreoffice(alone: Bureau, tmp_path: Path) -> None:
    bureau = alone.copy(tmp_path / "bureau")
    bureau.set('soffice = ""', 'soffice = "/nowhere/soffice"')
    assert "CONVERT-01" in bureau.process("worker", expect=ConverterMissing.exit_code).err
    assert not (bureau.root / ".worker").exists()


def test_another_user_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    with closing(here), closing(there):
        assert meeting.is_of_the_same_user(here)
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert not meeting.is_of_the_same_user(here)
        with pytest.raises(PermissionError):
            meeting.received(there, b"key")
