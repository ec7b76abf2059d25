"""The covering note: what a host must know that wants its own agreement signed beside the institution's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.circuit import deadlines, lead_days, working_days
from conventions.documents import parties, terms
from conventions.documents.case import Case, edition
from conventions.hours import presence
from conventions.languages import Language
from conventions.model.finding import Finding, Severity
from conventions.model.roles import Circuit, label_of
from conventions.signers import circuit_of, is_minor, signatories, with_check
from conventions.text import Text

__all__ = ["context", "lacks"]

_OFFICE: Final = "internship_office"
"""Looks at the host's own agreement, in every department; whose circuit does not say so is taken to mean it."""


def context(case: Case, language: Language) -> dict[str, object]:
    """What the note's template may print. It speaks of the agreement as it is first signed, before any amendment."""
    dossier, house = case.dossier, case.house
    circuit = _checked(circuit_of(dossier, case.circuit))
    by = _days(case, circuit)
    steps = tuple(_steps(case, circuit, by))
    return {
        "paper": edition(case.edition, language),
        "institution": parties.institution(house.institution, language),
        "coordinator": house.officials.get("coordinator"),
        "office": house.officials.get(_OFFICE),
        "programme": house.programme,
        "student": parties.student(dossier.student, language, is_minor=is_minor(dossier)),
        "host": parties.host(dossier.host, language),
        **parties.supervision(dossier, house.officials),
        "placement": {"subject": dossier.placement.subject},
        "place": terms.place(dossier, language),
        "schedule": {"start": dossier.schedule.start, "end": dossier.schedule.end},
        "allowance": {"is_paid": dossier.allowance.amount > 0},
        "duration": terms.duration(presence(dossier.schedule, dossier.place)),
        "steps": steps,
        "has_choice": any(step["is_one_of"] for step in steps),
        "deadline": _deadline(case, by[""]),
    }


def _checked(circuit: Circuit) -> Circuit:
    return circuit if circuit.checks else with_check(circuit, _OFFICE)


def _days(case: Case, circuit: Circuit) -> dict[str, date]:
    """By when each must have acted; under the empty name, by when both agreements must be with the institution."""
    dossier = case.dossier
    is_open = working_days(case.house.institution.address)
    lead = lead_days(dossier, case.house.profile.delays)
    dates = deadlines(circuit, dossier.schedule.start, lead, is_open=is_open)
    return {"": dates.issue_by, **dates.sign_by}


def _steps(case: Case, circuit: Circuit, by: dict[str, date]) -> Iterator[dict[str, object]]:
    """One line for each person and office; those of one step have one rank."""
    signing = Circuit(tuple(step for step in circuit.steps if step.acts == "sign"))
    named = {person.role: person.name for person in signatories(case.dossier, signing, case.house.officials)}
    officials = case.house.officials
    for rank, step in enumerate(circuit.steps, start=1):
        for role in step.roles:
            yield {
                "rank": rank,
                "role": role,
                "label": label_of(role),
                "name": named.get(role) or (officials[role].name if role in officials else ""),
                "is_check": step.acts == "check",
                "is_one_of": step.needs == "one" and len(step.roles) > 1,
                "by": by[role],
            }


def _deadline(case: Case, register_by: date) -> dict[str, object]:
    """The department's delay before the start, and what a host's own agreement adds to it."""
    delays = case.house.profile.delays
    lead = lead_days(case.dossier, delays)
    extra = delays.own_agreement_extra_days
    return {"register_by": register_by, "lead": lead, "usual": lead - extra, "extra": extra}


def lacks(case: Case) -> Iterator[Finding]:
    """The host has no agreement of its own, so that there is nothing to accompany."""
    if not case.dossier.host.own_agreement:
        yield Finding(
            "COVER-01",
            Severity.INFORMATION,
            Text("{host} does not ask for an agreement of its own", host=case.dossier.host.name),
            Text("set host.own_agreement to true, or send the institution's agreement without this note"),
            field="host.own_agreement",
        )
