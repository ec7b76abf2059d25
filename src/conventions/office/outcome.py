"""What the office answers: one outcome per dossier, one row per paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conventions.circuit import Standing
from conventions.errors import ConventionsError
from conventions.model.finding import Finding
from conventions.text import Text

__all__ = ["Outcome", "Row"]


@dataclass(frozen=True)
class Outcome:
    """What became of one dossier in one command."""

    number: str
    note: Text | None = None
    """What was done, or that nothing had to be done."""
    file: Path | None = None
    error: ConventionsError | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing went wrong."""
        return self.error is None


@dataclass(frozen=True)
class Row:
    """One dossier on the board."""

    number: str
    student: str
    host: str
    start: date
    state: Text
    waiting_for: tuple[str, ...]
    """Names of the persons whose turn it is."""
    sign_by: date | None
    standing: Standing | None
    todo: Text | None = None
    """What must be done today, if anything."""

    @property
    def is_late(self) -> bool:
        """Later than the latest safe date, or started unsigned."""
        return self.standing is not None and (self.standing.is_late or self.standing.starts_unsigned)
