"""From dossiers to files: the papers that are missing, or are out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from conventions import forms, pipeline, press
from conventions.agenda import academic_year
from conventions.documents import DOCUMENTS, DocumentType, document_type
from conventions.errors import ConventionsError, DiskError, DossierError
from conventions.in_force import proposed
from conventions.intake import Source
from conventions.languages import PARIS
from conventions.model.finding import Severity
from conventions.model.paper import Origin, Pdf
from conventions.office.beside import Beside, as_if_signed
from conventions.office.outcome import Outcome
from conventions.pay import floor_on
from conventions.pipeline import CampaignOrder, Order
from conventions.settings import Workspace
from conventions.store import replace
from conventions.system import reason
from conventions.text import Text

__all__ = ["Agreed", "Draft", "Read", "Wish", "draft_path", "drafts", "generate", "logo_of"]


Read = Callable[[Path], Source]
"""How a dossier is read for a paper."""


@dataclass(frozen=True)
class Wish:
    """Which document, and in which language if not in the one it usually speaks."""

    document: str = "convention"
    language: str = ""

    @property
    def kind(self) -> DocumentType:
        """Its type."""
        return DOCUMENTS[self.document]


@dataclass(frozen=True)
class Draft:
    """A paper that was made, or that lay there and is still true."""

    order: Order | CampaignOrder
    paper: Pdf
    is_kept: bool = False
    """It lay there."""


Agreed = Callable[[str], date | None]
"""On which day everybody had signed the agreement of a dossier; None while somebody has not."""


def _not_yet(_number: str) -> None:
    return None


def generate(
    workspace: Workspace,
    files: Sequence[Path],
    wish: Wish,
    now: datetime,
    *,
    read: Read = pipeline.read,
    agreed: Agreed = _not_yet,
) -> Iterator[Outcome]:
    """Write the files of one document that are missing or out of date; ``read`` is how a dossier is read for it."""
    for draft in drafts(workspace, files, wish, now, read=read, agreed=agreed):
        if isinstance(draft, Outcome):
            yield draft
        else:
            written = Text("{document} written", document=wish.kind.title)
            note = Text("up to date") if draft.is_kept else written
            yield Outcome(draft.order.number, note, path_of(workspace, draft))


def path_of(workspace: Workspace, draft: Draft) -> Path:
    """Where it lies."""
    return draft_path(workspace, draft.paper.origin)


def draft_path(workspace: Workspace, origin: Origin) -> Path:
    """Where a paper lies until it is issued; one that nobody signs stays there for good."""
    folder = workspace.path(workspace.settings.places.papers) / origin.number
    is_signed = pipeline.is_signed_by_someone(origin.document)
    return folder / f"{origin.document}-v{origin.version}.{'draft' if is_signed else origin.language}.pdf"


Held = Callable[[Order], Order | Outcome]
"""What is known of a paper that is wanted: an order, perhaps of another version, or why it is not made."""


def _wanted_as_it_is(order: Order) -> Order:
    return order


def drafts(
    workspace: Workspace,
    files: Sequence[Path],
    wish: Wish,
    now: datetime,
    *,
    held: Held = _wanted_as_it_is,
    read: Read = pipeline.read,
    agreed: Agreed = _not_yet,
) -> Iterator[Draft | Outcome]:
    """A paper per dossier, per proposed amendment or per year: the one on disk while it is true, else a new one."""
    if wish.kind.about == "campaign":
        items: Iterator[Order | CampaignOrder | Outcome] = _of_years(workspace, files, wish, read, now)
    else:
        items = _of_dossiers(workspace, files, wish, held, read, now, agreed)
    yield from _made(workspace, items, now)


def _of_dossiers(
    workspace: Workspace, files: Sequence[Path], wish: Wish, held: Held, read: Read, now: datetime, agreed: Agreed
) -> Iterator[Order | Outcome]:
    beside, on = Beside(workspace), now.astimezone(PARIS).date()
    for path in files:
        try:
            source = read(path)
            found = _orders(source, wish, held)
            if wish.kind.signers is None and any(isinstance(one, Order) for one in found):
                _require_sound(source, wish, beside, on, agreed)
        except ConventionsError as error:
            yield Outcome(path.stem, error=error, file=path)
        else:
            yield from found


def _of_years(
    workspace: Workspace, files: Sequence[Path], wish: Wish, read: Read, now: datetime
) -> Iterator[CampaignOrder | Outcome]:
    sources: list[Source] = []
    for path in files:
        try:
            sources.append(read(path))
        except ConventionsError as error:
            yield Outcome(path.stem, error=error, file=path)
    yield from _years(workspace, sources, wish, now)


def _require_sound(source: Source, wish: Wish, beside: Beside, on: date, agreed: Agreed) -> None:
    """By itself, and together with the other dossiers of its student; an amendment by the law of its agreement."""
    settings = beside.workspace.settings
    if wish.kind.about == "amendment":
        also, signed = beside.errors(as_if_signed(source, on)), agreed(source.dossier.number)
        pipeline.require_sound(source, settings, on, also=also, signed_on=signed)
    else:
        first = pipeline.first_agreed(source)
        pipeline.require_sound(first, settings, on, also=beside.errors(first))


def _orders(source: Source, wish: Wish, held: Held) -> tuple[Order | Outcome, ...]:
    """The papers of one dossier; where it has nothing of the kind it says so, and nobody waits for a paper."""
    number = source.dossier.number
    if wish.kind.about != "amendment":
        return (held(Order(source, wish.document, language=wish.language)),)
    wanted = [f"{wish.document}-{amendment.number}" for amendment in proposed(source.dossier)]
    if not wanted:
        return (Outcome(number, Text("no amendment waits for a signature")),)
    return tuple(held(Order(source, document, language=wish.language)) for document in wanted)


def _years(workspace: Workspace, sources: Sequence[Source], wish: Wish, now: datetime) -> Iterator[CampaignOrder]:
    """One paper for each academic year of the dossiers; for this year when there are none."""
    years: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        years[source.dossier.academic_year].append(source)
    if not years:
        years[academic_year(now.astimezone(PARIS).date(), workspace.settings.rules.calendar.year_starts)] = []
    for year, of_year in sorted(years.items()):
        yield CampaignOrder(tuple(of_year), wish.document, year, language=wish.language)


def _made(
    workspace: Workspace, items: Iterator[Order | CampaignOrder | Outcome], now: datetime
) -> Iterator[Draft | Outcome]:
    """In order, and only a few at a time: a campaign can be larger than the memory."""
    own = workspace.path(workspace.settings.places.templates)
    pipeline.acquaint(workspace.root, workspace.settings)
    known = (item if isinstance(item, Outcome) else _known(workspace, item, own, now) for item in items)
    for item in known:
        if isinstance(item, (Draft, Outcome)):
            yield item
            continue
        made = pipeline.produce(
            chain([item], known),
            workspace.settings,
            own_templates=own,
            logo=logo_of(workspace),
            root=workspace.root,
            now=now,
        )
        for one in made:
            if isinstance(one, tuple):
                yield _written(workspace, *one)
            elif isinstance(one, (Draft, Outcome)):
                yield one


def _known(
    workspace: Workspace, order: Order | CampaignOrder, own: Path, now: datetime
) -> Order | CampaignOrder | Draft | Outcome:
    """The paper that lies there, if it is still true; else the order."""
    try:
        kept = _on_disk(workspace, order, own, now)
    except ConventionsError as error:
        return _failed(order, error)
    return Draft(order, kept, is_kept=True) if kept else order


def _written(workspace: Workspace, order: Order | CampaignOrder, paper: Pdf | ConventionsError) -> Draft | Outcome:
    if isinstance(paper, ConventionsError):
        return _failed(order, paper)
    replace(draft_path(workspace, paper.origin), paper.data)
    return Draft(order, paper)


def _failed(order: Order | CampaignOrder, error: ConventionsError) -> Outcome:
    """What went wrong; that a dossier has no use for the document is no failure."""
    findings = error.findings if isinstance(error, DossierError) else ()
    if findings and all(finding.severity is Severity.INFORMATION for finding in findings):
        return Outcome(order.number, error.message)
    return Outcome(order.number, error=error, file=Path(order.source.file) if isinstance(order, Order) else None)


def _on_disk(workspace: Workspace, order: Order | CampaignOrder, own: Path, now: datetime) -> Pdf | None:
    case = pipeline.case_of(order, workspace.settings, now.astimezone(PARIS).date())
    wanted = pipeline.origin_of(order, case, pipeline.templates_of(order, case, own))
    path = draft_path(workspace, wanted)
    if not path.is_file():
        return None
    data = path.read_bytes()
    if forms.origin(data) != wanted or not _holds(workspace, order, forms.made_at(data), now):
        return None
    return Pdf(wanted, data)


def _holds(workspace: Workspace, order: Order | CampaignOrder, made: datetime | None, now: datetime) -> bool:
    """Is what an agreement says of the legal floor still true? A year ends, or its ceiling is written down at last."""
    if document_type(order.document).signers is not None:
        return True
    if made is None:
        return False
    ceilings = workspace.settings.rules.ceilings
    then, today = (floor_on(one.astimezone(PARIS).date(), ceilings) for one in (made, now))
    is_of_the_table = floor_on(now.astimezone(PARIS).date()).known
    return then == today and (is_of_the_table or made >= workspace.changed_at)


def logo_of(workspace: Workspace) -> press.Logo | None:
    """The institution's logo, as the settings name it.

    Raises:
        DiskError: the file is not there or cannot be read (LOGO-03).
    """
    name = workspace.settings.documents.logo
    if not name:
        return None
    path = workspace.path(name)
    try:
        return press.Logo(path.read_bytes(), workspace.settings.institution.name)
    except OSError as error:
        raise DiskError(
            "LOGO-03",
            Text("the logo cannot be read: {why}", why=reason(error)),
            Text("correct documents.logo in conventions.toml, or leave it empty"),
            place=str(path),
        ) from error
