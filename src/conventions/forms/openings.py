"""The pieces of marked content, and how they begin (BMC, BDC; ISO 32000-1, 14.6)."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pikepdf

from conventions.forms.symbols import spelled

__all__ = ["ARTIFACT", "PAGE", "Opening", "Piece", "begun", "opening", "pagination", "picture", "spelled_out"]

_NUMBERED: Final = re.compile(rb"(/[^ <]+) ?<< ?/MCID (\d+) ?>> ?")


class Opening(NamedTuple):
    """What the beginning of a piece says of it."""

    number: int | None
    """By which the structure knows it (MCID)."""
    is_artifact: bool
    says: str | None
    """Its ``ActualText``, in characters that mean something."""
    written: bytes
    """The instruction."""


ARTIFACT: Final = Opening(None, True, None, b"/Artifact BMC")
"""Of what is none of the structure."""


class Piece(NamedTuple):
    """A piece that has begun and not ended, with what it has from those around it."""

    at: int
    """Rank of its instruction in the content."""
    is_artifact: bool
    """Itself, whatever is around it."""
    artifact: int | None
    """Rank of the outermost artifact that it is, or lies in."""
    number: int | None
    says: str | None


PAGE: Final = Piece(0, is_artifact=False, artifact=None, number=None, says=None)
"""What is around everything."""


def begun(opening: Opening, at: int, around: Piece) -> Piece:
    """The piece that an instruction begins.

    Args:
        opening: what the instruction says.
        at: rank of the instruction in the content.
        around: the innermost piece that it stands in.
    """
    artifact = at if opening.is_artifact and around.artifact is None else around.artifact
    number = around.number if opening.number is None else opening.number
    says = around.says if opening.says is None else opening.says
    return Piece(at, opening.is_artifact, artifact, number, says)


def opening(operands: bytes, operator: bytes) -> Opening:
    """Read an instruction that begins a piece."""
    if match := _NUMBERED.fullmatch(operands):
        tag, number = _name(match[1]), int(match[2])
        return Opening(number, tag == b"/Artifact", None, b"%b << /MCID %d >> BDC" % (tag, number))
    return _opening(operands, operator)


def picture(number: int) -> bytes:
    """The instruction that begins a picture of the structure."""
    return b"/Figure << /MCID %d >> BDC" % number


def pagination(*, is_above: bool) -> bytes:
    """The instruction that begins a running head or foot (14.8.2.2.2)."""
    return b"/Artifact << /Subtype /%b /Type /Pagination >> BDC" % (b"Header" if is_above else b"Footer")


@lru_cache(maxsize=4096)
def spelled_out(digits: bytes) -> tuple[str, bytes]:
    """What an ``ActualText`` says in characters that mean something, and how it is written then.

    Args:
        digits: UTF-16 with its mark of order, hexadecimal.
    """
    said = bytes.fromhex(digits.decode()).decode("utf-16", "replace")
    says = spelled(said)
    return says, digits if says == said else (BOM_UTF16_BE + says.encode("utf-16-be")).hex().upper().encode()


@lru_cache(maxsize=1024)
def _opening(operands: bytes, operator: bytes) -> Opening:
    before, start, rest = operands.partition(b"<<")
    names = before.split()
    is_artifact = names[:1] == [b"/Artifact"]
    if not start or len(names) != 1:
        return Opening(None, is_artifact, None, operands + operator)
    details: Any = pikepdf.Object.parse(start + rest)
    number = int(details.MCID) if "/MCID" in details else None
    says = str(details.ActualText) if "/ActualText" in details else None
    if says is not None and spelled(says) != says:
        says = details.ActualText = spelled(says)
    return Opening(number, is_artifact, says, b"%b %b %b" % (_name(names[0]), details.unparse(), operator))


@lru_cache(maxsize=1024)
def _name(written: bytes) -> bytes:
    """A name as pikepdf writes it."""
    return pikepdf.Object.parse(written).unparse()
