"""The Word templates of a department: its own ones, else the shipped ones. No registry is needed to look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from conventions import pipeline, press
from conventions.documents import DOCUMENTS, DocumentType, document_type
from conventions.errors import ConventionsError
from conventions.languages import LANGUAGES
from conventions.model.finding import Finding, Severity
from conventions.model.paper import Pdf
from conventions.model.roles import label_of
from conventions.office.drafting import logo_of
from conventions.pipeline import CampaignOrder, Order
from conventions.settings import FILE_NAME, Workspace, load
from conventions.shipped import shipped
from conventions.store import replace
from conventions.text import Text

__all__ = ["Entry", "Page", "Templates", "Vetted"]

_THUMBNAIL: Final = 60
"""Dots per inch of a page on the contact sheet, before it is made smaller."""


@dataclass(frozen=True)
class Entry:
    """What is known of one kind of template, before any file is opened."""

    key: str
    title: Text
    signing: Text
    """Who signs or fills in the paper."""


@dataclass(frozen=True)
class Vetted:
    """One template that was looked over."""

    template: press.Template
    is_own: bool
    """From the workspace, not from the program."""
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """May papers be made from it?"""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


@dataclass(frozen=True)
class Page:
    """The first page that a template makes, or why it makes none."""

    key: str
    language: str
    picture: bytes = b""
    """PNG."""
    error: ConventionsError | None = None


@dataclass(frozen=True)
class Templates:
    """The templates that are used in one place."""

    workspace: Workspace
    own: Path | None
    """The workspace's folder of templates; None outside of any workspace."""

    @classmethod
    def open(cls, root: Path) -> Self:
        """Those of the workspace in this folder; outside of any, the shipped ones with the settings of the example.

        Raises:
            SettingsError: the settings of the workspace are wrong.
        """
        if (root / FILE_NAME).exists():
            workspace = load(root)
            return cls(workspace, workspace.path(workspace.settings.places.templates))
        return cls(load(shipped("examples")), None)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every kind of template, in the order of the documents, annexes behind their document."""
        return tuple(entry for kind in DOCUMENTS.values() for entry in _entries(kind))

    def every(self) -> Iterator[Vetted]:
        """Every template in every language, those of no document last; not yet looked over."""
        there = press.documents_available(self.own)
        known = [(entry.key, code) for entry in self.entries for code in LANGUAGES]
        for key, code in (*(place for place in known if place in there), *sorted(there.difference(known))):
            yield self._taken(key, code)

    def lint(self, keys: Collection[str] = (), language: str = "") -> Iterator[Vetted]:
        """Look over the templates of these keys and this language; of all where none is named.

        Raises:
            TemplateError: there is no template of that key in that language (TEMPLATE-01).
        """
        codes = [language] if language else [*LANGUAGES]
        chosen = (self._taken(key, code) for key in keys for code in codes) if keys else self.every()
        for one in chosen:
            if not language or one.template.language == language:
                yield Vetted(one.template, one.is_own, pipeline.vet(one.template, self.own))

    def path(self, key: str, language: str) -> Path:
        """Where the template lies that is used.

        Raises:
            TemplateError: there is none (TEMPLATE-01).
        """
        return press.take(key, language, self.own).path

    def preview(self, key: str, language: str, *, dossier: Path | None = None, now: datetime) -> bytes:
        """What a template makes of the specimen, or of a dossier: a PDF, without signature fields.

        Args:
            key: of the template.
            language: of the paper; a text in another language is followed by the French one, as in every paper.
            dossier: to be shown instead of the specimen.
            now: decides what a paper about that dossier says; the specimen has a day of its own.

        Raises:
            TemplateError: the template has errors.
            DossierError: the dossier cannot be read, or has nothing that the document is about.
        """
        order = pipeline.order_for(key, language, pipeline.read(dossier) if dossier else None)
        moment = now if dossier else pipeline.SPECIMEN_NOW
        ((_, paper),) = self._produced([order], key, moment)
        if isinstance(paper, ConventionsError):
            raise paper
        return paper.data

    def pages(self) -> Iterator[Page]:
        """The first page of every template in every language, made from the specimens, as they are ready."""
        annexes = [annex.key for kind in DOCUMENTS.values() for annex in kind.annexes]
        yield from self._first_pages([*DOCUMENTS], "")
        for key in annexes:
            yield from self._first_pages([key], key)

    def _first_pages(self, keys: Sequence[str], only: str) -> Iterator[Page]:
        there = press.documents_available(self.own)
        orders = [pipeline.order_for(key, code) for key in keys for code in LANGUAGES if (key, code) in there]
        for order, paper in self._produced(orders, only, pipeline.SPECIMEN_NOW):
            yield _page(only or document_type(order.document).key, order.language, paper)

    def write_sheet(self, pages: Collection[Page], target: Path) -> None:
        """Write one PNG with all first pages: a column for each language, two documents in a row.

        Raises:
            DiskError: it cannot be written.
        """
        made = {(page.key, page.language): page.picture for page in pages}
        places = [(entry.key, code) for entry in self.entries for code in LANGUAGES]
        thumbnails = [press.Thumbnail(f"{key} · {code}", made.get((key, code), b"")) for key, code in places]
        replace(target, press.contact_sheet(thumbnails, columns=2 * len(LANGUAGES)))

    def write_preview(self, pdf: bytes, target: Path, *, resolution: int) -> tuple[Path, ...]:
        """Write a preview: the PDF, or a PNG for each page: ``name-1.png``, ``name-2.png``, and so on.

        Args:
            pdf: as :meth:`preview` made it.
            target: its suffix decides which.
            resolution: of the pictures, dots per inch.

        Raises:
            DiskError: a file cannot be written.
        """
        if target.suffix.lower() != ".png":
            replace(target, pdf)
            return (target,)
        pictures = press.page_pictures(pdf, resolution=resolution)
        paths = tuple(target.with_stem(f"{target.stem}-{rank}") for rank in range(1, len(pictures) + 1))
        for path, picture in zip(paths, pictures, strict=True):
            replace(path, picture)
        return paths

    def _taken(self, key: str, code: str) -> Vetted:
        template = press.take(key, code, self.own)
        return Vetted(template, is_own=self.own is not None and template.path.is_relative_to(self.own))

    def _produced(
        self, orders: Sequence[Order | CampaignOrder], only: str, now: datetime
    ) -> Iterator[tuple[Order | CampaignOrder, Pdf | ConventionsError]]:
        logo, root = logo_of(self.workspace), self.workspace.root
        yield from pipeline.produce(
            orders, self.workspace.settings, own_templates=self.own, logo=logo, only=only, root=root, now=now
        )


def _entries(kind: DocumentType) -> Iterator[Entry]:
    if kind.is_form:
        signing = Text("filled in")
    elif kind.signers is None:
        signing = Text("signed by everybody in the circuit")
    elif kind.signers:
        signing = Text("signed by: {roles}", roles=tuple(label_of(role) for role in kind.signers))
    else:
        signing = Text("signed by nobody")
    yield Entry(kind.key, kind.title, signing)
    for annex in kind.annexes:
        yield Entry(annex.key, Text("annex to: {document}", document=kind.title), Text("signed with its document"))


def _page(key: str, language: str, paper: Pdf | ConventionsError) -> Page:
    if isinstance(paper, ConventionsError):
        return Page(key, language, error=paper)
    (picture,) = press.page_pictures(paper.data, resolution=_THUMBNAIL, pages=1)
    return Page(key, language, picture)
