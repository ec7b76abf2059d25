"""What is to be known of LibreOffice: where it is, how it is told what to do, what it leaves lying about."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from hashlib import md5
from pathlib import Path
from typing import Final

from conventions.errors import ConverterMissing
from conventions.text import Text

__all__ = ["PAPER_EXPORT", "command", "environment", "make_profile", "program", "sweep"]

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
_WORD: Final = "MS Word 2007 XML"
"""The one kind of file that is read, whatever a file looks like: no other filter meets what we were handed."""

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
    """The command line that converts Word files into PDFs in ``target``; both filters are always named."""
    options = {
        name: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
        for name, value in PAPER_EXPORT.items()
    }
    return [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard",
        f"--infilter={_WORD}",
        "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(options)}",
        "--outdir", str(target),
        *(str(file) for file in files),
    ]  # fmt: skip


def sweep(profile: Path) -> None:
    """Remove the socket that a killed LibreOffice leaves behind; it bears the profile's address in its name."""
    digest = md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    name = "".join(f"{byte:x}" for byte in digest)
    for folder in ("/tmp", "/var/tmp"):  # noqa: S108  # LibreOffice's choice
        for socket in Path(folder).glob(f"OSL_PIPE_*SingleOfficeIPC_{name}"):
            socket.unlink(missing_ok=True)


def environment(home: Path) -> dict[str, str]:
    """As little of the surrounding environment as LibreOffice can live with."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "SAL_USE_VCLPLUGIN": "svp",
        "TMPDIR": str(home),
    }
