"""One signature in one field of a paper."""

from __future__ import annotations

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.errors import ForeignPaper, OutOfTurn
from conventions.signing.keys import mismatched
from conventions.signing.making import Signer
from conventions.signing.stamp import Stamp
from conventions.signing.writing import DIGEST, Appending, fields_of, opened
from conventions.text import Text

__all__ = ["sign"]


def sign(pdf: bytes, role: str, signer: Signer, *, stamp: Stamp, reason: str, location: str) -> bytes:
    """Append one PAdES signature (ETSI EN 319 142-1, ETSI.CAdES.detached) with a visible stamp to an existing field.

    Whose turn it is must have been asked before; the key's validity too. The result is the given bytes and one
    revision more, and its new signature was checked against the bytes before it is returned.

    Args:
        pdf: the prepared paper, with any earlier signatures.
        role: name of the field.
        signer: who signs, and when.
        stamp: what is seen.
        reason: why, in the language of the paper.
        location: where; empty when unknown.

    Raises:
        ForeignPaper: unreadable (PDF-01), or without a field for that role (PDF-04).
        OutOfTurn: the field is signed already (TURN-06).
        KeyUnreadable: the key made a signature that does not check (KEY-08).
        ServiceError: no time-stamp (TSA-01).
    """
    reader = opened(pdf)
    field = _empty_field(reader.root, role)
    metadata = PdfSignatureMetadata(
        field_name=role,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location or None,
        name=signer.key.certificate_name,
    )
    signed = signer.sign(Appending(reader), metadata, style=stamp.style(field), words=stamp.words)
    _require_intact(signed, role)
    return signed


def _empty_field(root: generic.DictionaryObject, role: str) -> generic.DictionaryObject:
    field = next((one for one in fields_of(root) if one.raw_get("/T") == role), None)
    if field is None:
        raise ForeignPaper(
            "PDF-04",
            Text("this paper has no signature field for “{role}”", role=role),
            Text("sign the paper that was issued, in one of its roles"),
        )
    if "/V" in field:
        raise OutOfTurn(
            "TURN-06",
            Text("the field of “{role}” holds a signature already", role=role),
            Text("nothing to do: one signature per role"),
        )
    return field


def _require_intact(signed: bytes, role: str) -> None:
    """A key that does not match its certificate signs without complaint; find out before anybody else does."""
    reader = opened(signed)
    field = next(one for one in fields_of(reader.root) if one.raw_get("/T") == role)
    made = EmbeddedPdfSignature(reader, field, role)  # earlier signatures take long to read
    made.compute_integrity_info(skip_diff=True)
    intact, valid = validate_sig_integrity(
        made.signer_info,
        made.signer_cert,
        expected_content_type="data",
        actual_digest=made.compute_digest(),
    )
    if not (intact and valid):
        raise mismatched()
