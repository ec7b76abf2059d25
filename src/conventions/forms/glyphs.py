"""Characters that no font on the machine has: they would print as an empty frame, and PDF/A forbids it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import pikepdf
from pikepdf import Dictionary

__all__ = ["missing_characters"]

_PAIR: Final = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<((?:[0-9A-Fa-f]{4})+)>")


def missing_characters(document: pikepdf.Pdf) -> frozenset[str]:
    """Characters that are drawn with the outline of ``.notdef`` (ISO 19005-2, 6.2.11.8).

    LibreOffice gives such a character a glyph of its own, a copy of glyph 0; its place in the text is kept, so the
    ``ToUnicode`` map still tells which character it was meant to be. Only embedded TrueType fonts are looked at: these
    are what LibreOffice embeds of the fonts that the shipped templates use.
    """
    found: set[str] = set()
    for item in document.objects:
        if not isinstance(item, Dictionary) or item.get("/Type") != "/Font":
            continue
        program = item.get("/FontDescriptor", Dictionary()).get("/FontFile2")
        named = item.get("/ToUnicode")
        if isinstance(program, pikepdf.Stream) and isinstance(named, pikepdf.Stream):
            found.update(_frames(program.read_bytes(), named.read_bytes()))
    return frozenset(found)


def _frames(program: bytes, named: bytes) -> Iterator[str]:
    try:
        tables = _tables(program)
        outlines = _outlines(tables)
        codes = _codes(tables[b"cmap"])
    except (struct.error, KeyError, IndexError):
        return
    words = {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for code, text in _PAIR.findall(named)
    }
    for code, glyph in codes.items():
        if glyph and outlines[0] and glyph < len(outlines) and outlines[glyph] == outlines[0] and code in words:
            yield words[code]


def _tables(program: bytes) -> Mapping[bytes, bytes]:
    (count,) = struct.unpack_from(">H", program, 4)
    entries = (struct.unpack_from(">4sIII", program, 12 + 16 * rank) for rank in range(count))
    return {tag: program[start : start + length] for tag, _, start, length in entries}


def _outlines(tables: Mapping[bytes, bytes]) -> list[bytes]:
    """The outline of every glyph; ``loca`` holds offsets, halved in its short form."""
    (is_long,) = struct.unpack_from(">h", tables[b"head"], 50)
    loca, size = tables[b"loca"], 4 if is_long else 2
    count = len(loca) // size
    offsets = struct.unpack_from(f">{count}{'I' if is_long else 'H'}", loca)
    ends = [offset if is_long else offset * 2 for offset in offsets]
    return [tables[b"glyf"][start:end] for start, end in pairwise(ends)]


def _codes(cmap: bytes) -> dict[int, int]:
    """Glyph of each one-byte code, in the two simple formats (0 and 6) that subsets of fonts use."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    found: dict[int, int] = {}
    for rank in range(count):
        (start,) = struct.unpack_from(">I", cmap, 8 + 8 * rank)
        (kind,) = struct.unpack_from(">H", cmap, start)
        if kind == 0:
            found.update(enumerate(cmap[start + 6 : start + 262]))
        elif kind == 6:
            first, length = struct.unpack_from(">HH", cmap, start + 6)
            found.update(enumerate(struct.unpack_from(f">{length}H", cmap, start + 10), start=first))
    return found
