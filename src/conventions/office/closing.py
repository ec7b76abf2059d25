"""The end of a paper: sealed, archived, verifiable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from conventions import agenda, circuit, pipeline
from conventions.errors import OutOfTurn
from conventions.languages import PARIS
from conventions.model.event import Archived, Sealing, Signed
from conventions.model.life import State
from conventions.model.paper import Sealed
from conventions.model.roles import label_of
from conventions.office import delivery, dispatch, evidence, revisions
from conventions.office.outcome import Outcome
from conventions.office.several import asked, each
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.store import archive as shelf
from conventions.text import Text

__all__ = ["archive", "is_complete", "is_sealed", "seal"]


def is_complete(paper: PaperRecord) -> bool:
    """Every role has signed; not sealed yet. A form is complete when it comes back, and is not sealed."""
    return paper.state is State.COMPLETE and not paper.is_form


def is_sealed(paper: PaperRecord) -> bool:
    """Sealed; not archived yet."""
    return paper.last(Sealing) is not None and paper.last(Archived) is None


def seal(
    workspace: Workspace, registry: Registry, services: Services, papers: Sequence[PaperRecord], now: datetime
) -> Iterator[Outcome]:
    """Close complete papers, as many at a time as there are processors; sealing again changes nothing."""

    def sealed(paper: PaperRecord) -> Sealed | None:
        if paper.last(Sealing):
            return None
        _require_complete(paper)
        return asked(papers, pipeline.seal, revisions.current(workspace, paper), services, now)

    yield from each(sealed, papers, lambda paper, found: _seal(workspace, registry, paper, found, now))


def archive(
    workspace: Workspace, registry: Registry, services: Services, papers: Sequence[PaperRecord], now: datetime
) -> Iterator[Outcome]:
    """Put sealed papers into the archive, several at a time; archiving again changes nothing."""

    def proved(paper: PaperRecord) -> tuple[Sealed, Mapping[str, Any]]:
        _require_sealed(paper)
        present = revisions.current(workspace, paper)
        sealed = Sealed(present.origin, present.data)
        return sealed, asked(papers, evidence.proof_of, sealed, services.trust, now)

    yield from each(proved, papers, lambda paper, found: _archive(workspace, registry, services, paper, *found, now))


def _require_complete(paper: PaperRecord) -> None:
    waiting = circuit.open_roles(paper.circuit, paper.done)
    if waiting:
        raise OutOfTurn(
            "TURN-04",
            Text(
                "paper {number} is not complete: {roles} must still sign",
                number=paper.number,
                roles=tuple(label_of(role) for role in waiting),
            ),
            Text("let them sign first; `conventions status` shows whose turn it is"),
        )


def _seal(
    workspace: Workspace, registry: Registry, paper: PaperRecord, sealed: Sealed | None, now: datetime
) -> Outcome:
    if sealed is None:
        posted = dispatch.post_complete(workspace, registry, paper, now)
        note = dispatch.again(paper, posted, Text("was sealed before; nothing changed"))
        return Outcome(paper.number, note, revisions.path_of(workspace, paper))
    file = revisions.keep(workspace, sealed, position=99, role="sealed")
    sealing = Sealing(now, sealed.digest, len(sealed.data), file)
    paper = registry.append(paper.id, (sealing,), expected_head=paper.head)
    paper = dispatch.post_complete(workspace, registry, paper, now)
    return Outcome(paper.number, delivery.told(paper, Text("sealed"), _sealed(paper)), workspace.path(file))


def _sealed(paper: PaperRecord) -> Text:
    """An amendment is in force once the dossier says so: what the dossier says is the secretariat's to write."""
    last = paper.last(Signed)
    if last is None or not paper.document.startswith("amendment-"):
        return Text("sealed and sent to everybody")
    day = last.signed_on(PARIS)
    return Text("sealed and sent to everybody; write signed_on: {day} into the amendment", day=day.isoformat())


def _require_sealed(paper: PaperRecord) -> None:
    if paper.last(Sealing) is None:
        raise OutOfTurn(
            "TURN-05",
            Text("paper {number} is not sealed yet", number=paper.number),
            Text("seal it first: `conventions seal {number}`", number=paper.number),
        )


def _archive(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    sealed: Sealed,
    proof: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    root = workspace.path(workspace.settings.places.archive)
    year = agenda.academic_year(paper.starts_on, workspace.settings.rules.calendar.year_starts)
    place = shelf.place_of(root, year, paper.number, paper.document, paper.version)
    receipt, told = evidence.put_away(workspace, registry, services, paper, sealed, place, now, proof=proof)
    if paper.last(Archived) is not None:
        return Outcome(paper.number, Text("was archived before; nothing changed"), receipt.place)
    made_at = datetime.fromisoformat(told.get("archived_at", now.isoformat()))
    lies_at = str(receipt.place.relative_to(workspace.root))
    archived = Archived(made_at, sealed.digest, lies_at, receipt.digest, told.get("until", ""))
    registry.append(paper.id, (archived,), expected_head=paper.head)
    return Outcome(paper.number, Text("archived"), receipt.place)
