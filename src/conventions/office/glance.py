"""One look at one dossier: its row, its findings, its papers, and the stage that it has reached."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.life import ENDED, State
from conventions.model.roles import label_of
from conventions.office.outcome import Row
from conventions.store import PaperRecord
from conventions.text import Text

__all__ = ["FIRST_STAGES", "LAST_STAGES", "STAGE_LABELS", "Glance", "folded", "label_of_stage"]

_AGREEMENT: Final = "convention"

STAGE_LABELS: Final = {
    "unreadable": Text("cannot be read"),
    "correct": Text("to correct"),
    "issue": Text("to issue"),
    "seal": Text("to seal"),
    "archive": Text("to archive"),
    "done": Text("in the archive"),
    "again": Text("to issue again"),
}
"""Stages of a dossier in which it waits for the office itself, or for nobody. All others are named by a role."""
FIRST_STAGES: Final = ("unreadable", "correct", "again", "issue")
LAST_STAGES: Final = ("seal", "archive", "done")


def label_of_stage(stage: str) -> Text:
    """What people call it: the office's own stages, and the roles whose turn it is."""
    return STAGE_LABELS.get(stage) or label_of(stage)


@dataclass(frozen=True)
class Glance:
    """What one look at one dossier tells."""

    file: Path
    row: Row
    """Of the agreement."""
    others: tuple[Row, ...] = ()
    """Of its other papers on their way."""
    own: tuple[Finding, ...] = ()
    """What a check says of it by itself."""
    findings: tuple[Finding, ...] = ()
    """The same, with what comes of comparing it with the others."""
    dossier: Dossier | None = None
    """None where the file cannot be read."""
    papers: tuple[PaperRecord, ...] = ()
    """The latest version of each."""

    @property
    def number(self) -> str:
        """Of the dossier; the name of the file where it cannot be read."""
        return self.row.number

    @property
    def agreement(self) -> PaperRecord | None:
        """None when it has not been issued."""
        return next((paper for paper in self.papers if paper.document == _AGREEMENT), None)

    @cached_property
    def stage(self) -> str:
        """For whom or for what its agreement waits: a role, or a key of :data:`STAGE_LABELS`."""
        paper = self.agreement
        if self.dossier is None:
            return "unreadable"
        if paper is None:
            return "correct" if self.errors else "issue"
        if paper.state in ENDED:
            return "again"
        if paper.state is State.WAITING and self.row.standing:
            return next(iter(self.row.standing.turn), "seal")
        return {State.SEALED: "archive", State.ARCHIVED: "done"}.get(paper.state, "seal")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps its papers from being produced, what the student's other dossiers forbid included."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def is_late(self) -> bool:
        """Any of its papers is."""
        return any(row.is_late for row in self.rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row, the agreement's first."""
        return (self.row, *self.others)

    @cached_property
    def words(self) -> str:
        """What it can be searched by: number, people, host, town; small letters without accents."""
        dossier = self.dossier
        if dossier is None:
            return folded(self.number)
        names = (dossier.student.name, dossier.host.name, dossier.host.representative.name, dossier.tutor.name)
        return folded(" ".join((dossier.number, *names, dossier.host.address.city)))


def folded(words: str) -> str:
    """Small letters without accents: what is compared when something is searched."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
