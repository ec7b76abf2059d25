"""Keys and certificates made to measure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conventions import signing
from demo.pki import Authority, key_usage

__all__ = ["PASSPHRASE", "a_certificate", "a_key_file", "key_of"]

PASSPHRASE: Final = "épée 7 lanternes"


def key_of(
    private: CertificateIssuerPrivateKeyTypes, certificate: x509.Certificate, *others: x509.Certificate
) -> signing.Key:
    """A key as the signing functions take it, without the checks of a key file."""
    encoded = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    leaf, *chain = (
        asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in (certificate, *others)
    )
    signer = SimpleSigner(
        signing_cert=leaf,
        signing_key=asn1_keys.PrivateKeyInfo.load(encoded),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )
    return signing.Key(signer)


def a_certificate(
    key: CertificateIssuerPrivateKeyTypes,
    name: str = "Camille Lefèvre-Nguyễn",
    *,
    issuer: Authority | None = None,
    now: datetime,
    days: tuple[int, int] = (-30, 365),
    emails: Sequence[str] = (),
    uses: Sequence[str] = ("digital_signature",),
    purposes: Sequence[x509.ObjectIdentifier] = (),
    url: str = "",
) -> x509.Certificate:
    """A certificate made to measure: signed by an authority or by itself.

    Args:
        key: of the holder.
        name: of the holder.
        issuer: who signs it; the holder, if nobody.
        now: from which the days count.
        days: of the beginning and of the end.
        emails: in the subject alternative name.
        uses: key usage.
        purposes: extended key usage; none is named when empty.
        url: where it says that its revocation can be asked for; the issuer's own address if empty.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.identity.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(key_usage(*uses), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if emails:
        names = x509.SubjectAlternativeName([x509.RFC822Name._init_without_validation(email) for email in emails])
        builder = builder.add_extension(names, critical=False)
    if issuer:
        place = x509.UniformResourceIdentifier(f"{url or issuer.url}/ocsp/{issuer.label}")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        return builder.sign(issuer.identity.key, hashes.SHA256())
    return builder.sign(key, hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else _digest_for(key))


def _digest_for(key: CertificateIssuerPrivateKeyTypes) -> hashes.SHA256 | None:
    """Ed25519 and Ed448 have their own."""
    return None if type(key).__name__.startswith("Ed") else hashes.SHA256()


_NUMBERS: Final = itertools.count(1)


def a_key_file(
    folder: Path,
    key: pkcs12.PKCS12PrivateKeyTypes,
    certificate: x509.Certificate | None,
    *,
    passphrase: str = PASSPHRASE,
    others: Sequence[x509.Certificate] = (),
    nickname: str = "key",
) -> Path:
    """A PKCS#12 file; not encrypted when the pass-phrase is empty."""
    path = folder / f"made-{next(_NUMBERS)}.p12"
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(nickname.encode(), key, certificate, others, encryption))
    return path
