"""What a signer put into their field: it is seen, and there is nothing in it but what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils import generic

from conventions.apart import exhausting

__all__ = ["is_only_drawn"]

_PRINTED: Final = 4
_UNSEEN: Final = 1 | 2 | 32 | 256
"""Annotation flags Invisible, Hidden, NoView and ToggleNoView (ISO 32000-1, table 165)."""
_ACTED_ON: Final = frozenset(
    {"/A", "/AA", "/AF", "/Alternates", "/EF", "/F", "/FDecodeParms", "/FFilter", "/JS", "/OC", "/OPI", "/PS", "/Ref"}
)
"""Of a stream: other files, other pictures for the printer, layers, actions. None of them draws anything."""
_CARRIED: Final = frozenset({"/EF", "/JS"})
"""Of a dictionary."""
_UNPACKED: Final = frozenset({"/FlateDecode", "/Fl", "/ASCIIHexDecode", "/AHx", "/ASCII85Decode", "/A85"})
"""What the library can unpack; the rest are pictures, and their pixels are counted."""
_MOST_BYTES: Final = 100_000_000
_MOST_PIXELS: Final = 50_000_000


def is_only_drawn(field: generic.DictionaryObject) -> bool:
    """Whether the field that was signed is shown and printed, and its appearance is a drawing and nothing else.

    A signer may draw into their field what they like. But who reads the paper later has to carry along whatever is
    in there: attached files, what is shown to some and not to others, other looks when a mouse comes near.

    Raises:
        Refused: it unfolds to something enormous (GATE-LIMIT), that every reader would have to draw.
    """
    flags = int(field["/F"]) if "/F" in field else 0
    if flags & _UNSEEN or not flags & _PRINTED:
        return False
    looks = field["/AP"] if "/AP" in field else generic.DictionaryObject()
    if not looks.keys() <= {"/N"} or not all(isinstance(looks[name], generic.StreamObject) for name in looks):
        return False
    return _draws(looks)


def _draws(looks: generic.DictionaryObject) -> bool:
    total = 0
    for part in _parts(looks):
        if not isinstance(part, generic.StreamObject):
            if part.keys() & _CARRIED:
                return False
        elif part.keys() & _ACTED_ON or _word(part, "/Subtype") == "/PS" or _word(part, "/Type") == "/EmbeddedFile":
            return False
        else:
            total += _size(part)
        if total > _MOST_BYTES:
            raise exhausting()
    return True


def _parts(value: generic.PdfObject) -> Iterator[generic.DictionaryObject]:
    """Every dictionary and stream that can be reached, once."""
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if one.reference in seen:
                continue
            seen.add(one.reference)
            one = one.get_object()
        if isinstance(one, generic.DictionaryObject):
            yield one
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(rank) for rank in range(len(one))]


def _size(stream: generic.StreamObject) -> int:
    if _word(stream, "/Subtype") == "/Image" and int(stream["/Width"]) * int(stream["/Height"]) > _MOST_PIXELS:
        raise exhausting()
    return len(stream.data) if _filters(stream) <= _UNPACKED else len(stream.encoded_data)


def _filters(stream: generic.StreamObject) -> set[str]:
    if "/Filter" not in stream:
        return set()
    named = stream["/Filter"]
    return {str(name) for name in (named if isinstance(named, generic.ArrayObject) else [named])}


def _word(dictionary: generic.DictionaryObject, key: str) -> str:
    return str(dictionary[key]) if key in dictionary else ""
