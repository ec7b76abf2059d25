"""The instructions of a page's content, one by one (ISO 32000-1, 7.8.2).

pikepdf takes every content apart, and makes an object of each number for it. What LibreOffice writes has few shapes; it
is taken apart here, ten times as fast. A page on which anything has another shape is left to pikepdf as a whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import itemgetter
from typing import Final

import pikepdf
from pikepdf import ContentStreamInlineImage, ContentStreamInstruction, String

__all__ = ["INLINE_IMAGE", "Instruction", "instructions", "plain", "show_written"]

Instruction = tuple[bytes, bytes]
"""The operands, with a space after the last one, and the operator. Operands are as pikepdf writes them, but for what is
shown (Tj, TJ), whose strings are hexadecimal, and for a list of properties (BDC) as it stands."""
INLINE_IMAGE: Final = b"INLINE IMAGE"
"""Stands for the operator of an image that is drawn by the content itself, which is all the operand."""

_OPERATORS: Final = frozenset(
    b"b b* B B* BDC BMC BT c cm CS cs Do EMC ET f F f* G g gs h i J j K k l M m MP n q Q re RG rg ri s S SC sc SCN"
    b" scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y".split()
)
_SHOWING: Final = frozenset({b"Tj", b"TJ"})
_NAME: Final = rb"/[\w+.-]++"
_TAG: Final = rb"/[\w+.#-]++"
_HEX: Final = rb"<(?:[0-9A-F]{2})*+>"
_PLAIN: Final = re.compile(
    rb"[ \n]*+(?:("
    rb"%(tag)b<</(?:MCID[ ]\d{1,6}+|ActualText%(hex)b)>>(?=\n?BDC)"
    rb"|(?:(?:-?(?:[1-9]\d{0,8}+(?:\.\d++)?+|0\.\d++)|0)[ ]|%(name)b[ ])*+"
    rb"(?:(?:%(hex)b|\[%(hex)b(?:-?[1-9]\d{0,8}+%(hex)b)*+\])(?=T[jJ]))?+"
    rb")\n?+([A-Za-z]{1,3}+\*?+)(?=[ \n/<\[]|\Z)|[^ \n])" % {b"name": _NAME, b"tag": _TAG, b"hex": _HEX}
)
"""One property; or numbers and names with a space after each, and after them one string, or one line of strings and
shifts. What is nothing of the kind is found byte by byte, as an instruction without an operator."""
_LITERAL: Final = re.compile(rb"\((?:[^\\()]|\\.)*+\)", re.DOTALL)
"""A string as pikepdf writes it, all brackets in which are escaped."""
_DIGITS: Final = re.compile(rb"<([0-9A-Fa-f]*)>")


def instructions(page: pikepdf.Page) -> list[Instruction]:
    """Of a page, in their order."""
    content = page.obj.get("/Contents")
    found = plain(content.read_bytes()) if isinstance(content, pikepdf.Stream) else None
    return found or [_of_pikepdf(instruction) for instruction in pikepdf.parse_content_stream(page)]


def plain(content: bytes) -> list[Instruction] | None:
    """Of content that has no other shapes than LibreOffice writes; None for any other."""
    found: list[Instruction] = _PLAIN.findall(content)
    return found if _OPERATORS.issuperset(map(itemgetter(1), found)) else None


def show_written(operands: bytes, operator: bytes) -> bytes:
    """An instruction that shows something as pikepdf writes it.

    Args:
        operands: a string, or an array of strings and shifts, in hexadecimal.
        operator: Tj or TJ.
    """
    parts = [*_DIGITS.split(operands), operator]
    parts[1:-1:2] = map(_written, parts[1:-1:2])
    bare = map(bytes.strip, parts) if b" " in operands else parts
    return b" ".join(filter(None, bare))


@lru_cache(maxsize=4096)
def _written(digits: bytes) -> bytes:
    return String(bytes.fromhex(digits.decode())).unparse()


def _of_pikepdf(instruction: ContentStreamInstruction | ContentStreamInlineImage) -> Instruction:
    written = pikepdf.unparse_content_stream([instruction])
    if isinstance(instruction, ContentStreamInlineImage):
        return written, INLINE_IMAGE
    operator = instruction.operator.unparse()
    operands = written.removesuffix(operator)
    return _LITERAL.sub(_hexadecimal, operands) if operator in _SHOWING else operands, operator


def _hexadecimal(literal: re.Match[bytes]) -> bytes:
    return b"<%b>" % bytes(pikepdf.Object.parse(literal[0])).hex().encode()
