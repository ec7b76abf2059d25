"""How much a signature is worth in law, measured from its certificate (Regulation (EU) 910/2014, art. 3, 25 and 26)."""

from __future__ import annotations

from typing import Final

from asn1crypto import x509
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements

from conventions.signing.certificates import issued_by
from conventions.signing.trust import Trust

__all__ = ["ADVANCED", "QUALIFIED", "level_of"]

ADVANCED: Final = "advanced"
QUALIFIED: Final = "qualified"
_CLAIMS: Final = frozenset({"qc_compliance", "qc_sscd"})


def level_of(certificate: x509.Certificate, trust: Trust) -> str:
    """``qualified`` or ``advanced``; the certificate leads to a believed root, which was asked before.

    A certificate says of itself that it is qualified and that its key lies in a qualified device (ETSI EN 319 412-5);
    that alone proves nothing. It counts only if the office has named its issuer as one that the trusted lists hold as
    granted for qualified certificates (``trust.qualified`` in the settings).
    """
    issuers = [x509.Certificate.load(one) for one in trust.qualified]
    is_named = any(issued_by(certificate, issuer) for issuer in issuers)
    return QUALIFIED if is_named and _claims(certificate) >= _CLAIMS and _is_for_persons(certificate) else ADVANCED


def _claims(certificate: x509.Certificate) -> frozenset[str]:
    try:
        return frozenset(one["statement_id"].native for one in get_qc_statements(certificate))
    except (ValueError, TypeError, KeyError):
        return frozenset()


def _is_for_persons(certificate: x509.Certificate) -> bool:
    """Without a type, a qualified certificate is one for electronic signatures (ETSI EN 319 412-5, 4.2.3)."""
    kinds = {
        kind
        for one in get_qc_statements(certificate)
        if one["statement_id"].native == "qc_type"
        for kind in one["statement_info"].native or ()
    }
    return not kinds or "qct_esign" in kinds
