"""LibreOffice kept warm: the same process serves many documents, and is replaced without a loss."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ctypes.util import find_library
from io import BytesIO
from pathlib import Path

import docx
import pypdf
import pytest

from conventions.press import soffice, warm
from conventions.press.conversion import Converter

pytestmark = pytest.mark.skipif(
    soffice.uno_python(soffice.program(None)) is None, reason="no Python on this machine knows UNO"
)

_ORPHAN = """
import docx, io, sys
from conventions.press.conversion import Converter
target = io.BytesIO()
docx.Document().save(target)
converter = Converter(workers=1)
print([name for name, _ in converter.convert([("one", target.getvalue())])], flush=True)
sys.stdin.read()
"""


def a_word_document(words: str) -> bytes:
    target = BytesIO()
    document = docx.Document()
    document.add_paragraph(words)
    document.save(target)
    return target.getvalue()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of its own, whose path is on the command line of every process started for this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def converter(place: Path) -> Iterator[Converter]:
    with Converter(workers=1) as made:
        yield made
    assert [*processes(place), *place.iterdir()] == []


def processes(place: Path) -> dict[int, str]:
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if any(str(place).encode() in word for word in words) and words[0].endswith(b"soffice.bin"):
                found[int(entry.name)] = words[0].decode()
        except OSError:
            continue
    return found


def words_of(converter: Converter, *documents: str) -> list[str]:
    results = dict(converter.convert([(words, a_word_document(words)) for words in documents]))
    pages = [pypdf.PdfReader(BytesIO(data)).pages[0] for data in results.values() if isinstance(data, bytes)]
    return [page.extract_text().strip() for page in pages]


def test_one_libreoffice_serves_one_run_after_the_other(converter: Converter, place: Path) -> None:
    assert words_of(converter, "one", "two") == ["one", "two"]
    first = processes(place)
    assert words_of(converter, "three") == ["three"]
    assert processes(place) == first
    assert len(first) == 1


def test_it_is_replaced_before_it_grows_old(converter: Converter, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "_RECYCLED", 2)
    assert words_of(converter, "one", "two") == ["one", "two"]
    first = processes(place)
    assert words_of(converter, "three") == ["three"]
    assert set(processes(place)).isdisjoint(first)


def test_one_that_died_between_two_documents_is_replaced(converter: Converter, place: Path) -> None:
    words_of(converter, "one")
    for number in processes(place):
        os.killpg(os.getpgid(number), signal.SIGKILL)
    assert words_of(converter, "two") == ["two"]


@pytest.mark.skipif(find_library("tcmalloc_minimal") is None, reason="libtcmalloc-minimal4 is not installed")
def test_it_takes_its_memory_from_the_faster_allocator(converter: Converter, place: Path) -> None:
    words_of(converter, "one")
    (number,) = processes(place)
    assert "libtcmalloc_minimal" in Path(f"/proc/{number}/maps").read_text()


def test_runs_of_several_threads_share_it(converter: Converter, place: Path) -> None:
    with ThreadPoolExecutor() as threads:
        made = list(threads.map(lambda words: words_of(converter, *words), (["one", "two"], ["three"], ["four"])))
    assert made == [["one", "two"], ["three"], ["four"]]
    assert len(processes(place)) == 1


def test_nobody_else_can_reach_it(converter: Converter, place: Path) -> None:
    words_of(converter, "one")
    (number,) = processes(place)
    lines = Path(f"/proc/{number}/net/unix").read_text().splitlines()
    key = soffice._digest(next(place.iterdir()) / "profile")
    names = {Path(line.split()[-1]) for line in lines if key in line}
    assert len(names) == 2
    assert not any(name.exists() for name in names)


def test_it_ends_with_the_program_that_started_it_whatever_ends_that(place: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _ORPHAN],
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    assert program.stdout.readline() == b"['one']\n"
    waiting = [os.pidfd_open(number) for number in processes(place)]
    program.kill()
    program.wait()
    for process in waiting:
        assert select.select([process], [], [], 60)[0]  # a process that ended can be read
        os.close(process)
    assert waiting
    program.stdin.close()
    program.stdout.close()


def test_without_uno_it_starts_for_each_batch_and_says_so(
    converter: Converter, place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(soffice, "uno_python", lambda _: None)
    with caplog.at_level(logging.WARNING):
        assert words_of(converter, "one", "two") == ["one", "two"]
    assert processes(place) == {}
    assert "python3-uno" in caplog.text
