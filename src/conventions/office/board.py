"""The board: where every dossier stands today, and what must be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from conventions import circuit, pipeline
from conventions.errors import ConventionsError
from conventions.intake import Source
from conventions.languages import PARIS
from conventions.model.event import Bounced, Reminded, Sent, Signed, Undelivered
from conventions.model.finding import Severity
from conventions.model.life import STATE_LABELS, State
from conventions.model.roles import label_of
from conventions.office import requests
from conventions.office.outcome import Row
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, counted

__all__ = ["of_dossier", "rows", "unreadable"]

_AGREEMENT: Final = "convention"
_LETTERS: Final = (Sent, Reminded, Undelivered, Bounced)


def rows(workspace: Workspace, registry: Registry, files: Sequence[Path], on: date) -> tuple[Row, ...]:
    """One row per dossier, and one for each other paper that is on its way; the most pressing first.

    A dossier that cannot be read says so.
    """
    papers: dict[str, list[PaperRecord]] = defaultdict(list)
    for paper in registry.papers():
        papers[paper.number].append(paper)
    found = [row for path in files for row in _rows(workspace, papers, path, on)]
    return tuple(sorted(found, key=lambda row: (not row.is_late, row.sign_by or date.max, row.start, row.number)))


def _rows(workspace: Workspace, papers: dict[str, list[PaperRecord]], path: Path, on: date) -> Iterator[Row]:
    try:
        source = pipeline.read(path)
    except ConventionsError as error:
        yield unreadable(path, error)
        return
    yield from of_dossier(workspace, source, papers.get(source.dossier.number, []), on)


def unreadable(path: Path, error: ConventionsError) -> Row:
    """The row of a file that is no dossier."""
    return Row(path.stem, "", "", date.max, Text("cannot be read"), (), None, None, error.fix)


def of_dossier(workspace: Workspace, source: Source, papers: Sequence[PaperRecord], on: date) -> Iterator[Row]:
    """The row of a dossier's agreement, then one for each other paper of it that is on its way.

    Args:
        workspace: whose dossier it is.
        source: the dossier.
        papers: its papers, the latest version of each.
        on: today.
    """
    agreement = next((paper for paper in papers if paper.document == _AGREEMENT), None)
    yield _unissued(workspace, source, on) if agreement is None else _issued(workspace, source, agreement, on)
    for paper in papers:
        if paper.document != _AGREEMENT and not _is_done(paper):
            yield _issued(workspace, source, paper, on)


def _is_done(paper: PaperRecord) -> bool:
    return paper.state is State.ARCHIVED or (paper.is_form and paper.state is State.COMPLETE)


def _unissued(workspace: Workspace, source: Source, on: date) -> Row:
    dossier, settings = source.dossier, workspace.settings
    days = circuit.lead_days(dossier, settings.rules.delays)
    start = dossier.schedule.start
    course = pipeline.circuit_for(_AGREEMENT, dossier, settings)
    is_open = circuit.working_days(settings.institution.address)
    issue_by = circuit.deadlines(course, start, days, is_open=is_open).issue_by
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


def _issued(workspace: Workspace, source: Source, paper: PaperRecord, on: date) -> Row:
    dossier = source.dossier
    is_open = circuit.working_days(workspace.settings.institution.address)
    dates = circuit.deadlines(paper.circuit, paper.starts_on, 0, is_open=is_open)
    standing = circuit.standing(paper.circuit, paper.done, dates, paper.starts_on, on)
    waits = paper.state is State.WAITING
    state, todo = _on_its_way(workspace, paper, standing, on) if waits else _words(paper)
    names = tuple(one.name for one in paper.expected if one.role in standing.turn) if waits else ()
    return Row(
        paper.number if paper.document == _AGREEMENT else f"{paper.number}/{paper.document}",
        dossier.student.name,
        dossier.host.name,
        paper.starts_on,
        state,
        names,
        standing.sign_by if waits else None,
        standing if waits else None,
        _late_signature(paper) or todo,
    )


def _words(paper: PaperRecord) -> tuple[Text, Text | None]:
    label = STATE_LABELS[paper.state]
    match paper.state:
        case State.COMPLETE:
            return label, Text("seal it")
        case State.SEALED:
            return label, Text("archive it")
        case State.DECLINED | State.RECALLED | State.EXPIRED:
            return label, Text("correct the dossier and issue it again")
        case _:
            return label, None


def _on_its_way(
    workspace: Workspace, paper: PaperRecord, standing: circuit.Standing, on: date
) -> tuple[Text, Text | None]:
    turn = tuple(label_of(role) for role in standing.turn)
    state = _to_do_by(paper, turn, standing.sign_by)
    if lost := _undelivered(paper, standing.turn):
        return state, Text("the letter to {to} did not arrive: correct the address or replace the person", to=lost)
    if paper.unproved:
        roles = tuple(label_of(role) for role in paper.unproved)
        state = Text("{state}; validation data pending: {roles}", state=state, roles=roles)
    if paper.is_form:
        return state, Text("remind now: the form is overdue") if standing.is_late else _reminder(
            workspace, paper, standing, on
        )
    if standing.starts_unsigned:
        return state, Text("the internship has started unsigned: stop it or amend its dates")
    if standing.is_late:
        return state, Text("remind now: the latest safe date has passed")
    return state, _reminder(workspace, paper, standing, on)


def _to_do_by(paper: PaperRecord, turn: tuple[Text, ...], day: date | None) -> Text:
    if paper.is_form:
        return Text("{turn} to fill it in by {day}", turn=turn, day=day)
    return Text("{turn} to sign by {day}", turn=turn, day=day)


def _reminder(workspace: Workspace, paper: PaperRecord, standing: circuit.Standing, on: date) -> Text | None:
    latest = standing.sign_by or paper.starts_on
    is_due = any(
        circuit.reminder_due(requests.asked(paper, person), latest, on, workspace.settings.reminders)
        for person in requests.waiting_for(paper)
    )
    return Text("remind: nothing has come back yet") if is_due else None


def _undelivered(paper: PaperRecord, turn: Sequence[str]) -> str:
    """The address of somebody whose turn it is, and whose last letter came back or could not be handed over."""
    for role in turn:
        letters = [event for event in paper.events if isinstance(event, _LETTERS) and event.role == role]
        if letters and isinstance(letters[-1], (Bounced, Undelivered)):
            return letters[-1].to
    return ""


def _late_signature(paper: PaperRecord) -> Text | None:
    """A signature of the start or later stays visible for good: the internship began without an agreement."""
    for event in paper.events:
        if isinstance(event, Signed):
            day = event.signed_on(PARIS)
            if day >= paper.starts_on:
                label = label_of(event.role)
                return Text("the {role} signed on {day}, when it had started already", role=label, day=day)
    return None
