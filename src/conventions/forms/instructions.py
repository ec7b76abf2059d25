"""The content of a page, taken apart (ISO 32000-1, 7.8.2).

pikepdf takes every content apart, and makes an object of each number for it. What LibreOffice writes has few shapes; it
is taken apart here, many times as fast. A page on which anything has another shape is left to pikepdf as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

import pikepdf
from pikepdf import ContentStreamInlineImage, ContentStreamInstruction

__all__ = ["INLINE_IMAGE", "Instruction", "Line", "plain", "steps"]

Instruction = tuple[bytes, bytes]
"""The operands and the operator, which make the instruction when they are put together. Operands are as pikepdf writes
them, but for what is shown (Tj, TJ), whose strings are hexadecimal, and for a list of properties (BDC) as it stands."""
INLINE_IMAGE: Final = b"INLINE IMAGE"
"""Stands for the operator of an image that is drawn by the content itself, which is all the operand."""


class Line(NamedTuple):
    """A piece of marked content in which one line of words is shown, and nothing else: nine in ten are."""

    written: bytes
    """All its instructions."""
    opening: bytes
    """The first of them."""
    number: bytes | None
    """By which the structure knows it (MCID); None for an artifact."""
    says: bytes | None
    """Its ``ActualText``, hexadecimal."""
    x: bytes
    y: bytes
    font: bytes
    size: bytes
    shown: bytes
    """A string, or an array of strings and shifts; the strings are hexadecimal."""


_OPERATORS: Final = frozenset(
    b"b b* B B* BDC BMC BT c cm CS cs Do EMC ET f F f* G g gs h i J j K k l M m MP n q Q re RG rg ri s S SC sc SCN"
    b" scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y".split()
)
_SHOWING: Final = frozenset({b"Tj", b"TJ"})
_NUMBER: Final = rb"(?:-?(?:[1-9]\d{0,8}+(?:\.\d++)?+|0\.\d++)|0)"
_NAME: Final = rb"/[\w+.-]++"
_TAG: Final = rb"/[\w+.#-]++"
_HEX: Final = rb"<[0-9A-F]*+>"
_ROW: Final = rb"\[(?:%b(?:-?\d++)?+)*+\]" % _HEX
_SHAPES: Final = {b"number": _NUMBER, b"name": _NAME, b"tag": _TAG, b"hex": _HEX, b"row": _ROW}
_PLAIN: Final = re.compile(
    rb"[ \n]*+(?:("
    rb"%(tag)b<</(?:MCID[ ]\d{1,6}+|ActualText%(hex)b)>>(?=\n?BDC)"
    rb"|(?:%(number)b[ ]|%(name)b[ ])*+(?:(?:%(hex)b|%(row)b)(?=T[jJ]))?+"
    rb")\n?+([A-Za-z]{1,3}+\*?+)(?=[ \n/<\[]|\Z)|[^ \n])" % _SHAPES
)
"""One property; or numbers and names with a space after each, and after them one string, or one line of strings and
shifts. What is nothing of the kind is found byte by byte, as an instruction without an operator."""
_LINE: Final = re.compile(
    rb"(?<![^ \n])(((?!/Artifact)%(tag)b<</MCID[ ](\d{1,6}+)>>BDC|/Artifact[ ]BMC)\nq(?:[ ]%(number)b){3}[ ]rg\nBT\n"
    rb"(?:/Span<</ActualText<(FEFF(?:[0-9A-F]{4})*+)>>>\nBDC\n)?+"
    rb"(%(number)b)[ ](%(number)b)[ ]Td[ ](%(name)b)[ ](%(number)b)[ ]Tf(%(hex)b(?=Tj)|%(row)b(?=TJ))T[jJ]\n"
    rb"(?(4)EMC\n)ET\nQ\nEMC(?=[ \n]|\Z))" % _SHAPES
)
"""As :class:`Line` has it; what stands around one is looked at by itself."""
_LITERAL: Final = re.compile(rb"\((?:[^\\()]|\\.)*+\)", re.DOTALL)
"""A string as pikepdf writes it, all brackets in which are escaped."""


def steps(page: pikepdf.Page) -> Sequence[Instruction | Line]:
    """What a page does, in its order."""
    content = page.obj.get("/Contents")
    found = plain(content.read_bytes()) if isinstance(content, pikepdf.Stream) else None
    return found or [_of_pikepdf(instruction) for instruction in pikepdf.parse_content_stream(page)]


def plain(content: bytes) -> list[Instruction | Line] | None:
    """Of content that has no other shapes than LibreOffice writes; None for any other."""
    found: list[Instruction | Line] = []
    parts = iter(_LINE.split(content))
    for between in parts:
        if between != b"\n":
            some: list[Instruction] = _PLAIN.findall(between)
            if not _OPERATORS.issuperset(map(itemgetter(1), some)):
                return None
            found += some
        if line := tuple(islice(parts, _LINE.groups)):
            found.append(Line(*line))
    return found


def _of_pikepdf(instruction: ContentStreamInstruction | ContentStreamInlineImage) -> Instruction:
    written = pikepdf.unparse_content_stream([instruction])
    if isinstance(instruction, ContentStreamInlineImage):
        return written, INLINE_IMAGE
    operator = instruction.operator.unparse()
    operands = written.removesuffix(operator)
    return _LITERAL.sub(_hexadecimal, operands) if operator in _SHOWING else operands, operator


def _hexadecimal(literal: re.Match[bytes]) -> bytes:
    return b"<%b>" % bytes(pikepdf.Object.parse(literal[0])).hex().upper().encode()
