"""Where everything that belongs to one dossier lies in the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from conventions import agenda, forms, pipeline
from conventions.apart import ask_apart
from conventions.errors import ConventionsError
from conventions.languages import PARIS
from conventions.model.dossier import Dossier
from conventions.office.exchange import numbers_in
from conventions.post import read_mail
from conventions.post.incoming import MAX_MAIL_BYTES
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry

__all__ = ["Belongings", "Estate", "day_of", "document_of", "estate"]

_DOCUMENT: Final = re.compile(r"([a-z][a-z_]*(?:-\d+)?)-v\d+")
"""How the files of one document begin, and the package of one in the archive."""


def document_of(path: Path) -> str:
    """The document type that a file or package is of, such as ``amendment-1``; empty when its name does not say."""
    match = _DOCUMENT.match(path.name)
    return match[1] if match else ""


@dataclass(frozen=True)
class Belongings:
    """What one number has in the workspace."""

    number: str
    """Of a dossier; of papers about a whole year, the academic year."""
    dossier: Dossier | None = None
    source: Path | None = None
    """The dossier's file; it is told even when it cannot be read."""
    papers: tuple[PaperRecord, ...] = ()
    files: tuple[Path, ...] = ()
    """Drafts, revisions, returned forms, evidence, scans."""
    packages: tuple[Path, ...] = ()
    """In the archive, with the reports of verifications beside them."""
    refused: tuple[Path, ...] = ()
    letters: tuple[Path, ...] = ()
    received: tuple[Path, ...] = ()
    """Files and mails in the inbox that hold a paper of it."""
    attachments: tuple[Path, ...] = ()

    @property
    def documents(self) -> frozenset[str]:
        """Every document type that there is something of."""
        told = {paper.document for paper in self.papers}
        return frozenset(told | {name for path in (*self.files, *self.packages) if (name := document_of(path))})

    @property
    def was_issued(self) -> bool:
        """Was any paper of it issued, as registry or archive know?"""
        return bool(self.papers or self.packages)


@dataclass(frozen=True)
class Estate:
    """Everything in a workspace, by number."""

    workspace: Workspace
    registry: Registry
    sources: Mapping[str, tuple[Path, Dossier | None]] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    """Numbers of which nothing may go, not even a mail that brought a paper of another dossier as well."""

    @cached_property
    def _letters(self) -> Mapping[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in _files(self._place(self.workspace.settings.delivery.outbox)):
            if path.suffix == ".eml":
                found.setdefault(path.name.rsplit(".", 3)[0], []).append(path)
        return found

    @cached_property
    def _archived(self) -> Mapping[str, list[Path]]:
        """Folders of the archive by number: the third name from the end of a package's path."""
        found: dict[str, list[Path]] = {}
        for year in _folders(self._place(self.workspace.settings.places.archive)):
            for folder in _folders(year):
                found.setdefault(folder.name, []).append(folder)
        return found

    def _place(self, name: str) -> Path:
        return self.workspace.path(name)

    @cached_property
    def received(self) -> Mapping[Path, frozenset[str]]:
        """What lies in the inbox or was taken in from it and may go, each with the numbers whose papers it holds."""
        inbox = self._place(self.workspace.settings.delivery.inbox)
        folders = (inbox, inbox / "done", inbox / "refused")
        found = {path: _numbers_in(path) for folder in folders for path in _files(folder, deep=False)}
        return {path: numbers for path, numbers in found.items() if not numbers & self.held}

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Of everything that can fall due, in order."""
        places = self.workspace.settings.places
        known = {paper.number for paper in self.registry.papers(every_version=True)}
        known |= {*self.sources, *self._archived, *self._letters}
        known |= {folder.name for place in (places.papers, places.refused) for folder in _folders(self._place(place))}
        return tuple(sorted(known))

    def of(self, number: str) -> Belongings:
        """What this number has."""
        places = self.workspace.settings.places
        source, dossier = self.sources.get(number, (None, None))
        return Belongings(
            number,
            dossier,
            source,
            papers=tuple(self.registry.papers(number=number, every_version=True)),
            files=_files(self._place(places.papers) / number),
            packages=tuple(path for folder in self._archived.get(number, ()) for path in _entries(folder)),
            refused=_files(self._place(places.refused) / number),
            letters=tuple(self._letters.get(number, ())),
            received=tuple(path for path, numbers in self.received.items() if number in numbers),
            attachments=tuple(self._attachments(dossier)) if dossier else (),
        )

    def academic_year(self, things: Belongings) -> str | None:
        """The year it belongs to: what the dossier says, the registry, the archive; at last the age of its files."""
        starts = self.workspace.settings.rules.calendar.year_starts
        if things.dossier:
            return things.dossier.academic_year
        if things.papers:
            return max(agenda.academic_year(paper.starts_on, starts) for paper in things.papers)
        if folders := self._archived.get(things.number):
            return max(folder.parent.name for folder in folders)
        days = [day_of(path) for path in (*things.files, *things.refused, *things.letters)]
        days += [day_of(things.source)] if things.source else []
        return agenda.academic_year(max(days), starts) if days else None

    def _attachments(self, dossier: Dossier) -> Iterator[Path]:
        """Only what lies inside the workspace: a path that leads out of it is not ours."""
        root = self.workspace.root.resolve()
        for attachment in dossier.attachments:
            path = self.workspace.path(attachment.file)
            if attachment.file and path.is_file() and path.resolve().is_relative_to(root):
                yield path


def estate(workspace: Workspace, registry: Registry) -> Estate:
    """Read every dossier once; one that is not sound still has its file, known by the number that stands in it."""
    sources: dict[str, tuple[Path, Dossier | None]] = {}
    for path in _files(workspace.path(workspace.settings.places.dossiers), deep=False):
        if path.suffix in {".yaml", ".yml", ".json"}:
            try:
                dossier = pipeline.read(path).dossier
                sources[dossier.number] = (path, dossier)
            except ConventionsError:
                sources.setdefault(next(numbers_in(path), path.stem), (path, None))
    return Estate(workspace, registry, sources)


def _numbers_in(path: Path) -> frozenset[str]:
    """Numbers of the papers of ours that a PDF or a mail holds; none when it cannot be read."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_MAIL_BYTES else b""
        pdfs = read_mail(data).papers if path.suffix.lower() == ".eml" else (data,)
        origins = [ask_apart(forms.origin, pdf) for pdf in pdfs]
    except (OSError, ConventionsError):
        return frozenset()
    return frozenset(origin.number for origin in origins if origin)


def _files(folder: Path, *, deep: bool = True) -> tuple[Path, ...]:
    found = folder.rglob("*") if deep else folder.glob("*")
    return tuple(sorted(path for path in found if path.is_file() or path.is_symlink()))


def _folders(folder: Path) -> tuple[Path, ...]:
    found = folder.glob("*")
    return tuple(sorted(path for path in found if path.is_dir() and not path.is_symlink() and path.name[0] != "."))


def _entries(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.iterdir()))


def day_of(path: Path) -> date:
    """The day on which a file was last written."""
    return datetime.fromtimestamp(path.stat(follow_symlinks=False).st_mtime, tz=PARIS).date()
