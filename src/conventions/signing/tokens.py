"""Keys on a PKCS#11 token: a smart card, a USB key, an HSM. The key never leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, Mechanism, ObjectClass, PKCS11Error
from pyhanko.sign.pkcs11 import PKCS11Signer

from conventions.errors import KeyUnreadable, ServiceError, WrongPassphrase
from conventions.signing.addresses import TokenAddress, token_address
from conventions.signing.certificates import chain_of, has_signed, name_of
from conventions.signing.keys import Key, Secrets, assert_accepted, mismatched
from conventions.text import Text, quoted

__all__ = ["open_token"]

_WHOLE: Final = {"ec": Mechanism.ECDSA_SHA256, "rsa": Mechanism.SHA256_RSA_PKCS}
"""Hash and sign on the token."""
_RAW: Final = {"ec": Mechanism.ECDSA, "rsa": Mechanism.RSA_PKCS}
"""Sign a digest that was made here: all that many tokens can."""


@dataclass(frozen=True)
class _Pair:
    """A private key with the certificate that belongs to it."""

    certificate: x509.Certificate
    labels: frozenset[str]
    id: bytes
    key_label: str
    asks_each_time: bool
    """The token wants the PIN again before every signature (CKA_ALWAYS_AUTHENTICATE)."""

    @property
    def words(self) -> str:
        """For choosing among several."""
        id_ = "".join(f"%{byte:02x}" for byte in self.id)
        return f"object={self.key_label};id={id_} ({name_of(self.certificate)})"


class _TokenSigner(PKCS11Signer):
    """Signs on the token, and looks at once whether the certificate's own key did."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - as overridden
        try:
            signature: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
        except PKCS11Error as error:
            raise _failed(error) from error
        if not dry_run and not has_signed(self.signing_cert, signature, data):
            raise mismatched()
        return signature


def open_token(uri: str, secrets: Secrets, *, known: Sequence[bytes] = ()) -> Key:
    """A key on a token; one session is opened, and ends when the key is closed.

    Args:
        uri: RFC 7512 address, see :func:`conventions.signing.addresses.token_address`.
        secrets: gives the PIN; it is not asked for when the reader has a keypad of its own.
        known: certificates, DER, that complete the chain where the token holds the holder's alone.

    Raises:
        KeyUnreadable: bad address (KEY-09, KEY-10), no such module (TOKEN-01) or token (TOKEN-02), no such key with a
            certificate (TOKEN-03), several that match (TOKEN-04), a mechanism that the token lacks (TOKEN-05), an
            algorithm that is not accepted (KEY-05).
        WrongPassphrase: PIN wrong (PIN-01), missing (PIN-02) or locked (PIN-03).
        ServiceError: the token fails (TOKEN-06).
    """
    address = token_address(uri)
    with ExitStack() as opened:
        try:
            token = _token(address)
            pin = _pin(token, secrets)
            session = token.open(user_pin=pin)
            opened.callback(session.close)
            pair, others = _pair(session, address)
            assert_accepted(pair.certificate, uri)
            signer = _TokenSigner(
                session,
                signing_cert=pair.certificate,
                ca_chain=chain_of(pair.certificate, [*others, *map(x509.Certificate.load, known)]),
                key_id=pair.id or None,
                key_label=pair.key_label or None,
                embed_roots=False,
                use_raw_mechanism=_is_raw(token, pair.certificate.public_key.algorithm),
                base_sign_kwargs={"pin": pin} if pair.asks_each_time else {},
            )
        except PKCS11Error as error:
            raise _failed(error) from error
        return Key(signer, opened.pop_all().close)


