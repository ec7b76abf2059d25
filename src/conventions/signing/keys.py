"""A key that can sign, wherever it lies; and key files: a private key with its certificate, from PKCS#12 or PEM."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self, cast

from asn1crypto import pkcs12 as asn1_pkcs12
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.signers.pdf_cms import Signer

from conventions.errors import KeyUnreadable, WrongPassphrase
from conventions.signing.certificates import MINIMUM_RSA, accepted_key, fingerprint_of, name_of, public_key_of
from conventions.signing.held import HeldKey
from conventions.system import reason
from conventions.text import Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from conventions.signing.held import Private

__all__ = ["Key", "Secrets", "assert_accepted", "assert_usable", "load_key", "mismatched"]

Secrets = Callable[[Literal["passphrase", "pin", "code", "access"], str], bytes | None]
"""Gives a secret of the key with that name, when it is needed: the pass-phrase of a file, the PIN of a token or of a
credential, a one-time code, the access token of a service. From a prompt, the environment, a descriptor or a keyring.
"""

_LARGEST: Final = 1_000_000
_PEM_KEY: Final = re.compile(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----")


@dataclass(frozen=True, repr=False)
class Key:
    """A key that can sign, with the certificate that says whose it is. Its representation shows no secret.

    It may lie in a file, on a token or at a service. Use it in a ``with`` statement: a token's session ends with it.
    """

    signer: Signer
    close: Callable[[], object] = lambda: None
    """Ends what was opened for the key."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def certificate(self) -> asn1_x509.Certificate:
        """The holder's certificate."""
        found = self.signer.signing_cert
        if found is None:
            raise TypeError("a signer without certificate")
        return found

    @property
    def certificate_name(self) -> str:
        """The holder's name as the certificate has it."""
        return name_of(self.certificate)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return fingerprint_of(self.certificate)

    @property
    def chain_length(self) -> int:
        """Bytes of all certificates that go into a signature."""
        return sum(len(one.dump()) for one in self.signer.cert_registry) + len(self.certificate.dump())

    def __repr__(self) -> str:
        return f"Key({self.fingerprint[:16]})"


def load_key(path: Path, passphrase: bytes | None) -> Key:
    """A key from a PKCS#12 file (``.p12``, ``.pfx``) or a PEM file with key and certificates.

    RSA from 2048 bits and the NIST curves are accepted; other programs cannot check the rest reliably.

    Raises:
        KeyUnreadable: missing or unreadable file (KEY-02), not a key (KEY-03), key and certificate do not belong
            together (KEY-04), algorithm not accepted (KEY-05).
        WrongPassphrase: wrong (PASS-01) or missing (PASS-02) pass-phrase.
    """
    data = _read(path)
    private, chain = (
        _from_pem(data, passphrase, path) if b"-----BEGIN" in data else _from_pkcs12(data, passphrase, path)
    )
    leaf = next((one for one in chain if _same_key(one, private)), None)
    if leaf is None:
        raise KeyUnreadable(
            "KEY-04",
            Text("the private key and the certificate in the file do not belong together"),
            Text("export the key anew, with its own certificate"),
            place=str(path),
        )
    assert_accepted(_asn1(leaf), str(path))
    return Key(HeldKey(cast("Private", private), _asn1(leaf), [_asn1(one) for one in chain if one is not leaf]))


def assert_accepted(certificate: asn1_x509.Certificate, place: str) -> None:
    """Refuse a key of a kind that other programs cannot check reliably.

    Raises:
        KeyUnreadable: algorithm not accepted (KEY-05).
    """
    public = public_key_of(certificate)
    if public is None or not accepted_key(public):
        raise KeyUnreadable(
            "KEY-05",
            Text("this kind of key is not accepted, because common PDF programs cannot check its signatures"),
            Text("use an RSA key of at least {bits} bits or an elliptic curve key (P-256, P-384)", bits=MINIMUM_RSA),
            place=place,
        )


def assert_usable(key: Key, now: datetime) -> None:
    """Refuse a key before it makes a signature that nobody would accept.

    Raises:
        KeyUnreadable: the certificate has expired or is not valid yet (KEY-06), or is not meant for signing (KEY-07).
    """
    certificate = key.certificate
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        raise KeyUnreadable(
            "KEY-06",
            Text(
                "the certificate of {name} is valid from {start} to {end} only",
                name=key.certificate_name,
                start=certificate.not_valid_before.date(),
                end=certificate.not_valid_after.date(),
            ),
            Text("use a certificate that is valid today"),
        )
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        raise KeyUnreadable(
            "KEY-07",
            Text("the certificate of {name} is not meant for signing", name=key.certificate_name),
            Text("use a certificate whose key usage is digital signature or non-repudiation"),
        )


def mismatched() -> KeyUnreadable:
    """What is said of a key that signs for another certificate than its own."""
    return KeyUnreadable(
        "KEY-08",
        Text("the key made a signature that does not check"),
        Text("export the key anew, with its own certificate"),
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise KeyUnreadable(
            "KEY-02",
            Text("the key file cannot be read: {problem}", problem=reason(error)),
            Text("check its name and its permissions"),
            place=str(path),
        ) from error


def _from_pkcs12(
    data: bytes, passphrase: bytes | None, path: Path
) -> tuple[PrivateKeyTypes, Sequence[x509.Certificate]]:
    try:
        if asn1_pkcs12.Pfx.load(data, strict=True)["version"].native != "v3":
            raise _not_a_key(path)
    except (ValueError, TypeError) as error:
        raise _not_a_key(path) from error
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(data, passphrase)
    except (ValueError, TypeError) as error:
        # the library tells neither a wrong pass-phrase from damage inside the encrypted part nor an unknown cipher
        raise _wrong(passphrase, path) from error
    if private is None or certificate is None:
        raise _not_a_key(path)
    return private, [certificate, *others]


def _from_pem(data: bytes, passphrase: bytes | None, path: Path) -> tuple[PrivateKeyTypes, Sequence[x509.Certificate]]:
    header = _PEM_KEY.search(data)
    if header is None:
        raise _not_a_key(path)
    encrypted = b"ENCRYPTED" in header[1] or b"Proc-Type: 4,ENCRYPTED" in data
    try:
        chain = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise _not_a_key(path) from error
    try:
        private = serialization.load_pem_private_key(data[header.start() :], passphrase if encrypted else None)
    except (ValueError, TypeError) as error:
        raise (_wrong(passphrase, path) if encrypted else _not_a_key(path)) from error
    return private, chain


def _same_key(certificate: x509.Certificate, private: PrivateKeyTypes) -> bool:
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_key().public_bytes(*spki) == private.public_key().public_bytes(*spki)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _not_a_key(path: Path) -> KeyUnreadable:
    return KeyUnreadable(
        "KEY-03",
        Text("the file does not hold a private key with its certificate"),
        Text("use a .p12 or .pfx file, or a PEM file with the key and its certificates"),
        place=str(path),
    )


def _wrong(passphrase: bytes | None, path: Path) -> WrongPassphrase:
    if passphrase:
        message = Text("the pass-phrase does not open the key")
        return WrongPassphrase("PASS-01", message, Text("type it again; mind the keyboard layout"), place=str(path))
    return WrongPassphrase(
        "PASS-02",
        Text("the key is protected by a pass-phrase and none was given"),
        Text("set CONVENTIONS_PASSPHRASE or answer the prompt"),
        place=str(path),
    )
