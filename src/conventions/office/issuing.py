"""From dossiers to papers on their way: drafts, then certified papers posted to the first signer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from conventions import forms, pipeline, signing
from conventions.circuit import circuit_of, signatories
from conventions.errors import ConventionsError, NeverOverwrite
from conventions.intake import Source
from conventions.model.event import Issued
from conventions.model.paper import Pdf
from conventions.office import dispatch
from conventions.office.outcome import Outcome
from conventions.pipeline import Order, Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, replace, write_new
from conventions.text import Text

__all__ = ["generate", "issue"]


def generate(workspace: Workspace, files: Sequence[Path], now: datetime) -> Iterator[Outcome]:
    """Write the drafts that are missing or out of date."""
    for source, draft in _drafts(workspace, files, now):
        if isinstance(source, Outcome):
            yield source
        elif isinstance(draft, ConventionsError):
            yield Outcome(source.dossier.number, error=draft, file=Path(source.file))
        else:
            yield Outcome(source.dossier.number, Text("agreement written"), draft_path(workspace, draft))


def issue(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    files: Sequence[Path],
    seal: signing.Key,
    now: datetime,
) -> Iterator[Outcome]:
    """Certify and post, dossier by dossier; what was issued before is recognised and left alone."""
    fresh: list[Path] = []
    for path in files:
        known = _issued_before(workspace, registry, path, now)
        if known is None:
            fresh.append(path)
        else:
            yield known
    for source, draft in _drafts(workspace, fresh, now):
        if isinstance(source, Outcome):
            yield source
            continue
        number = source.dossier.number
        try:
            if isinstance(draft, ConventionsError):
                raise draft
            paper = _certify(workspace, registry, services, source, draft, seal, now)
            paper = dispatch.post_turn(workspace, registry, paper, now)
            yield Outcome(number, Text("issued and posted to the first signer"), dispatch.path_of(workspace, paper))
        except ConventionsError as error:
            yield Outcome(number, error=error, file=Path(source.file))


def draft_path(workspace: Workspace, draft: Pdf) -> Path:
    """Where the draft of a paper lies until it is issued."""
    folder = workspace.path(workspace.settings.places.papers) / draft.origin.number
    return folder / f"{draft.origin.document}-v{draft.origin.version}.draft.pdf"


def _drafts(
    workspace: Workspace, files: Sequence[Path], now: datetime
) -> Iterator[tuple[Source | Outcome, Pdf | ConventionsError]]:
    """A draft per dossier: the one on disk when it is still true, else a new one."""
    wanted: list[Order] = []
    for path in files:
        try:
            source = pipeline.read(path)
            pipeline.require_sound(pipeline.first_agreed(source), workspace.settings, now.date())
            order = Order(source)
            kept = _draft_on_disk(workspace, order)
        except ConventionsError as error:
            yield Outcome(path.stem, error=error, file=path), error
            continue
        if kept:
            yield source, kept
        else:
            wanted.append(order)
    own = workspace.path(workspace.settings.places.templates)
    for order, draft in pipeline.produce(wanted, workspace.settings, own_templates=own, now=now):
        if isinstance(draft, Pdf):
            replace(draft_path(workspace, draft), draft.data)
        yield order.source, draft


def _draft_on_disk(workspace: Workspace, order: Order) -> Pdf | None:
    own = workspace.path(workspace.settings.places.templates)
    wanted = pipeline.origin_of(order, workspace.settings, own)
    path = draft_path(workspace, Pdf(wanted, b""))
    if not path.is_file():
        return None
    data = path.read_bytes()
    return Pdf(wanted, data) if forms.origin(data) == wanted else None


def _issued_before(workspace: Workspace, registry: Registry, path: Path, now: datetime) -> Outcome | None:
    try:
        dossier = pipeline.read(path).dossier
    except ConventionsError as error:
        return Outcome(path.stem, error=error, file=path)
    paper = registry.find(dossier.number, "convention")
    if paper is None:
        return None
    if paper.dossier_digest != pipeline.digest_of(dossier, workspace.settings):
        return Outcome(dossier.number, error=_changed(dossier.number), file=path)
    posted = dispatch.post_turn(workspace, registry, paper, now)
    note = dispatch.again(paper, posted, Text("was issued before; nothing changed"))
    return Outcome(dossier.number, note, dispatch.path_of(workspace, paper))


def _changed(number: str) -> NeverOverwrite:
    return NeverOverwrite(
        "ISSUE-01",
        Text("dossier {number} was changed after its paper was issued", number=number),
        Text("undo the change; what is agreed can now only be changed by an amendment"),
    )


def _certify(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    source: Source,
    draft: Pdf,
    seal: signing.Key,
    now: datetime,
) -> PaperRecord:
    settings, dossier = workspace.settings, source.dossier
    circuit = circuit_of(dossier, settings.circuit.circuit)
    prepared = pipeline.prepare(
        draft, circuit, seal=seal, services=services, institution=settings.institution.name, now=now
    )
    file = dispatch.revision_name(workspace, prepared, position=0, role="issued")
    write_new(workspace.path(file), prepared.data)
    return registry.add_paper(
        PaperRecord(
            number=dossier.number,
            document=draft.origin.document,
            version=draft.origin.version,
            language=draft.origin.language,
            dossier_digest=draft.origin.dossier_digest,
            template_digest=draft.origin.template_digest,
            starts_on=dossier.schedule.start,
            abroad=dossier.is_abroad,
            circuit=circuit,
            signatories=signatories(dossier, circuit, settings.people.by_role, house_language=settings.language),
        ),
        (Issued(now, prepared.digest, len(prepared.data), file),),
    )
