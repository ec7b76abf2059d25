"""A year from filled forms to what the jury and the registrar get: sheets, record, tables and charts.

Everything may be run again: what was received is recognised, what is up to date is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from conventions import charts
from conventions.abreast import abreast
from conventions.documents.grading_sheet import is_marked
from conventions.errors import ConventionsError
from conventions.languages import Language
from conventions.office import drafting, reception
from conventions.office.drafting import Wish
from conventions.office.grades import MarkedReader, Year, year_of
from conventions.office.outcome import Outcome
from conventions.office.registrar import registrar_file
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import Registry, replace, write_new
from conventions.text import Text

__all__ = ["CHARTS", "TableKind", "forms_in", "grade_year", "overview", "plots", "receive_all", "tables"]

TableKind = Literal["xlsx", "csv"]
CHARTS: Final = {"grades": charts.grades_chart, "hosts": charts.hosts_chart}
"""By the name of its files."""
_TABLES: Final[tuple[TableKind, ...]] = ("xlsx", "csv")


def forms_in(folder: Path) -> tuple[Path, ...]:
    """The PDFs of a folder and of those inside it, in order."""
    return tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file()))


def receive_all(
    workspace: Workspace, registry: Registry, services: Services, files: Sequence[Path], now: datetime
) -> Iterator[Outcome]:
    """Take in files that came back; receiving one twice changes nothing.

    Several papers are looked at at a time. Files of one paper are taken one after the other, as they are given, right
    after the first of them: each signature goes on from the one before. What does not say which paper it is comes last:
    it may turn out to be a copy of one that has just been taken in.
    """

    def received(path: Path) -> Outcome:
        try:
            return reception.receive(workspace, registry, services, reception.returned(path), now)
        except ConventionsError as error:
            error.place = error.place or str(path)
            return Outcome(path.name, error=error, file=path)

    papers = _by_paper(files)
    others = papers.pop(None, ())
    for _, outcomes in abreast(lambda some: [received(path) for path in some], papers.values()):
        yield from outcomes
    yield from map(received, others)


def _by_paper(files: Sequence[Path]) -> dict[tuple[str, str, int] | None, list[Path]]:
    """The files of each paper, in order; under None what is nobody's. One file alone need not be looked at for it."""
    if len(files) == 1:
        return {None: [*files]}
    found: dict[tuple[str, str, int] | None, list[Path]] = {}
    for path, key in abreast(_paper_of, files):
        found.setdefault(key, []).append(path)
    return found


def _paper_of(path: Path) -> tuple[str, str, int] | None:
    """Which paper a file says that it is; None when it does not, or cannot be read: receiving it tells why."""
    try:
        return reception.paper_told(reception.returned(path))
    except ConventionsError:
        return None


def grade_year(
    workspace: Workspace, registry: Registry, files: Sequence[Path], now: datetime, academic_year: str = ""
) -> Iterator[Outcome]:
    """Write the grading sheets of everybody who has a mark, then the year's record, tables and charts.

    Args:
        workspace: its settings say what grades and files are like.
        registry: holds the marks of the forms.
        files: dossiers.
        now: aware.
        academic_year: which; without it, the latest of the dossiers.

    Raises:
        DossierError: there is no dossier of that year (MARKS-02).
    """
    read = MarkedReader(workspace, registry)
    year, broken = year_of(read, files, academic_year)
    yield from broken
    marked = [one.file for one in year.students if is_marked(one.dossier)]
    yield from drafting.generate(workspace, marked, Wish("grading_sheet"), now, read=read)
    everybody = [one.file for one in year.students]
    for document in ("campaign_record", "year_overview"):
        yield from drafting.generate(workspace, everybody, Wish(document), now, read=read)
    folder = workspace.path(workspace.settings.places.papers) / year.academic_year
    yield from tables(workspace, year, {kind: folder / f"grades.{kind}" for kind in _TABLES}, may_replace=True)
    yield from plots(workspace, year, folder, may_replace=True)


def tables(
    workspace: Workspace, year: Year, targets: Mapping[TableKind, Path], *, may_replace: bool
) -> Iterator[Outcome]:
    """The registrar's files of a year, by their format."""
    for kind, target in targets.items():
        yield _kept(year, target, registrar_file(year, workspace.settings, kind), may_replace=may_replace)


def plots(workspace: Workspace, year: Year, folder: Path, *, may_replace: bool) -> Iterator[Outcome]:
    """The histogram of the final grades and the means of the hosts, as SVG and PDF, in the language of the house."""
    language = Language(workspace.settings.language)
    for name, chart in CHARTS.items():
        drawing = chart(year.statistics, year.academic_year, language)
        for kind in ("svg", "pdf"):
            yield _kept(year, folder / f"{name}.{kind}", charts.drawn(drawing, kind), may_replace=may_replace)


def overview(
    workspace: Workspace, registry: Registry, year: Year, target: Path, now: datetime, *, may_replace: bool
) -> Iterator[Outcome]:
    """The year in one page, as PDF/A in the language of the house."""
    files = [one.file for one in year.students]
    read = MarkedReader(workspace, registry)
    for draft in drafting.drafts(workspace, files, Wish("year_overview"), now, read=read):
        if isinstance(draft, Outcome):
            yield draft
        else:
            yield _kept(year, target, draft.paper.data, may_replace=may_replace)


def _kept(year: Year, target: Path, data: bytes, *, may_replace: bool) -> Outcome:
    """One file, if it is not there already; what cannot be written does not keep the others from it."""
    if target.is_file() and target.read_bytes() == data:
        return Outcome(year.academic_year, Text("up to date"), target)
    try:
        (replace if may_replace else write_new)(target, data)
    except ConventionsError as error:
        return Outcome(year.academic_year, error=error, file=target)
    return Outcome(year.academic_year, Text("written"), target)
