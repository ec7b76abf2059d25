"""Render, convert, freeze: from orders to papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from conventions import forms, press
from conventions.documents import Campaign, Case, document_type
from conventions.errors import ConventionsError
from conventions.languages import Language
from conventions.model.paper import Origin, Pdf
from conventions.pipeline.orders import CampaignOrder, Order, case_of, origin_of
from conventions.pipeline.vetting import templates_of
from conventions.settings import Settings

__all__ = ["produce"]

_PASSES: Final = 4
"""How often a paper is made again for the sake of its page breaks; each break can push another heading down."""


@dataclass(frozen=True)
class _Work:
    """A paper in the making."""

    order: Order | CampaignOrder
    case: Case | Campaign
    fillings: tuple[press.Filling, ...]
    origin: Origin
    title: str
    breaks: frozenset[int] = frozenset()
    """Ranks of the headings that begin a page."""

    @property
    def name(self) -> str:
        """Unique among the papers of one run."""
        return f"{self.origin.number}-{self.origin.document}-v{self.origin.version}-{self.origin.language}"


def produce(
    orders: Sequence[Order | CampaignOrder],
    settings: Settings,
    *,
    own_templates: Path | None,
    logo: press.Logo | None = None,
    only: str = "",
    now: datetime,
) -> Iterator[tuple[Order | CampaignOrder, Pdf | ConventionsError]]:
    """Render, convert and freeze many papers; each arrives as soon as it is ready, in no fixed order.

    A paper that fails yields its error instead; the others go on. A paper in which a heading stands alone at the foot
    of a page is made again with a page break before that heading.

    Args:
        orders: the papers.
        settings: of the department.
        own_templates: the workspace's folder of templates, if it has one.
        logo: of the institution.
        only: key of one of the paper's templates, for a preview of what that one makes; empty for the whole paper.
        now: aware.
    """
    works: dict[str, _Work] = {}
    for order in orders:
        try:
            work = _begun(order, settings, own_templates, only, now)
        except ConventionsError as error:
            yield order, error
        else:
            works[work.name] = work
    for _ in range(_PASSES):
        again: dict[str, _Work] = {}
        for work, outcome in _converted(works, settings, logo, now):
            orphans = forms.orphans(outcome) if isinstance(outcome, bytes) else ()
            if orphans and not work.breaks.issuperset(orphans):
                again[work.name] = replace(work, breaks=work.breaks.union(orphans))
            else:
                yield work.order, _frozen(work, outcome, now)
        works = again
    for work, outcome in _converted(works, settings, logo, now):
        yield work.order, _frozen(work, outcome, now)


def _begun(
    order: Order | CampaignOrder, settings: Settings, own_templates: Path | None, only: str, now: datetime
) -> _Work:
    case = case_of(order, settings, now.date())
    kind = document_type(order.document)
    templates = templates_of(order, case, own_templates, only=only)
    sheets = (sheet for sheet in kind.sheets(case) if only in {"", sheet[0]})
    fillings = tuple(
        press.Filling(template, context(case, Language(code)), Language(code))
        for template, (_, context, code) in zip(templates, sheets, strict=True)
    )
    origin = origin_of(order, case, templates)
    return _Work(order, case, fillings, origin, f"{Language(origin.language).say(kind.title)} {order.number}")


def _converted(
    works: Mapping[str, _Work], settings: Settings, logo: press.Logo | None, now: datetime
) -> Iterator[tuple[_Work, bytes | ConventionsError]]:
    rendered: list[tuple[str, bytes]] = []
    for name, work in works.items():
        try:
            docx = press.render(
                *work.fillings,
                title=work.title,
                author=settings.institution.name,
                now=now,
                logo=logo,
                breaks=work.breaks,
            )
        except ConventionsError as error:
            yield work, error
        else:
            rendered.append((name, docx))
    converter = settings.converter
    for name, outcome in press.convert(rendered, soffice=converter.soffice or None, workers=converter.workers or None):
        yield works[name], outcome


def _frozen(work: _Work, outcome: bytes | ConventionsError, now: datetime) -> Pdf | ConventionsError:
    if isinstance(outcome, ConventionsError):
        return outcome
    kind = document_type(work.order.document)
    fields = kind.fields(work.case, Language(work.origin.language)) if kind.fields else ()
    try:
        return Pdf(work.origin, forms.freeze(outcome, work.origin, title=work.title, now=now, fields=fields))
    except ConventionsError as error:
        return error
