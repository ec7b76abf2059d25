"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conventions.text import Text

__all__ = ["Finding", "Position", "Severity"]


class Severity(StrEnum):
    """How much a finding weighs. Only an error keeps a paper from being produced."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    TO_DO = "to do"


@dataclass(frozen=True)
class Position:
    """Where to look: ``file:line`` or ``sheet!cell``."""

    file: str
    line: int = 0
    cell: str = ""

    def __str__(self) -> str:
        """As an editor understands it."""
        if self.cell:
            return f"{self.file}:{self.cell}"
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say, with its place, its reason in law or course, and its remedy."""

    code: str
    severity: Severity
    message: Text
    fix: Text
    source: str = ""
    """Article of law, or "course rule"; empty when the finding is about the file itself."""
    field: str = ""
    """Dotted path in the record, such as ``allowance.amount``; list ranks from 0."""
    position: Position | None = None
