"""A signature's digits, read in one piece.

A signature stands in a paper as ten to forty thousand hexadecimal digits, and the library reads them one at a time,
whenever it reads the object that they stand in: nearly half of what it takes to open a signed paper.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic

__all__ = ["ONE_BY_ONE", "read_at_once", "read_digits"]

_PLAIN: Final = re.compile(rb"<([0-9A-Fa-f]*)>")
ONE_BY_ONE: Final = generic.read_hex_string_from_stream
"""The library's own way."""


def read_at_once() -> None:
    """From now on the library reads digits as here, in this process. Saying so twice changes nothing."""
    generic.read_hex_string_from_stream = read_digits


def read_digits(stream: Any) -> generic.ByteStringObject | generic.TextStringObject:
    """A hexadecimal string, from its opening bracket on.

    Digits in pairs and nothing between them, as every program writes a signature. For whatever is written otherwise the
    library is asked, so that the outcome, and every error, is its own.
    """
    if isinstance(stream, BytesIO):
        start = stream.tell()
        with stream.getbuffer() as data:
            plain = _PLAIN.match(data, start)
            digits, end = (bytes(plain[1]), plain.end()) if plain else (b"", 0)
            del plain  # it holds the buffer, which could not be given back
        if end and len(digits) % 2 == 0:
            stream.seek(end)
            return generic.pdf_string(unhexlify(digits))
    return ONE_BY_ONE(stream)
