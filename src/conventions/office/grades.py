"""Answers become marks: what the returned forms say fills what a dossier leaves open; what is typed in it counts first.

The dossier's own file is never written: a mark of a form is read from the form, every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.documents import DocumentType
from conventions.errors import ConventionsError, DossierError
from conventions.grading import grade, label_of
from conventions.in_force import in_force
from conventions.intake import Source
from conventions.measures import Statistics, statistics
from conventions.model.dossier import Dossier, Track
from conventions.model.evaluation import Questionnaires
from conventions.model.finding import Finding, Severity
from conventions.model.grading import Component, Grade
from conventions.model.outcome import Marks
from conventions.office.drafting import Read
from conventions.office.outcome import Outcome
from conventions.settings import Settings, Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Graded", "MarkedReader", "Year", "marks_from", "marks_of", "reader_for", "year_of"]

_FORMS: Final = ("evaluation_host", "evaluation_entrepreneurship", "evaluation_referent")
"""The forms that give marks; the student's gives none (art. L124-4)."""


@dataclass(frozen=True)
class Graded:
    """One student of a year."""

    dossier: Dossier
    """As it is in force, with the marks of the forms."""
    grade: Grade
    file: Path
    findings: tuple[Finding, ...] = ()
    """Where a form says something else than the dossier."""


@dataclass(frozen=True)
class Year:
    """An academic year's grades, by the numbers of the dossiers."""

    academic_year: str
    students: tuple[Graded, ...]

    @cached_property
    def statistics(self) -> Statistics:
        """What they come to."""
        return statistics((one.dossier, one.grade) for one in self.students)


def marks_from(papers: Iterable[PaperRecord], questions: Questionnaires, track: Track) -> Mapping[Component, Decimal]:
    """The components that the forms of one dossier give, as they were last returned; nothing from one that is void.

    A student's own project (SNEE) has its host's mark from the entrepreneurship supervisor, every other from the host.
    """
    from conventions.office.answers import latest_answers, number_of  # most documents are read without a mark

    left_out = "evaluation_host" if track is Track.SNEE else "evaluation_entrepreneurship"
    found: dict[Component, Decimal] = {}
    for paper in papers:
        if paper.document not in _FORMS or paper.document == left_out or paper.has_ended:
            continue
        said = latest_answers(paper)
        for name, question in getattr(questions, paper.document.removeprefix("evaluation_")).named.items():
            mark = number_of(said.get(name, "")) if question.component else None
            if mark is not None:
                found[question.component] = mark
    return found


def marks_of(dossier: Dossier, papers: Iterable[PaperRecord], questions: Questionnaires) -> Marks | None:
    """The dossier's marks, completed by its forms; None where neither says anything.

    Marks of the second session and of an absent student stay as they are typed: the forms were filled in for the first
    session, and there is no grade to make of them.
    """
    typed = dossier.marks
    if typed is not None and (typed.absence or typed.session != 1):
        return typed
    said = marks_from(papers, questions, dossier.track)
    given = {component.value: mark for component, mark in said.items() if _typed(typed, component) is None}
    return (typed or Marks()).model_copy(update=given) if given else typed


def _typed(marks: Marks | None, component: Component) -> Decimal | None:
    mark: Decimal | None = getattr(marks, component.value, None)
    return mark


def reader_for(kind: DocumentType, workspace: Workspace, registry: Registry) -> Read:
    """How the dossiers of a document are read: those that print marks with the marks of the forms."""
    return MarkedReader(workspace, registry) if "marks" in kind.prints else pipeline.read


@dataclass(frozen=True)
class MarkedReader:
    """Reads dossiers with the marks that the forms gave. The registry is asked once, each file is read once."""

    workspace: Workspace
    registry: Registry
    _read: dict[Path, tuple[Source, tuple[Finding, ...]]] = field(default_factory=dict)

    def __call__(self, path: Path) -> Source:
        """The dossier, with its own marks completed.

        Raises:
            DossierError: it cannot be read.
        """
        return self._marked(path)[0]

    def graded(self, path: Path) -> Graded:
        """The student's grade as of now.

        Raises:
            DossierError: as above.
        """
        source, findings = self._marked(path)
        dossier = in_force(source.dossier)
        return Graded(dossier, _grade(dossier, self.workspace.settings), path, findings)

    def _marked(self, path: Path) -> tuple[Source, tuple[Finding, ...]]:
        if path not in self._read:
            source = pipeline.read(path)
            papers, questions = self._papers[source.dossier.number], self.workspace.settings.questions
            marks = marks_of(source.dossier, papers, questions)
            findings = tuple(_contradictions(source, marks_from(papers, questions, source.dossier.track)))
            completed = source.dossier.model_copy(update={"marks": marks})
            self._read[path] = replace(source, dossier=completed), findings
        return self._read[path]

    @cached_property
    def _papers(self) -> Mapping[str, Sequence[PaperRecord]]:
        found: dict[str, list[PaperRecord]] = defaultdict(list)
        for document in _FORMS:
            for paper in self.registry.papers(document=document):
                found[paper.number].append(paper)
        return found


def _grade(dossier: Dossier, settings: Settings) -> Grade:
    return grade(dossier.marks, settings.grading, track=dossier.track)


def _contradictions(source: Source, said: Mapping[Component, Decimal]) -> Iterator[Finding]:
    typed = source.dossier.marks
    if typed is None or typed.absence or typed.session != 1:
        return
    for component, form in said.items():
        mark = _typed(typed, component)
        if mark is not None and mark != form:
            yield source.locate(_contradiction(label_of(component, source.dossier.track), component, mark, form))


def _contradiction(label: Text, component: Component, mark: Decimal, form: Decimal) -> Finding:
    return Finding(
        "MARKS-01",
        Severity.WARNING,
        Text("{component}: the dossier says {mark}, the form says {form}", component=label, mark=mark, form=form),
        Text("the dossier counts; take its mark out if the form is right"),
        field=f"marks.{component}",
    )


def year_of(read: MarkedReader, files: Sequence[Path], academic_year: str = "") -> tuple[Year, tuple[Outcome, ...]]:
    """The grades of a year, and one outcome for each dossier that cannot be read.

    Args:
        read: of the office.
        files: dossiers, of any years.
        academic_year: such as 2026-2027; without it, the latest of the dossiers.

    Raises:
        DossierError: there is no dossier at all (MARKS-03), or none of that year (MARKS-02).
    """
    students: list[Graded] = []
    broken: list[Outcome] = []
    for path in files:
        try:
            students.append(read.graded(path))
        except ConventionsError as error:
            broken.append(Outcome(path.stem, error=error, file=path))
    wanted = academic_year or max((one.dossier.academic_year for one in students), default="")
    of_year = tuple(one for one in students if one.dossier.academic_year == wanted)
    if not files:
        raise DossierError(
            "MARKS-03",
            Text("the workspace has no dossiers"),
            Text("import some, or make one like the examples that `conventions init` writes"),
        )
    if not of_year and not broken:
        raise DossierError(
            "MARKS-02",
            Text("there is no dossier of the year {year}", year=wanted or "–"),
            Text("name another academic year, such as 2026-2027, or import its dossiers"),
        )
    return Year(wanted, tuple(sorted(of_year, key=lambda one: one.dossier.number))), tuple(broken)
