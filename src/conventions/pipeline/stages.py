"""From the frozen paper to the archive: prepare, sign, seal, archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conventions import forms, signing, store
from conventions.circuit import assert_turn
from conventions.errors import ForeignPaper
from conventions.languages import Language
from conventions.model.drawing import Drawing
from conventions.model.paper import Pdf, Prepared, Sealed
from conventions.model.roles import ROLE_LABELS, Circuit, Signatory
from conventions.text import Text

__all__ = ["Services", "archive", "prepare", "seal", "sign", "sign_file", "sign_for"]


@dataclass(frozen=True)
class Services:
    """What signing leans on: whom to believe, who tells the time."""

    trust: signing.Trust
    timestamper: signing.Timestamper | None = None


def prepare(
    pdf: Pdf,
    circuit: Circuit,
    *,
    seal: signing.Key,
    services: Services,
    institution: str,
    certify: bool = True,
    now: datetime,
) -> Prepared:
    """Place every signature field at its anchor and certify with the institution's seal, or only sign with it.

    Raises:
        TemplateError: an anchor is missing, doubled or off the page.
        ServiceError: a time-stamp was asked for and none came.
    """
    language = Language(pdf.origin.language)
    data = signing.prepare(
        pdf.data,
        signing.Signer(seal, services.timestamper, now),
        boxes=pdf.boxes if pdf.boxes.keys() >= set(circuit.roles) else forms.anchors(pdf.data, circuit.roles),
        circuit=circuit,
        labels={role: language.say(_label(role)) for role in circuit.roles},
        reason=language.say(Text("issued by {institution}", institution=institution)),
        certify=certify,
    )
    return Prepared(pdf.origin, data)


def _label(role: str) -> Text:
    return Text("signature of the {role}", role=ROLE_LABELS[role])


def sign(
    paper: Prepared,
    role: str,
    *,
    key: signing.Key,
    timestamper: signing.Timestamper | None = None,
    place: str = "",
    by_delegation: str = "",
    now: datetime,
) -> Prepared:
    """Sign in the role's field with a visible stamp in the paper's language. Whose turn it is was asked before.

    Raises:
        KeyUnreadable: the certificate has expired or its algorithm is not accepted.
        ServiceError: a time-stamp was asked for and none came.
    """
    language = Language(paper.origin.language)
    seen = _seen(language, key.certificate_name, _in_role(role, by_delegation), Text("electronic signature"), now)
    data = signing.sign(
        paper.data,
        role,
        signing.Signer(key, timestamper, now),
        stamp=signing.Stamp(seen),
        reason=language.say(Text("I have read and accept agreement {number}", number=paper.origin.number)),
        location=place,
    )
    return Prepared(paper.origin, data)


def _seen(language: Language, name: str, role: Text, how: Text, now: datetime) -> tuple[str, ...]:
    """The lines of a stamp: who has signed, as what, when and how."""
    return (name, language.say(role), language.instant(now), language.say(how))


def _in_role(role: str, by_delegation: str) -> Text:
    if not by_delegation:
        return ROLE_LABELS[role]
    return Text("{role}, by delegation of {who}", role=ROLE_LABELS[role], who=by_delegation)


def sign_for(
    paper: Prepared,
    person: Signatory,
    signer: signing.Signer,
    *,
    how: Text,
    evidence: str,
    drawing: Drawing | None = None,
) -> Prepared:
    """The institution's seal signs in the field of a person who has no certificate, and says so.

    It proves that the institution vouches for what it recorded, not who the person is: a simple electronic signature
    (Regulation (EU) 910/2014, art. 3(10)), never an advanced one.

    Args:
        paper: the paper, whose turn the person's is.
        person: on whose behalf the seal signs.
        signer: the institution's.
        how: the person was recognised, for the stamp: a code sent by mail, a signature on paper.
        evidence: SHA-256 of the record that is kept beside the paper, hexadecimal.
        drawing: what the person has drawn, to be seen in the stamp.

    Raises:
        KeyUnreadable, ServiceError: as :func:`sign`.
    """
    language = Language(paper.origin.language)
    seen = _seen(language, person.name, _in_role(person.role, person.by_delegation), how, signer.now)
    reason = Text(
        "on behalf of {name}, {how}; evidence {digest}", name=person.name, how=how, digest=f"SHA-256 {evidence}"
    )
    data = signing.sign(
        paper.data,
        person.role,
        signer,
        stamp=signing.Stamp(seen, drawing),
        reason=language.say(reason),
        location="",
    )
    return Prepared(paper.origin, data)


def sign_file(data: bytes, role: str, *, key: signing.Key, now: datetime) -> Prepared:
    """Sign a paper that came by mail, without a workspace: its own fields say whose turn it is.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01), not one of our papers (PDF-02, PDF-04).
        OutOfTurn: unknown role, already signed, or somebody else's turn.
        KeyUnreadable: as :func:`sign`.
    """
    origin = forms.origin(data)
    if origin is None:
        raise ForeignPaper(
            "PDF-02",
            Text("this PDF is not one of our papers: it does not say which agreement it is"),
            Text("sign the very file that came by mail, not a print or a copy of it"),
        )
    assert_turn(signing.circuit_of_paper(data), signing.signed_roles(data), role)
    return sign(Prepared(origin, data), role, key=key, now=now)


def seal(paper: Prepared, services: Services, now: datetime) -> Sealed:
    """Close a complete paper: validation data for every signature, then a document timestamp (PAdES-B-LTA).

    Raises:
        ServiceError: revocation data or the time-stamp cannot be had; the paper stays as it is.
    """
    data = signing.seal(paper.data, trust=services.trust, timestamper=services.timestamper, now=now)
    return Sealed(paper.origin, data)


def archive(
    sealed: Sealed,
    *,
    root: Path,
    year: str,
    journal: bytes,
    journal_head: str,
    services: Services,
    beside: Mapping[str, bytes] | None = None,
    facts: Mapping[str, Any] | None = None,
    revision: int = 1,
) -> store.Receipt:
    """Put a sealed paper into the archive, with its journal and the roots that it is verified by.

    Args:
        sealed: the paper.
        root: folder of the archive.
        year: academic year, such as 2026-2027.
        journal: what happened to the paper, JSON.
        journal_head: digest of the journal's last link, which anchors its chain outside the registry.
        services: whose trust it was sealed under.
        beside: further files, by name.
        facts: what the manifest should say besides, as plain JSON values.
        revision: 2 for the paper after its first renewal …

    Raises:
        NeverOverwrite: other files are kept under that number (ARCHIVE-01), or what is kept is damaged (ARCHIVE-03).
        DiskError: the archive cannot be written.
    """
    origin = sealed.origin
    return store.archive.store(
        root,
        year,
        origin.number,
        origin.document,
        origin.version,
        files={
            f"{origin.document}.pdf": sealed.data,
            "journal.json": journal,
            "roots.pem": services.trust.roots_pem(),
            **(beside or {}),
        },
        facts={**_facts_of(sealed), "academic_year": year, "journal_head": journal_head, **(facts or {})},
        revision=revision,
    )


def _facts_of(sealed: Sealed) -> dict[str, Any]:
    """What the manifest says of every paper."""
    named = ("number", "document", "version", "dossier_digest", "template_digest")
    facts = {name: getattr(sealed.origin, name) for name in named}
    return facts | {"signed_by": list(signing.signed_roles(sealed.data))}
