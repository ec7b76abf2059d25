"""What an academic supervisor wants to see of his or her students: papers, report, evaluations, defence, marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.documents import DOCUMENTS, document_type
from conventions.errors import ConventionsError
from conventions.in_force import in_force
from conventions.languages import PARIS
from conventions.model.dossier import Dossier
from conventions.model.event import Returned
from conventions.model.life import STATE_LABELS
from conventions.model.outcome import Marks
from conventions.model.question import Wording
from conventions.office import answers, links
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Form", "Supervised", "form_token", "students_of"]

_FORM: Final = "evaluation_referent"
_OTHERS: Final = tuple(key for key, kind in DOCUMENTS.items() if kind.filled_by and key != _FORM)
_LIFE: Final = timedelta(hours=8)
"""Of a link that a page makes for itself."""


@dataclass(frozen=True)
class Form:
    """An evaluation of one student."""

    title: Text
    was_sent: bool
    returned_on: date | None


@dataclass(frozen=True)
class Supervised:
    """One student of the supervisor."""

    number: str
    student: str
    host: str
    start: date
    end: date
    agreement: Text
    """Where the agreement stands."""
    report_on: date | None
    """When the report was deposited."""
    weekly_reports: int | None
    defence_on: date | None
    """When the defence was, or is to be."""
    forms: tuple[Form, ...]
    """What host and student fill in."""
    own: Form | None
    """The supervisor's own; None while none was sent."""
    marks: tuple[tuple[Wording, str], ...]
    """The marks that the supervisor has given: question and answer."""


def students_of(workspace: Workspace, registry: Registry, address: str) -> tuple[Supervised, ...]:
    """Everybody whom the person at this address supervises, by name; a dossier that cannot be read is left out."""
    wanted = address.casefold()
    coordinator = workspace.settings.people.coordinator
    found = (
        _supervised(workspace, registry, dossier)
        for dossier in _dossiers(workspace, wanted, is_coordinator=coordinator.email.casefold() == wanted)
        if (in_force(dossier).referent or coordinator).email.casefold() == wanted
    )
    return tuple(sorted(found, key=lambda one: (one.student.casefold(), one.number)))


def form_token(workspace: Workspace, registry: Registry, address: str, number: str, now: datetime) -> str | None:
    """Opens the supervisor's own form of one student; None when there is none for this address."""
    paper = registry.find(number, _FORM)
    if paper is None or paper.has_ended:
        return None
    role = paper.circuit.fills[0]
    person = paper.signatory(role)
    if person.email.casefold() != address.casefold():
        return None
    return links.links_of(workspace, registry).new("fill", paper.id, role, person.email, now, _LIFE)


def _dossiers(workspace: Workspace, address: str, *, is_coordinator: bool) -> Iterator[Dossier]:
    """Those that may be the supervisor's: who does not stand in a file is not looked for in it."""
    folder = workspace.path(workspace.settings.places.dossiers)
    for path in sorted(folder.glob("*")):
        if path.suffix in {".yaml", ".yml", ".json"} and (is_coordinator or _names(path, address)):
            try:
                yield pipeline.read(path).dossier
            except ConventionsError:
                continue


def _names(path: Path, address: str) -> bool:
    try:
        return address in path.read_text(encoding="utf-8", errors="replace").casefold()
    except OSError:
        return False


def _supervised(workspace: Workspace, registry: Registry, dossier: Dossier) -> Supervised:
    now, marks = in_force(dossier), dossier.marks or Marks()
    papers = {paper.document: paper for paper in registry.papers(number=dossier.number)}
    agreement, own = papers.get("convention"), papers.get(_FORM)
    return Supervised(
        number=dossier.number,
        student=dossier.student.name,
        host=now.host.name,
        start=now.schedule.start,
        end=now.schedule.end,
        agreement=STATE_LABELS[agreement.state] if agreement else Text("not issued yet"),
        report_on=marks.report_deposited_on,
        weekly_reports=marks.weekly_reports,
        defence_on=marks.defended_on or (now.defence.day if now.defence else None),
        forms=tuple(_form(papers.get(key), key) for key in _OTHERS if _applies(key, papers)),
        own=_form(own, _FORM) if own and not own.has_ended else None,
        marks=_marks(workspace, own) if own else (),
    )


def _applies(document: str, papers: dict[str, PaperRecord]) -> bool:
    """The entrepreneurship form takes the place of the others, where there is one."""
    return (document == "evaluation_entrepreneurship") is ("evaluation_entrepreneurship" in papers)


def _form(paper: PaperRecord | None, document: str) -> Form:
    last = paper.last(Returned) if paper else None
    day = last.at.astimezone(PARIS).date() if last else None
    return Form(document_type(document).title, paper is not None and not paper.has_ended, day)


def _marks(workspace: Workspace, paper: PaperRecord) -> tuple[tuple[Wording, str], ...]:
    given = answers.latest_answers(paper)
    asked = workspace.settings.questions.referent.named
    return tuple(
        (question.label, given[name]) for name, question in asked.items() if question.component and given.get(name)
    )
