"""A card reader without cards: SoftHSM, with tokens that the tests fill."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pkcs11 import Attribute
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

PIN: Final = "246810"
MODULE: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
LABELS: Final = ("card", "crowd", "seal", "twin", "twin")
"""Every token of the reader; the library counts them once, when it is loaded."""


class Reader:
    """The tokens of this process."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count(1)
        self.configuration = folder / "softhsm2.conf"
        (folder / "tokens").mkdir()
        self.configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(self.configuration)
        for label in LABELS:
            command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN]
            subprocess.run(command, check=True, capture_output=True)

    def able_to(self, *mechanisms: str) -> Path:
        """The configuration of a reader whose tokens can do this and nothing else."""
        path = self.configuration.with_name("poor.conf")
        path.write_text(f"{self.configuration.read_text()}slots.mechanisms = {','.join(mechanisms)}\n")
        return path

    def put(
        self,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        certificate: x509.Certificate,
        *others: x509.Certificate,
        on: str = "card",
        label: str = "",
        **attributes: Any,
    ) -> str:
        """Put a key with its certificates on a token; the label by which it is found."""
        number = next(self._numbers)
        label = label or f"key {number}"
        name = {Attribute.TOKEN: True, Attribute.LABEL: label, Attribute.ID: number.to_bytes(2, "big")}
        extra = {Attribute[one.upper()]: value for one, value in attributes.items()}
        with self._token(on).open(rw=True, user_pin=PIN) as session:
            session.create_object({**_private(key), **name, Attribute.PRIVATE: True, Attribute.SIGN: True, **extra})
            session.create_object({**_public(certificate), **name})
            for other in others:
                session.create_object({**_public(other), Attribute.TOKEN: True, Attribute.LABEL: f"CA {number}"})
        return label

    def put_file(self, path: Path, passphrase: str, *, on: str = "card") -> str:
        """The same with the contents of a PKCS#12 file; the address of the key."""
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode())
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert certificate
        return self.uri(on, self.put(key, certificate, *others, on=on))

    def uri(self, token: str = "", label: str = "", *, module: Path = MODULE, more: Sequence[str] = ()) -> str:
        """The address of a key."""
        asked = {"token": token, "object": label}
        parts = [*(f"{name}={quote(value)}" for name, value in asked.items() if value), *more]
        return f"pkcs11:{';'.join(parts)}?module-path={quote(str(module))}"

    def serials(self, label: str) -> list[str]:
        """Of all tokens with that label."""
        slots = pkcs11.lib(str(MODULE)).get_slots(token_present=True)
        return [token.serial.decode() for token in (slot.get_token() for slot in slots) if token.label == label]

    def is_free(self, label: str = "card") -> bool:
        """Whether nobody is logged in; a token admits no second log-in."""
        try:
            self._token(label).open(user_pin=PIN).close()
        except pkcs11.UserAlreadyLoggedIn:
            return False
        return True

    @staticmethod
    def _token(label: str) -> Any:
        return pkcs11.lib(str(MODULE)).get_token(token_label=label)


def _private(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> dict[Attribute, Any]:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    der = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    found: dict[Attribute, Any] = (
        decode_ec_private_key(der) if isinstance(key, ec.EllipticCurvePrivateKey) else decode_rsa_private_key(der)
    )
    return found


def _public(certificate: x509.Certificate) -> dict[Attribute, Any]:
    found: dict[Attribute, Any] = decode_x509_certificate(certificate.public_bytes(serialization.Encoding.DER))
    return found
