"""The end of a paper: validation data for every signature, then a document timestamp (PAdES-B-LTA).

ETSI EN 319 142-1, 5.4.2 and 5.4.3: the validation data go into the document security store, and the timestamp over the
whole proves that paper and data existed while every certificate was good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final

from asn1crypto import x509
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.fetchers.api import Fetchers

from conventions.errors import ServiceError
from conventions.model.roles import ROLE_LABELS
from conventions.signing.answers import forget
from conventions.signing.judge import judge
from conventions.signing.read import embedded, field_of
from conventions.signing.timestamps import TOKEN_BYTES, Timestamper
from conventions.signing.trust import Trust, fetchers
from conventions.signing.writing import DIGEST, Appending, awaited, opened
from conventions.text import Text

__all__ = ["collect", "collect_stamp", "prove", "seal", "timestamp"]

_STAMP_CHARACTERS: Final = 2 * TOKEN_BYTES
"""Room for the token, in hexadecimal characters."""
_NOWHERE: Final = InvisSigSettings(box_out_of_bounds=True)
"""A timestamp's field is outside of the page: there it needs no place in the structure (ISO 14289-1, 7.18.1)."""


def timestamp(pdf: bytes, timestamper: Timestamper) -> bytes:
    """Append a document timestamp (RFC 3161, ETSI.RFC3161): the paper existed, as it is, at that moment.

    Raises:
        ForeignPaper: unreadable (PDF-01).
        ServiceError: no time-stamp (TSA-01).
    """
    output = BytesIO()
    PdfTimeStamper(timestamper, invis_settings=_NOWHERE).timestamp_pdf(
        Appending(opened(pdf)), DIGEST, bytes_reserved=_STAMP_CHARACTERS, output=output
    )
    return output.getvalue()


def prove(pdf: bytes, roles: Collection[str], trust: Trust, now: datetime) -> tuple[bytes, tuple[str, ...]]:
    """Append the validation data of some signatures (PAdES-B-LT), as far as it can be had now.

    Args:
        pdf: the paper.
        roles: whose signatures lack it.
        trust: whom to believe, and which hosts may be asked; without any host nothing is asked and nothing is missing.
        now: aware.

    Returns:
        The paper, and the roles for which nobody could say whether the certificate is good: to be asked again, and
        asked at the latest when the paper is sealed, which fails without it.

    Raises:
        ForeignPaper: unreadable (PDF-01).
    """
    return awaited(_proved(pdf, frozenset(roles), trust, now)) if trust.hosts and roles else (pdf, ())


async def _proved(pdf: bytes, roles: frozenset[str], trust: Trust, now: datetime) -> tuple[bytes, tuple[str, ...]]:
    reader = opened(pdf)
    writer = Appending(reader)
    missing: list[str] = []
    signatures = embedded(reader)
    async with fetchers(trust, now, _signers(signatures)) as online:
        for signature in signatures:
            role = field_of(signature)
            if role in roles and signature.sig_object_type != "/DocTimeStamp":
                try:
                    await collect(signature, trust, now, online, writer)
                except ServiceError:
                    missing.append(role)
    if len(missing) == len(roles):
        return pdf, tuple(missing)
    output = BytesIO()
    writer.write(output)
    return output.getvalue(), tuple(missing)


def seal(pdf: bytes, *, trust: Trust, timestamper: Timestamper | None, now: datetime) -> bytes:
    """Close a paper that everybody has signed.

    Everything is collected first: if one answer is missing nothing is written, and the paper stays as it was.

    Args:
        pdf: the paper with all its signatures.
        trust: whom to believe, and which hosts may be asked about revocation.
        timestamper: of the final document timestamp.
        now: moment of sealing, aware.

    Raises:
        ForeignPaper: unreadable (PDF-01).
        ServiceError: no time-stamp (TSA-01), no service is configured (TSA-02), or nobody could say whether a
            certificate is revoked, or one of them is (REV-01).
    """
    if timestamper is None:
        raise ServiceError(
            "TSA-02",
            Text("a paper is sealed with a time-stamp, and no time-stamping service is named"),
            Text("put the address of an RFC 3161 service into trust.timestamps in conventions.toml"),
        )
    return timestamp(awaited(_with_validation_data(pdf, trust, timestamper, now)), timestamper)


async def _with_validation_data(pdf: bytes, trust: Trust, timestamper: Timestamper, now: datetime) -> bytes:
    reader = opened(pdf)
    writer = Appending(reader)
    signatures = embedded(reader)
    async with fetchers(trust, now, _signers(signatures)) as online:
        for signature in signatures:
            await collect(signature, trust, now, online, writer)
        await collect_stamp(timestamper, trust, now, online, writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _signers(signatures: Iterable[EmbeddedPdfSignature]) -> list[x509.Certificate]:
    return [one.signer_cert for one in signatures if one.sig_object_type != "/DocTimeStamp"]


async def collect(
    signature: EmbeddedPdfSignature, trust: Trust, now: datetime, online: Fetchers | None, writer: Appending
) -> None:
    """Put what proves the certificates of one signature or document timestamp into the store of a writer.

    A timestamp of a service that is not believed here proves nothing, and needs no proof: reception added ours.

    Raises:
        ServiceError: nobody could say whether a certificate is revoked, or one of them is (REV-01).
    """
    lenient = trust.context(now, strict=False)
    is_stamped = (await judge(signature, lenient, lenient, compares=False)).stamped_at is not None
    context = trust.context(now, online=online, strict=True)
    try:
        paths = await collect_validation_info(signature, context, skip_timestamp=not is_stamped)
    except (PathError, ValidationError) as error:
        forget(trust)
        raise _unproven(field_of(signature), error) from error
    contents = signature.pkcs7_content.hex().encode()
    # What an earlier revision says of a signature must not be rewritten: newer data are added to the store as a whole.
    subject = None if _is_told_of(signature, contents) else contents
    DocumentSecurityStore.supply_dss_in_writer(
        writer, subject, paths=paths, validation_context=context, embed_roots=False
    )


def _is_told_of(signature: EmbeddedPdfSignature, contents: bytes) -> bool:
    """Has the store an entry about this signature already?"""
    root = signature.reader.root
    entries = root["/DSS"]["/VRI"] if "/DSS" in root and "/VRI" in root["/DSS"] else {}
    return str(DocumentSecurityStore.sig_content_identifier(contents)) in {str(key) for key in entries}


async def collect_stamp(
    timestamper: Timestamper, trust: Trust, now: datetime, online: Fetchers | None, writer: Appending
) -> None:
    """The same for the timestamp that is about to be made."""
    context = trust.context(now, online=online, strict=True)
    try:
        await timestamper.async_dummy_response(DIGEST)
        paths: Sequence[object] = [path async for path in timestamper.validation_paths(context)]
    except (PathError, ValidationError) as error:
        forget(trust)
        raise _unproven("", error) from error
    DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context, embed_roots=False)


def _unproven(field: str, error: PathError | ValidationError) -> ServiceError:
    whose = ROLE_LABELS.get(field, Text("seal") if field else Text("time-stamping service"))
    return ServiceError(
        "REV-01",
        Text(
            "it cannot be proved that the certificate of the {whose} is good: {problem}",
            whose=whose,
            problem=str(error),
        ),
        Text(
            "try again later; if it stays so, put the authority's certificate into trust.roots or "
            "trust.intermediates and its host into trust.revocation_hosts"
        ),
    )
