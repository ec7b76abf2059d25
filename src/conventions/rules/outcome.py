"""Rules on the internship as it was really done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions.hours import CAP_HOURS
from conventions.model.finding import Severity
from conventions.pay import COMPULSORY_ABOVE, pension_claim_ends
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, months_later, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]

_CENT: Final = Decimal("0.01")
_AFTER: Final = date(2026, 8, 17)
_DONE: Final[dict[str, object]] = {
    "start": date(2026, 4, 13),
    "end": date(2026, 7, 31),
    "hours": 525,
    "allowance_paid": Decimal("2362.50"),
    "recorded_on": date(2026, 8, 3),
    "recorded_by": "IM",
}
_ABSENT: Final[dict[str, object]] = {"start": date(2026, 6, 8), "end": date(2026, 6, 9)}


@rule(
    "COURSE-OUTCOME-06",
    Severity.WARNING,
    Text("absences are justified"),
    Text(
        "Who is absent tells the host and both supervisors, with a supporting document. The dossier says that the "
        "absence is justified; it never says of which illness."
    ),
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"absences": [_ABSENT | {"reason": Text("justified")}]}),
        in_france(on=_AFTER, realised=_DONE | {"absences": [_ABSENT]}),
    ),
)
def absences_justified(case: Case) -> Iterator[Problem]:
    realised = case.dossier.realised
    for rank, absence in enumerate(realised.absences if realised else ()):
        if not absence.reason:
            yield Problem(
                Text("the absence from {start} to {end} is not justified", start=absence.start, end=absence.end),
                Text("ask for the supporting document and fill in realised.absences.{rank}.reason", rank=rank),
                f"realised.absences.{rank}.reason",
            )


@rule(
    "LAW-OUTCOME-01",
    Severity.TO_DO,
    Text("the host attests what was done"),
    Text(
        "After the last day the host gives every intern an attestation: the effective duration and the allowance that "
        "was paid. It is prepared from what was really done, never from the plan."
    ),
    "art. D124-9 Code de l'éducation",
    example=Example(in_france(on=date(2026, 7, 31)), in_france(on=date(2026, 8, 1))),
)
def attested(case: Case) -> Iterator[Problem]:
    end = case.dossier.schedule.end
    if case.on > end and case.dossier.realised is None:
        yield Problem(
            Text("it ended on {end}: the host attests hours of presence and amount paid", end=end),
            Text("ask the host for both, then fill in realised"),
            "realised",
        )


@rule(
    "LAW-OUTCOME-02",
    Severity.INFORMATION,
    Text("what the intern can claim afterwards"),
    Text(
        "A paid internship of at least two months can count for up to two quarters of pension, if the student asks "
        "before the end of the year of the 30th birthday and pays the contributions. A host that hires the student "
        "within three months after an internship of the last year of studies deducts it from the trial period."
    ),
    "art. L351-17, D351-16 Code de la sécurité sociale, L1221-24 Code du travail",
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"hours": 300, "allowance_paid": 1350}),
        in_france(on=_AFTER, realised=_DONE),
    ),
)
def claims(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is None or case.dossier.is_abroad:
        return
    if done.hours >= COMPULSORY_ABOVE and done.allowance_paid:
        yield Problem(
            Text(
                "the pension can be claimed until {until}; a contract before {hired} counts the internship",
                until=pension_claim_ends(case.dossier.student.birth_date),
                hired=months_later(done.end, 3),
            ),
            Text("nothing to correct; tell the student"),
            "realised",
        )


@rule(
    "LAW-OUTCOME-03",
    Severity.WARNING,
    Text("the floor was paid for every hour done"),
    Text(
        "Above 308 hours of presence the floor is due from the first hour. When an internship is cut short, or longer "
        "than planned, the amount follows the hours really done."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    example=Example(
        in_france(on=_AFTER, realised=_DONE),
        in_france(on=_AFTER, realised=_DONE | {"allowance_paid": Decimal("2362.49")}),
    ),
)
def paid_for_what_was_done(case: Case) -> Iterator[Problem]:
    done, asked = case.dossier.realised, case.dossier.pre_agreement
    if done is None or case.dossier.is_abroad or done.hours <= COMPULSORY_ABOVE or done.currency != "EUR":
        return
    signed = case.signed_on or (asked.decided_on if asked and asked.decided_on else done.start)
    floor = case.floor_on(signed)
    due = (floor.hourly * done.hours).quantize(_CENT, ROUND_HALF_UP)
    if done.allowance_paid < due:
        yield Problem(
            Text(
                "{paid} were paid for {hours} hours; the floor of {floor} makes {due}",
                paid=Amount(done.allowance_paid),
                hours=done.hours,
                floor=Amount(floor.hourly),
                due=Amount(due),
            ),
            Text("ask the host to pay the difference, or correct realised.allowance_paid or realised.hours"),
            "realised.allowance_paid",
        )


@rule(
    "LAW-OUTCOME-04",
    Severity.WARNING,
    Text("no more than six months were done"),
    Text("The six months of the law are counted on effective presence: what was really done counts, not the plan."),
    "art. L124-5, D124-6 Code de l'éducation",
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"hours": 924, "allowance_paid": 4158}),
        in_france(on=_AFTER, realised=_DONE | {"hours": 925, "allowance_paid": Decimal("4162.50")}),
    ),
)
def six_months_done(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is not None and done.hours > CAP_HOURS:
        yield Problem(
            Text("{hours} hours were done; {cap} are allowed", hours=done.hours, cap=CAP_HOURS),
            Text("compare realised.hours with the host's record of presence, and tell the coordinator"),
            "realised.hours",
        )


@rule(
    "DATA-OUTCOME-01",
    Severity.ERROR,
    Text("what was done is recorded when it is done"),
    Text("An internship ends on or after its first day, and is recorded as done on or after its last."),
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"recorded_on": date(2026, 7, 31)}),
        in_france(on=_AFTER, realised=_DONE | {"recorded_on": date(2026, 7, 30)}),
    ),
)
def recorded_afterwards(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is None:
        return
    if done.end < done.start:
        yield Problem(
            Text("it was done until {end}, before it began on {start}", end=done.end, start=done.start),
            Text("correct realised.start or realised.end"),
            "realised.end",
        )
    if done.recorded_on < done.end:
        yield Problem(
            Text("recorded on {day}, before it ended on {end}", day=done.recorded_on, end=done.end),
            Text("correct realised.recorded_on, or realised.end"),
            "realised.recorded_on",
        )


@rule(
    "DATA-OUTCOME-02",
    Severity.WARNING,
    Text("what was done is what was agreed"),
    Text("When the internship began or ended on another day than agreed, an amendment says so, or a date is mistyped."),
    example=Example(
        in_france(on=_AFTER, realised=_DONE),
        in_france(on=_AFTER, realised=_DONE | {"end": date(2026, 7, 30)}),
    ),
)
def as_agreed(case: Case) -> Iterator[Problem]:
    done, schedule = case.dossier.realised, case.dossier.schedule
    if done is None or case.dossier.amendments:
        return
    for key, was, agreed in (("start", done.start, schedule.start), ("end", done.end, schedule.end)):
        if was != agreed:
            yield Problem(
                Text("realised.{key} is {was}; {agreed} was agreed", key=key, was=was, agreed=agreed),
                Text("correct realised.{key}, or add the amendment that moved it", key=key),
                f"realised.{key}",
            )


RULES: Final[tuple[Rule, ...]] = (
    absences_justified,
    attested,
    claims,
    paid_for_what_was_done,
    six_months_done,
    recorded_afterwards,
    as_agreed,
)
"""Rules on what was done."""
