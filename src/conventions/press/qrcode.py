"""The code that a paper bears: a telephone reads from it where it is said how the paper is verified."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

from conventions.press.picture import Picture

__all__ = ["code_for"]

_DOTS: Final = 12
"""Pixels across a module: no edge is blurred on a printer of 600 dots per inch."""
_QUIET: Final = 4
"""Modules of white around the code (ISO/IEC 18004, 9.1)."""


def code_for(address: str, alt: str) -> Picture:
    """A QR code (ISO/IEC 18004), error correction M, with its quiet zone; equal arguments give equal bytes.

    Args:
        address: what it says, at most some hundred characters: more would need modules too small to print.
        alt: what somebody hears who cannot see it.
    """
    target = BytesIO()
    code = segno.make_qr(address, error="m", boost_error=False)
    code.save(target, kind="png", scale=_DOTS, border=_QUIET)
    return Picture(target.getvalue(), alt)
