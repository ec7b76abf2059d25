"""Which paper is wanted: what it is about, in which languages, signed by whom, and what it will say of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from conventions import __version__, press
from conventions.documents import FRENCH, Campaign, Case, DocumentType, Edition, House, document_type
from conventions.errors import DossierError
from conventions.in_force import before
from conventions.intake import Source
from conventions.model.amendment import Amendment
from conventions.model.canonical import agreed_digest, joint_digest
from conventions.model.dossier import Dossier
from conventions.model.paper import Origin
from conventions.model.record import Record
from conventions.model.roles import Circuit
from conventions.settings import CircuitSettings, Settings
from conventions.signers import circuit_of, filled_by, narrowed, official_signatories, signatories, with_check
from conventions.text import Text

__all__ = [
    "CampaignOrder",
    "Order",
    "case_of",
    "circuit_for",
    "digest_of",
    "is_signed_by_someone",
    "needed_before",
    "origin_of",
]

_AFTERWARDS: Final = timedelta(days=15)
"""Granted to sign what is signed after the internship."""


@dataclass(frozen=True)
class Order:
    """One paper to be made: a dossier that was read, and which version of which document."""

    source: Source
    document: str = "convention"
    """Key of a document type; an amendment's is followed by its number: ``amendment-2``."""
    version: int = 1
    language: str = ""
    """ISO 639-1; empty: the one that the document type speaks."""

    @property
    def number(self) -> str:
        """Of the dossier."""
        return self.source.dossier.number


@dataclass(frozen=True)
class CampaignOrder:
    """One paper about all the dossiers of a year."""

    sources: Sequence[Source]
    document: str
    academic_year: str
    version: int = 1
    language: str = ""

    @property
    def number(self) -> str:
        """The academic year stands where other papers have the number of their dossier."""
        return self.academic_year


def digest_of(dossier: Dossier, settings: Settings, document: str = "convention") -> str:
    """Digest of everything that a paper about this dossier would print."""
    kind = document_type(document)
    officials = settings.people.by_role.values()
    context: list[Record] = [settings.institution, settings.programme, *officials]
    context += _decided(kind, settings)
    return agreed_digest(_as_far_as(dossier, document), *context, life=kind.prints)


def _decided(kind: DocumentType, settings: Settings) -> list[Record]:
    """What a paper prints of the department's own decisions."""
    decided: list[Record] = [settings.grading] if "marks" in kind.prints or kind.is_form else []
    return [*decided, settings.questions, settings.rules] if kind.is_form else decided


def case_of(order: Order | CampaignOrder, settings: Settings, on: date) -> Case | Campaign:
    """All that the document may draw on.

    Raises:
        DossierError: something is missing that the document must say; it carries each finding.
    """
    kind = document_type(order.document)
    case = (
        _campaign(kind, order, settings, on) if isinstance(order, CampaignOrder) else _case(kind, order, settings, on)
    )
    lacks = tuple(kind.lacks(case))
    if lacks:
        located = tuple(order.source.locate(one) if isinstance(order, Order) else one for one in lacks)
        place = order.source.file if isinstance(order, Order) else ""
        raise DossierError(lacks[0].code, lacks[0].message, lacks[0].fix, place=place, findings=located)
    return case


def circuit_for(document: str, dossier: Dossier | None, settings: Settings) -> Circuit:
    """Who signs the paper, in which order."""
    kind, circuit = document_type(document), circuit_settings(document, dossier, settings).circuit
    if kind.filled_by:
        return filled_by(kind.filled_by)
    if kind.signers is not None:
        return narrowed(circuit, kind.signers)
    if dossier is None:
        return circuit
    if _is_checked(kind, dossier, settings):
        circuit = with_check(circuit, "internship_office")
    return circuit_of(dossier, circuit)


def _is_checked(kind: DocumentType, dossier: Dossier, settings: Settings) -> bool:
    """The internship office looks at an agreement that goes with the host's own, unless its circuit says otherwise."""
    is_joined = kind.key == "convention" and dossier.host.own_agreement
    return is_joined and settings.circuits.own_agreement is None and settings.people.internship_office is not None


def circuit_settings(document: str, dossier: Dossier | None, settings: Settings) -> CircuitSettings:
    """What the department decided for this paper's circuit."""
    key = document_type(document).key
    if key == "convention" and dossier and dossier.host.own_agreement:
        key = "own_agreement"
    return getattr(settings.circuits, key, None) or settings.circuit


