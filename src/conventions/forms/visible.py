"""What can be read on a page: enough to recognise a paper that was printed to a new PDF."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from pypdf import PdfReader

__all__ = ["visible_digests"]

_SHORT_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
"""The footer of every paper shows the first sixteen digits of its dossier's digest."""


def visible_digests(pdf: bytes) -> frozenset[str]:
    """Short digests that stand on the first page, hexadecimal; empty when no text can be read."""
    try:
        words = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    except Exception:  # noqa: BLE001 - a file from outside makes a lenient reader raise nearly anything; no text is no text
        return frozenset()
    return frozenset(_SHORT_DIGEST.findall(words))
