"""Characters that would print as an empty frame, or as nothing: no font on the machine has them.

PDF/A forbids the frame (ISO 19005-2, 6.2.11.8), and an agreement must not lose a letter of a name.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, String

from conventions.forms.fonts import meanings

__all__ = ["missing_characters"]

_VISIBLE: Final = frozenset("LNPS")
"""Letters, numbers, punctuation and symbols, by the first letter of their Unicode category."""
_UNDEFINED: Final = re.compile(rb"dup (\d+) ?/\.notdef put")


def missing_characters(document: pikepdf.Pdf, fonts: Sequence[Any]) -> frozenset[str]:
    """Characters that are drawn with the outline of ``.notdef``, or although they can be seen with none.

    LibreOffice gives the characters that no font has a glyph of their own, a copy of glyph 0. Their place in the text
    is kept, so the ``ToUnicode`` map still tells which character came first, and the pages tell the others. A font
    whose glyphs are coloured pictures is embedded by LibreOffice 7.4 without the pictures.

    LibreOffice embeds TrueType fonts as they are, and the PostScript outlines of other OpenType fonts as Type 1.

    Args:
        document: as LibreOffice made it.
        fonts: all of the document.
    """
    found: set[str] = set()
    bad: dict[object, set[int]] = {}
    for font in fonts:
        for code, words in _unprinted(font.get("/FontDescriptor", Dictionary()), meanings(font)):
            bad.setdefault(font.objgen, set()).add(code)
            found.add(words)
    return frozenset(found | set(_told(document, bad)) if bad else found)


def _unprinted(descriptor: Any, meanings: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Codes that cannot be read on paper, each with what it should say."""
    if isinstance(descriptor.get("/FontFile2"), pikepdf.Stream):
        codes = _frames(descriptor.FontFile2.read_bytes(), meanings)
    elif isinstance(descriptor.get("/FontFile"), pikepdf.Stream):
        codes = (int(code) for code in _UNDEFINED.findall(descriptor.FontFile.read_bytes()))
    else:
        return
    yield from ((code, meanings[code]) for code in codes if code in meanings)


def _told(document: pikepdf.Pdf, bad: Mapping[object, set[int]]) -> Iterator[str]:
    """What the pages themselves say that such glyphs stand for (``ActualText``)."""
    for page in document.pages:
        fonts: Any = page.Resources.get("/Font", Dictionary())
        marks: list[str] = []
        codes: set[int] = set()
        for instruction in pikepdf.parse_content_stream(page):
            operator, operands = str(instruction.operator), instruction.operands
            if operator in {"BMC", "BDC"}:
                details = operands[-1] if isinstance(operands[-1], Dictionary) else Dictionary()
                marks.append(str(details.get("/ActualText", "")))
            elif operator == "EMC":
                marks.pop()
            elif operator == "Tf":
                codes = bad.get(fonts[str(operands[0])].objgen, set())
            elif operator in {"Tj", "TJ"} and marks and marks[-1] and codes.intersection(_shown(operands[0])):
                yield marks[-1]


def _shown(operand: Any) -> Iterator[int]:
    for piece in operand if isinstance(operand, Array) else (operand,):
        if isinstance(piece, String):
            yield from bytes(piece)


def _frames(program: bytes, meanings: Mapping[int, str]) -> Iterator[int]:
    """Codes whose glyph is a copy of glyph 0, or empty for a character that can be seen."""
    try:
        tables = _tables(program)
        outlines = _outlines(tables)
        codes = _codes(tables[b"cmap"])
    except (struct.error, KeyError, IndexError):
        return
    for code, glyph in codes.items():
        if not 0 < glyph < len(outlines):
            continue
        is_frame = bool(outlines[0]) and outlines[glyph] == outlines[0]
        if is_frame or (not outlines[glyph] and _can_be_seen(meanings.get(code, ""))):
            yield code


def _can_be_seen(words: str) -> bool:
    return any(unicodedata.category(character)[0] in _VISIBLE for character in words)


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