def _token(address: TokenAddress) -> Any:
    try:
        slots = pkcs11.lib(address.module).get_slots(token_present=True)
    except (PKCS11Error, RuntimeError) as error:
        raise KeyUnreadable(
            "TOKEN-01",
            Text("the PKCS#11 module {module} cannot be loaded: {problem}", module=address.module, problem=str(error)),
            Text("name the library that came with the card or the HSM in module-path"),
        ) from error
    present = [token for token in map(_token_in, slots) if token and token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
    found = [token for token in present if _is_asked_for(token, address)]
    if not found:
        raise KeyUnreadable(
            "TOKEN-02",
            Text("no token of that name is there; present: {present}", present=_labels(present)),
            Text("put the card in, or correct the address: {address}", address=quoted(address.uri)),
        )
    if len(found) > 1:
        raise _several([f"token={token.label};serial={token.serial.decode(errors='replace')}" for token in found])
    return found[0]


def _token_in(slot: Any) -> Any:
    """None when a card has just been pulled out."""
    try:
        return slot.get_token()
    except PKCS11Error:
        return None


def _is_asked_for(token: Any, address: TokenAddress) -> bool:
    wanted = (
        (address.token, token.label),
        (address.manufacturer, token.manufacturer_id),
        (address.model, token.model),
        (address.serial, token.serial.decode(errors="replace")),
    )
    return all(not asked or asked == is_ for asked, is_ in wanted)


def _pin(token: Any, secrets: Secrets) -> Any:
    if token.flags & pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH:
        return pkcs11.PROTECTED_AUTH
    pin = secrets("pin", token.label)
    if not pin:
        raise WrongPassphrase(
            "PIN-02",
            Text("the token {name} is protected by a PIN and none was given", name=token.label),
            Text("set CONVENTIONS_PIN (for the seal: CONVENTIONS_SEAL_PASSPHRASE) or answer the prompt"),
        )
    return pin.decode()


def _pair(session: Any, address: TokenAddress) -> tuple[_Pair, list[x509.Certificate]]:
    """The key that is asked for, and all other certificates of the token."""
    certificates = list(_certificates(session))
    keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True}))
    pairs = [pair for key in keys for pair in _pairs_of(key, certificates)]
    found = [
        pair
        for pair in pairs
        if (not address.object or address.object in pair.labels) and (not address.id or address.id == pair.id)
    ]
    if not found:
        raise KeyUnreadable(
            "TOKEN-03",
            Text("the token holds no such key with a certificate; it holds: {found}", found=_words(pairs)),
            Text("correct object or id in the address"),
        )
    if len(found) > 1:
        raise _several([pair.words for pair in found])
    return found[0], [certificate for _, _, certificate in certificates if certificate != found[0].certificate]


def _certificates(session: Any) -> Iterator[tuple[str, bytes, x509.Certificate]]:
    for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            yield one[Attribute.LABEL], one[Attribute.ID], x509.Certificate.load(one[Attribute.VALUE], strict=True)
        except ValueError:  # no X.509 certificate
            continue


def _pairs_of(key: Any, certificates: Sequence[tuple[str, bytes, x509.Certificate]]) -> Iterator[_Pair]:
    """Key and certificate have the same id; on tokens that give none, the same label."""
    label, id_ = key[Attribute.LABEL], key[Attribute.ID]
    for name, its_id, certificate in certificates:
        if (its_id == id_) if id_ else (name == label):
            yield _Pair(certificate, frozenset({name, label}), id_, label, _asks_each_time(key))


def _asks_each_time(key: Any) -> bool:
    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except PKCS11Error:  # an attribute of PKCS#11 2.20 that older tokens do not know
        return False


def _is_raw(token: Any, algorithm: str) -> bool:
    able = token.slot.get_mechanisms()
    if _WHOLE[algorithm] in able:
        return False
    if _RAW[algorithm] in able:
        return True
    raise _unable()


def _several(found: Sequence[str]) -> KeyUnreadable:
    return KeyUnreadable(
        "TOKEN-04",
        Text("several match: {found}", found=" · ".join(found)),
        Text("say which one in the address of the key"),
    )


def _unable() -> KeyUnreadable:
    return KeyUnreadable(
        "TOKEN-05",
        Text("the token cannot sign with its key in a way that PDF knows"),
        Text("use another key: RSA, or an elliptic curve (P-256, P-384)"),
    )


def _failed(error: PKCS11Error) -> WrongPassphrase | KeyUnreadable | ServiceError:
    if isinstance(error, (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)):
        return WrongPassphrase(
            "PIN-01", Text("the PIN is wrong"), Text("type it again; after a few wrong PINs a card locks itself")
        )
    if isinstance(error, (pkcs11.PinLocked, pkcs11.PinExpired)):
        return WrongPassphrase(
            "PIN-03",
            Text("the PIN is locked or has expired"),
            Text("unlock it with the program that came with the card"),
        )
    if isinstance(error, (pkcs11.MechanismInvalid, pkcs11.KeyTypeInconsistent, pkcs11.FunctionNotSupported)):
        return _unable()
    return ServiceError(
        "TOKEN-06",
        Text("the token failed: {problem}", problem=f"{type(error).__name__} {error}".strip()),
        Text("put the card in again and repeat the command"),
    )


def _labels(tokens: Sequence[Any]) -> str:
    return ", ".join(token.label for token in tokens) or "–"


def _words(pairs: Sequence[_Pair]) -> str:
    return " · ".join(pair.words for pair in pairs) or "–"
