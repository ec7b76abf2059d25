"""How much room a signature is given in its paper, before it is known how large it becomes."""

from __future__ import annotations

from typing import Final

from conventions.signing.keys import Key
from conventions.signing.timestamps import TOKEN_BYTES, Timestamper

__all__ = ["reserved"]

_STRUCTURE_BYTES: Final = 3_000
"""Signed attributes, the signature value and the CMS structure around the certificates."""


def reserved(key: Key, timestamper: Timestamper | None) -> int:
    """Room for the signature, in hexadecimal characters; knowing it saves the dry run that would measure it."""
    size = _STRUCTURE_BYTES + key.chain_length + (TOKEN_BYTES if timestamper else 0)
    return 2 * size
