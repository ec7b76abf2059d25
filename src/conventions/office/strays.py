"""Files of the archive and of the papers that nobody knows: neither the registry nor any package names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from conventions.model.finding import Finding, Position, Severity
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import PaperRecord
from conventions.store import archive as shelf
from conventions.text import Text, counted

__all__ = ["outcomes", "strays"]

_BESIDE: Final = (".verified.json", ".verified.txt")
"""What ``conventions verify --report`` writes beside a package."""
_OF_OURS: Final = (".abandoned", ".changed")
"""What a repair has put aside."""


def strays(workspace: Workspace, papers: Sequence[PaperRecord]) -> Iterator[Finding]:
    """One finding for each (AUDIT-08): something the office should look at, not something that is wrong.

    Drafts and records of how people were recognised belong to their paper by their name.

    Args:
        workspace: whose files they are.
        papers: every paper of every version that the registry holds.
    """
    root = workspace.path(workspace.settings.places.archive)
    packages = set(shelf.packages(root))
    for path in _files(root, packages):
        if not path.name.endswith(_BESIDE):
            yield _finding(path)
    known = {workspace.path(event.facts().get("file") or "") for paper in papers for event in paper.events}
    for path in _files(workspace.path(workspace.settings.places.papers), set()):
        if path not in known and _is_a_revision(path) and not path.name.endswith(_OF_OURS):
            yield _finding(path)


def outcomes(workspace: Workspace, papers: Sequence[PaperRecord]) -> Iterator[Outcome]:
    """The same as one outcome; none when every file is known."""
    found = tuple(strays(workspace, papers))
    if found:
        note = counted("nobody knows one file", "nobody knows {n} files", n=len(found))
        yield Outcome(workspace.settings.places.archive, note, findings=found)


def _files(folder: Path, packages: set[Path]) -> Iterator[Path]:
    """Files below a folder, packages left out: each of these knows its own; and what a crash left is tidied away."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path in packages or path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path, packages)
        else:
            yield path


def _is_a_revision(path: Path) -> bool:
    """Named as issued, signed and sealed papers are: document, version, rank, role, digest."""
    return path.suffix == ".pdf" and path.stem.count("-") >= 4


def _finding(path: Path) -> Finding:
    return Finding(
        "AUDIT-08",
        Severity.WARNING,
        Text("nobody knows the file {file}", file=path.name),
        Text("look at it; move it elsewhere if it does not belong here"),
        position=Position(str(path)),
    )
