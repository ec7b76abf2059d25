"""What an interrupted command left behind: passing files, signatures and letters that were never recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Final

from conventions import signing
from conventions.errors import ConventionsError, ForeignPaper, Refused
from conventions.model.event import Issued, Returned, Sealing, Signed
from conventions.model.finding import Finding, Position, Severity
from conventions.office import delivery, dispatch, posting, receipts, reception, revisions
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["aside", "tidy", "unposted", "unrecorded"]

_PASSING: Final = (".writing-*", ".storing-*")
"""Names that a file or a package has until it is whole; a crash leaves some behind."""
_STALE: Final = timedelta(minutes=10)
"""What is younger may belong to a command that is running."""
_NOTHING: Final = Text("nothing to do")


def tidy(workspace: Workspace, now: datetime) -> tuple[Path, ...]:
    """Remove what an interrupted write left behind; none of it is the only copy of anything."""
    settings = workspace.settings
    places = (settings.places.papers, settings.places.refused, settings.places.archive, settings.delivery.outbox)
    folders = {workspace.root, *(workspace.path(name) for name in places)}
    oldest = (now - _STALE).timestamp()
    found = {path for folder in folders for pattern in _PASSING for path in folder.rglob(pattern)}
    stale = sorted(path for path in found if path.exists() and path.stat().st_mtime < oldest)
    for path in stale:
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return tuple(stale)


def aside(path: Path) -> Path:
    """Where a file lies after it was put aside."""
    return path.with_name(f"{path.name}.abandoned")


def unrecorded(
    workspace: Workspace, registry: Registry, services: Services, paper: PaperRecord, *, repair: bool, now: datetime
) -> Iterator[Finding]:
    """A signature that was written and not recorded, because the program was stopped in between (AUDIT-04).

    One that proves itself is taken in; one that does not is put aside. Where only the seal was being written nothing
    is lost: sealing again makes another.
    """
    for path in _continuing(workspace, paper):
        data = path.read_bytes()
        if not _holds_more(paper, data):
            words = Text("{file} was left when sealing was interrupted", file=path.name)
            yield _finding("AUDIT-04", Severity.INFORMATION, words, Text("run `conventions seal` again"), path)
        elif repair:
            found = _taken_in(workspace, registry, services, paper, path, data, now)
            yield found
            if path.exists():
                return  # it is in, or waits for a service: what follows goes on from other bytes
        else:
            words = Text("{file} holds a signature that was never recorded", file=path.name)
            fix = Text("`conventions audit --repair` takes it in, if it proves itself")
            yield _finding("AUDIT-04", Severity.ERROR, words, fix, path)


def unposted(
    workspace: Workspace, registry: Registry, services: Services, paper: PaperRecord, *, repair: bool, now: datetime
) -> Iterator[Finding]:
    """A letter that the paper's state asks for and that nobody has tried to send (AUDIT-06)."""
    tried = {(event.role, event.to) for event in delivery.undelivered(paper)}
    wanted = (*dispatch.unsent(paper), *(paper.signatory(signed.role) for signed in receipts.owed(paper)))
    people = tuple(person for person in wanted if (person.role, person.email) not in tried)
    if not people:
        return
    path = revisions.path_of(workspace, paper)
    words = Text("no letter went to {people}", people=tuple(person.email for person in people))
    if not repair:
        fix = Text("`conventions audit --repair` or `conventions post` sends it")
        yield _finding("AUDIT-06", Severity.ERROR, words, fix, path)
        return
    for outcome in posting.post(workspace, registry, services, [paper], now, force=False):
        if outcome.error:
            yield _finding("AUDIT-06", Severity.ERROR, outcome.error.message, outcome.error.fix, path)
        else:
            sent = Text("{problem}; it was posted", problem=words)
            yield _finding("AUDIT-06", Severity.WARNING, sent, _NOTHING, path)


def _continuing(workspace: Workspace, paper: PaperRecord) -> Iterator[Path]:
    """Files that go on from the present bytes and that the registry does not know; older attempts do not go on."""
    if paper.current is None or paper.has_ended:
        return
    named = (event for event in paper.events if isinstance(event, (Issued, Signed, Sealing, Returned)))
    known = {workspace.path(event.file) for event in named}
    present = revisions.path_of(workspace, paper)
    before = present.read_bytes() if present.is_file() else b""
    folder = workspace.path(workspace.settings.places.papers) / paper.number
    for path in sorted(folder.glob(f"{paper.document}-v{paper.version}-*.pdf")):
        if before and path not in known and path.stat().st_size > len(before) and _begins(path, before):
            yield path


def _begins(path: Path, before: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(before)) == before


def _holds_more(paper: PaperRecord, data: bytes) -> bool:
    if paper.is_form:
        return True
    try:
        return signing.signed_roles(data) != paper.signed_roles
    except ConventionsError:
        return True


def _taken_in(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    path: Path,
    data: bytes,
    now: datetime,
) -> Finding:
    try:
        outcome = reception.readmit(workspace, registry, services, paper, data, now)
    except (Refused, ForeignPaper) as error:
        path.rename(aside(path))
        words = Text("{file} was put aside, it does not prove itself: {why}", file=path.name, why=error.message)
        fix = Text("let the person sign again; nothing of the paper is lost")
        return _finding("AUDIT-04", Severity.WARNING, words, fix, path)
    except ConventionsError as error:
        return _finding("AUDIT-04", Severity.ERROR, error.message, error.fix, path)
    note = outcome.note or Text("done")
    words = Text("{file} was never recorded; it was taken in: {note}", file=path.name, note=note)
    return _finding("AUDIT-04", Severity.WARNING, words, _NOTHING, path)


def _finding(code: str, severity: Severity, message: Text, fix: Text, path: Path) -> Finding:
    return Finding(code, severity, message, fix, position=Position(str(path)))
