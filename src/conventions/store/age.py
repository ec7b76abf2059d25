"""Encryption for whoever holds a key, in the format of age (age-encryption.org/v1), by the library pyrage (rage)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, Final

from conventions.errors import KeyUnreadable, WrongPassphrase
from conventions.text import Text, quoted

__all__ = ["SUFFIX", "decrypt", "encrypt", "is_encrypted"]

SUFFIX: Final = ".age"
"""Of an encrypted file."""
_MAGIC: Final = b"age-encryption.org/v1"
_IDENTITY: Final = "AGE-SECRET-KEY-"


def is_encrypted(head: bytes) -> bool:
    """Do these first bytes of a file say that it is encrypted?"""
    return head.startswith(_MAGIC)


def encrypt(source: IO[bytes], target: IO[bytes], recipients: Sequence[str]) -> None:
    """Encrypt a stream for any one of several recipients; nothing is ever whole in memory.

    Raises:
        KeyUnreadable: AGE-01, a recipient is no public key of age.
    """
    import pyrage

    try:
        keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as error:
        raise KeyUnreadable(
            "AGE-01",
            Text("a recipient is no public key of age: {reason}", reason=quoted(error)),
            Text("copy the line that begins with age1 from `age-keygen`"),
        ) from None
    pyrage.encrypt_io(source, target, keys)


def decrypt(source: IO[bytes], target: IO[bytes], identity: bytes) -> None:
    """Decrypt a stream; what was altered is refused, and what was written until then must be thrown away.

    Args:
        source: encrypted.
        target: gets the plain bytes.
        identity: the lines that ``age-keygen`` wrote, or the secret key alone.

    Raises:
        KeyUnreadable: AGE-02, no identity of age is given.
        WrongPassphrase: AGE-03, the identity does not open it, or the file was altered.
    """
    import pyrage

    try:
        pyrage.decrypt_io(source, target, _identities(identity))
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, and not what is in the file
        raise WrongPassphrase(
            "AGE-03",
            Text("the file cannot be decrypted: {reason}", reason=quoted(error)),
            Text("name the identity of one of its recipients; if it is the right one, the file is damaged"),
        ) from None


def _identities(lines: bytes) -> list[Any]:
    import pyrage

    words = [line.strip() for line in lines.decode(errors="replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in words if line.startswith(_IDENTITY)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise KeyUnreadable(
            "AGE-02",
            Text("there is no identity of age to decrypt with"),
            Text("name the file that `age-keygen` wrote: --identity FILE; or set CONVENTIONS_AGE_IDENTITY"),
        )
    return found
