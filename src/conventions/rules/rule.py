"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Final

from conventions.hours import LONGEST_DAYS, Presence, presence
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Finding, Severity
from conventions.model.party import Institution, Official, Programme
from conventions.model.placement import Abroad
from conventions.model.profile import Profile, resolved
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit
from conventions.pay import Floor, amount_for, floor_on, hourly, is_compulsory
from conventions.rules.example import Example
from conventions.text import Amount, Text

__all__ = ["COURSE_RULE", "Case", "Problem", "Rule", "later", "months_later", "resolved", "rule"]

COURSE_RULE = "course rule"
"""Source of what the department decided, as against an article of law."""

_CENT: Final = Decimal("0.01")
_STRICTNESS: Final = {Severity.INFORMATION: 0, Severity.TO_DO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


@dataclass(frozen=True)
class Case:
    """One dossier on one day, before the people and thresholds it is judged by."""

    dossier: Dossier
    institution: Institution
    programme: Programme
    profile: Profile
    on: date
    """The day of the judgement."""
    circuit: Circuit = DEFAULT_CIRCUIT
    """Who signs, in which order."""
    officials: Mapping[str, Official] = field(default_factory=dict)
    """The institution's own signatories by role; empty when nobody says who they are."""
    signed_on: date | None = None
    """Day of the last signature of the agreement; None until all have signed."""

    @property
    def agreed_on(self) -> date:
        """The day of signature, which decides the floor; until then the agreement is taken to be signed today."""
        return self.signed_on or self.on

    @cached_property
    def presence(self) -> Presence:
        """Days and hours of presence, computed once for all rules."""
        return presence(self.dossier.schedule, self.dossier.place)

    @property
    def first_year(self) -> int:
        """The calendar year in which the academic year of the dossier begins."""
        return int(self.dossier.academic_year.split("-")[0])

    def course_day(self, month_day: str) -> date:
        """A day of the course's calendar in the academic year of the dossier."""
        return self.profile.calendar.day(month_day, self.dossier.academic_year)

    @property
    def abroad(self) -> Abroad | None:
        """What the dossier says of an internship abroad; None in France, whatever is filled in."""
        return self.dossier.abroad if self.dossier.is_abroad else None

    @cached_property
    def interrupted(self) -> frozenset[date]:
        """Days between start and end on which the internship is suspended."""
        schedule = self.dossier.schedule
        found: set[date] = set()
        for gap in schedule.interruptions:
            first, last = max(gap.start, schedule.start), min(gap.end, schedule.end)
            count = min((last - first).days + 1, LONGEST_DAYS)
            found.update(first + timedelta(days=offset) for offset in range(count))
        return frozenset(found)

    @property
    def is_paid(self) -> bool:
        """Does the agreement promise an allowance?"""
        return self.dossier.allowance.amount > 0

    @property
    def in_euros(self) -> bool:
        """Is it stated in euros, as the floor is?"""
        return self.dossier.allowance.currency == "EUR"

    @property
    def is_due(self) -> bool:
        """Does French law make the host pay? The SNEE track replaces the internship: it has no host to pay."""
        dossier = self.dossier
        return not dossier.is_abroad and dossier.track is not Track.SNEE and is_compulsory(self.presence)

    def floor_on(self, day: date) -> Floor:
        """The legal floor on a day, also in years whose ceiling only the department's settings know."""
        return floor_on(day, self.profile.ceilings)

    @property
    def floor(self) -> Floor:
        """The legal floor on the day of signature."""
        return self.floor_on(self.agreed_on)

    def needed(self, rate: Decimal) -> Decimal:
        """An hourly rate in the basis of the allowance."""
        return amount_for(rate, self.dossier.allowance.basis, self.presence)

    @property
    def hourly_shown(self) -> Amount:
        """Hourly equivalent of the allowance, to the cent, for messages."""
        allowance = self.dossier.allowance
        rate = hourly(allowance, self.presence) or Decimal(0)
        return Amount(rate.quantize(_CENT, ROUND_HALF_UP), allowance.currency)


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
    settings: tuple[str, ...] = ()
    """Keys of ``conventions.toml`` that decide what the rule asks, such as ``rules.min_weeks``."""
    example: Example | None = None
    is_firm: bool = False
    """True when a department can make the rule stricter but neither loosen it nor switch it off."""

    def check(self, case: Case) -> Iterator[Finding]:
        """Every objection of this rule to the case, as grave as the department takes it."""
        chosen = case.profile.severities.get(self.code) if case.profile.severities else None
        severity = self.weighed(chosen) if chosen else self.severity
        if severity is None:
            return
        for problem in self.look(case):
            yield Finding(self.code, severity, problem.message, problem.fix, self.source, problem.field)

    def weighed(self, chosen: str | None) -> Severity | None:
        """How much the rule weighs when a department chose this severity; None when it is switched off.

        What :meth:`may_weigh` refuses changes nothing: no setting, however it came in, loosens the law.
        """
        if chosen is None or not self.may_weigh(chosen):
            return self.severity
        return None if chosen == "off" else Severity(chosen)

    def may_weigh(self, chosen: str) -> bool:
        """May a department choose this severity (or ``off``) for the rule?"""
        if not self.is_firm:
            return True
        return chosen != "off" and _STRICTNESS[Severity(chosen)] >= _STRICTNESS[self.severity]


def rule(
    code: str,
    severity: Severity,
    title: Text,
    explanation: Text,
    source: str = COURSE_RULE,
    *,
    settings: tuple[str, ...] = (),
    example: Example | None = None,
    is_firm: bool = False,
) -> Callable[[Callable[[Case], Iterator[Problem]]], Rule]:
    """Make a rule of a function that yields problems.

    Args:
        code: its family, subject and number: ``COURSE-TIME-01``. It never changes its meaning.
        severity: what it weighs unless the department says otherwise.
        title: what it asks, in a few words.
        explanation: the same in full, with the reason.
        source: article of law, or the department's own decision.
        settings: keys of ``conventions.toml`` that decide what it asks.
        example: a dossier that passes and one that does not.
        is_firm: it cannot be loosened, because other parts of the program rest on it. Rules of law always are.
    """

    def made(look: Callable[[Case], Iterator[Problem]]) -> Rule:
        firm = is_firm or code.startswith("LAW-")
        return Rule(code, severity, title, explanation, source, look, settings, example, firm)

    return made


def later(day: date, days: int) -> date:
    """So many days later (or earlier, when negative), within what a calendar can hold."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month: five months end before it."""
    rank = day.month - 1 + months
    return resolved(day.year + rank // 12, f"{rank % 12 + 1:02d}-{day.day:02d}")
