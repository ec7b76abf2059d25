"""The board: where every dossier stands today, and what must be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from conventions import circuit, pipeline
from conventions.errors import ConventionsError
from conventions.intake import Source
from conventions.model.event import Archived, Sealing
from conventions.model.finding import Severity
from conventions.model.roles import ROLE_LABELS
from conventions.office.outcome import Row
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, counted

__all__ = ["rows"]


def rows(workspace: Workspace, registry: Registry, files: Sequence[Path], on: date) -> tuple[Row, ...]:
    """One row per dossier, the most pressing first; a dossier that cannot be read says so."""
    papers = {paper.number: paper for paper in registry.papers(document="convention")}
    found = [_row(workspace, papers, path, on) for path in files]
    return tuple(sorted(found, key=lambda row: (not row.is_late, row.sign_by or date.max, row.start, row.number)))


def _row(workspace: Workspace, papers: dict[str, PaperRecord], path: Path, on: date) -> Row:
    try:
        source = pipeline.read(path)
    except ConventionsError as error:
        return Row(path.stem, "", "", date.max, Text("cannot be read"), (), None, None, error.fix)
    paper = papers.get(source.dossier.number)
    return _unissued(workspace, source, on) if paper is None else _issued(source, paper, on)


def _unissued(workspace: Workspace, source: Source, on: date) -> Row:
    dossier, settings = source.dossier, workspace.settings
    days = circuit.lead_days(dossier, settings.rules.delays)
    start = dossier.schedule.start
    issue_by = circuit.deadlines(settings.circuit.circuit, start, days).issue_by
    left = (issue_by - on).days
    standing = circuit.Standing((), issue_by, left, is_late=left < 0, starts_unsigned=on >= start)
    return Row(
        number=dossier.number,
        student=dossier.student.name,
        host=dossier.host.name,
        start=start,
        state=Text("not issued; to be issued by {day}", day=issue_by),
        waiting_for=(),
        sign_by=issue_by,
        standing=standing,
        todo=_before_issue(workspace, source, on, is_late=left < 0),
    )


def _before_issue(workspace: Workspace, source: Source, on: date, *, is_late: bool) -> Text | None:
    findings = pipeline.check(pipeline.first_agreed(source), workspace.settings, on)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if is_late:
        return Text("too late to issue in time: agree on a later start")
    if errors:
        return counted("one thing to correct first", "{n} things to correct first", n=errors)
    return Text("issue it")


def _issued(source: Source, paper: PaperRecord, on: date) -> Row:
    dossier = source.dossier
    dates = circuit.deadlines(paper.circuit, paper.starts_on, 0)
    standing = circuit.standing(paper.circuit, paper.signed_roles, dates, paper.starts_on, on)
    state, todo = _words(paper, standing)
    names = tuple(one.name for one in paper.signatories if one.role in standing.turn)
    return Row(
        paper.number,
        dossier.student.name,
        dossier.host.name,
        paper.starts_on,
        state,
        names,
        standing.sign_by,
        standing if standing.turn else None,
        todo,
    )


def _words(paper: PaperRecord, standing: circuit.Standing) -> tuple[Text, Text | None]:
    if paper.last(Archived):
        return Text("archived"), None
    if paper.last(Sealing):
        return Text("sealed"), Text("archive it")
    if not standing.turn:
        return Text("complete"), Text("seal it")
    turn = tuple(ROLE_LABELS[role] for role in standing.turn)
    state = Text("{turn} to sign by {day}", turn=turn, day=standing.sign_by)
    if standing.starts_unsigned:
        return state, Text("the internship has started unsigned: stop it or amend its dates")
    if standing.is_late:
        return state, Text("remind now: the latest safe date has passed")
    return state, None
