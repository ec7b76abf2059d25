"""JUDGEMENT: must it be refused? One function per rule, all of them in one visible tuple.

Codes say where a rule comes from: ``LAW-…`` an article, ``COURSE-…`` the department, ``DATA-…`` values that contradict
each other. A code never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.party import Institution, Programme
from conventions.model.profile import Profile
from conventions.rules import abroad, attachments, parties, pay, place, schedule, time
from conventions.rules.rule import Case, Rule

__all__ = ["RULES", "Case", "Rule", "check", "find"]

RULES: Final[tuple[Rule, ...]] = (
    *time.RULES,
    *schedule.RULES,
    *pay.RULES,
    *parties.RULES,
    *place.RULES,
    *attachments.RULES,
    *abroad.RULES,
)
"""Every rule. A new one is written in its module and named in that module's tuple."""

_BY_CODE: Final[Mapping[str, Rule]] = MappingProxyType({rule.code: rule for rule in RULES})
_WEIGHT: Final = {severity: rank for rank, severity in enumerate(Severity)}


def check(
    dossier: Dossier, *, institution: Institution, programme: Programme, profile: Profile, on: date
) -> tuple[Finding, ...]:
    """Every finding of every rule on one dossier on one day: errors first, then by code. Never raises."""
    case = Case(dossier, institution, programme, profile, on)
    found = [finding for rule in RULES for finding in rule.check(case)]
    return tuple(sorted(found, key=lambda finding: (_WEIGHT[finding.severity], finding.code)))


def find(code: str) -> Rule | None:
    """The rule of that code, for who wants it explained; None when there is none."""
    return _BY_CODE.get(code)
