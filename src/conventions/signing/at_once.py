"""What the library reads a character at a time, read in one piece: digits, names and tables.

A signature stands in a paper as ten to forty thousand hexadecimal digits; every entry of a dictionary has a name; a
table says of some thousand objects where each begins. Reading these takes most of the time in which a paper is opened.
Whatever is not written in the usual way is left to the library, so that every result and every error is the library's.
"""

from __future__ import annotations

import os
import re
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final

from pyhanko.pdf_utils import generic, xref
from pyhanko.pdf_utils.misc import PdfReadError

__all__ = [
    "DIGITS",
    "NAME",
    "SECTION",
    "TABLE",
    "Section",
    "Table",
    "read_at_once",
    "read_digits",
    "read_name",
    "read_table",
]

DIGITS: Final = generic.read_hex_string_from_stream
NAME: Final = generic.NameObject.read_from_stream
TABLE: Final = xref.parse_xref_table
SECTION: Final = xref.XRefSectionData
"""The library's own functions."""

_DIGITS: Final = re.compile(rb"<([0-9A-Fa-f]*)>")
_NAME: Final = re.compile(rb"/[!\"$&'*-.0-;=?-Z\\^-z|~]*(?=[\x00\t\n\f\r ()<>\[\]{}/%])")
"""Regular characters, none of them escaped, and what ends them (ISO 32000-1, 7.3.5)."""
_LONGEST: Final = 129
"""Bytes of a name, with its slash and what ends it (ISO 32000-1, table C.1)."""
_HEAD: Final = re.compile(rb"[\r\n ]*([0-9]{1,10}) ([1-9][0-9]{0,9}) ?[\r\n]+(?=[0-9])")
_LINE: Final = re.compile(rb"([0-9]{10}) (0[0-9]{4}|65535) ([nf])(?: [\r\n]|\r\n)")
_END: Final = re.compile(rb"[\r\n ]*trailer[\r\n ]*(?=<<)")
"""The parts of a table (ISO 32000-1, 7.5.4)."""
_TRAILER: Final = b"trailer"
_AHEAD: Final = 32
_LINE_LENGTH: Final = 20
"""Bytes."""


def read_at_once() -> None:
    """From now on the library reads as here, in this process. Saying so twice changes nothing."""
    for home, name, own in (
        (generic, "read_hex_string_from_stream", read_digits),
        (generic.NameObject, "read_from_stream", staticmethod(read_name)),
        (xref, "parse_xref_table", read_table),
        (xref, "XRefSectionData", Section),
    ):
        setattr(home, name, own)


def read_digits(stream: Any) -> generic.ByteStringObject | generic.TextStringObject:
    """A hexadecimal string, from its opening bracket on; at once when digits stand in pairs, nothing between."""
    if isinstance(stream, BytesIO):
        start = stream.tell()
        with stream.getbuffer() as data:
            plain = _DIGITS.match(data, start)
            digits, end = (bytes(plain[1]), plain.end()) if plain else (b"", 0)
            del plain  # it holds the buffer, which could not be given back
        if end and len(digits) % 2 == 0:
            stream.seek(end)
            return generic.pdf_string(unhexlify(digits))
    return DIGITS(stream)


def read_name(stream: BinaryIO) -> generic.NameObject:
    """A name, from its slash on; at once when nothing in it is escaped."""
    plain = _next(stream, _NAME, _LONGEST)
    return generic.NameObject(plain[0].decode("ascii")) if plain else NAME(stream)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Table:
    """The lines of a table, as they are written."""

    parts: tuple[tuple[int, list[tuple[bytes, bytes, bytes]]], ...]
    """The number of the first object of each part; of each object where it begins, its generation, and n or f."""


def read_table(stream: BinaryIO, strict: bool) -> Table | Iterator[xref.XRefEntry]:  # noqa: FBT001 - as replaced
    """A table, up to its trailer; at once when every line of it is well formed.

    Raises:
        PdfReadError: no trailer follows; whatever else the library raises.
    """
    start = stream.tell()
    parts = []
    while head := _next(stream, _HEAD, _AHEAD):
        lines = _LINE.findall(stream.read(_LINE_LENGTH * int(head[2])))
        parts.append((int(head[1]), lines))
        if len(lines) != int(head[2]):
            break
    else:
        if parts and _next(stream, _END, _AHEAD):
            return Table(tuple(parts))
    stream.seek(start)
    if _TRAILER not in stream.read():  # the library would look for it in the last bytes, again and again, without end
        raise PdfReadError("a cross-reference table without a trailer")
    stream.seek(start)
    return TABLE(stream, strict)


def _next(stream: BinaryIO, pattern: re.Pattern[bytes], most: int) -> re.Match[bytes] | None:
    """What comes next, if it is like this; the stream then stands behind it, and where it stood if it is not."""
    ahead = stream.read(most)
    found = pattern.match(ahead)
    stream.seek((found.end() if found else 0) - len(ahead), os.SEEK_CUR)
    return found


class Section(xref.XRefSectionData):
    """What the library keeps of a table."""

    def process_entries(self, entries: Table | Iterator[xref.XRefEntry], strict: bool) -> int:  # noqa: FBT001
        """Take in a table; the highest number in it. Object 0 is none (ISO 32000-1, 7.5.4)."""
        if not isinstance(entries, Table):
            return int(super().process_entries(entries, strict))
        for first, lines in entries.parts:
            for number, (at, written, kind) in enumerate(lines, first):
                generation = int(written)
                if kind == b"n" and number:
                    self.standard_xrefs[number] = (generation, int(at))
                    self.explicit_refs_in_revision.add((number, generation))
                elif number:
                    self.freed[number] = generation
                    self.explicit_refs_in_revision.add((number, generation - 1))
        return max(first + len(lines) - 1 for first, lines in entries.parts)
