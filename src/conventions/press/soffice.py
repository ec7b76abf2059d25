"""One LibreOffice process: found, started in a profile of its own, watched line by line, killed when it hangs."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conventions.errors import ConverterMissing
from conventions.text import Text

__all__ = ["PAPER_EXPORT", "Started", "command", "environment", "make_profile", "program", "run"]

PAPER_EXPORT: Final[dict[str, bool | int]] = {
    "SelectPdfVersion": 2,
    "UseTaggedPDF": True,
    "PDFUACompliance": False,
    "ExportBookmarks": True,
    "ExportNotes": False,
    "ExportFormFields": False,
    "ReduceImageResolution": False,
    "UseLosslessCompression": True,
    "EmbedStandardFonts": True,
    "DisplayPDFDocumentTitle": True,
    "ConvertOOoTargetToPDFTarget": False,
    "ExportLinksRelativeFsys": False,
}
"""Export options of a paper: PDF/A-2b, tagged, fonts embedded, pictures as they are."""

_INSTALL: Final = "sudo apt-get install --no-install-recommends libreoffice-writer-nogui fonts-crosextra-carlito"
_RESTART: Final = 81
"""A fresh profile makes LibreOffice leave once with this status; it wants to be started again."""

_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document"><prop oor:name="WarnAlienFormat" oor:op="fuse">
<value>false</value></prop></item>
</oor:items>
"""


def program(path: str | None) -> str:
    """LibreOffice, where the settings or the machine's PATH say.

    Raises:
        ConverterMissing: it is not there (CONVERT-01).
    """
    found = shutil.which(path) if path else shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    raise ConverterMissing(
        "CONVERT-01",
        Text("LibreOffice was not found at {path}", path=path)
        if path
        else Text("LibreOffice was not found on this machine"),
        Text("install it: {command}", command=_INSTALL),
    )


def make_profile(folder: Path) -> Path:
    """A new profile in which macros never run and links are never followed."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return user.parent


def command(soffice: str, profile: Path, target: Path, files: Sequence[Path]) -> list[str]:
    """The command line that converts files into PDFs in ``target``; the filter is always named."""
    options = {
        name: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
        for name, value in PAPER_EXPORT.items()
    }
    return [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
        "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(options)}",
        "--outdir", str(target),
        *(str(file) for file in files),
    ]  # fmt: skip


def environment(home: Path) -> dict[str, str]:
    """As little of the surrounding environment as LibreOffice can live with."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "SAL_USE_VCLPLUGIN": "svp",
        "TMPDIR": str(home),
    }


@dataclass(frozen=True)
class Started:
    """LibreOffice says that it starts on a file; everything it named before is done."""

    file: Path


def run(arguments: Sequence[str], home: Path, timeout: float, stop: threading.Event) -> Iterator[Started]:
    """Run to the end, telling each file as LibreOffice starts on it; after ``timeout`` silent seconds it is killed."""
    if (yield from _once(arguments, home, timeout, stop)) == _RESTART:
        yield from _once(arguments, home, timeout, stop)


def _once(arguments: Sequence[str], home: Path, timeout: float, stop: threading.Event) -> Generator[Started, None, int]:
    """One process; returns its exit status."""
    try:
        process = subprocess.Popen(  # noqa: S603  # a fixed list; file names are ours
            arguments,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=home, env=environment(home), start_new_session=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise ConverterMissing(
            "CONVERT-05",
            Text("{path} cannot be started: {why}", path=arguments[0], why=error.strerror or ""),
            Text("correct converter.soffice in conventions.toml, or leave it empty"),
        ) from error
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        while line := _next(lines, timeout, stop):
            if line.startswith("convert ") and " -> " in line:
                yield Started(Path(line.removeprefix("convert ").split(" -> ")[0]))
        if line is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
    finally:
        _end(process)
        reader.join(timeout=5)
    return process.returncode


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert process.stdout is not None  # noqa: S101  # stdout=PIPE
    with process.stdout as stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _next(lines: queue.SimpleQueue[str | None], timeout: float, stop: threading.Event) -> str | None:
    """The next line; None at the end; nothing after too long a silence, or when the work was called off."""
    waited = 0.0
    while waited < timeout and not stop.is_set():
        try:
            return lines.get(timeout=0.1)
        except queue.Empty:
            waited += 0.1
    return ""


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the whole group by the handle we hold: soffice is a script that starts another program."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()
