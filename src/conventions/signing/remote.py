"""Keys at a remote signing service (Cloud Signature Consortium API 1.0.4): only digests leave this machine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from asn1crypto import x509
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conventions.errors import KeyUnreadable, WrongPassphrase
from conventions.signing.addresses import service_address
from conventions.signing.certificates import chain_of, has_signed
from conventions.signing.keys import Key, Secrets, assert_accepted, mismatched
from conventions.signing.service import Service, nonsense
from conventions.signing.writing import awaited
from conventions.text import Text

__all__ = ["open_remote"]

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_ALGORITHMS: Final = {
    "rsa": ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"),
    "ec": ("1.2.840.10045.4.3.2", "1.2.840.10045.2.1"),
}
"""With SHA-256, else the algorithm of the key alone; the digest is named beside it (11.9, signAlgo and hashAlgo)."""
_LONGEST_SIGNATURE: Final = 1024
_MODES: Final = frozenset({"implicit", "explicit"})
"""Ways to authorise a signature that need no browser (8.2)."""


@dataclass(frozen=True)
class _Credential:
    """What the service tells of a credential (11.5, credentials/info)."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    algorithm: str
    """The service's name for what it does with a digest."""
    needs_pin: bool
    needs_code: bool
    sends_code: bool
    """The service sends the one-time code when it is asked to."""


class _RemoteSigner(Signer):
    """Has each digest authorised and signed, and looks at once whether the certificate's own key did."""

    def __init__(
        self, service: Service, credential: _Credential, chain: list[x509.Certificate], secrets: Secrets
    ) -> None:
        super().__init__(
            signing_cert=credential.certificate,
            cert_registry=SimpleCertificateStore.from_certs(chain),
            embed_roots=False,
        )
        self._service, self._credential, self._secrets = service, credential, secrets
        self._pin = _asked(secrets, "pin", service) if credential.needs_pin else ""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - as overridden
        """The signature value of a digest, by the service."""
        if dry_run:
            return bytes(_LONGEST_SIGNATURE)
        digest = base64.b64encode(sha256(data).digest()).decode()
        answer = await self._service.ask(
            "signatures/signHash",
            SAD=await self._authorised(digest),
            hash=[digest],
            hashAlgo=_SHA256,
            signAlgo=self._credential.algorithm,
        )
        made = _decoded(answer.get("signatures"))
        if len(made) != 1 or not has_signed(self._credential.certificate, made[0], data):
            raise mismatched()
        return made[0]

    async def _authorised(self, digest: str) -> str:
        """Signature activation data for this digest and no other (11.6, credentials/authorize)."""
        given = {"PIN": self._pin} if self._pin else {}
        if self._credential.sends_code:
            await self._service.ask("credentials/sendOTP")
        if self._credential.needs_code:
            given["OTP"] = _asked(self._secrets, "code", self._service)
        answer = await self._service.ask("credentials/authorize", numSignatures=1, hash=[digest], **given)
        if not isinstance(answer.get("SAD"), str):
            raise nonsense(self._service.url)
        return str(answer["SAD"])


def open_remote(uri: str, secrets: Secrets, *, known: Sequence[bytes] = ()) -> Key:
    """A credential at a signing service; its certificates are fetched, and a PIN is asked for if it wants one.

    Args:
        uri: see :func:`conventions.signing.addresses.service_address`.
        secrets: gives the access token, the PIN and, before every signature, the one-time code.
        known: certificates, DER, that complete the chain where the service tells the holder's alone.

    Raises:
        KeyUnreadable: bad address (KEY-09, KEY-11), refused access (CSC-02), unknown credential (CSC-03), no
            certificate (CSC-04), a way of authorisation or an algorithm that cannot be had here (CSC-05), an algorithm
            that is not accepted (KEY-05).
        WrongPassphrase: a PIN or code is missing (PIN-02); a wrong one (PIN-01) or a locked one (PIN-03) is found out
            when a signature is made.
        ServiceError: unreachable (CSC-01), or it answers nonsense (CSC-06).
    """
    address = service_address(uri)
    access = secrets("access", address.url) or b""
    service = Service(address.url, address.credential, access.decode())
    credential = _credential(awaited(service.ask("credentials/info", certificates="chain", certInfo=False)), service)
    others = [*credential.others, *map(x509.Certificate.load, known)]
    return Key(_RemoteSigner(service, credential, chain_of(credential.certificate, others), secrets))


def _credential(told: Mapping[str, Any], service: Service) -> _Credential:
    key, code = _group(told, "key"), _group(told, "OTP")
    certificate, *others = _chain(_group(told, "cert"), key, service)
    assert_accepted(certificate, service.url)
    if told.get("authMode") not in _MODES:
        raise _unable(service)
    return _Credential(
        certificate,
        tuple(others),
        algorithm=_algorithm(certificate, key, service),
        needs_pin=_is_present(_group(told, "PIN")),
        needs_code=_is_present(code),
        sends_code=_is_present(code) and code.get("type") == "online",
    )


def _chain(told: Mapping[str, Any], key: Mapping[str, Any], service: Service) -> list[x509.Certificate]:
    """The holder's certificate comes first; in what order the others come is not said."""
    try:
        chain = [x509.Certificate.load(one, strict=True) for one in _decoded(told.get("certificates"))]
    except ValueError:
        chain = []
    if not chain or told.get("status", "valid") != "valid" or key.get("status", "enabled") != "enabled":
        raise KeyUnreadable(
            "CSC-04",
            Text("the credential has no certificate that is in force"),
            Text("ask the signing service for another credential"),
            place=service.url,
        )
    return chain


def _algorithm(certificate: x509.Certificate, key: Mapping[str, Any], service: Service) -> str:
    offered = key.get("algo")
    names = _ALGORITHMS[certificate.public_key.algorithm]
    found = next((one for one in names if isinstance(offered, list) and one in offered), None)
    if found is None:
        raise _unable(service)
    return found


def _group(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _is_present(group: Mapping[str, Any]) -> bool:
    return str(group.get("presence")).casefold() == "true"


def _decoded(values: object) -> list[bytes]:
    """Base64 texts; nothing when they are none."""
    if not isinstance(values, list):
        return []
    try:
        return [base64.b64decode(value) for value in values]
    except (binascii.Error, TypeError):
        return []


def _asked(secrets: Secrets, kind: Literal["pin", "code"], service: Service) -> str:
    secret = secrets(kind, service.credential)
    if not secret:
        raise WrongPassphrase(
            "PIN-02",
            Text("the credential {name} is protected by a PIN or code and none was given", name=service.credential),
            Text("set CONVENTIONS_PIN or answer the prompt"),
            place=service.url,
        )
    return secret.decode()


def _unable(service: Service) -> KeyUnreadable:
    return KeyUnreadable(
        "CSC-05",
        Text("the service offers this credential in no way that this program can use"),
        Text("ask for a credential that a PIN or a one-time code authorises, for RSA or ECDSA with SHA-256"),
        place=service.url,
    )
