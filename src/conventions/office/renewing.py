"""Archived papers get another document timestamp before what proves them runs out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from conventions import agenda, forms, signing
from conventions.errors import DiskError, ForeignPaper, OutOfTurn
from conventions.model.event import Archived, Renewed
from conventions.model.paper import Sealed
from conventions.office import evidence
from conventions.office.outcome import Outcome
from conventions.office.several import asked, each
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
    return workspace.path(_last(paper).place) / f"{paper.document}.pdf"


def _last(paper: PaperRecord) -> Archived | Renewed:
    last = next(iter(reversed([*receipts(paper)])), None)
    if last is None:
        raise OutOfTurn(
            "ARCHIVE-18",
            Text("paper {number} is not archived yet", number=paper.number),
            Text("archive it first: `conventions archive {number}`", number=paper.number),
        )
    return last


@dataclass(frozen=True)
class _Found:
    """What was seen of one archived paper, and what it became."""

    end: signing.Horizon
    renewed: Sealed | None = None
    """None while there is nothing to do, or when nothing should be done."""
    proof: Mapping[str, Any] = field(default_factory=dict)
    """What the renewed paper proves."""
    is_in_vain: bool = False
    """It is due, and a time-stamp of today would not hold any longer than the last one: it was not kept."""


def renew(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    papers: Sequence[PaperRecord],
    now: datetime,
    *,
    preview: bool = False,
    margin: timedelta,
) -> Iterator[Outcome]:
    """Renew archived papers that are due, as many at a time as there are processors; renewing again changes nothing.

    A paper that would not last longer for it stays as it is.

    Args:
        workspace: the office.
        registry: remembers the receipts.
        services: trust, and who tells the time.
        papers: archived.
        now: aware.
        preview: only say what would be done.
        margin: how long before the end a paper is due.
    """

    def looked_at(paper: PaperRecord) -> _Found:
        path, place = latest(workspace, paper), _next_place(workspace, paper)
        _assert_whole(path.parent, _last(paper))
        due = None if preview else now + margin
        return asked(papers, _looked_at, path, place, services, now, due)

    def done(paper: PaperRecord, found: _Found) -> Outcome:
        if found.renewed:
            return _kept(workspace, registry, services, paper, found.renewed, found.proof, now)
        return _left(latest(workspace, paper).parent, paper, found, is_due=found.end.until - margin <= now)

    yield from each(looked_at, papers, done, label=_label)


def _looked_at(path: Path, place: Path, services: Services, now: datetime, due: datetime | None) -> _Found:
    """Until when the paper holds, and the paper renewed if that is before it is due again; nothing is written.

    It can be asked in another process.
    """
    data = read_file(path)
    end = signing.horizon(data)
    if due is None or end.until > due:
        return _Found(end)
    lying = _lying(place, path.name, data)
    renewed = lying or _renewed(data, services, now)
    if not lying and signing.horizon(renewed.data).until <= end.until:
        return _Found(end, is_in_vain=True)
    return _Found(end, renewed, evidence.proof_of(renewed, services.trust, now))


def _left(place: Path, paper: PaperRecord, found: _Found, *, is_due: bool) -> Outcome:
    end = {"until": found.end.until.date(), "why": found.end.why}
    if found.is_in_vain:
        words = Text(
            "is good until {until} only, {why}; a time-stamp of today would not last longer: name another service in "
            "trust.timestamps, or renew again when this one has a new certificate",
            **end,
        )
    elif is_due:
        words = Text("would be renewed: it is good until {until} only, {why}", **end)
    else:
        words = Text("is good until {until}: {why}; nothing to do yet", **end)
    return Outcome(_label(paper), words, place)


def _kept(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    renewed: Sealed,
    proof: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    facts = {"renews": shelf.digest_of(latest(workspace, paper).parent)}
    receipt, told = evidence.put_away(
        workspace, registry, services, paper, renewed, _next_place(workspace, paper), now, proof=proof, facts=facts
    )
    made_at, until = (datetime.fromisoformat(told[name]) for name in ("archived_at", "until"))
    lies_at = str(receipt.place.relative_to(workspace.root))
    event = Renewed(made_at, renewed.digest, lies_at, receipt.digest, told["until"])
    registry.append(paper.id, (event,), expected_head=paper.head)
    return Outcome(_label(paper), Text("renewed; it is good until {until}", until=until.date()), receipt.place)


def _renewed(data: bytes, services: Services, now: datetime) -> Sealed:
    renewed = signing.renew(data, trust=services.trust, timestamper=services.timestamper, now=now)
    return _sealed(renewed)


def _lying(place: Path, name: str, before: bytes) -> Sealed | None:
    """The renewed paper of a command that was interrupted before it recorded the receipt."""
    data = shelf.files_of(place).get(name, b"")
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


def _assert_whole(place: Path, receipt: Archived | Renewed) -> None:
    """A damaged paper, or another one, must not get a new timestamp: it would vouch for the damage."""
    damage = shelf.check(place, digest=receipt.manifest)
    if damage:
        raise DiskError("ARCHIVE-19", damage[0].message, damage[0].fix, place=str(place))


def _label(paper: PaperRecord) -> str:
    return paper.number if paper.document == "convention" else f"{paper.number}/{paper.document}"
