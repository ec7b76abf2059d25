"""Who made the new signature, and when: its certificate, the person, the moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator.errors import InvalidCertificateError

from conventions.model.roles import SEAL, Signatory
from conventions.signing import objections
from conventions.signing.certificates import emails_of, fingerprint_of, folded, name_of, serves_a_machine
from conventions.signing.judge import Judgement, judge
from conventions.signing.policy import SIGNING_USE, SUBFILTERS, is_accepted_algorithm
from conventions.signing.read import field_of
from conventions.signing.trust import CLOCK_SKEW, Trust

__all__ = ["require_algorithm", "require_person", "require_time", "require_trust"]

_BEFORE_ISSUE: Final = timedelta(days=1)
"""A signer's clock may run in another time zone, but not before the paper existed."""


def require_algorithm(made: EmbeddedPdfSignature) -> None:
    """Refuse a kind of signature that proves too little (GATE-ALGORITHM)."""
    is_known = str(made.sig_object["/SubFilter"]) in SUBFILTERS
    if not is_known or not is_accepted_algorithm(made.signer_info, made.signer_cert):
        raise objections.weak()


async def require_trust(made: EmbeddedPdfSignature, judgement: Judgement, trust: Trust, now: datetime) -> None:
    """Refuse a certificate that is not to be believed today.

    Raises:
        Refused: revoked (GATE-REVOKED), out of date (GATE-EXPIRED), not meant for signing (GATE-USAGE), of an
            authority that is not recognised (GATE-TRUST).
        ServiceError: nobody could say whether it is revoked (REV-02).
    """
    if judgement.is_trusted and not serves_a_machine(made.signer_cert):
        return
    name = name_of(made.signer_cert)
    if judgement.is_revoked:
        raise objections.revoked(name)
    if judgement.is_out_of_date or made.signer_cert.not_valid_before > now:  # the library does not report the latter
        raise objections.out_of_date(name)
    if not _is_for_signing(made):
        raise objections.unfit(name)
    lenient = trust.context(now, strict=False)
    if (await judge(made, lenient, lenient)).is_trusted:
        raise objections.revocation_unknown(name)
    raise objections.untrusted(name, str(made.signer_cert.issuer.human_friendly))


def _is_for_signing(made: EmbeddedPdfSignature) -> bool:
    try:
        SIGNING_USE.validate(made.signer_cert)
    except InvalidCertificateError:
        return False
    return not serves_a_machine(made.signer_cert)


def require_person(made: EmbeddedPdfSignature, expected: Signatory, before: list[EmbeddedPdfSignature]) -> None:
    """Refuse everybody but the expected person (GATE-PERSON).

    The institution's seal is nobody: what it signs on a person's behalf is made by the office itself, with its record
    of how that person was recognised, and never comes back from outside.
    """
    certificate = made.signer_cert
    if expected.fingerprint:
        is_expected = fingerprint_of(certificate) == expected.fingerprint.replace(":", "").casefold()
    else:
        is_expected = bool(expected.email) and folded(expected.email) in emails_of(certificate)
    for wanted, name in ((expected.issuer, certificate.issuer), (expected.subject, certificate.subject)):
        is_expected = is_expected and wanted.casefold() in str(name.human_friendly).casefold()
    if any(field_of(one) == SEAL and one.signer_cert.dump() == certificate.dump() for one in before):
        is_expected = False
    if not is_expected:
        raise objections.other_person(name_of(certificate), expected)


def require_time(
    made: EmbeddedPdfSignature, judgement: Judgement, before: list[EmbeddedPdfSignature], now: datetime
) -> datetime:
    """When the signature was made: its trusted timestamp, else its own claim, unless neither can be (GATE-TIME)."""
    claimed = made.self_reported_timestamp
    moment = judgement.stamped_at or claimed
    if moment is None or moment.tzinfo is None:
        raise objections.impossible_time()
    if max(moment, claimed if claimed and claimed.tzinfo else moment) > now + CLOCK_SKEW:
        raise objections.impossible_time()
    issued = next((one.self_reported_timestamp for one in before if field_of(one) == SEAL), None)
    if issued and issued.tzinfo and moment < issued - _BEFORE_ISSUE:
        raise objections.impossible_time()
    return moment
