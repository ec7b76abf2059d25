"""The amendment: what changes, what was agreed until now, what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from conventions import pay
from conventions.documents import convention, reckoning
from conventions.documents.case import Case
from conventions.documents.difference import difference
from conventions.hours import CAP_HOURS, Presence, presence
from conventions.in_force import Step, amended, before, changes, proposed, signed
from conventions.languages import Language
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Finding, Severity
from conventions.text import Amount, Text

__all__ = ["context", "lacks"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the amendment's template may print: the agreement before it and after it, the change, its consequences.

    ``was`` and ``will`` hold what the agreement itself would print of both states. The parties are those of ``was``:
    whoever signed the agreement signs its amendments.
    """
    step = _step(case)
    was = convention.context(replace(case, dossier=step.before), language)
    will = convention.context(replace(case, dossier=step.after), language)
    earlier = _signed_before(case, step.amendment)
    rows = difference(case.dossier, step.amendment, case.house.officials.get("coordinator"), language)
    return {
        **was,
        "was": {**was, "total": _total(case, earlier)},
        "will": {**will, "total": _total(case, (*earlier, step.amendment))},
        "amendment": {
            "number": step.amendment.number,
            "earlier": tuple(one.number for one in earlier),
            "effective": step.amendment.effective,
            "reason": step.amendment.reason,
            "termination": step.amendment.termination,
            "is_sudden": bool(step.amendment.termination or step.amendment.interruptions is not None),
        },
        "changes": rows,
        "short_changes": tuple(row for row in rows if not row["is_long"]),
        "long_changes": tuple(row for row in rows if row["is_long"]),
        "changed": _changed(step, case),
        "threshold": _threshold(step, case),
        "insurance": _insurance(step),
    }


def _step(case: Case) -> Step:
    """The amendment between the state before it and the one after it, whoever has signed it."""
    if case.amendment is None:
        raise ValueError("a paper about an amendment needs one")
    old = before(case.dossier, case.amendment)
    return Step(0, case.amendment, old, amended(old, case.amendment))


def _signed_before(case: Case, amendment: Amendment) -> tuple[Amendment, ...]:
    return tuple(one for one in signed(case.dossier) if one.number < amendment.number)


def _presence(dossier: Dossier) -> Presence:
    return presence(dossier.schedule, dossier.place)


def _changed(step: Step, case: Case) -> dict[str, bool]:
    """For the conditions of a template: which terms are others from now on."""
    old, new = step.before, step.after
    return {
        "period": (old.schedule.start, old.schedule.end) != (new.schedule.start, new.schedule.end),
        "is_longer": new.schedule.end > old.schedule.end,
        "is_within_cap": _presence(new).hours_for_duration <= CAP_HOURS,
        "interruptions": old.schedule.interruptions != new.schedule.interruptions,
        "place": old.place != new.place,
        "country": old.place.country != new.place.country,
        "telework": old.workplace.telework != new.workplace.telework,
        "subject": old.placement.subject != new.placement.subject,
        "supervisors": (old.tutor, old.referent) != (new.tutor, new.referent),
        "allowance": old.allowance != new.allowance,
        "duties": _passes_duties(step, case),
    }


def _total(case: Case, amendments: Iterable[Amendment]) -> Amount | None:
    return reckoning.total(case.dossier, amendments, case.edition.on, case.house.profile.ceilings)


def _passes_duties(step: Step, case: Case) -> bool:
    """Do the duties of an employer after an accident pass from the institution to the host, or back? In France only."""
    old, new = (
        convention.host_declares(dossier, _presence(dossier), case.house.profile.ceilings, case.edition.on)
        for dossier in (step.before, step.after)
    )
    return old != new and not step.before.is_abroad and not step.after.is_abroad


def _threshold(step: Step, case: Case) -> dict[str, object] | None:
    """Two months are exceeded by this amendment, and the law makes the host pay from the first hour (art. L124-6)."""
    will = _presence(step.after)
    has_to_pay = not step.after.is_abroad and step.after.track is not Track.SNEE
    if not has_to_pay or pay.is_compulsory(_presence(step.before)) or not pay.is_compulsory(will):
        return None
    gone = (day.hours for day in will.days if day.is_paid and day.day < step.amendment.effective)
    return {"hours": sum(gone, Decimal(0)), "due": pay.back_payment(step, case.edition.on, case.house.profile.ceilings)}


def _insurance(step: Step) -> tuple[dict[str, object], ...]:
    """The intern's insurances, when they have to last longer than before."""
    new = step.after
    if new.schedule.end <= step.before.schedule.end:
        return ()
    repatriation = new.abroad.repatriation if new.abroad and new.is_abroad else None
    named = (("liability", new.protection.liability), ("repatriation", repatriation))
    return tuple(
        {"kind": kind, "policy": policy, "lasts": policy.valid_until >= new.schedule.end}
        for kind, policy in named
        if policy is not None
    )


def lacks(case: Case) -> Iterator[Finding]:
    """An earlier amendment that waits for a signature and replaces the same value: what it replaces is not certain.

    That an amendment changes nothing, has a wrong number or comes too late is for the rules to say.
    """
    mine = case.amendment
    if mine is None:
        return
    fields = {change.field for change in changes(case.dossier, mine)}
    for waiting in proposed(case.dossier):
        if waiting.number < mine.number and fields & {change.field for change in changes(case.dossier, waiting)}:
            yield Finding(
                "AMEND-02",
                Severity.ERROR,
                Text(
                    "amendment {waiting} waits for signatures and changes what amendment {number} changes too",
                    waiting=waiting.number,
                    number=mine.number,
                ),
                Text("have amendment {waiting} signed first and write the day in its signed_on, or take it out",
                    waiting=waiting.number),
                field=f"amendments.{case.dossier.amendments.index(waiting)}.signed_on",
            )  # fmt: skip
