"""One name for every key: a file, a token, a credential at a service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conventions.signing.addresses import CSC, PKCS11
from conventions.signing.keys import Key, Secrets, load_key
from conventions.signing.remote import open_remote

__all__ = ["open_key"]


def open_key(name: str, secrets: Secrets, *, folder: Path = Path(), known: Sequence[bytes] = ()) -> Key:
    """The key of that name; close it, or use it in a ``with`` statement.

    Args:
        name: ``pkcs11:…`` (RFC 7512), ``csc:https://…;credential=…``, or a PKCS#12 or PEM file.
        secrets: gives pass-phrases, PINs and tokens when they are needed.
        folder: what a relative file name is relative to.
        known: certificates, DER, that complete the chain of a token's or a service's certificate.

    Raises:
        KeyUnreadable: it cannot be used.
        WrongPassphrase: a secret is wrong or missing.
        ServiceError: a token or a service fails.
    """
    if name.startswith(PKCS11):
        from conventions.signing.tokens import open_token  # loads a C library that most people never need

        return open_token(name, secrets, known=known)
    if name.startswith(CSC):
        return open_remote(name, secrets, known=known)
    path = folder / name
    return load_key(path, secrets("passphrase", path.name))
