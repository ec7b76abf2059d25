"""Reads the fields of a form that came back. Whoever sent it chose every byte: nothing is executed, all is bounded."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import pikepdf
from pikepdf import Array, ContentStreamInlineImage, ContentStreamInstruction, Dictionary, Name, Stream, String

from conventions.forms.stamp import opened, unreadable

__all__ = ["HIDDEN", "Returned", "decoded", "fields_in", "instructions", "reading", "words"]

_LARGEST: Final = 8 * 1024 * 1024
"""Of a decompressed stream, in bytes; a page has some thousands, the fonts of a form 200,000."""
_MOST: Final = 10_000
"""Nodes of the field tree looked at."""
HIDDEN: Final = 1 << 1 | 1 << 5
"""Flags of an annotation that is not seen: hidden, no view (ISO 32000-1, 12.5.3)."""
_STUMBLED: Final = (
    pikepdf.PdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""Where a number, a string or a dictionary belongs, a file from outside may hold anything, and nested without end."""
_INHERITED: Final = ("/FT", "/Ff", "/V", "/MaxLen")
_PLAIN: Final = ("", "/FlateDecode", "/Fl")


@dataclass(frozen=True)
class Returned:
    """One field as a file has it."""

    name: str
    kind: str
    """``/Tx``, ``/Btn``, ``/Ch``, ``/Sig``; anything else is nonsense."""
    node: Dictionary
    widgets: tuple[Dictionary, ...]
    inherited: dict[str, pikepdf.Object] = field(default_factory=dict)

    def get(self, key: str) -> pikepdf.Object | None:
        """An entry of the field, or of a group that it lies in."""
        return self.node.get(key, self.inherited.get(key))

    @property
    def flags(self) -> int:
        """Field flags; 0 when they are nonsense."""
        flags: object = self.get("/Ff")
        return flags if isinstance(flags, int) else 0


@contextmanager
def reading(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """The document of somebody else.

    Raises:
        ForeignPaper: it is not a PDF, it is encrypted, or so damaged that reading stumbles (PDF-01).
    """
    with opened(pdf) as document:
        if document.is_encrypted:
            raise unreadable()
        try:
            yield document
        except _STUMBLED as error:
            raise unreadable() from error


def fields_in(document: pikepdf.Pdf) -> dict[str, Returned]:
    """Every field by its whole name, in the order of the file; of two with one name, the first."""
    form = document.Root.get("/AcroForm")
    tops = form.get("/Fields") if isinstance(form, Dictionary) else None
    waiting: list[tuple[pikepdf.Object, str, dict[str, pikepdf.Object]]] = [
        (node, "", {}) for node in reversed([*tops] if isinstance(tops, Array) else [])
    ]
    seen: set[tuple[int, int]] = set()
    found: dict[str, Returned] = {}
    while waiting and len(seen) < _MOST:
        node, group, inherited = waiting.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen if node.is_indirect else (-len(seen) - 1, 0))
        name = ".".join(part for part in (group, words(node.get("/T"))) if part)
        below = inherited | {key: node[key] for key in _INHERITED if key in node}
        kids = _kids(node)
        if any("/T" in kid for kid in kids):
            waiting.extend((kid, name, below) for kid in reversed(kids))
        elif name:
            found.setdefault(name, Returned(name, str(below.get("/FT", "")), node, tuple(kids or [node]), below))
    return found


def _kids(node: Dictionary) -> list[Dictionary]:
    kids = node.get("/Kids")
    return [kid for kid in kids if isinstance(kid, Dictionary)] if isinstance(kids, Array) else []


def words(value: object) -> str:
    """A text of the file: a string, a name, or a stream of text; NFC, lines parted by line feeds, no control codes."""
    if isinstance(value, Stream):
        value = String(decoded(value) or b"")
    if isinstance(value, String):
        text = _of_bytes(value)
    else:
        text = str(value).removeprefix("/") if isinstance(value, Name) else ""
    text = "\n".join(unicodedata.normalize("NFC", text).splitlines()) + ("\n" if text.endswith(("\n", "\r")) else "")
    return "".join(character for character in text if character == "\n" or unicodedata.category(character) != "Cc")


def _of_bytes(value: String) -> str:
    try:
        return str(value)
    except UnicodeDecodeError:
        return bytes(value).decode("latin-1")


def decoded(stream: Stream) -> bytes | None:
    """What a stream holds; None when it is too large, or packed in another way than viewers pack text and fonts."""
    packings = stream.get("/Filter", "")
    packing = str(packings[0]) if isinstance(packings, Array) and len(packings) == 1 else str(packings)
    if packing not in _PLAIN or "/Predictor" in _parameters(stream):
        return None
    raw = stream.read_raw_bytes()
    if not packing:
        return raw if len(raw) <= _LARGEST else None
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(raw, _LARGEST)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else data


def _parameters(stream: Stream) -> Dictionary:
    found = stream.get("/DecodeParms")
    if isinstance(found, Array) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, Dictionary) else Dictionary()


def instructions(content: bytes) -> list[tuple[list[object], str]]:
    """Operands and operator of each step of a page or an appearance."""
    with pikepdf.new() as desk:
        steps = pikepdf.parse_content_stream(desk.make_stream(content))
        return [(_operands(step), str(step.operator)) for step in steps]


def _operands(step: ContentStreamInstruction | ContentStreamInlineImage) -> list[object]:
    return [step.iimage.unparse()] if isinstance(step, ContentStreamInlineImage) else [*step.operands]
