"""Whom to believe: root certificates, known intermediates, and the hosts that may be asked about revocation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import aiohttp
from asn1crypto import cms, crl, ocsp, pem, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import CertificateFetcher, Fetchers

from conventions.errors import KeyUnreadable
from conventions.signing.answers import KeptLists, KeptResponses, Shelf
from conventions.system import reason
from conventions.text import Text

__all__ = ["CLOCK_SKEW", "Trust", "fetchers", "load_trust"]

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far another machine's clock may be from ours, and how long one command may take."""
_MOST_CERTIFICATES: Final = 256
"""Of settings, not of papers: what stands in a file is parsed with the file."""
_LARGEST: Final = 1_000_000
_TIMEOUT: Final = 10


@dataclass(frozen=True)
class Trust:
    """What the office believes. The operating system's list of authorities is never consulted.

    With ``hosts``, a received signature needs proof that no certificate of its chain is revoked, and the proof is
    fetched from these hosts alone. Without, nothing is ever fetched: a paper can be received and verified offline, a
    revocation goes unnoticed until the paper is sealed, and it cannot be sealed.
    """

    roots: tuple[bytes, ...]
    """Certificates to believe, DER."""
    intermediates: tuple[bytes, ...] = ()
    """Further certificates that help to build a chain; they are not believed by themselves. DER."""
    hosts: frozenset[str] = frozenset()
    """Hosts from which OCSP answers and revocation lists may be fetched."""
    qualified: tuple[bytes, ...] = ()
    """Issuers that the trusted lists hold as granted for qualified certificates, DER."""

    @property
    def believed(self) -> list[x509.Certificate]:
        """The roots, parsed."""
        return [*map(_parsed, self.roots)]

    @property
    def known(self) -> list[x509.Certificate]:
        """The roots and the further certificates, parsed."""
        return [*map(_parsed, (*self.roots, *self.intermediates))]

    def roots_pem(self) -> bytes:
        """The roots in PEM: what somebody else needs to verify a paper."""
        return b"".join(pem.armor("CERTIFICATE", root) for root in self.roots)

    def context(
        self,
        moment: datetime,
        *,
        online: Fetchers | None = None,
        answers: Iterable[ocsp.OCSPResponse] = (),
        lists: Iterable[crl.CertificateList] = (),
        others: Iterable[x509.Certificate] = (),
        strict: bool,
        retroactive: bool = False,
    ) -> ValidationContext:
        """A fresh validation context; it has a memory, so there is one per question.

        Args:
            moment: at which the chain must hold, aware.
            online: fetchers of :func:`fetchers`, or none.
            answers: OCSP answers that are known already.
            lists: revocation lists that are known already.
            others: certificates that may help to build a chain.
            strict: every certificate below the root needs proof that it is not revoked; otherwise what is not known
                is forgiven and only a proven revocation counts.
            retroactive: accept revocation data that were issued after ``moment`` (they say when a revocation began).
        """
        return ValidationContext(
            trust_roots=self.believed,
            other_certs=[*map(_parsed, self.intermediates), *others],
            moment=moment,
            allow_fetching=online is not None,
            fetchers=online,
            ocsps=list(answers),
            crls=list(lists),
            revocation_mode="require" if strict else "soft-fail",
            retroactive_revinfo=retroactive,
            time_tolerance=CLOCK_SKEW,
        )


@lru_cache(maxsize=_MOST_CERTIFICATES)
def _parsed(der: bytes) -> x509.Certificate:
    """Parsed as a whole: the library puts it off until a part is asked for, which two threads may do at once."""
    certificate = x509.Certificate.load(der)
    certificate.native  # noqa: B018 - parses everything
    return certificate


def load_trust(
    paths: Sequence[Path],
    *,
    intermediates: Sequence[Path] = (),
    hosts: Iterable[str] = (),
    qualified: Sequence[Path] = (),
) -> Trust:
    """Read certificates to believe from PEM files (one or several each) or DER files.

    Raises:
        KeyUnreadable: a file is missing (TRUST-01) or holds no certificate (TRUST-02).
    """
    return Trust(
        roots=tuple(one for path in paths for one in _certificates(path)),
        intermediates=tuple(one for path in intermediates for one in _certificates(path)),
        hosts=frozenset(host.casefold() for host in hosts),
        qualified=tuple(one for path in qualified for one in _certificates(path)),
    )


def _certificates(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST)
    except OSError as error:
        raise KeyUnreadable(
            "TRUST-01",
            Text("the certificate file cannot be read: {problem}", problem=reason(error)),
            Text("check what --trust names, or the names under trust in conventions.toml, and the permissions"),
            place=str(path),
        ) from error
    try:
        blocks = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        for block in blocks:
            x509.Certificate.load(block, strict=True).public_key.dump()
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(
            "TRUST-02",
            Text("the file holds no certificate"),
            Text("name a PEM or DER file with the certificate of an authority"),
            place=str(path),
        ) from error
    return blocks


@asynccontextmanager
async def fetchers(
    trust: Trust, now: datetime, signers: Iterable[x509.Certificate] = ()
) -> AsyncIterator[Fetchers | None]:
    """Fetchers of revocation data that contact the trusted hosts alone; None when there is no such host.

    What is known already of authorities and time-stamping services is not fetched again (see
    :mod:`conventions.signing.answers`); of the signers it always is.

    A received file names addresses of its own choice, and fetching them would make this program knock at doors inside
    our own network. Certificates are never fetched: a signature brings its chain, or the settings name it.
    """
    if not trust.hosts:
        yield None
        return

    async def only_trusted_hosts(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if (request.url.host or "").casefold() not in trust.hosts:
            raise aiohttp.ClientConnectionError("not a trusted revocation host")
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=(only_trusted_hosts,)) as session:
        built = AIOHttpFetcherBackend(session, per_request_timeout=_TIMEOUT).get_fetchers()
        shelf = Shelf(trust, now, frozenset(one.dump() for one in signers))
        yield Fetchers(KeptResponses(built.ocsp_fetcher, shelf), KeptLists(built.crl_fetcher, shelf), _NoCertificates())


class _NoCertificates(CertificateFetcher):
    """Fetches no certificate from anywhere."""

    def fetch_cert_issuers(
        self, _cert: x509.Certificate | cms.AttributeCertificateV2
    ) -> AsyncGenerator[x509.Certificate, None]:
        """None."""
        return _nothing()

    def fetch_crl_issuers(self, _list: object) -> AsyncGenerator[x509.Certificate, None]:
        """None."""
        return _nothing()

    def fetched_certs(self) -> Iterable[x509.Certificate]:
        """None."""
        return ()


async def _nothing() -> AsyncGenerator[x509.Certificate, None]:
    nothing: tuple[x509.Certificate, ...] = ()
    for certificate in nothing:
        yield certificate
