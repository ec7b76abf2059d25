"""How long a sealed paper can be believed, and how it is made to last longer (PAdES-B-LTA, ETSI EN 319 142-1, 6.1).

The last document timestamp carries everything before it. Before its certificates expire or its algorithms age, what
proves it is added to the validation data, and another timestamp is put over the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.errors import OutOfTurn, ServiceError
from conventions.signing.certificates import chain_of, name_of, public_key_of
from conventions.signing.closing import collect, collect_stamp, timestamp
from conventions.signing.read import embedded
from conventions.signing.timestamps import Timestamper
from conventions.signing.trust import Trust, fetchers
from conventions.signing.writing import Appending, awaited, opened
from conventions.text import Text

__all__ = ["Horizon", "aged_key", "horizon", "horizon_of", "renew"]

_LASTING_RSA: Final = 3072
"""Bits that are good beyond :data:`_SHORT_RSA_ENDS` (ANSSI-PG-083 3.00, RègleFactorisation; others are stricter, see
``docs/decisions/renewed-before-it-runs-out.md``)."""
_SHORT_RSA_ENDS: Final = datetime(2030, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Horizon:
    """Until when a sealed paper proves itself offline."""

    until: datetime
    """Aware."""
    why: Text
    """What ends then."""


def horizon(pdf: bytes) -> Horizon:
    """Until when the last document timestamp holds: the first of its certificates to expire, or of its keys to age.

    Raises:
        ForeignPaper: unreadable (PDF-01).
        OutOfTurn: no document timestamp closes the paper (RENEW-01).
    """
    return horizon_of(_last(pdf))


def horizon_of(last: EmbeddedPdfSignature) -> Horizon:
    """The same of the document timestamp that closes a paper which is open already."""
    ends = [*map(_expiry, _chain(last)), *_ageing(last)]
    return min(ends, key=lambda end: end.until)


def aged_key(last: EmbeddedPdfSignature, now: datetime) -> Text | None:
    """Why the document timestamp that closes a paper is too weak by now; None while it is not."""
    return next((end.why for end in _ageing(last) if end.until < now), None)


def renew(pdf: bytes, *, trust: Trust, timestamper: Timestamper | None, now: datetime) -> bytes:
    """Add what proves the last document timestamp now, and put another one over the whole; bytes are only appended.

    Args:
        pdf: a sealed paper whose last timestamp still holds.
        trust: whom to believe, and which hosts may be asked about revocation.
        timestamper: of the new timestamp.
        now: aware.

    Raises:
        ForeignPaper: unreadable (PDF-01).
        OutOfTurn: not sealed (RENEW-01).
        ServiceError: no time-stamp (TSA-01), no service is configured (RENEW-02), the key of the last timestamp is too
            weak by now (RENEW-03), or the certificates of the last timestamp or of the new one cannot be proved to be
            good (REV-01): it may be too late.
    """
    if timestamper is None:
        raise ServiceError(
            "RENEW-02",
            Text("a paper is renewed with a time-stamp, and no time-stamping service is named"),
            Text("put the address of an RFC 3161 service into trust.timestamps in conventions.toml"),
        )
    last = _last(pdf)
    if why := aged_key(last, now):
        raise ServiceError(
            "RENEW-03",
            Text("it is too late to renew the paper: {why}", why=why),
            Text("keep it as it is; `conventions verify --on DAY` says what it proved on an earlier day"),
        )
    return timestamp(awaited(_with_fresh_data(last, trust, timestamper, now)), timestamper)


async def _with_fresh_data(last: EmbeddedPdfSignature, trust: Trust, timestamper: Timestamper, now: datetime) -> bytes:
    writer = Appending(last.reader)
    async with fetchers(trust, now) as online:
        await collect(last, trust, now, online, writer)
        await collect_stamp(timestamper, trust, now, online, writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _last(pdf: bytes) -> EmbeddedPdfSignature:
    found = embedded(opened(pdf))
    if not found or found[-1].sig_object_type != "/DocTimeStamp":
        raise OutOfTurn(
            "RENEW-01",
            Text("no document timestamp closes the paper"),
            Text("seal it first: `conventions seal`"),
        )
    return found[-1]


def _chain(last: EmbeddedPdfSignature) -> list[x509.Certificate]:
    known = [*last.other_embedded_certs, *DocumentSecurityStore.read_dss(last.reader).load_certs()]
    return [last.signer_cert, *chain_of(last.signer_cert, known)]


def _expiry(certificate: x509.Certificate) -> Horizon:
    why = Text("the certificate of {name} expires", name=name_of(certificate))
    return Horizon(certificate.not_valid_after, why)


def _ageing(last: EmbeddedPdfSignature) -> Iterator[Horizon]:
    for one in _chain(last):
        key = public_key_of(one)
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LASTING_RSA:
            words = Text("the key of {name} is too short: RSA of {bits} bits", name=name_of(one), bits=key.key_size)
            yield Horizon(_SHORT_RSA_ENDS, words)
