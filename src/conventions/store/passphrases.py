"""Pass-phrases: only their scrypt digest is kept, each with its own salt and cost."""

from __future__ import annotations

import hmac
import re
from secrets import token_bytes
from threading import BoundedSemaphore
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from conventions.errors import WrongPassphrase
from conventions.text import Text

__all__ = ["LEAST_CHARACTERS", "hashed", "is_right", "require_strong"]

LEAST_CHARACTERS: Final = 12
"""Of a pass-phrase; blanks in a row count as one (OWASP ASVS 4.0.3, 2.1.1)."""
_MOST_CHARACTERS: Final = 128
"""More are denied (2.1.2)."""
_FEWEST_DIFFERENT: Final = 6
"""Characters: fewer, over and over, are a pattern."""
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
"""The alphabet, and the keys of a keyboard one after the other. It is no list of leaked pass-phrases (2.1.7)."""
_BLANKS: Final = re.compile(r"\s+")
_COST: Final = 2**17
"""scrypt's N with r = 8 and p = 1: 128 MiB and some tenths of a second for each guess (2.4.6: 2¹⁶ at the least)."""
_TWO_AT_ONCE: Final = BoundedSemaphore(2)
"""Guesses wait for one another: a flood of them must not eat the memory."""
_NOBODYS: Final = f"scrypt${_COST}${'00' * 16}${'00' * 32}"


def require_strong(name: str, passphrase: str) -> None:
    """Refuse what is guessed too easily.

    Raises:
        WrongPassphrase: ACCOUNT-02, it is too short, too long, holds the name of the account, or is a pattern of keys.
    """
    counted, typed = len(_BLANKS.sub(" ", passphrase)), passphrase.casefold()
    is_long_enough = counted >= LEAST_CHARACTERS and len(passphrase) <= _MOST_CHARACTERS
    if is_long_enough and name not in typed and not _is_pattern(typed):
        return
    raise WrongPassphrase(
        "ACCOUNT-02",
        Text(
            "the pass-phrase has fewer than {least} characters, more than {most}, holds the name, or is a row of keys",
            least=LEAST_CHARACTERS,
            most=_MOST_CHARACTERS,
        ),
        Text("take four or five words that do not belong together"),
    )


def _is_pattern(typed: str) -> bool:
    endless = [row * _MOST_CHARACTERS for row in _ROWS]
    is_row = any(typed in row or typed[::-1] in row for row in endless)
    return is_row or len(set(typed)) < _FEWEST_DIFFERENT


def hashed(passphrase: str) -> str:
    """What is kept of it: algorithm, cost, salt and digest."""
    salt = token_bytes(16)
    return f"scrypt${_COST}${salt.hex()}${_derived(passphrase, salt, _COST).hex()}"


def is_right(kept: str, passphrase: str) -> bool:
    """Is it the one that was hashed? Where nothing is kept the answer is no, and takes as long."""
    _, cost, salt, digest = (kept or _NOBODYS).split("$")
    typed = passphrase[: _MOST_CHARACTERS + 1]  # nobody has a longer one, and it shall not take longer
    matches = hmac.compare_digest(bytes.fromhex(digest), _derived(typed, bytes.fromhex(salt), int(cost)))
    return matches and bool(kept)


def _derived(passphrase: str, salt: bytes, cost: int) -> bytes:
    with _TWO_AT_ONCE:
        return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())
