"""One signature, judged at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from conventions.signing.policy import CHANGES, SIGNING_USE

__all__ = ["Judgement", "judge"]

_REVOKED = frozenset({AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE})
_OUT_OF_DATE = frozenset(
    {
        AdESFailure.NOT_YET_VALID,
        AdESIndeterminate.EXPIRED,
        AdESIndeterminate.NOT_YET_VALID,
        AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
    }
)
_UNKNOWN = frozenset({AdESIndeterminate.TRY_LATER, AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE})


@dataclass(frozen=True)
class Judgement:
    """What validation found."""

    is_intact: bool
    """The signed bytes are unchanged and the signature value fits the certificate; so it is with its timestamp."""
    trouble: AdESSubIndic | None
    """Why the certificate is not trusted at that moment; None when it is."""
    covers_its_revision: bool
    change: ModificationLevel
    """What was changed after it."""
    permits_change: bool
    """Whether the signature's own rules (certification, locks) allow that change."""
    stamped_at: datetime | None
    """Moment of the signature's own timestamp, if there is one and it is trusted."""
    doubts_stamp: bool = False
    """There is a timestamp, and it is not trusted."""

    @property
    def is_trusted(self) -> bool:
        """The certificate leads to a root that is believed and was valid."""
        return self.is_intact and self.trouble is None

    @property
    def is_revoked(self) -> bool:
        """The certificate, or one above it, was revoked."""
        return self.trouble in _REVOKED

    @property
    def is_out_of_date(self) -> bool:
        """The certificate had expired or was not valid yet."""
        return self.trouble in _OUT_OF_DATE

    @property
    def lacks_revocation_data(self) -> bool:
        """Nobody could say whether the certificate was revoked."""
        return self.trouble in _UNKNOWN

    def allows(self, most: ModificationLevel) -> bool:
        """Whether what came after is at most of this kind, and permitted."""
        return self.covers_its_revision and self.permits_change and self.change.value <= most.value


async def judge(
    signature: EmbeddedPdfSignature,
    context: ValidationContext,
    stamps: ValidationContext,
    *,
    compares: bool = True,
) -> Judgement:
    """Validate one signature or document timestamp.

    Args:
        signature: of an open paper.
        context: for the signer's certificate.
        stamps: for the certificates of timestamps, often at another moment.
        compares: with what follows; otherwise nothing is allowed to. For those who ask about certificates alone.

    Raises:
        Exception: nearly any, on a hostile file; callers treat each as a failure.
    """
    if signature.sig_object_type == "/DocTimeStamp":
        status = await async_validate_pdf_timestamp(signature, stamps, diff_policy=CHANGES, skip_diff=not compares)
        return _judgement(signature, status, status.timestamp if status.trusted else None)
    found = await async_validate_pdf_signature(
        signature,
        context,
        stamps,
        diff_policy=CHANGES,
        key_usage_settings=SIGNING_USE,
        skip_diff=not compares,
    )
    stamp = found.timestamp_validity
    if stamp is None:
        return _judgement(signature, found, None)
    is_whole = bool(stamp.intact and stamp.valid)
    judgement = _judgement(signature, found, stamp.timestamp if is_whole and stamp.trusted else None)
    return replace(judgement, is_intact=judgement.is_intact and is_whole, doubts_stamp=judgement.stamped_at is None)


def _judgement(
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus | TimestampSignatureStatus,
    stamped_at: datetime | None,
) -> Judgement:
    result = cast("object", signature.diff_result)  # the library declares it as None and fills it in later
    permission = signature.docmdp_level
    change = result.modification_level if isinstance(result, DiffResult) else ModificationLevel.OTHER
    is_permitted = change is not ModificationLevel.OTHER and (permission is None or change.value <= permission.value)
    coverage = cast("SignatureCoverageLevel | None", signature.coverage) or SignatureCoverageLevel.UNCLEAR
    return Judgement(
        is_intact=bool(status.intact and status.valid),
        trouble=status.trust_problem_indic,
        covers_its_revision=coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        change=change,
        permits_change=is_permitted,
        stamped_at=stamped_at,
    )
