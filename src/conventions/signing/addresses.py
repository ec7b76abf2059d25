"""Where a key lies when it is not in a file: ``pkcs11:`` (RFC 7512) and ``csc:`` addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from conventions.errors import KeyUnreadable
from conventions.text import Text, quoted

__all__ = ["CSC", "PKCS11", "ServiceAddress", "TokenAddress", "service_address", "token_address"]

PKCS11: Final = "pkcs11:"
CSC: Final = "csc:"
_EXAMPLE_TOKEN: Final = "pkcs11:token=Card;object=Signature?module-path=/usr/lib/opensc-pkcs11.so"  # noqa: S105 - no password
_EXAMPLE_SERVICE: Final = "csc:https://sign.example.org;credential=ID"
_IN_PATH: Final = frozenset({"token", "manufacturer", "serial", "model", "object", "id", "type"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class TokenAddress:
    """A key on a token; what is empty is not asked for."""

    uri: str
    module: str
    """Path of the PKCS#11 library."""
    token: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    object: str = ""
    """Label of the certificate or of the key."""
    id: bytes = b""


@dataclass(frozen=True)
class ServiceAddress:
    """A credential at a remote signing service."""

    url: str
    """What precedes ``/csc/v1/``."""
    credential: str


def token_address(uri: str) -> TokenAddress:
    """Read an address such as ``pkcs11:token=Card;object=Signature?module-path=/usr/lib/opensc-pkcs11.so``.

    Understood are ``token``, ``manufacturer``, ``model``, ``serial``, ``object``, ``id`` and, in the query,
    ``module-path``; ``type`` does no harm, since a key and its certificate are always looked for together.

    Raises:
        KeyUnreadable: not of that form, an attribute that is not understood (KEY-09), or a PIN inside (KEY-10).
    """
    if "pin-value" in uri or "pin-source" in uri:
        raise KeyUnreadable(
            "KEY-10",
            Text("a PIN has no place in the address of a key: others can read it there"),
            Text("take {names} out; the PIN is asked for, or read from CONVENTIONS_PIN", names="pin-value, pin-source"),
        )
    path, _, query = uri.removeprefix(PKCS11).partition("?")
    named, asked = _attributes(path.split(";"), uri), _attributes(query.split("&"), uri)
    if named.keys() - _IN_PATH or asked.keys() != {"module-path"}:
        raise _malformed(uri, _EXAMPLE_TOKEN)
    try:
        words = {name: unquote(value, errors="strict") for name, value in named.items() if name not in {"id", "type"}}
        module = unquote(asked["module-path"], errors="strict")
    except UnicodeDecodeError as error:
        raise _malformed(uri, _EXAMPLE_TOKEN) from error
    return TokenAddress(uri, module, **words, id=unquote_to_bytes(named.get("id", "")))


def service_address(uri: str) -> ServiceAddress:
    """Read an address such as ``csc:https://sign.example.org;credential=ID``.

    Raises:
        KeyUnreadable: not of that form (KEY-09), or not protected by TLS on its way to another machine (KEY-11).
    """
    url, _, rest = uri.removeprefix(CSC).partition(";")
    named = _attributes([rest], uri)
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in {"http", "https"} and parts.hostname and not (parts.username or parts.query)
    except ValueError as error:
        raise _malformed(uri, _EXAMPLE_SERVICE) from error
    if not is_plain or named.keys() != {"credential"} or not named["credential"]:
        raise _malformed(uri, _EXAMPLE_SERVICE)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise KeyUnreadable(
            "KEY-11",
            Text("the signing service {url} would be spoken to without encryption", url=quoted(url)),
            Text("write https:// in its address"),
        )
    return ServiceAddress(url.rstrip("/"), unquote(named["credential"]))


def _attributes(parts: Iterable[str], uri: str) -> dict[str, str]:
    """Names with their values; a name that occurs twice is an error (RFC 7512, 2.3)."""
    pairs = [part.split("=", 1) for part in parts if part]
    if any(len(pair) < 2 for pair in pairs) or len({pair[0] for pair in pairs}) < len(pairs):
        raise _malformed(uri, _EXAMPLE_TOKEN if uri.startswith(PKCS11) else _EXAMPLE_SERVICE)
    return dict(pairs)


def _malformed(uri: str, example: str) -> KeyUnreadable:
    return KeyUnreadable(
        "KEY-09",
        Text("this is not the address of a key: {uri}", uri=quoted(uri.partition("?")[0])),
        Text("write it as {example}", example=example),
    )
