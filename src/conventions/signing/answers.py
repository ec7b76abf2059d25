"""What authorities said of certificates above the signers', kept for a while: the papers of a year share them.

An answer is kept in memory, for at most an hour and never longer than its authority promises the next one, and for one
trust alone. Whether it proves anything is judged anew each time, exactly as when it had just been fetched. About the
certificates of those who sign, the authority is asked for every paper.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, TypeAlias

from asn1crypto import cms, crl, ocsp, x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.fetchers.api import CRLFetcher, OCSPFetcher
from pyhanko_certvalidator.util import issuer_serial

__all__ = ["KeptLists", "KeptResponses", "Shelf", "forget"]

_LONGEST: Final = timedelta(hours=1)
"""The window in which the revocation of an authority may go unnoticed by a program that runs on."""
_MOST: Final = 500
"""Answers; a year's papers need a handful."""

_Subject: TypeAlias = x509.Certificate | cms.AttributeCertificateV2
_Question: TypeAlias = tuple[Hashable, ...]


@dataclass(frozen=True)
class _Kept:
    encoded: tuple[bytes, ...]
    since: datetime
    until: datetime


_KEPT: Final[dict[_Question, _Kept]] = {}
_TURN: Final = Lock()


def forget(trust: Hashable) -> None:
    """Whatever was kept for a trust: a proof has failed, and the next one shall rest on new answers."""
    with _TURN:
        for question in [one for one in _KEPT if one[0] == trust]:
            del _KEPT[question]


@dataclass(frozen=True)
class Shelf:
    """Where the answers of one trust lie, as seen at one moment."""

    trust: Hashable
    now: datetime
    """Aware."""
    signers: frozenset[bytes] = frozenset()
    """Certificates, DER, of which nothing is kept."""

    def find(self, question: _Question) -> tuple[bytes, ...] | None:
        """What is kept and still good now; None when the authority must be asked."""
        if question[0] in self.signers:  # whose certificate may have been somebody's authority before
            return None
        with _TURN:
            kept = _KEPT.get((self.trust, *question))
        return kept.encoded if kept and kept.since <= self.now < kept.until else None

    def keep(self, question: _Question, answers: Sequence[Any], ends: Sequence[datetime | None]) -> None:
        """Keep answers, each of which says when the next one comes; a question begins with the certificate, DER."""
        told = [end for end in ends if end is not None]
        if question[0] in self.signers or not told or len(told) < len(ends):
            return
        encoded = tuple(one.dump() for one in answers)
        with _TURN:
            if len(_KEPT) >= _MOST:
                _KEPT.clear()
            _KEPT[(self.trust, *question)] = _Kept(encoded, self.now, min(*told, self.now + _LONGEST))


class KeptResponses(OCSPFetcher):
    """OCSP answers (RFC 6960), from the shelf or from whoever fetches them."""

    def __init__(self, online: OCSPFetcher, shelf: Shelf) -> None:
        self._online, self._shelf = online, shelf
        self._given: dict[bytes, list[ocsp.OCSPResponse]] = {}

    async def fetch(self, cert: _Subject, authority: Authority) -> ocsp.OCSPResponse:
        """An answer about a certificate."""
        question = (cert.dump(), "ocsp", authority.hashable)
        if kept := self._shelf.find(question):
            answer = ocsp.OCSPResponse.load(kept[0])
        else:
            answer = await self._online.fetch(cert, authority)
            self._shelf.keep(question, [answer], _next_responses(answer))
        self._given.setdefault(issuer_serial(cert), []).append(answer)
        return answer

    def fetched_responses(self) -> Iterable[ocsp.OCSPResponse]:
        """Everything that was given out here."""
        return [one for answers in self._given.values() for one in answers]

    def fetched_responses_for_cert(self, cert: _Subject) -> Iterable[ocsp.OCSPResponse]:
        """What was given out about one certificate."""
        return self._given.get(issuer_serial(cert), [])


class KeptLists(CRLFetcher):
    """Revocation lists (RFC 5280, 5), from the shelf or from whoever fetches them."""

    def __init__(self, online: CRLFetcher, shelf: Shelf) -> None:
        self._online, self._shelf = online, shelf
        self._given: dict[bytes, list[crl.CertificateList]] = {}

    async def fetch(self, cert: _Subject, *, use_deltas: bool | None = None) -> Iterable[crl.CertificateList]:
        """The lists on which a certificate would stand."""
        question = (cert.dump(), "crl", use_deltas)
        if kept := self._shelf.find(question):
            lists = [crl.CertificateList.load(one) for one in kept]
        else:
            asked = {} if use_deltas is None else {"use_deltas": use_deltas}
            lists = list(await self._online.fetch(cert, **asked))
            self._shelf.keep(question, lists, [one["tbs_cert_list"]["next_update"].native for one in lists])
        self._given[issuer_serial(cert)] = lists
        return lists

    def fetched_crls(self) -> Iterable[crl.CertificateList]:
        """Everything that was given out here."""
        return [one for lists in self._given.values() for one in lists]

    def fetched_crls_for_cert(self, cert: _Subject) -> Iterable[crl.CertificateList]:
        """What was given out for one certificate.

        Raises:
            KeyError: nothing was asked for.
        """
        return self._given[issuer_serial(cert)]


def _next_responses(answer: ocsp.OCSPResponse) -> list[datetime | None]:
    """When the next answers come; None where that is not told, and for an answer that says only that there is none."""
    if answer["response_status"].native != "successful":
        return [None]
    return [one["next_update"].native for one in answer.response_data["responses"]]
