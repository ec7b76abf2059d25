"""A record beside the paper, signed by the seal: a detached CAdES signature (ETSI EN 319 122-1)."""

from __future__ import annotations

from datetime import datetime

from asn1crypto import cms
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from conventions.signing.keys import Key
from conventions.signing.timestamps import Timestamper
from conventions.signing.writing import DIGEST, awaited

__all__ = ["sign_detached"]


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
