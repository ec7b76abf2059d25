"""Rules on the pieces of a dossier: pre-agreement, insurance, health fund, attachments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from conventions.circuit import lead_days
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Severity
from conventions.model.outcome import AttachmentKind
from conventions.model.roles import ROLE_LABELS
from conventions.rules.example import (
    MEEF_PIECES,
    PIECES,
    PIECES_ABROAD,
    SNEE_PIECES,
    Example,
    in_france,
    in_ireland,
    seen,
)
from conventions.rules.rule import Case, Problem, Rule, later, rule
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
_LENIENT: Final[dict[str, object]] = {"rules": {"severities": {"COURSE-FILE-01": "off"}}}
_FROM: Final = {
    AttachmentKind.PRE_AGREEMENT: "company",
    AttachmentKind.HOST_AGREEMENT: "company",
    AttachmentKind.COUNTRY_SHEET: "coordinator",
    AttachmentKind.COORDINATOR_APPROVAL: "coordinator",
}
"""Who provides a piece; every other comes from the student."""


def _absent(dossier: Dossier, needed: Iterable[AttachmentKind]) -> tuple[AttachmentKind, ...]:
    there = {attachment.kind for attachment in dossier.attachments}
    return tuple(kind for kind in needed if kind not in there)


def _missing(dossier: Dossier, needed: tuple[AttachmentKind, ...]) -> Iterator[Problem]:
    for kind in _absent(dossier, needed):
        yield Problem(
            Text("{piece} is not there", piece=_LABELS[kind]),
            Text("add it to attachments as kind {kind} once it has been seen", kind=kind.value),
            "attachments",
        )


def _is_extended(dossier: Dossier) -> bool:
    return any(one.end is not None and one.end > dossier.schedule.end for one in dossier.amendments)


def _needed(dossier: Dossier) -> Iterator[AttachmentKind]:
    """The pieces that this dossier needs: the course's matrix of attachments."""
    if dossier.track is Track.SNEE:
        yield from _SNEE
    else:
        yield from _ABROAD if dossier.is_abroad else _FRANCE
    if dossier.track is Track.MEEF:
        yield from _MEEF
    if dossier.host.own_agreement:
        yield AttachmentKind.HOST_AGREEMENT
    if _is_extended(dossier):
        yield AttachmentKind.EXTENSION_REQUEST


@rule(
    "COURSE-FILE-01",
    Severity.ERROR,
    Text("the pieces of an internship in France"),
    Text("In France a dossier holds the pre-agreement, the entitlement to health insurance and the civil liability."),
    example=Example(
        in_france(attachments=seen(*PIECES)),
        in_france(attachments=seen(*PIECES[:2])),
    ),
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
        "repatriation, the information sheet of the country and the proof of registration on Ariane."
    ),
    "art. L124-20 Code de l'éducation; course rule",
    example=Example(
        in_ireland(attachments=seen(*PIECES_ABROAD)),
        in_ireland(attachments=seen(*PIECES_ABROAD[:5])),
    ),
)
def pieces_abroad(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.track is not Track.SNEE:
        yield from _missing(case.dossier, _ABROAD)


@rule(
    "COURSE-FILE-03",
    Severity.ERROR,
    Text("the host's own agreement is in the dossier"),
    Text("When the host wants its own agreement signed too, that agreement is attached to the university's."),
    example=Example(
        in_france(host={"own_agreement": True}, attachments=seen(*PIECES, "host_agreement")),
        in_france(host={"own_agreement": True}),
    ),
)
def pieces_of_own_agreement(case: Case) -> Iterator[Problem]:
    if case.dossier.host.own_agreement:
        yield from _missing(case.dossier, (AttachmentKind.HOST_AGREEMENT,))


@rule(
    "COURSE-FILE-04",
    Severity.ERROR,
    Text("the pieces of the MEEF track"),
    Text("A MEEF dossier also holds the proof of the required course unit and the approval of the coordinator."),
    example=Example(
        in_france(track="meef", attachments=seen(*PIECES, *MEEF_PIECES)),
        in_france(track="meef", attachments=seen(*PIECES)),
    ),
)
def pieces_of_meef(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.MEEF:
        yield from _missing(case.dossier, _MEEF)


@rule(
    "COURSE-FILE-05",
    Severity.ERROR,
    Text("the pieces of the SNEE track"),
    Text("A SNEE dossier holds the letter of motivation, the notification of the status and the pedagogical contract."),
    example=Example(
        in_france(track="snee", attachments=seen(*SNEE_PIECES)),
        in_france(track="snee", attachments=seen(*SNEE_PIECES[:2])),
    ),
)
def pieces_of_snee(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.SNEE:
        yield from _missing(case.dossier, _SNEE)


@rule(
    "COURSE-FILE-07",
    Severity.WARNING,
    Text("pieces are checked by somebody"),
    Text("A piece counts once a person has looked at it; the dossier says who and when."),
    example=Example(
        in_france(),
        in_france(attachments=[*seen(*PIECES[:2]), {"kind": PIECES[2], "received_on": date(2026, 2, 3)}]),
    ),
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
    "COURSE-FILE-12",
    Severity.TO_DO,
    Text("who still has to bring what, and by when"),
    Text(
        "Until the agreement is registered, each missing piece is asked from the person who has it: the host for its "
        "forms, the coordinator for the country sheet and the approval, the student for everything else. The day is "
        "the latest on which the agreement can be registered in time."
    ),
    settings=("rules.delays.france_days", "rules.delays.abroad_days", "rules.delays.own_agreement_extra_days"),
    example=Example(
        in_france(settings=_LENIENT, attachments=seen(*PIECES)),
        in_france(settings=_LENIENT, attachments=seen(*PIECES[:2])),
    ),
)
def still_to_come(case: Case) -> Iterator[Problem]:
    by = later(case.dossier.schedule.start, -lead_days(case.dossier, case.profile.delays))
    absent: dict[str, list[Text]] = {}
    for kind in _absent(case.dossier, _needed(case.dossier)):
        absent.setdefault(_FROM.get(kind, "student"), []).append(_LABELS[kind])
    for role, pieces in absent.items():
        yield Problem(
            Text("{who}, by {day}: {pieces}", who=ROLE_LABELS[role], day=by, pieces=tuple(pieces)),
            Text("ask for it; once it has been seen, add it to attachments"),
            "attachments",
        )


RULES: Final[tuple[Rule, ...]] = (
    pieces_in_france,
    pieces_abroad,
    pieces_of_own_agreement,
    pieces_of_meef,
    pieces_of_snee,
    checked,
    still_to_come,
)
"""Rules on the pieces of a dossier."""
