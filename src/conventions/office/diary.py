"""The year's calendar of a workspace: the course's dates, and each dossier's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from conventions import agenda, pipeline
from conventions.agenda import Entry
from conventions.errors import ConventionsError
from conventions.in_force import in_force
from conventions.model.dossier import Dossier
from conventions.settings import Workspace
from conventions.signers import signatories
from conventions.store import PaperRecord, Registry

__all__ = ["entries"]


def entries(workspace: Workspace, registry: Registry, files: Sequence[Path], on: date) -> tuple[Entry, ...]:
    """Everything that has a date, in order; dossiers that cannot be read or name no signer are left to `check`."""
    calendar = workspace.settings.rules.calendar
    papers = {paper.number: paper for paper in registry.papers(document="convention")}
    years: set[str] = set()
    found: list[Entry] = []
    for path in files:
        try:
            dossier = in_force(pipeline.read(path).dossier)
            found += _of_dossier(workspace, dossier, papers.get(dossier.number))
        except ConventionsError:
            continue
        years.add(dossier.academic_year)
    for year in sorted(years) or [agenda.academic_year(on, calendar.year_starts)]:
        found += agenda.of_course(calendar, year)
    return agenda.in_order(found)


def _of_dossier(workspace: Workspace, dossier: Dossier, paper: PaperRecord | None) -> tuple[Entry, ...]:
    """A paper on its way keeps the circuit and the people that were frozen at its issue."""
    settings = workspace.settings
    course = paper.circuit if paper else pipeline.circuit_for("convention", dossier, settings)
    people = paper.expected if paper else signatories(dossier, course, settings.people.by_role)
    return agenda.of_dossier(
        dossier,
        course=course,
        people=people,
        institution=settings.institution,
        profile=settings.rules,
        officials=settings.people.by_role,
        signed=paper.done if paper else (),
        is_issued=paper is not None,
    )
