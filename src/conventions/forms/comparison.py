"""Whether a form that came back still asks what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from conventions.forms.returned import HIDDEN, Returned, decoded, fields_in, instructions, reading, words

__all__ = ["same_form"]

_READ_ONLY: Final = 1 << 0
_MOST: Final = 8 * 1024 * 1024
"""Bytes of page content that are read as operators; a form has some ten thousand on a page."""
_PACKING: Final = frozenset({"/DecodeParms", "/Filter"})
_ELSEWHERE: Final = frozenset({"/Length", "/P", "/Parent", "/Pg", "/StructParent", "/StructParents", "/Type"})
"""Entries that lead back up the tree, or that programs add and leave out as they like."""


def same_form(sent: bytes, returned: bytes) -> tuple[str, ...]:
    """What differs between a form as it was made and as it came back, answers apart.

    Programs that fill in forms rewrite files: not bytes are compared, but what pages draw (operators, fonts, pictures,
    added annotations) and what fields are (kind, flags, answers to choose from, tooltips, places; values only where
    they are read-only).

    Returns:
        ``page:2`` for each page, counted from 1, and ``field:mark`` for each field that differs, is missing or new;
        empty when it is the same form.

    Raises:
        ForeignPaper: one of the files is not a readable PDF, or it is encrypted (PDF-01).
    """
    ours, theirs = _Seen.of(sent), _Seen.of(returned)
    return (*_differing(ours.pages, theirs.pages), *_differing(ours.fields, theirs.fields))


def _differing(ours: dict[str, object], theirs: dict[str, object]) -> list[str]:
    return [name for name in ours | theirs if name not in ours or name not in theirs or ours[name] != theirs[name]]


@dataclass(frozen=True)
class _Seen:
    """What there is to compare of one form."""

    pages: dict[str, object]
    fields: dict[str, object]

    @classmethod
    def of(cls, pdf: bytes) -> _Seen:
        with reading(pdf) as document:
            fields, plain = fields_in(document), _Plain()
            known = {widget.objgen for field in fields.values() for widget in field.widgets}
            ranks = {
                annotation.objgen: rank
                for rank, page in enumerate(document.pages, start=1)
                for annotation in _annotations(page)
            }
            return cls(
                {f"page:{rank}": _page(page, known, plain) for rank, page in enumerate(document.pages, start=1)},
                {f"field:{name}": _definition(field, ranks, plain) for name, field in fields.items()},
            )


def _definition(field: Returned, ranks: Mapping[tuple[int, int], int], plain: _Plain) -> object:
    return (
        field.kind,
        field.flags,
        plain.of(field.get("/MaxLen")),
        plain.of(field.node.get("/Opt")),
        words(field.node.get("/TU")),
        [(ranks.get(widget.objgen), *_place(widget)) for widget in field.widgets],
        words(field.get("/V")) if field.flags & _READ_ONLY else "",
    )


def _place(widget: Dictionary) -> tuple[object, ...]:
    looks = widget.get("/AP")
    states = looks.get("/N") if isinstance(looks, Dictionary) else None
    names = sorted({*states.keys()} - {"/Off"}) if isinstance(states, Dictionary) else []
    edges = [round(float(str(edge)), 1) for edge in widget.get("/Rect", Array())]
    flags: object = widget.get("/F", 0)
    is_hidden = isinstance(flags, int) and bool(flags & HIDDEN)
    return edges, names, is_hidden, words(widget.get("/TU"))


def _page(page: pikepdf.Page, known: set[tuple[int, int]], plain: _Plain) -> object:
    added = [
        plain.of(annotation)
        for annotation in _annotations(page)
        if annotation.get("/Subtype") != "/Popup" and annotation.objgen not in known
    ]
    frame = [plain.of(box) for box in (page.mediabox, page.cropbox, page.get("/Rotate", 0))]
    return frame, plain.content(page.get("/Contents")), plain.of(page.resources), added


def _annotations(page: pikepdf.Page) -> list[Dictionary]:
    found = page.get("/Annots")
    return [item for item in found if isinstance(item, Dictionary)] if isinstance(found, Array) else []


class _Plain:
    """Turns what one file holds into values of Python that can be compared."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], object] = {}
        self._left = _MOST

    def content(self, contents: object) -> object:
        """The operators of a page; what its streams hold when these cannot be read, or are too many."""
        streams = [*contents] if isinstance(contents, Array) else [contents]
        parts = [decoded(stream) for stream in streams if isinstance(stream, Stream)]
        data = b"\n".join(part for part in parts if part)
        if None in parts or len(data) > self._left:
            return [self.of(stream) for stream in streams]
        self._left -= len(data)
        return [(operator, *map(self.of, operands)) for operands, operator in instructions(data)]

    def of(self, value: object) -> object:
        """Numbers rounded, streams by what they hold, dictionaries without what leads back up the tree."""
        if isinstance(value, (Decimal, float)):
            return round(float(value), 3)
        if isinstance(value, String):
            return bytes(value)
        if isinstance(value, Name):
            return str(value)
        if not isinstance(value, (Array, Dictionary, Stream)):
            return value
        if not value.is_indirect:
            return self._inside(value)
        if value.objgen not in self._known:
            self._known[value.objgen] = "again"  # what it holds may lead back to it
            self._known[value.objgen] = self._inside(value)
        return self._known[value.objgen]

    def _inside(self, value: Array | Dictionary | Stream) -> object:
        if isinstance(value, Array):
            return [self.of(item) for item in value]
        data = decoded(value) if isinstance(value, Stream) else None
        ignored = _ELSEWHERE if data is None else _ELSEWHERE | _PACKING
        entries = {key: self.of(item) for key, item in value.items() if key not in ignored}
        if not isinstance(value, Stream):
            return entries
        return sha256(value.read_raw_bytes() if data is None else data).hexdigest(), entries
