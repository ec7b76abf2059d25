"""What the archive holds of one paper: whether it is whole, and how long it will prove itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from conventions import signing
from conventions.abreast import abreast
from conventions.apart import ask_apart
from conventions.errors import ConventionsError
from conventions.model.finding import Finding, Position, Severity
from conventions.office import renewing
from conventions.settings import Workspace
from conventions.store import PaperRecord
from conventions.store import archive as shelf
from conventions.text import Text

__all__ = ["archived", "order_told", "paper_in_archive", "proved"]

_BACKUP = Text("restore it from a backup")


def archived(workspace: Workspace, paper: PaperRecord, now: datetime) -> Iterator[Finding]:
    """Every package that the registry has a receipt of lies there, whole (AUDIT-05, ARCHIVE-10 to -15).

    A paper that must be renewed soon is told (AUDIT-09).
    """
    for receipt in renewing.receipts(paper):
        place = workspace.path(receipt.place)
        if place.is_dir():
            yield from shelf.check(place, digest=receipt.manifest)
        else:
            words = Text("the package {place} is missing in the archive", place=receipt.place)
            yield _finding("AUDIT-05", Severity.ERROR, words, _BACKUP, place)
    yield from _ending(workspace, paper, now)


def proved(
    workspace: Workspace, trust: signing.Trust, papers: Iterable[PaperRecord], now: datetime
) -> Iterator[tuple[Finding, ...]]:
    """What is wrong with the signatures of each archived paper, in order; nothing of a paper that is not archived.

    The papers are read by as many processes as there are processors: reading takes most of the time of an audit.
    """

    def prove(paper: PaperRecord) -> tuple[Finding, ...]:
        if not renewing.is_archived(paper):
            return ()
        path = renewing.latest(workspace, paper)
        try:
            return ask_apart(_proved, path, trust, now) if path.is_file() else ()
        except ConventionsError as error:
            return (_finding(error.code, Severity.ERROR, error.message, error.fix, path),)

    return (findings for _, findings in abreast(prove, papers))


def _proved(path: Path, trust: signing.Trust, now: datetime) -> tuple[Finding, ...]:
    return signing.verify(path.read_bytes(), trust, now).findings


def order_told(workspace: Workspace, paper: PaperRecord) -> tuple[str, ...] | None:
    """Who had signed the archived paper, in order, as its manifest says; None when no receipt vouches for one.

    The manifest was made from the signatures in the PDF, and the receipt is about the manifest: the PDF, which takes
    long to read, is not read again.
    """
    last = next(iter(reversed([*renewing.receipts(paper)])), None)
    if last is None or not last.manifest or shelf.check(workspace.path(last.place), digest=last.manifest):
        return None
    told = shelf.facts_of(workspace.path(last.place)).get("signed_by")
    return tuple(told) if isinstance(told, list) else None


def paper_in_archive(workspace: Workspace, paper: PaperRecord) -> Iterator[bytes]:
    """The newest bytes of an archived paper; nothing for any other, or when they are missing."""
    if renewing.is_archived(paper):
        path = renewing.latest(workspace, paper)
        if path.is_file():
            yield path.read_bytes()


def _ending(workspace: Workspace, paper: PaperRecord, now: datetime) -> Iterator[Finding]:
    """As the last receipt says; `conventions renew --preview` looks at the papers themselves."""
    last = next(iter(reversed([*renewing.receipts(paper)])), None)
    if last is None or not last.until:
        return
    until = datetime.fromisoformat(last.until)
    if until - timedelta(days=workspace.settings.archive.renew_days) <= now:
        words = Text("proves itself until {until} only", until=until.date())
        yield _finding("AUDIT-09", Severity.WARNING, words, _renew(paper), workspace.path(last.place))


def _renew(paper: PaperRecord) -> Text:
    return Text("renew it before: `conventions renew {number}`", number=paper.number)


def _finding(code: str, severity: Severity, message: Text, fix: Text, path: Path) -> Finding:
    return Finding(code, severity, message, fix, position=Position(str(path)))
