"""The ways from Word to PDF that are compared: ours, and what others do; each is given the same files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from xmlrpc.client import ServerProxy

from conventions import press
from conventions.press import soffice

__all__ = ["Convert", "carbone", "each", "once", "ours", "through", "unoservers"]

Convert = Callable[[Sequence[Path], Path], None]
"""Converts Word files into a folder."""

_CARBONE: Final = """
const carbone = require('carbone'), fs = require('fs'), readline = require('readline');
carbone.set({factories: 1, startFactory: true});
const next = (files, target) => files.length === 0 ? console.log('done') :
  carbone.render(files[0], {}, {convertTo: {formatName: 'pdf', formatOptions: OPTIONS}}, (error, data) => {
    if (error) { console.log('failed ' + error); process.exit(1); }
    fs.writeFileSync(target + '/' + files.length + '.pdf', data);
    next(files.slice(1), target);
  });
readline.createInterface({input: process.stdin}).on('line', line => {
  const asked = JSON.parse(line); next(asked.files, asked.target);
}).on('close', () => process.exit(0));
"""


def each(folder: Path) -> Convert:
    """One soffice process for each document, with our export options; the profile is LibreOffice's own, and not new."""
    profile = folder / "profile"

    def convert(files: Sequence[Path], target: Path) -> None:
        for file in files:
            _soffice(profile, target, [file])

    return convert


def once(folder: Path) -> Convert:
    """One soffice process for all documents."""
    profile = folder / "profile"
    return lambda files, target: _soffice(profile, target, files)


def _soffice(profile: Path, target: Path, files: Sequence[Path]) -> None:
    command = soffice.command(soffice.program(None), profile, target, files)
    for _ in range(2):
        done = subprocess.run(command, check=False, capture_output=True, env=soffice.environment(profile.parent))
        if done.returncode != 81:
            return


@contextmanager
def ours(workers: int) -> Iterator[Convert]:
    """LibreOffices kept warm."""
    with press.Converter(workers=workers) as converter:

        def convert(files: Sequence[Path], target: Path) -> None:
            for name, data in converter.convert([(file.stem, file.read_bytes()) for file in files]):
                assert isinstance(data, bytes), data  # noqa: S101
                (target / f"{name}.pdf").write_bytes(data)

        yield convert


@contextmanager
def unoservers(folder: Path, count: int) -> Iterator[Sequence[int]]:
    """So many side by side, in an environment made for them: their ports; none where unoserver cannot be had."""
    python = folder / "unoserver" / "bin" / "python"
    with ExitStack() as running:
        yield [running.enter_context(_unoserver(python, rank)) for rank in range(count if _environment(python) else 0)]


@contextmanager
def _unoserver(python: Path, rank: int) -> Iterator[int]:
    home, port = python.parents[2] / f"home-{rank}", _free_port()
    home.mkdir()
    ports = ["--port", str(port), "--uno-port", str(_free_port()), "--user-installation", str(home / "uno")]
    with _running([str(python), "-m", "unoserver.server", *ports, "--quiet"], home):
        _wait_for(port)
        yield port


def through(ports: Sequence[int], *, same_options: bool) -> Convert | None:
    """By these unoservers, each of which takes the next file when it has done one; None where there are none."""
    options = _options() if same_options else []

    def attend(port: int, coming: Iterator[Path], target: Path) -> None:
        with ServerProxy(f"http://127.0.0.1:{port}", allow_none=True) as proxy:
            for file in coming:
                pdf = str(target / f"{file.stem}.pdf")
                proxy.convert(str(file), None, pdf, "pdf", "writer_pdf_Export", options, False, None, None)

    def convert(files: Sequence[Path], target: Path) -> None:
        coming = iter(files)
        with ThreadPoolExecutor() as threads:
            for done in [threads.submit(attend, port, coming, target) for port in ports]:
                done.result()

    return convert if ports else None


def _environment(python: Path) -> bool:
    folder = str(python.parent.parent)
    commands = (
        ["/usr/bin/python3", "-m", "venv", "--system-site-packages", folder],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "unoserver==3.7"],
    )
    return all(_succeeds(command) for command in commands)


@contextmanager
def carbone(folder: Path) -> Iterator[Convert | None]:
    """Carbone with one LibreOffice; it looks for placeholders of its own in the document before it converts it."""
    place = folder.parent / "carbone"
    place.mkdir(exist_ok=True)
    npm = ["npm", "install", "--silent", "--prefix", str(place), "carbone@3"]
    if not (place / "node_modules" / "carbone").exists() and not _succeeds(npm):
        yield None
        return
    script = place / "convert.js"
    script.write_text(_CARBONE.replace("OPTIONS", json.dumps(soffice.PAPER_EXPORT)), encoding="utf-8")
    with _running([shutil.which("node") or "node", str(script)], folder) as process:

        def convert(files: Sequence[Path], target: Path) -> None:
            asked = json.dumps({"files": [str(file) for file in files], "target": str(target)})
            process.stdin.write(f"{asked}\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if answer != "done\n":
                raise RuntimeError(answer)

        yield convert


def _options() -> list[str]:
    return [f"{name}={str(value).lower()}" for name, value in soffice.PAPER_EXPORT.items()]


def _succeeds(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[Any]:
    """Carbone looks for LibreOffice's program itself and for a Python that knows UNO along the path."""
    program = Path(soffice.program(None)).resolve().parent
    path = f"{program}:/usr/bin:{os.environ['PATH']}"
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True, cwd=folder, env={**os.environ, "HOME": str(folder), "PATH": path},
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
