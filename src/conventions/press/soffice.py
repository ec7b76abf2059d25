"""What is to be known of LibreOffice: where it is, how it is told what to do, what it leaves lying about."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from hashlib import md5
from pathlib import Path
from typing import Final

from conventions.errors import ConverterMissing
from conventions.press import feeding
from conventions.press.faults import Fault
from conventions.text import Text

__all__ = [
    "PAPER_EXPORT",
    "command",
    "environment",
    "feeder",
    "installed",
    "make_profile",
    "program",
    "sweep",
    "uno_python",
    "written",
]

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
_HEADINGS: Final = ("Heading 1", "Heading 2", "Heading 3")
"""Styles, as LibreOffice calls Word's; those that build on one follow it."""

_INSTALL: Final = (
    "sudo apt-get install --no-install-recommends libreoffice-writer-nogui python3-uno fonts-crosextra-carlito"
)
_WORD: Final = "MS Word 2007 XML"
"""The one kind of file that is read, whatever a file looks like: no other filter meets what we were handed."""

_PDF: Final = "writer_pdf_Export"
_SYSTEM_PYTHON: Final = "/usr/bin/python3"

_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document"><prop oor:name="WarnAlienFormat" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/AutoFunction/Completion"><prop oor:name="Enable" oor:op="fuse">
<value>false</value></prop><prop oor:name="CollectWords" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/SpellChecking"><prop oor:name="IsSpellAuto" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse">
<value>99.0</value></prop></item>
</oor:items>
"""
"""The last: a profile that an earlier version has used, or none, makes LibreOffice test its drawing for half of the
time that it takes to start."""


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


def installed(path: str | None) -> str:
    """Which LibreOffice that is: its program, and when that was put there. Another one may lay papers out otherwise.

    Raises:
        ConverterMissing: it is not there (CONVERT-01).
    """
    found = Path(program(path)).resolve()
    return f"{found} {found.stat().st_mtime_ns}"


def make_profile(folder: Path) -> Path:
    """A new profile in which macros never run, links are never followed, and nobody is helped with typing."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return user.parent


def command(soffice: str, profile: Path, target: Path, files: Sequence[Path]) -> list[str]:
    """The command line that converts Word files into PDFs in ``target``; both filters are always named."""
    options = {
        name: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
        for name, value in PAPER_EXPORT.items()
    }
    return [
        *_launch(soffice, profile),
        f"--infilter={_WORD}",
        "--convert-to", f"pdf:{_PDF}:{json.dumps(options)}",
        "--outdir", str(target),
        *(str(file) for file in files),
    ]  # fmt: skip


def feeder(soffice: str, python: str, profile: Path) -> list[str]:
    """The command line that keeps LibreOffice warm and feeds it; both filters are named here, too."""
    how = {
        "program": _launch(soffice, profile),
        "key": _digest(profile),
        "load": {"Hidden": True, "ReadOnly": True, "FilterName": _WORD, "UpdateDocMode": 0, "MacroExecutionMode": 0},
        "store": {"FilterName": _PDF},
        "export": PAPER_EXPORT,
        "headings": _HEADINGS,
    }
    return [python, "-I", feeding.__file__, json.dumps(how)]


def _launch(soffice: str, profile: Path) -> list[str]:
    return [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
    ]  # fmt: skip


@lru_cache(maxsize=8)
def uno_python(soffice: str) -> str | None:
    """A Python that can talk to this LibreOffice: the one it brings along, else the system's; None if there is none."""
    folder = Path(soffice).resolve().parent
    if folder.name != "program":
        return None
    return next((python for python in (str(folder / "python"), _SYSTEM_PYTHON) if _knows_uno(python)), None)


def _knows_uno(python: str) -> bool:
    try:
        return subprocess.run([python, "-I", "-c", "import uno"], check=False, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def written(file: Path, size: int) -> bytes | Fault | None:
    """The PDF that LibreOffice wrote beside a Word file; None if it is not there or not whole."""
    try:
        with file.with_suffix(".pdf").open("rb") as stream:
            data = stream.read(size + 1)
    except FileNotFoundError:
        return None
    if len(data) > size:
        return Fault.LARGE
    return data if data.startswith(b"%PDF-") and b"%%EOF" in data[-64:] else None


def sweep(profile: Path) -> None:
    """Remove the sockets that a killed LibreOffice leaves behind; they bear the profile's address in their names."""
    for folder in ("/tmp", "/var/tmp"):  # noqa: S108  # LibreOffice's choice
        for socket in Path(folder).glob(f"OSL_PIPE_*_{_digest(profile)}"):
            socket.unlink(missing_ok=True)


def _digest(profile: Path) -> str:
    """As LibreOffice itself writes it: without the zeros that begin a byte."""
    digest = md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    return "".join(f"{byte:x}" for byte in digest)


def environment(home: Path) -> dict[str, str]:
    """As little of the surrounding environment as LibreOffice can live with."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "SAL_USE_VCLPLUGIN": "svp",
        "TMPDIR": str(home),
    }
