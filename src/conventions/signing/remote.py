"""Keys at a remote signing service (Cloud Signature Consortium API 1.0.4): only digests leave this machine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from asn1crypto import algos, x509
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conventions.errors import ConventionsError, KeyUnreadable, WrongPassphrase
from conventions.signing.addresses import service_address
from conventions.signing.certificates import chain_of, has_signed
from conventions.signing.desk import Desk, nonsense
from conventions.signing.keys import Key, Secrets, assert_accepted, mismatched
from conventions.signing.writing import awaited
from conventions.text import Text, quoted

__all__ = ["open_remote"]

_PLAIN: Final = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.2.1"}
"""Algorithm of the key alone; the digest is then named beside it (11.9, signAlgo and hashAlgo)."""
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_MODES: Final = frozenset({"implicit", "explicit"})
"""Ways to authorise a signature that need no browser (8.2)."""


@dataclass(frozen=True)
class _Credential:
    """What the service tells of a credential (11.5, credentials/info)."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    algorithms: frozenset[str]
    needs_pin: bool
    needs_code: bool
    sends_code: bool
    """The service sends the one-time code when it is asked to."""


class _RemoteSigner(Signer):
    """Has each digest authorised and signed, and looks at once whether the certificate's own key did."""

    def __init__(self, desk: Desk, credential: _Credential, chain: list[x509.Certificate], secrets: Secrets) -> None:
        super().__init__(
            signing_cert=credential.certificate,
            cert_registry=SimpleCertificateStore.from_certs(chain),
            embed_roots=False,
        )
        self._desk, self._credential, self._secrets = desk, credential, secrets
        self._pin = _asked(secrets, "pin", desk) if credential.needs_pin else None

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - as overridden
        """The signature value of a digest, by the service."""
        if dry_run:
            return bytes(int(self._credential.certificate.public_key.byte_size) * 2)
        digest = base64.b64encode(sha256(data).digest()).decode()
        answer = await self._desk.ask(
            "signatures/signHash",
            SAD=await self._authorised(digest),
            hash=[digest],
            hashAlgo=_SHA256,
            signAlgo=self._algorithm(digest_algorithm),
        )
        signature = _decoded(answer, "signatures")
        if len(signature) != 1 or not has_signed(self._credential.certificate, signature[0], data):
            raise mismatched()
        return signature[0]

    async def _authorised(self, digest: str) -> str:
        """Signature activation data for this digest and no other (11.6, credentials/authorize)."""
        given: dict[str, str] = {} if self._pin is None else {"PIN": self._pin}
        if self._credential.sends_code:
            await self._desk.ask("credentials/sendOTP")
        if self._credential.needs_code:
            given["OTP"] = _asked(self._secrets, "code", self._desk)
        answer = await self._desk.ask("credentials/authorize", numSignatures=1, hash=[digest], **given)
        if not isinstance(answer.get("SAD"), str):
            raise nonsense(self._desk.address.url)
        return str(answer["SAD"])

    def _algorithm(self, digest_algorithm: str) -> str:
        whole: algos.SignedDigestAlgorithm = algos.SignedDigestAlgorithm(
            {"algorithm": f"{digest_algorithm}_{'ecdsa' if self._is_ec else 'rsa'}"}
        )
        exact, plain = whole["algorithm"].dotted, _PLAIN["ec" if self._is_ec else "rsa"]
        return next((one for one in (exact, plain) if one in self._credential.algorithms), plain)

    @property
    def _is_ec(self) -> bool:
        return bool(self._credential.certificate.public_key.algorithm == "ec")


def open_remote(uri: str, secrets: Secrets, *, known: tuple[bytes, ...] = ()) -> Key:
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
    desk = Desk(address, access.decode())
    credential = _credential(awaited(desk.ask("credentials/info", certificates="chain", certInfo=False)), desk)
    assert_accepted(credential.certificate, uri)
    _require_algorithm(credential, uri)
    others = [*credential.others, *map(x509.Certificate.load, known)]
    return Key(_RemoteSigner(desk, credential, chain_of(credential.certificate, others), secrets))


def _credential(told: Mapping[str, Any], desk: Desk) -> _Credential:
    key, certificate = _group(told, "key"), _group(told, "cert")
    try:
        chain = [x509.Certificate.load(one, strict=True) for one in _decoded(certificate, "certificates")]
    except (ValueError, TypeError, ConventionsError):
        chain = []
    if not chain or certificate.get("status", "valid") != "valid" or key.get("status", "enabled") != "enabled":
        raise KeyUnreadable(
            "CSC-04",
            Text("the credential has no certificate that is in force"),
            Text("ask the signing service for another credential"),
            place=desk.address.url,
        )
    if told.get("authMode") not in _MODES:
        raise _unable(
            Text("this credential is authorised in a browser ({mode})", mode=quoted(told.get("authMode"))), desk
        )
    code = _group(told, "OTP")
    return _Credential(
        certificate=chain[0],
        others=tuple(chain[1:]),
        algorithms=frozenset(str(one) for one in key.get("algo") or ()),
        needs_pin=_is_present(_group(told, "PIN")),
        needs_code=_is_present(code),
        sends_code=_is_present(code) and code.get("type") == "online",
    )
