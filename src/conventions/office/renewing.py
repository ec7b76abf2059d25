"""Archived papers get another document timestamp before what proves them runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from conventions import agenda, forms, signing
from conventions.errors import ConventionsError, DiskError, ForeignPaper, OutOfTurn
from conventions.model.event import Archived, Renewed
from conventions.model.paper import Sealed
from conventions.office import evidence
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, read_file
from conventions.store import archive as shelf
from conventions.text import Text

__all__ = ["is_archived", "latest", "receipts", "renew"]


def is_archived(paper: PaperRecord) -> bool:
    """It lies in the archive."""
    return paper.last(Archived) is not None


def receipts(paper: PaperRecord) -> Iterator[Archived | Renewed]:
    """What the archive answered, each time that it took the paper."""
    return (event for event in paper.events if isinstance(event, (Archived, Renewed)))


def latest(workspace: Workspace, paper: PaperRecord) -> Path:
    """The PDF in the newest package of an archived paper.

    Raises:
        OutOfTurn: it is not archived (ARCHIVE-18).
    """
    last = next(iter(reversed([*receipts(paper)])), None)
    if last is None:
        raise OutOfTurn(
            "ARCHIVE-18",
            Text("paper {number} is not archived yet", number=paper.number),
            Text("archive it first: `conventions archive {number}`", number=paper.number),
        )
    return workspace.path(last.place) / f"{paper.document}.pdf"


def renew(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    now: datetime,
    *,
    preview: bool = False,
    margin: timedelta,
) -> Outcome:
    """Renew one archived paper if it is due; renewing again changes nothing.

    Args:
        workspace: the office.
        registry: remembers the receipt.
        services: trust, and who tells the time.
        paper: archived.
        now: aware.
        preview: only say what would be done.
        margin: how long before the end a paper is due.
    """
    try:
        return _renew(workspace, registry, services, paper, now, preview=preview, margin=margin)
    except ConventionsError as error:
        return Outcome(_label(paper), error=error)


def _renew(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    now: datetime,
    *,
    preview: bool,
    margin: timedelta,
) -> Outcome:
    path = latest(workspace, paper)
    _assert_whole(path.parent)
    data = read_file(path)
    end = signing.horizon(data)
    if end.until - margin > now:
        words = Text("is good until {until}: {why}; nothing to do yet", until=end.until.date(), why=end.why)
        return Outcome(_label(paper), words, path.parent)
    if preview:
        words = Text("would be renewed: it is good until {until} only, {why}", until=end.until.date(), why=end.why)
        return Outcome(_label(paper), words, path.parent)
    place = _next_place(workspace, paper)
    renewed = _lying(place, paper, data) or _renewed(data, services, now)
    proof, facts = evidence.proof_of(renewed, services.trust, now), {"renews": shelf.digest_of(path.parent)}
    receipt, told = evidence.put_away(
        workspace, registry, services, paper, renewed, place, now, proof=proof, facts=facts
    )
    made_at, until = (datetime.fromisoformat(told[name]) for name in ("archived_at", "until"))
    lies_at = str(receipt.place.relative_to(workspace.root))
    event = Renewed(made_at, renewed.digest, lies_at, receipt.digest, told["until"])
    registry.append(paper.id, (event,), expected_head=paper.head)
    return Outcome(_label(paper), Text("renewed; it is good until {until}", until=until.date()), receipt.place)


def _renewed(data: bytes, services: Services, now: datetime) -> Sealed:
    renewed = signing.renew(data, trust=services.trust, timestamper=services.timestamper, now=now)
    return _sealed(renewed)


def _lying(place: Path, paper: PaperRecord, before: bytes) -> Sealed | None:
    """The renewed paper of a command that was interrupted before it recorded the receipt."""
    data = shelf.files_of(place).get(f"{paper.document}.pdf", b"")
    return _sealed(data) if data.startswith(before) and len(data) > len(before) else None


def _sealed(data: bytes) -> Sealed:
    origin = forms.origin(data)
    if origin is None:
        raise ForeignPaper(
            "PDF-02", Text("the file is not one of our papers"), Text("restore the package from a backup")
        )
    return Sealed(origin, data)


def _next_place(workspace: Workspace, paper: PaperRecord) -> Path:
    root = workspace.path(workspace.settings.places.archive)
    year = agenda.academic_year(paper.starts_on, workspace.settings.rules.calendar.year_starts)
    revision = len([*receipts(paper)]) + 1
    return shelf.place_of(root, year, *paper.key, revision)


def _assert_whole(place: Path) -> None:
    """A damaged paper must not get a new timestamp: it would vouch for the damage."""
    damage = shelf.check(place)
    if damage:
        raise DiskError("ARCHIVE-19", damage[0].message, damage[0].fix, place=str(place))


def _label(paper: PaperRecord) -> str:
    return paper.number if paper.document == "convention" else f"{paper.number}/{paper.document}"
