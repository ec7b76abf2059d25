"""Rules on what an amendment brings about: a request to be kept, other people, money for days gone by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from conventions.hours import Presence, presence
from conventions.in_force import steps
from conventions.model.dossier import Dossier
from conventions.model.finding import Severity
from conventions.model.outcome import AttachmentKind
from conventions.model.party import Function
from conventions.pay import COMPULSORY_ABOVE, back_payment
from conventions.rules.example import MEEF_PIECES, PIECES, UNPAID, Example, Sample, in_france, seen
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]

_REASON: Final[dict[str, object]] = {"number": 1, "reason": Text("the project has changed")}
_LONGER: Final[dict[str, object]] = _REASON | {"effective": date(2026, 7, 31), "end": date(2026, 8, 14)}
_KARIM: Final[dict[str, object]] = {
    "first_name": "Karim",
    "last_name": "Benali",
    "email": "karim.benali@atelier-nord.test",
    "phone": "+33 3 53 01 00 12",
    "function": Text("Head of development"),
}
_ADA: Final[dict[str, object]] = _KARIM | {
    "first_name": "Ada",
    "last_name": "Klein",
    "email": "ada.klein@atelier-nord.test",
}
_PAID: Final[dict[str, object]] = {
    "amount": Decimal("4.50"),
    "method": Text("bank transfer"),
    "due_day": Text("last day of the month"),
}


def _short(amendment: dict[str, object]) -> Sample:
    """Three hundred hours, unpaid, as the law allows up to 308; then the amendment."""
    return in_france(
        track="meef",
        allowance=UNPAID,
        schedule={"weekly_hours": 20},
        attachments=seen(*PIECES, *MEEF_PIECES, "extension_request"),
        amendments=[amendment],
    )


@rule(
    "COURSE-FILE-06",
    Severity.ERROR,
    Text("an extension was asked for"),
    Text("A later end is asked for in writing, with dates and reasons, before the amendment is made."),
    example=Example(
        in_france(amendments=[_LONGER], attachments=seen(*PIECES, "extension_request")),
        in_france(amendments=[_LONGER]),
    ),
)
def extension_requested(case: Case) -> Iterator[Problem]:
    if any(piece.kind is AttachmentKind.EXTENSION_REQUEST for piece in case.dossier.attachments):
        return
    for step in steps(case.dossier):
        old, new = step.before.schedule.end, step.after.schedule.end
        if new > old:
            yield Problem(
                Text(
                    "amendment {number} moves the end from {old} to {new}; the request for it is not there",
                    number=step.amendment.number,
                    old=old,
                    new=new,
                ),
                Text("add it to attachments as kind {kind} once it has been seen", kind="extension_request"),
                "attachments",
            )


@rule(
    "DATA-AMEND-08",
    Severity.WARNING,
    Text("a new supervisor is somebody else"),
    Text(
        "An amendment that names a supervisor names another person than the present one. A new phone number or office "
        "of the same person needs no amendment."
    ),
    example=Example(
        in_france(amendments=[_REASON | {"effective": date(2026, 6, 1), "tutor": _ADA}]),
        in_france(amendments=[_REASON | {"effective": date(2026, 6, 1), "tutor": _KARIM}]),
    ),
)
def somebody_else(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        for name in ("tutor", "referent"):
            old, new = getattr(step.before, name), getattr(step.amendment, name)
            if _is_same(old, new) and old != new:
                yield Problem(
                    Text("amendment {number} names {name} again", number=step.amendment.number, name=new.name),
                    Text("name another person in {field}, or take it out", field=f"{step.field}.{name}"),
                    f"{step.field}.{name}",
                )


def _is_same(old: Function | None, new: Function | None) -> bool:
    return old is not None and new is not None and old.email.casefold() == new.email.casefold()


@rule(
    "LAW-AMEND-02",
    Severity.TO_DO,
    Text("back-payment from the first hour"),
    Text(
        "When an amendment makes an internship exceed 308 hours of presence, the allowance is due from the first hour "
        "of the first day: the host pays for the hours gone by what they were not paid for."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    example=Example(
        _short(_LONGER | {"end": date(2026, 8, 4)}),
        _short(_LONGER | {"allowance": _PAID}),
    ),
)
def paid_back(case: Case) -> Iterator[Problem]:
    for step in steps(case.dossier):
        due = back_payment(step, case.on, case.profile.ceilings)
        if due:
            before, after = _presence(step.before), _presence(step.after)
            yield Problem(
                Text(
                    "amendment {number} brings the presence from {before} to {after} hours, above {limit}: "
                    "{due} are due for the hours before {day}",
                    number=step.amendment.number,
                    before=before.hours_for_duration,
                    after=after.hours_for_duration,
                    limit=COMPULSORY_ABOVE,
                    due=Amount(due),
                    day=step.amendment.effective,
                ),
                Text("have the host pay them with the next instalment, and say so in {field}.reason", field=step.field),
                step.field,
            )


def _presence(dossier: Dossier) -> Presence:
    return presence(dossier.schedule, dossier.place)


RULES: Final[tuple[Rule, ...]] = (
    extension_requested,
    somebody_else,
    paid_back,
)
"""Rules on the consequences of amendments."""
