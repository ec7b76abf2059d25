"""From dossiers to papers on their way: drafts, then certified papers posted to the first signer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from conventions import pipeline, signing
from conventions.errors import ConventionsError, NeverOverwrite
from conventions.intake import Source
from conventions.languages import PARIS
from conventions.model.dossier import Dossier
from conventions.model.event import Issued, Superseded
from conventions.model.life import State
from conventions.model.paper import Pdf, Prepared
from conventions.model.roles import Circuit
from conventions.office import delivery, dispatch, revisions
from conventions.office.agreed import signed_on
from conventions.office.drafting import Wish, drafts
from conventions.office.grades import reader_for
from conventions.office.outcome import Outcome
from conventions.pipeline import Order, Services
from conventions.settings import Settings, Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["issue"]


def issue(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    files: Sequence[Path],
    wish: Wish,
    seal: signing.Key | None,
    now: datetime,
) -> Iterator[Outcome]:
    """Certify and post, paper by paper; what was issued before is recognised and left alone. A form needs no seal.

    A paper that was declined, recalled or has expired is issued anew as its next version, which voids the old one.
    """
    read = reader_for(wish.kind, workspace, registry)
    held, agreed = _Held(workspace, registry, now), partial(signed_on, registry)
    for draft in drafts(workspace, files, wish, now, held=held, read=read, agreed=agreed):
        if isinstance(draft, Outcome):
            yield draft
        elif isinstance(draft.order, Order):
            yield _issued(workspace, registry, services, draft.order.source, draft.paper, seal, now)


@dataclass(frozen=True)
class _Held:
    """What the registry says of a paper that is wanted: it was issued, or which version is the next."""

    workspace: Workspace
    registry: Registry
    now: datetime

    def __call__(self, order: Order) -> Order | Outcome:
        paper = self.registry.find(order.number, order.document)
        if paper is None:
            return order
        if paper.has_ended:
            return replace(order, version=paper.version + 1)
        dossier = order.source.dossier
        if paper.dossier_digest != pipeline.digest_of(dossier, self.workspace.settings, order.document):
            return Outcome(dossier.number, error=_changed(paper), file=Path(order.source.file))
        _supersede(self.registry, paper, self.now)
        posted = dispatch.post_turn(self.workspace, self.registry, paper, self.now)
        note = dispatch.again(paper, posted, Text("was issued before; nothing changed"))
        return Outcome(dossier.number, note, revisions.path_of(self.workspace, paper))


def _changed(paper: PaperRecord) -> NeverOverwrite:
    return NeverOverwrite(
        "ISSUE-01",
        Text("dossier {number} was changed after its paper was issued", number=paper.number),
        Text(
            "undo the change; or take the paper back with `conventions recall {number}` and issue it again; what is "
            "signed by everybody can only be changed by an amendment",
            number=paper.number,
        ),
    )


def _issued(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    source: Source,
    draft: Pdf,
    seal: signing.Key | None,
    now: datetime,
) -> Outcome:
    number = source.dossier.number
    try:
        paper = _registered(workspace, registry, services, source, draft, seal, now)
        _supersede(registry, paper, now)
        paper = dispatch.post_turn(workspace, registry, paper, now)
    except ConventionsError as error:
        return Outcome(number, error=error, file=Path(source.file))
    posted = Text("sent to be filled in") if paper.is_form else Text("issued and posted to the first signer")
    note = delivery.told(paper, Text("issued"), posted)
    return Outcome(number, note, revisions.path_of(workspace, paper))


def _supersede(registry: Registry, paper: PaperRecord, now: datetime) -> None:
    """The version before, which has ended, is told which one replaces it."""
    if paper.version == 1:
        return
    before = registry.find(paper.number, paper.document, paper.version - 1)
    if before and before.state is not State.SUPERSEDED:
        digest = revisions.digest_of(before)
        registry.append(before.id, (Superseded(now, paper.version, digest),), expected_head=before.head)


def _registered(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    source: Source,
    draft: Pdf,
    seal: signing.Key | None,
    now: datetime,
) -> PaperRecord:
    settings, dossier, document = workspace.settings, source.dossier, draft.origin.document
    case = pipeline.case_of(Order(source, document, draft.origin.version), settings, now.astimezone(PARIS).date())
    course = pipeline.circuit_for(document, dossier, settings)
    prepared = _certified(settings, services, dossier, draft, course, seal, now)
    file = revisions.keep(workspace, prepared, position=0, role="issued")
    return registry.add_paper(
        PaperRecord(
            number=dossier.number,
            document=document,
            version=draft.origin.version,
            language=draft.origin.language,
            dossier_digest=draft.origin.dossier_digest,
            template_digest=draft.origin.template_digest,
            starts_on=pipeline.needed_before(case, document),
            abroad=dossier.is_abroad,
            circuit=course,
            signatories=tuple(case.signatories),
        ),
        (Issued(now, prepared.digest, len(prepared.data), file),),
    )


def _certified(
    settings: Settings,
    services: Services,
    dossier: Dossier,
    draft: Pdf,
    course: Circuit,
    seal: signing.Key | None,
    now: datetime,
) -> Prepared:
    """The draft with its fields, under the institution's seal; what is filled in and not signed has neither."""
    if seal is None:
        return Prepared(draft.origin, draft.data)
    return pipeline.prepare(
        draft,
        course,
        seal=seal,
        services=services,
        institution=settings.institution.name,
        certify=pipeline.circuit_settings(draft.origin.document, dossier, settings).certify,
        now=now,
    )
