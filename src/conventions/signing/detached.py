"""A record beside the paper, signed by the seal: a detached CAdES signature (ETSI EN 319 122-1)."""

from __future__ import annotations

from datetime import datetime

from asn1crypto import cms
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import async_validate_detached_cms

from conventions.signing.certificates import fingerprint_of
from conventions.signing.keys import Key
from conventions.signing.policy import SIGNING_USE
from conventions.signing.timestamps import Timestamper
from conventions.signing.trust import Trust
from conventions.signing.writing import DIGEST, awaited

__all__ = ["sign_detached", "signer_of"]


def sign_detached(data: bytes, key: Key, timestamper: Timestamper | None, now: datetime) -> bytes:
    """The signature of a record, DER, with a time-stamp if a service is named; the record itself is not in it.

    Raises:
        ServiceError: no time-stamp (TSA-01).
    """
    signed: cms.ContentInfo = awaited(
        key.signer.async_sign_general_data(
            data,
            DIGEST,
            detached=True,
            use_cades=True,
            timestamper=timestamper,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=now),
        )
    )
    return bytes(signed.dump())


def signer_of(data: bytes, signature: bytes, now: datetime) -> str:
    """Fingerprint of the certificate whose key signed a record; empty when signature or time-stamp is not intact.

    Whether the certificate is believed is another question: the paper, which the same key signed, carries its proof.
    """
    try:
        content = cms.ContentInfo.load(signature)["content"]
        context = Trust(()).context(now, strict=False)
        found = awaited(async_validate_detached_cms(data, content, context, context, key_usage_settings=SIGNING_USE))
    except Exception:  # noqa: BLE001 - as for papers: what makes the library stumble proves nothing
        return ""
    stamp = found.timestamp_validity
    is_whole = found.intact and found.valid and (stamp is None or (stamp.intact and stamp.valid))
    return fingerprint_of(found.signing_cert) if is_whole else ""
