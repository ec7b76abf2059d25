"""The attestation: what the host certifies once the internship is over, from what was really done.

The law wants two figures in it, the effective total duration and the allowance that was paid (art. D124-9 of the Code
de l'éducation). Both come from ``realised``; the agreement, with its signed amendments, only says what they must fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from conventions.documents import parties
from conventions.documents.case import Case, edition
from conventions.hours import legal_duration, presence
from conventions.in_force import in_force, signed
from conventions.languages import Language
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Finding, Severity
from conventions.model.outcome import Realised
from conventions.model.placement import Span
from conventions.pay import COMPULSORY_ABOVE, pension_claim_ends
from conventions.text import Amount, Text

__all__ = ["context", "lacks"]

_SOURCE = "art. D124-9 Code de l'éducation"


def context(case: Case, language: Language) -> dict[str, object]:
    """What the attestation's template may print; ``realised`` is absent until the dossier has it.

    Reasons of absences are not in it: an attestation is shown to strangers.
    """
    dossier, house = in_force(case.dossier), case.house
    done = dossier.realised
    return {
        "paper": {**edition(case.edition, language), "academic_year": dossier.academic_year},
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "student": {
            **parties.student(dossier.student, language, is_minor=False),
            "gender": dossier.student.gender,
        },
        "host": {**parties.host(dossier.host, language), "city": dossier.host.address.city},
        **parties.supervision(dossier, house.officials),
        "placement": {"subject": dossier.placement.subject, "is_abroad": dossier.is_abroad},
        "amendments": signed(case.dossier),
        "realised": done and _realised(done),
        "allowance": done and _allowance(done),
        "pension": done and _pension(done, case),
        "signer": parties.signers(case.signatories, case.edition.languages, language),
    }


def _realised(done: Realised) -> dict[str, object]:
    legal = legal_duration(done.hours)
    return {
        "start": done.start,
        "end": done.end,
        "hours": done.hours,
        "months": legal.months,
        "days": legal.days,
        "rest": legal.hours,
        "interruptions": _days(done.interruptions),
        "absences": _days(done.absences),
    }


def _days(spans: tuple[Span, ...]) -> tuple[dict[str, object], ...]:
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    return tuple({"start": span.start, "end": span.end, "is_one_day": span.start == span.end} for span in ordered)


def _allowance(done: Realised) -> dict[str, object]:
    return {"is_paid": done.allowance_paid > 0, "total": done.allowance_paid, "currency": done.currency}


def _pension(done: Realised, case: Case) -> dict[str, object]:
    """Whether it can still be claimed: two months at least, with an allowance, in France; and until when."""
    until = pension_claim_ends(case.dossier.student.birth_date)
    counts = done.hours >= COMPULSORY_ABOVE and done.allowance_paid > 0 and not in_force(case.dossier).is_abroad
    return {"is_open": counts and case.edition.on <= until, "until": until}


def lacks(case: Case) -> Iterator[Finding]:
    """What was done is not known, or contradicts what is agreed now.

    That too little was paid, or more than six months were done, is no obstacle: the host attests what happened, and
    the rules on the outcome have their say on it.
    """
    done = case.dossier.realised
    if case.dossier.track is Track.SNEE:
        yield _finding(
            "ATTEST-07",
            Text("in the SNEE track the student's own project replaces the internship, and no host attests it"),
            Text("correct track if there is a host; else make no attestation"),
            "track",
        )
    elif done is None:
        yield _finding(
            "ATTEST-01",
            Text("nobody has recorded what was really done"),
            Text("ask the host for the hours of presence and the amount paid, then fill in realised"),
            "realised",
        )
    else:
        agreed = in_force(case.dossier)
        yield from _outside(agreed, done)
        yield from _too_long(agreed, done)
        yield from _other_money(agreed, done)


def _outside(agreed: Dossier, done: Realised) -> Iterator[Finding]:
    start, end = agreed.schedule.start, agreed.schedule.end
    if done.start < start:
        yield _finding(
            "ATTEST-02",
            Text("it was done from {was}, and is agreed from {agreed}", was=done.start, agreed=start),
            Text("correct realised.start, or add the signed amendment that moved the start"),
            "realised.start",
        )
    if done.end > end:
        yield _finding(
            "ATTEST-03",
            Text("it was done until {was}, and is agreed until {agreed}", was=done.end, agreed=end),
            Text("correct realised.end, or add the signed amendment that moved the end"),
            "realised.end",
        )


def _too_long(agreed: Dossier, done: Realised) -> Iterator[Finding]:
    most = _most_hours(agreed, done)
    if done.hours > most:
        yield _finding(
            "ATTEST-04",
            Text(
                "{hours} hours were done; on those days the agreement gives {most} at most", hours=done.hours, most=most
            ),
            Text("compare realised.hours with the host's record of presence, or add the signed amendment"),
            "realised.hours",
        )


def _most_hours(agreed: Dossier, done: Realised) -> Decimal:
    """Hours that the agreement can give on the days that were done: even a public holiday counts as a day of presence.

    Which holidays a host keeps free is not known well enough to refuse a paper for it.
    """
    gaps = (*agreed.schedule.interruptions, *done.interruptions)
    days = {"start": done.start, "end": done.end, "interruptions": gaps, "holiday": True}
    return presence(agreed.schedule.model_copy(update=days), agreed.place).hours_for_duration


def _other_money(agreed: Dossier, done: Realised) -> Iterator[Finding]:
    if not done.allowance_paid:
        return
    paid, allowance = Amount(done.allowance_paid, done.currency), agreed.allowance
    if not allowance.amount:
        yield _finding(
            "ATTEST-05",
            Text("{paid} were paid, and no allowance is agreed", paid=paid),
            Text("correct realised.allowance_paid, or add the signed amendment that agreed on one"),
            "realised.allowance_paid",
        )
    elif done.currency != allowance.currency:
        yield _finding(
            "ATTEST-06",
            Text("{paid} were paid, and an allowance in {agreed} is agreed", paid=paid, agreed=allowance.currency),
            Text("correct realised.currency, or add the signed amendment that changed the allowance"),
            "realised.currency",
        )


def _finding(code: str, message: Text, fix: Text, field: str) -> Finding:
    return Finding(code, Severity.ERROR, message, fix, source=_SOURCE, field=field)
