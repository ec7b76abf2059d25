"""The bytes of a paper: every revision is a file of its own, and the registry says which is the present one."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from conventions import forms
from conventions.errors import DiskError, ForeignPaper
from conventions.model.event import Issued, Signed
from conventions.model.paper import Prepared, Sealed
from conventions.settings import Workspace
from conventions.store import PaperRecord, digest_name, read_file, write_new
from conventions.text import Text

__all__ = ["current", "digest_of", "digest_shown", "keep", "path_of", "position_of", "shown"]


def keep(workspace: Workspace, paper: Prepared | Sealed, *, position: int, role: str) -> str:
    """Write a revision; its place, relative to the workspace. The digest in its name makes each one unique.

    Args:
        workspace: whose folder of papers it goes into.
        paper: the revision.
        position: 0 as issued, then 1, 2 … with each signature.
        role: who made it: ``issued``, a role, ``sealed``.

    Raises:
        DiskError: it cannot be written.
    """
    origin = paper.origin
    name = digest_name(f"{origin.document}-v{origin.version}-{position:02d}-{role}", paper.data)
    file = f"{workspace.settings.places.papers}/{origin.number}/{name}"
    write_new(workspace.path(file), paper.data)
    return file


def position_of(paper: PaperRecord) -> int:
    """Of the revision that comes next."""
    return sum(isinstance(event, (Issued, Signed)) for event in paper.events)


def path_of(workspace: Workspace, paper: PaperRecord) -> Path:
    """Where the paper's present bytes lie."""
    return workspace.path(paper.current.file if paper.current else "")


def digest_of(paper: PaperRecord) -> str:
    """SHA-256 of the paper's present bytes, as recorded."""
    return paper.current.sha256 if paper.current else ""


def current(workspace: Workspace, paper: PaperRecord) -> Prepared:
    """The bytes that were sent last, which every later file must extend.

    Raises:
        DiskError: the file is gone, or is no longer what the registry recorded.
    """
    data = _present(workspace, paper)
    origin = forms.origin(data)
    if origin is None:
        place = str(path_of(workspace, paper))
        raise ForeignPaper("PDF-02", Text("the file is not one of our papers"), Text("restore it"), place=place)
    return Prepared(origin, data)


def _present(workspace: Workspace, paper: PaperRecord) -> bytes:
    path = path_of(workspace, paper)
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data).hexdigest() != digest_of(paper):
        raise DiskError(
            "DISK-04",
            Text("the paper of dossier {number} is missing or was changed on this disk", number=paper.number),
            Text("restore this file from a backup, or receive it again from a person it was sent to"),
            place=str(path),
        )
    return data


def shown(workspace: Workspace, paper: PaperRecord) -> bytes:
    """The bytes that people are sent: the present ones; of a form that goes on to others, as it was filled in.

    Raises:
        DiskError: the file is gone, or is no longer what the registry recorded.
    """
    if paper.shown is None or paper.shown is paper.current:
        return _present(workspace, paper)
    return read_file(workspace.path(paper.shown.file))


def digest_shown(paper: PaperRecord) -> str:
    """SHA-256 of the bytes that people are sent, as recorded."""
    return paper.shown.sha256 if paper.shown else ""
