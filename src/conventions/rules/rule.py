"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from conventions.hours import Presence, presence
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.party import Institution, Programme
from conventions.model.profile import Profile
from conventions.text import Text

__all__ = ["COURSE_RULE", "Case", "Problem", "Rule", "rule"]

COURSE_RULE = "course rule"
"""Source of what the department decided, as against an article of law."""


@dataclass(frozen=True)
class Case:
    """One dossier on one day, before the people and thresholds it is judged by."""

    dossier: Dossier
    institution: Institution
    programme: Programme
    profile: Profile
    on: date
    """The day of the judgement; the agreement is taken to be signed on it."""

    @cached_property
    def presence(self) -> Presence:
        """Days and hours of presence, computed once for all rules."""
        return presence(self.dossier.schedule, self.dossier.place)

    @property
    def is_paid(self) -> bool:
        """Does the agreement promise an allowance?"""
        return self.dossier.allowance.amount > 0


@dataclass(frozen=True)
class Problem:
    """One thing a rule objects to: what it saw and the threshold, which field to change, where that field is."""

    message: Text
    fix: Text
    field: str = ""
    """Dotted path in the dossier; empty when the settings of the institution are at fault."""


@dataclass(frozen=True)
class Rule:
    """One rule: what it asks, why, by which text, and the function that looks."""

    code: str
    severity: Severity
    title: Text
    explanation: Text
    source: str
    """Article of law, or :data:`COURSE_RULE`."""
    look: Callable[[Case], Iterator[Problem]]

    def check(self, case: Case) -> Iterator[Finding]:
        """Every objection of this rule to the case."""
        for problem in self.look(case):
            yield Finding(self.code, self.severity, problem.message, problem.fix, self.source, problem.field)


def rule(
    code: str, severity: Severity, title: Text, explanation: Text, source: str = COURSE_RULE
) -> Callable[[Callable[[Case], Iterator[Problem]]], Rule]:
    """Make a rule of a function that yields problems."""

    def made(look: Callable[[Case], Iterator[Problem]]) -> Rule:
        return Rule(code, severity, title, explanation, source, look)

    return made
