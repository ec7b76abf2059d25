"""One signature of a sealed paper, judged by the validation data and timestamps that the paper carries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import SimpleTrustManager

from conventions.signing.judge import Judgement, judge
from conventions.signing.policy import CHANGES, SIGNING_USE
from conventions.signing.trust import CLOCK_SKEW, Trust

__all__ = ["LongTerm", "judge_carried", "judge_longterm"]

_ANY_AGE: Final = timedelta(days=365 * 100)


@dataclass(frozen=True)
class LongTerm:
    """A judgement, and what the timestamps add to it."""

    judgement: Judgement
    is_trusted: bool
    proved_at: datetime | None
    """The earliest moment at which a trusted timestamp proves that the signature existed; None when none does."""


async def judge_longterm(one: EmbeddedPdfSignature, judgement: Judgement, trust: Trust, now: datetime) -> LongTerm:
    """Validate with the paper's own validation data, nothing being fetched (ETSI EN 319 102-1, 5.6.3).

    Every certificate of the chain needs its proof of non-revocation among these data. The library passes only a
    signature that has a believed timestamp of its own; for any other, the first document timestamp after it is the
    proof, as long as the last one is good, and the certificate is judged at that moment.
    """
    timing = ValidationTimingInfo(validation_time=now, best_signature_time=now, point_in_time_validation=False)
    result = await ades_lta_validation(one, _specification(trust), timing_info=timing)
    if result.ades_subindic is AdESPassed.OK:
        return LongTerm(judgement, is_trusted=True, proved_at=result.best_signature_time)
    moment = result.oldest_evidence_record_timestamp
    lenient = trust.context(now, strict=False)
    last = one.reader.embedded_signatures[-1]
    is_proof = (await judge(last, lenient, lenient)).is_trusted
    if moment is None or judgement.stamped_at is not None or not is_proof:
        return LongTerm(judgement, is_trusted=False, proved_at=judgement.stamped_at)
    then = await judge(one, _at(moment, _store_under(last), trust), lenient)
    return LongTerm(replace(judgement, trouble=then.trouble), then.is_trusted, moment)


async def judge_carried(one: EmbeddedPdfSignature, judgement: Judgement, trust: Trust, now: datetime) -> LongTerm:
    """A document timestamp inside a sealed paper, whose own certificate has ended.

    The one that closes the paper proves when it existed, together with what proves its certificate, which is judged at
    that moment (ETSI EN 319 102-1, 5.6.2.4): it need not last as long as the closing one.
    """
    lenient = trust.context(now, strict=False)
    last = one.reader.embedded_signatures[-1]
    moment = (await judge(last, lenient, lenient)).stamped_at
    if moment is None:
        return LongTerm(judgement, is_trusted=False, proved_at=None)
    then = _at(moment, _store_under(last), trust)
    found = await judge(one, then, then)
    return LongTerm(replace(judgement, trouble=found.trouble), found.is_trusted, found.stamped_at)


def _store_under(last: EmbeddedPdfSignature) -> DocumentSecurityStore:
    """The validation data that a document timestamp covers."""
    return DocumentSecurityStore.read_dss(last.reader.get_historical_resolver(last.signed_revision))


def _at(moment: datetime, store: DocumentSecurityStore, trust: Trust) -> ValidationContext:
    """What the paper's validation data, which are younger, say of a moment."""
    return trust.context(
        moment,
        answers=(ocsp.OCSPResponse.load(_data(data, DecodePurpose.OCSP_RESPONSE)) for data in store.ocsps),
        lists=(crl.CertificateList.load(_data(data, DecodePurpose.CRL)) for data in store.crls),
        others=store.load_certs(),
        strict=True,
        retroactive=True,
    )


def _data(reference: generic.IndirectObject, purpose: DecodePurpose) -> bytes:
    stream = reference.get_object()
    if not isinstance(stream, generic.StreamObject):
        raise TypeError(type(stream).__name__)
    return stream.read_data(purpose)


def _specification(trust: Trust) -> PdfSignatureValidationSpec:
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[CertTrustAnchor(root) for root in trust.believed]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        time_tolerance=CLOCK_SKEW,
    )
    # Offline, nobody can say today whether the last timestamp's certificate is revoked: what was known when the paper
    # was sealed counts for as long as that certificate itself is valid.
    for_stamps = replace(
        policy,
        revinfo_policy=CertRevTrustPolicy(
            REQUIRE_REVINFO, freshness=_ANY_AGE, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
        ),
    )
    nothing_online = RevocationInfoGatheringSpec(
        online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
        certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
    )
    specification = SignatureValidationSpec(
        cert_validation_policy=policy,
        ts_cert_validation_policy=for_stamps,
        revinfo_gathering_policy=nothing_online,
        # the roots too: whoever signed a revocation list is looked for among known certificates only
        local_knowledge=LocalKnowledge(known_certs=trust.known),
        key_usage_settings=SIGNING_USE,
    )
    return PdfSignatureValidationSpec(specification, diff_policy=CHANGES)
