"""Rules on the pieces of a dossier: pre-agreement, insurance, health fund, attachments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Severity
from conventions.model.outcome import AttachmentKind
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_LABELS: Final = {
    AttachmentKind.PRE_AGREEMENT: Text("the pre-agreement form filled in by the host"),
    AttachmentKind.HEALTH_ENTITLEMENT: Text("the certificate of entitlement to health insurance"),
    AttachmentKind.CIVIL_LIABILITY: Text("the certificate of civil liability"),
    AttachmentKind.SOCIAL_SECURITY_CERTIFICATE: Text("the certificate of social security abroad"),
    AttachmentKind.REPATRIATION: Text("the certificate of repatriation insurance"),
    AttachmentKind.COUNTRY_SHEET: Text("the information sheet of the host country"),
    AttachmentKind.ARIANE_PROOF: Text("the proof of registration on Ariane"),
    AttachmentKind.HOST_AGREEMENT: Text("the host's own agreement"),
    AttachmentKind.MEEF_COURSE_UNIT: Text("the proof of the course unit that the MEEF track requires"),
    AttachmentKind.COORDINATOR_APPROVAL: Text("the approval of the internship coordinator"),
    AttachmentKind.MOTIVATION_LETTER: Text("the letter of motivation"),
    AttachmentKind.SNEE_STATUS: Text("the notification of the status of student entrepreneur"),
    AttachmentKind.PEDAGOGICAL_CONTRACT: Text("the pedagogical contract signed by all parties"),
    AttachmentKind.EXTENSION_REQUEST: Text("the request for an extension, with dates and reasons"),
}
_FRANCE: Final = (AttachmentKind.PRE_AGREEMENT, AttachmentKind.HEALTH_ENTITLEMENT, AttachmentKind.CIVIL_LIABILITY)
_ABROAD: Final = (
    AttachmentKind.PRE_AGREEMENT,
    AttachmentKind.SOCIAL_SECURITY_CERTIFICATE,
    AttachmentKind.CIVIL_LIABILITY,
    AttachmentKind.REPATRIATION,
    AttachmentKind.COUNTRY_SHEET,
    AttachmentKind.ARIANE_PROOF,
)
_MEEF: Final = (AttachmentKind.MEEF_COURSE_UNIT, AttachmentKind.COORDINATOR_APPROVAL)
_SNEE: Final = (AttachmentKind.MOTIVATION_LETTER, AttachmentKind.SNEE_STATUS, AttachmentKind.PEDAGOGICAL_CONTRACT)


def _missing(dossier: Dossier, needed: tuple[AttachmentKind, ...]) -> Iterator[Problem]:
    there = {attachment.kind for attachment in dossier.attachments}
    for kind in needed:
        if kind not in there:
            yield Problem(
                Text("{piece} is not there", piece=_LABELS[kind]),
                Text("add it to attachments as kind {kind} once it has been seen", kind=kind.value),
                "attachments",
            )


@rule(
    "COURSE-FILE-01",
    Severity.ERROR,
    Text("the pieces of an internship in France"),
    Text("In France a dossier holds the pre-agreement, the entitlement to health insurance and the civil liability."),
)
def pieces_in_france(case: Case) -> Iterator[Problem]:
    if not case.dossier.is_abroad and case.dossier.track is not Track.SNEE:
        yield from _missing(case.dossier, _FRANCE)


@rule(
    "COURSE-FILE-02",
    Severity.ERROR,
    Text("the pieces of an internship abroad"),
    Text(
        "Abroad a dossier holds the pre-agreement, the certificates of social security, civil liability and "
        "repatriation, the "
        "information sheet of the country and the proof of registration on Ariane."
    ),
    "art. L124-20 Code de l'éducation; course rule",
)
def pieces_abroad(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.track is not Track.SNEE:
        yield from _missing(case.dossier, _ABROAD)


@rule(
    "COURSE-FILE-03",
    Severity.ERROR,
    Text("the host's own agreement is in the dossier"),
    Text("When the host wants its own agreement signed too, that agreement is attached to the university's."),
)
def pieces_of_own_agreement(case: Case) -> Iterator[Problem]:
    if case.dossier.host.own_agreement:
        yield from _missing(case.dossier, (AttachmentKind.HOST_AGREEMENT,))


@rule(
    "COURSE-FILE-04",
    Severity.ERROR,
    Text("the pieces of the MEEF track"),
    Text("A MEEF dossier also holds the proof of the required course unit and the approval of the coordinator."),
)
def pieces_of_meef(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.MEEF:
        yield from _missing(case.dossier, _MEEF)


@rule(
    "COURSE-FILE-05",
    Severity.ERROR,
    Text("the pieces of the SNEE track"),
    Text("A SNEE dossier holds the letter of motivation, the notification of the status and the pedagogical contract."),
)
def pieces_of_snee(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.SNEE:
        yield from _missing(case.dossier, _SNEE)


@rule(
    "COURSE-FILE-06",
    Severity.ERROR,
    Text("an extension was asked for"),
    Text("A later end is asked for in writing, with dates and reasons, before the amendment is made."),
)
def pieces_of_extension(case: Case) -> Iterator[Problem]:
    end = case.dossier.schedule.end
    if any(amendment.end is not None and amendment.end > end for amendment in case.dossier.amendments):
        yield from _missing(case.dossier, (AttachmentKind.EXTENSION_REQUEST,))


@rule(
    "COURSE-FILE-07",
    Severity.WARNING,
    Text("pieces are checked by somebody"),
    Text("A piece counts once a person has looked at it; the dossier says who and when."),
)
def checked(case: Case) -> Iterator[Problem]:
    for rank, piece in enumerate(case.dossier.attachments):
        if piece.checked_on is None or not piece.checked_by:
            yield Problem(
                Text("{piece} arrived on {day} and was not checked", piece=_LABELS[piece.kind], day=piece.received_on),
                Text("look at it, then fill in checked_by and checked_on"),
                f"attachments.{rank}",
            )


@rule(
    "DATA-FILE-01",
    Severity.WARNING,
    Text("nothing is decided before it arrives"),
    Text("A piece is checked, and a pre-agreement decided, on or after the day it arrived."),
)
def order_of_days(case: Case) -> Iterator[Problem]:
    for rank, piece in enumerate(case.dossier.attachments):
        if piece.checked_on is not None and piece.checked_on < piece.received_on:
            yield Problem(
                Text(
                    "checked on {checked}, before it arrived on {received}",
                    checked=piece.checked_on,
                    received=piece.received_on,
                ),
                Text("correct one of the two days"),
                f"attachments.{rank}.checked_on",
            )
    asked = case.dossier.pre_agreement
    if asked is not None and asked.decided_on is not None and asked.decided_on < asked.submitted_on:
        yield Problem(
            Text(
                "decided on {decided}, before it was submitted on {submitted}",
                decided=asked.decided_on,
                submitted=asked.submitted_on,
            ),
            Text("correct one of the two days"),
            "pre_agreement.decided_on",
        )


@rule(
    "COURSE-FILE-08",
    Severity.ERROR,
    Text("the pre-agreement is approved"),
    Text("Only an approved pre-agreement becomes an agreement: the department judges mission, host, dates and amount."),
)
def approved(case: Case) -> Iterator[Problem]:
    asked = case.dossier.pre_agreement
    if asked is None:
        yield Problem(
            Text("there is no pre-agreement"),
            Text("have the host fill it in, then record its approval in pre_agreement"),
            "pre_agreement",
        )
    elif asked.state != "approved":
        yield Problem(
            Text(
                "the pre-agreement submitted on {day} is {state}, not approved",
                day=asked.submitted_on,
                state=asked.state,
            ),
            Text("wait for the decision, or submit it again with what was refused corrected"),
            "pre_agreement.state",
        )


@rule(
    "LAW-FILE-01",
    Severity.ERROR,
    Text("the health fund and its full address"),
    Text(
        "The agreement states how the intern is insured: name and complete postal address of the health "
        "fund, as on the "
        "certificate of entitlement. Declarations of accidents go there."
    ),
    "art. D124-4 (9) Code de l'éducation",
)
def health_fund(case: Case) -> Iterator[Problem]:
    fund = case.dossier.protection.health_fund
    address = fund.address
    for key, is_there in (
        ("name", bool(fund.name)),
        ("address", address is not None),
        ("address.postal_code", address is None or bool(address.postal_code)),
    ):
        if not is_there:
            yield Problem(
                Text("mention 9 is incomplete: protection.health_fund.{key} is missing", key=key),
                Text("copy it from the certificate of entitlement into protection.health_fund.{key}", key=key),
                f"protection.health_fund.{key}",
            )


@rule(
    "LAW-FILE-02",
    Severity.ERROR,
    Text("civil liability is insured"),
    Text("The agreement names the insurance that covers the civil liability of the intern."),
    "art. D124-4 (9) Code de l'éducation",
)
def liability(case: Case) -> Iterator[Problem]:
    if case.dossier.protection.liability is None:
        yield Problem(
            Text("mention 9 is incomplete: no civil-liability insurance is named"),
            Text("fill in protection.liability: insurer, policy, valid_until"),
            "protection.liability",
        )


@rule(
    "COURSE-FILE-09",
    Severity.WARNING,
    Text("civil liability lasts until the end"),
    Text("A certificate that ends before the internship has to be renewed; abroad it is refused outright."),
)
def liability_lasts(case: Case) -> Iterator[Problem]:
    cover, end = case.dossier.protection.liability, case.dossier.schedule.end
    if cover is not None and cover.valid_until < end and not case.dossier.is_abroad:
        yield Problem(
            Text(
                "the certificate is valid until {until}; the internship ends on {end}", until=cover.valid_until, end=end
            ),
            Text("ask for a new certificate and correct protection.liability.valid_until"),
            "protection.liability.valid_until",
        )


RULES: Final[tuple[Rule, ...]] = (
    pieces_in_france,
    pieces_abroad,
    pieces_of_own_agreement,
    pieces_of_meef,
    pieces_of_snee,
    pieces_of_extension,
    checked,
    order_of_days,
    approved,
    health_fund,
    liability,
    liability_lasts,
)
"""Rules on the pieces of a dossier."""
