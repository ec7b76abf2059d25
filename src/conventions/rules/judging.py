"""Which rules there are, and what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.party import Function, Institution, Official, Programme
from conventions.model.profile import Profile
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit
from conventions.rules import (
    abroad,
    amendments,
    approval,
    assessment,
    attachments,
    campaign,
    consequences,
    cover,
    defence,
    delays,
    duplicates,
    entries,
    identity,
    mission,
    outcome,
    parties,
    pay,
    payment,
    periods,
    place,
    reach,
    schedule,
    stays,
    succession,
    time,
    timetable,
    tracks,
)
from conventions.rules.register import Campaign, CampaignRule
from conventions.rules.rule import Case, Rule
from conventions.rules.states import judged

__all__ = ["ACROSS", "RULES", "check", "compare", "every", "find", "in_order", "nearest"]

_OF_A_STATE: Final[tuple[Rule, ...]] = (
    *time.RULES,
    *delays.RULES,
    *schedule.RULES,
    *entries.RULES,
    *pay.RULES,
    *payment.RULES,
    *parties.RULES,
    *identity.RULES,
    *reach.RULES,
    *place.RULES,
    *mission.RULES,
    *approval.RULES,
    *attachments.RULES,
    *cover.RULES,
    *abroad.RULES,
    *tracks.RULES,
    *assessment.RULES,
    *defence.RULES,
    *outcome.RULES,
)
"""Rules that judge what is agreed, whatever it was agreed by."""
_OF_AMENDMENTS: Final[tuple[Rule, ...]] = (
    *amendments.RULES,
    *periods.RULES,
    *consequences.RULES,
)
"""Rules that judge the amendments themselves."""
RULES: Final[tuple[Rule, ...]] = (*_OF_A_STATE, *_OF_AMENDMENTS)
"""Every rule. A new one is written in its module and named in that module's tuple."""

ACROSS: Final[tuple[CampaignRule, ...]] = (
    *stays.RULES,
    *campaign.RULES,
    *succession.RULES,
    *duplicates.RULES,
    *timetable.RULES,
)
"""Every rule that compares dossiers with one another."""

_BY_CODE: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.code: rule for rule in (*RULES, *(one.rule for one in ACROSS))}
)
_NOBODY: Final[Mapping[str, Official]] = MappingProxyType({})
_WEIGHT: Final = {severity: rank for rank, severity in enumerate(Severity)}


def check(
    dossier: Dossier,
    *,
    institution: Institution,
    programme: Programme,
    profile: Profile,
    on: date,
    circuit: Circuit = DEFAULT_CIRCUIT,
    officials: Mapping[str, Official] = _NOBODY,
    signed_on: date | None = None,
) -> tuple[Finding, ...]:
    """Every finding of every rule on one dossier on one day: errors first, then by code. Never raises.

    Args:
        dossier: the internship.
        institution: who makes the agreement.
        programme: the degree it belongs to.
        profile: what the department decided for itself.
        on: the day of the judgement.
        circuit: who signs.
        officials: the institution's own signatories by role; nothing is said about them when none is given.
        signed_on: day of the last signature of the agreement, whose law it keeps; until all have signed it is taken to
            be signed on the day of the judgement.
    """
    case = Case(dossier, institution, programme, profile, on, circuit, officials, signed_on)
    found = [*judged(case, _OF_A_STATE), *(finding for rule in _OF_AMENDMENTS for finding in rule.check(case))]
    return in_order(found)


def compare(
    dossiers: Sequence[Dossier], *, files: Sequence[str], profile: Profile, coordinator: Function | None = None
) -> tuple[tuple[Finding, ...], ...]:
    """Every finding of every rule across dossiers, for each dossier in turn. Never raises.

    Args:
        dossiers: all that could be read, with their amendments; they are judged as they are in force.
        files: where each was read: two dossiers may have one number.
        profile: what the department decided for itself.
        coordinator: academic supervisor of every dossier that names none.
    """
    together = Campaign.of(dossiers, files=files, profile=profile, coordinator=coordinator)
    found: list[list[Finding]] = [[] for _ in dossiers]
    for one in ACROSS:
        for rank, finding in one.check(together):
            found[rank].append(finding)
    return tuple(in_order(findings) for findings in found)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by code."""
    return tuple(sorted(findings, key=lambda finding: (_WEIGHT[finding.severity], finding.code)))


def every() -> tuple[Rule, ...]:
    """All rules, those across dossiers last: what there is to explain."""
    return tuple(_BY_CODE.values())


def find(code: str) -> Rule | None:
    """The rule of that code, for who wants it explained; None when there is none."""
    return _BY_CODE.get(code)


def nearest(code: str) -> tuple[str, ...]:
    """The codes that somebody who typed this one probably meant, best first; at most three."""
    return tuple(get_close_matches(code.upper(), _BY_CODE, n=3, cutoff=0.6))
