"""Who has signed: read from the paper's own bytes, without asking whether it is true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.model.roles import SEAL
from conventions.signing.certificates import fingerprint_of, name_of
from conventions.signing.writing import opened, unreadable

__all__ = ["SignatureFacts", "embedded", "signatures", "signed_roles"]


@dataclass(frozen=True)
class SignatureFacts:
    """What one signature says of itself. A claim: :mod:`conventions.signing.verification` says what is proved."""

    field: str
    """Role, ``seal``, or the generated name of a document timestamp."""
    signer: str
    fingerprint: str
    claimed_at: datetime | None
    """Signing time as the signer's machine had it."""
    is_timestamp: bool
    """True for a document timestamp, which proves a moment and not a person."""


def signatures(pdf: bytes) -> tuple[SignatureFacts, ...]:
    """Every signature and document timestamp of a paper, in the order in which they were made.

    Raises:
        ForeignPaper: not a readable PDF, encrypted, or with a signature that cannot be parsed (PDF-01).
    """
    return tuple(
        SignatureFacts(
            field=one.field_name,
            signer=name_of(one.signer_cert),
            fingerprint=fingerprint_of(one.signer_cert),
            claimed_at=one.self_reported_timestamp,
            is_timestamp=one.sig_object_type == "/DocTimeStamp",
        )
        for one in embedded(opened(pdf))
    )


def signed_roles(pdf: bytes) -> tuple[str, ...]:
    """The roles that have signed, in the order in which they did; the seal is not a role.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01).
    """
    return tuple(one.field for one in signatures(pdf) if not one.is_timestamp and one.field != SEAL)


def embedded(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """The signatures of an open paper, parsed.

    Raises:
        ForeignPaper: one of them cannot be parsed (PDF-01).
    """
    try:
        found = reader.embedded_signatures
        for one in found:
            one.signer_cert.subject.native  # noqa: B018 - parsed lazily, and this is where hostile bytes must fail
            one.self_reported_timestamp  # noqa: B018
    except Exception as error:
        raise unreadable() from error
    return list(found)
