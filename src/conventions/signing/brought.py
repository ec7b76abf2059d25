"""What a signature brings along to prove itself: certificates, answers about them. Whoever reads the paper reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

__all__ = ["is_readable"]

_MOST: Final = 60
"""Certificates: a chain and a time-stamp's, and those of whoever says that they are not revoked, are some ten."""
_MOST_NAMESAKES: Final = 4
"""Certificates beyond the first of each name. Each doubles the ways that lead from a signer to a root, and
authorities that have signed each other lead in circles: ten certificates of one name can be combined for hours."""


def is_readable(made: EmbeddedPdfSignature, new: PdfFileReader, old: PdfFileReader) -> bool:
    """Whether a signature's certificates, and the validation data that came with it, can be read and lead somewhere.

    What cannot be read would keep the paper from being sealed, long after it was accepted.

    Args:
        made: the new signature.
        new: the file that came back, opened for this alone (see :mod:`conventions.signing.description`).
        old: the file that was sent.
    """
    try:
        brought = list(_certificates(made.signed_data))
        known = set(_data(old))
        for kind, data in _data(new):
            if (kind, data) not in known:
                brought += _read(kind, data)
    except (ValueError, TypeError):
        return False
    return _is_straight(brought)


def _is_straight(certificates: Iterable[x509.Certificate]) -> bool:
    different = {one.dump(): one.subject.dump() for one in certificates}
    return len(different) <= _MOST and len(different) - len(set(different.values())) <= _MOST_NAMESAKES


def _certificates(signed: cms.SignedData) -> Iterator[x509.Certificate]:
    """Of a signature, and of the time-stamps in it."""
    yield from (one.chosen for one in signed["certificates"] or () if one.name == "certificate")
    for signer in signed["signer_infos"]:
        for attributes in (signer["signed_attrs"], signer["unsigned_attrs"]):
            for attribute in attributes or ():
                for value in attribute["values"]:
                    if isinstance(value, cms.ContentInfo) and isinstance(value["content"], cms.SignedData):
                        yield from _certificates(value["content"])


def _data(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    """The document security store (ISO 32000-2, 12.8.4.3), with the name of each list."""
    store = reader.root["/DSS"] if "/DSS" in reader.root else generic.DictionaryObject()
    for kind, purpose in _KINDS.items():
        listed = store[kind] if kind in store else ()  # noqa: SIM401 - the library's get() follows no reference
        for reference in listed:
            yield kind, reference.get_object().read_data(purpose)


def _read(kind: str, data: bytes) -> Iterator[x509.Certificate]:
    """Parsed to the last byte; the certificates among them."""
    if kind == "/Certs":
        certificate = x509.Certificate.load(data)
        certificate.native  # noqa: B018 - parses everything
        yield certificate
    elif kind == "/OCSPs":
        answer = ocsp.OCSPResponse.load(data)
        answer.native  # noqa: B018
        yield from answer.basic_ocsp_response["certs"] or () if answer["response_bytes"] else ()
    else:
        listed = crl.CertificateList.load(data)["tbs_cert_list"]
        listed["issuer"].native, listed["next_update"].native  # not its entries, which may be very many


_KINDS: Final = {
    "/Certs": DecodePurpose.CERTIFICATE,
    "/OCSPs": DecodePurpose.OCSP_RESPONSE,
    "/CRLs": DecodePurpose.CRL,
}
