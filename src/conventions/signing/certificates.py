"""What a certificate says of its holder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

__all__ = [
    "MINIMUM_RSA",
    "accepted_key",
    "chain_of",
    "emails_of",
    "fingerprint_of",
    "folded",
    "has_signed",
    "issued_by",
    "name_of",
    "public_key_of",
    "serves_a_machine",
]

MINIMUM_RSA: Final = 2048
"""Bits (ANSSI-PG-083 3.00: until the end of 2030). ETSI TS 119 312 2.1.1 has wanted 3000 since April 2026: what was
signed with less before then must still be read, and cards with such keys are in people's hands."""
_OF_MACHINES: Final = frozenset({"server_auth", "code_signing", "time_stamping", "ocsp_signing"})
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


def name_of(certificate: x509.Certificate) -> str:
    """The holder as a person reads it: common name, else given name and surname, else organisation."""
    parts = certificate.subject.native
    given = " ".join(_one(parts.get(key)) for key in ("given_name", "surname") if parts.get(key))
    return _one(parts.get("common_name")) or given or _one(parts.get("organization_name")) or "?"


def _one(value: object) -> str:
    """An attribute that occurs several times comes as a list.

    No line ends within a name, and nothing turns its writing round: it stands in letters, in the journal, on the stamp.
    """
    first = value[0] if isinstance(value, list) and value else value
    words = first if isinstance(first, str) else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


def emails_of(certificate: x509.Certificate) -> frozenset[str]:
    """Mail addresses in the subject alternative name and in the subject, folded for comparison."""
    found = [name.native for name in certificate.subject_alt_name_value or () if name.name == "rfc822_name"]
    in_subject = certificate.subject.native.get("email_address", [])
    found += in_subject if isinstance(in_subject, list) else [in_subject]
    return frozenset(folded(address) for address in found if isinstance(address, str))


def folded(address: str) -> str:
    """A mail address as it is compared: small letters, but before the @ only those of ASCII.

    Whether “ß” is “ss” is for the host to say that keeps the mailboxes, and they may be two people's. Of host names it
    is settled (RFC 3490).
    """
    mailbox, at, host = address.strip().rpartition("@")
    return "".join(sign.lower() if sign.isascii() else sign for sign in mailbox) + at + host.casefold()


def serves_a_machine(certificate: x509.Certificate) -> bool:
    """Whether the extended key usage (RFC 5280, 4.2.1.12) names purposes of services alone.

    Signing has no purpose that all authorities agree on, and many write down only that one may sign in with the key.
    """
    purposes = certificate.extended_key_usage_value
    return purposes is not None and set(purposes.native) <= _OF_MACHINES


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, hexadecimal, lower case."""
    digest: bytes = certificate.sha256
    return digest.hex()


def accepted_key(key: PublicKeyTypes) -> bool:
    """RSA of 2048 bits and more, and the NIST curves: what every common PDF program can check.

    Ed25519 is sound but poppler and others take such a signature for a broken one; DSA is withdrawn.
    """
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= MINIMUM_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)


def public_key_of(certificate: x509.Certificate) -> PublicKeyTypes | None:
    """The holder's public key; None when it is of a kind that nobody here knows."""
    try:
        return serialization.load_der_public_key(certificate.public_key.dump())
    except (UnsupportedAlgorithm, ValueError):
        return None


def has_signed(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """Whether the holder's key made this signature value (SHA-256, PKCS#1 v1.5 or ECDSA) of these bytes."""
    public = public_key_of(certificate)
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a certificate names that issuer: the same name and, where both tell it, the same key."""
    wanted, given = certificate.authority_key_identifier, issuer.key_identifier
    return bool(certificate.issuer == issuer.subject and (wanted is None or given is None or wanted == given))


def chain_of(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Those of the known certificates that lead from this one towards its root, the root itself left out."""
    chain, waiting = [certificate], list(known)
    while found := next((one for one in waiting if issued_by(chain[-1], one)), None):
        waiting.remove(found)
        chain.append(found)
    return [one for one in chain[1:] if not one.self_issued]