def is_signed_by_someone(document: str) -> bool:
    """Does the paper go through a circuit?"""
    return document_type(document).signers != ()


def needed_before(case: Case | Campaign, document: str) -> date:
    """The day before which a paper must be complete.

    The start of the internship; for an amendment the day on which it takes effect; for a form the day after the one on
    which it is wanted back; for what is signed afterwards, as many days as are granted after it is issued.
    """
    kind = document_type(document)
    if isinstance(case, Campaign):
        return case.edition.on + _AFTERWARDS
    if kind.return_by is not None:
        return max(kind.return_by(case), case.edition.on) + timedelta(days=1)
    if case.amendment is not None:
        return case.amendment.effective
    return case.dossier.schedule.start if kind.signers is None else case.edition.on + _AFTERWARDS


def origin_of(order: Order | CampaignOrder, case: Case | Campaign, templates: Iterable[press.Template]) -> Origin:
    """What the paper of this order will say of itself; equal origins make equal papers."""
    digests = [template.digest for template in templates]
    return Origin(
        document=order.document,
        number=order.number,
        version=order.version,
        language=case.edition.languages[0],
        dossier_digest=case.edition.digest,
        template_digest=digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest(),
        program=f"conventions {__version__}",
    )


def _case(kind: DocumentType, order: Order, settings: Settings, on: date) -> Case:
    dossier = order.source.dossier
    amendment = _amendment(dossier, order.document) if kind.about == "amendment" else None
    agreed = before(dossier, amendment) if amendment else dossier
    circuit = circuit_for(order.document, agreed, settings)
    return Case(
        edition=_edition(kind, order, settings, on, digest_of(dossier, settings, order.document)),
        house=_house(settings),
        dossier=_as_far_as(dossier, order.document),
        # A changed supervisor does not sign the change: those sign who signed the agreement.
        signatories=signatories(agreed, circuit, settings.people.by_role, house_language=settings.language),
        amendment=amendment,
        circuit=circuit_for("convention", dossier, settings),
    )


def _campaign(kind: DocumentType, order: CampaignOrder, settings: Settings, on: date) -> Campaign:
    dossiers = tuple(source.dossier for source in order.sources)
    digest = joint_digest(
        (digest_of(dossier, settings, order.document) for dossier in dossiers),
        settings.institution,
        settings.programme,
        *_decided(kind, settings),
    )
    return Campaign(
        edition=_edition(kind, order, settings, on, digest),
        house=_house(settings),
        dossiers=dossiers,
        signatories=official_signatories(
            circuit_for(order.document, None, settings), settings.people.by_role, settings.language
        ),
    )


def _edition(kind: DocumentType, order: Order | CampaignOrder, settings: Settings, on: date, digest: str) -> Edition:
    spoken = order.language or (
        order.source.dossier.language if kind.speaks == "dossier" and isinstance(order, Order) else settings.language
    )
    goes_along = kind.with_french and settings.documents.french_text and spoken != FRENCH
    languages = (spoken, FRENCH) if goes_along else (spoken,)
    return Edition(
        number=order.number,
        digest=digest,
        on=on,
        version=order.version,
        languages=languages,
        verification=settings.portal.verification,
    )


def _house(settings: Settings) -> House:
    return House(
        institution=settings.institution,
        programme=settings.programme,
        officials=settings.people.by_role,
        profile=settings.rules,
        grading=settings.grading,
        questionnaires=settings.questions,
    )


def _amendment(dossier: Dossier, document: str) -> Amendment:
    rank = document.partition("-")[2]
    for amendment in dossier.amendments:
        if str(amendment.number) == rank:
            return amendment
    raise DossierError(
        "AMEND-01",
        Text("dossier {dossier} has no amendment {number}", dossier=dossier.number, number=rank or "?"),
        Text("name one of its amendments, or add it to amendments"),
    )


def _as_far_as(dossier: Dossier, document: str) -> Dossier:
    """For an amendment: the dossier without the amendments that come after it, which its paper does not know."""
    if document_type(document).about != "amendment":
        return dossier
    rank = document.partition("-")[2]
    known = tuple(one for one in dossier.amendments if str(one.number) == rank or one.number < int(rank or 0))
    return dossier.model_copy(update={"amendments": known})
