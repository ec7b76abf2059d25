"""Some papers, made in this process: render, convert, look at the page breaks, freeze."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from conventions import forms, press
from conventions.documents import Campaign, Case, document_type
from conventions.errors import ConventionsError
from conventions.languages import PARIS, Language
from conventions.model.paper import Origin, Pdf
from conventions.pipeline.orders import CampaignOrder, Order, case_of, origin_of
from conventions.pipeline.vetting import templates_of
from conventions.settings import Settings
from conventions.text import Text

__all__ = ["Making"]

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
        """What errors call the paper."""
        return f"{self.origin.number}-{self.origin.document}-v{self.origin.version}-{self.origin.language}"


@dataclass(frozen=True)
class Making:
    """What all papers of one run have in common."""

    settings: Settings
    """Of the department."""
    own_templates: Path | None
    """The workspace's folder of templates, if it has one."""
    logo: press.Logo | None
    """Of the institution."""
    only: str
    """Key of one of the paper's templates, for a preview of what that one makes; empty for the whole paper."""
    now: datetime
    """Aware."""

    def papers(
        self, orders: Sequence[Order | CampaignOrder], converter: press.Converter
    ) -> Generator[tuple[int, Pdf | ConventionsError], None, None]:
        """Each paper with the place of its order, as soon as it is ready, in no fixed order.

        A paper that fails yields its error instead; the others go on. A paper in which a heading stands alone at the
        foot of a page is made again with a page break before that heading.
        """
        works: dict[int, _Work] = {}
        for place, order in enumerate(orders):
            try:
                works[place] = self._begun(order)
            except ConventionsError as error:
                yield place, error
        for rank in range(_PASSES + 1):
            again: dict[int, _Work] = {}
            for place, outcome in self._converted(works, converter):
                made = self._made(works[place], outcome, is_last=rank == _PASSES)
                if isinstance(made, _Work):
                    again[place] = made
                else:
                    yield place, made
            works = again

    def _begun(self, order: Order | CampaignOrder) -> _Work:
        case = case_of(order, self.settings, self.now.astimezone(PARIS).date())
        kind = document_type(order.document)
        templates = templates_of(order, case, self.own_templates, only=self.only)
        sheets = (sheet for sheet in kind.sheets(case) if self.only in {"", sheet[0]})
        fillings = tuple(
            press.Filling(template, context(case, Language(code)), Language(code))
            for template, (_, context, code) in zip(templates, sheets, strict=True)
        )
        origin = origin_of(order, case, templates)
        return _Work(order, case, fillings, origin, f"{Language(origin.language).say(kind.title)} {order.number}")

    def _converted(
        self, works: Mapping[int, _Work], converter: press.Converter
    ) -> Iterator[tuple[int, bytes | ConventionsError]]:
        rendered: list[tuple[str, bytes]] = []
        places: dict[str, int] = {}
        for place, work in works.items():
            try:
                docx = self._rendered(work)
            except ConventionsError as error:
                yield place, error
            else:
                name = work.name if work.name not in places else f"{work.name} ({place})"
                places[name] = place
                rendered.append((name, docx))
        for name, outcome in converter.convert(rendered):
            yield places[name], outcome

    def _rendered(self, work: _Work) -> bytes:
        return press.render(
            *work.fillings,
            title=work.title,
            author=self.settings.institution.name,
            now=self.now,
            logo=self.logo,
            code=_code(work.case, work.fillings[-1].language),
            breaks=work.breaks,
        )

    def _made(self, work: _Work, outcome: bytes | ConventionsError, *, is_last: bool) -> Pdf | _Work | ConventionsError:
        """The paper; or before the last pass the work to be done again, where a heading stands alone."""
        if isinstance(outcome, ConventionsError):
            return outcome
        try:
            with forms.exported(outcome) as export:
                breaks = work.breaks if is_last else work.breaks.union(export.orphans())
                return self._frozen(work, export) if breaks == work.breaks else replace(work, breaks=breaks)
        except ConventionsError as error:
            return error

    def _frozen(self, work: _Work, export: forms.Export) -> Pdf:
        kind = document_type(work.order.document)
        fields = kind.fields(work.case, Language(work.origin.language)) if kind.fields else ()
        data = export.frozen(work.origin, title=work.title, now=self.now, fields=fields)
        return Pdf(work.origin, data, export.boxes())


def _code(case: Case | Campaign, language: Language) -> press.Picture | None:
    """It stands under the last text, where the boxes are, and is described in the language of that one."""
    if not case.edition.code:
        return None
    words = Text(
        "code that leads to {address}, where it is said how to verify this paper", address=case.edition.verification
    )
    return press.code_for(case.edition.code, language.say(words))
