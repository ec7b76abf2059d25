"""Whether a form that came back still asks what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from conventions.forms.returned import HIDDEN, Returned, decoded, fields_in, instructions, reading, words

__all__ = ["same_form"]

_READ_ONLY: Final = 1 << 0
_DEPTH: Final = 24
_PACKING: Final = frozenset({"/DecodeParms", "/Filter", "/Length"})
_ELSEWHERE: Final = frozenset({"/P", "/Parent", "/Pg", "/StructParent", "/StructParents", "/Type"})
"""Entries that lead back up the tree, or that programs add and leave out as they like."""
_OURS: Final = frozenset({"/Widget", "/Popup"})


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
    with reading(sent) as document:
        ours = _pages(document), _fields(document)
    with reading(returned) as document:
        theirs = _pages(document), _fields(document)
    return tuple(name for mine, other in zip(ours, theirs, strict=True) for name in _differing(mine, other))


def _differing(ours: Mapping[str, object], theirs: Mapping[str, object]) -> list[str]:
    return [name for name in ours | theirs if name not in ours or name not in theirs or ours[name] != theirs[name]]


def _fields(document: pikepdf.Pdf) -> dict[str, object]:
    pages = {
        widget.objgen: rank
        for rank, page in enumerate(document.pages)
        for widget in _annotations(page.obj)
        if widget.is_indirect
    }
    return {f"field:{name}": _definition(field, pages) for name, field in fields_in(document).items()}


def _definition(field: Returned, pages: Mapping[tuple[int, int], int]) -> object:
    places = [(pages.get(widget.objgen, -1), *_place(widget)) for widget in field.widgets]
    is_fixed = bool(field.flags & _READ_ONLY)
    return (
        field.kind,
        field.flags,
        _plain(field.get("/MaxLen")),
        _plain(field.node.get("/Opt")),
        words(field.node.get("/TU")),
        places,
        words(field.get("/V")) if is_fixed else "",
    )


def _place(widget: Dictionary) -> tuple[object, ...]:
    looks = widget.get("/AP")
    states = looks.get("/N") if isinstance(looks, Dictionary) else None
    names = sorted({*states.keys()} - {"/Off"}) if isinstance(states, Dictionary) else []
    edges = [round(float(str(edge)), 1) for edge in widget.get("/Rect", Array())]
    flags: object = widget.get("/F", 0)
    is_hidden = isinstance(flags, int) and bool(flags & HIDDEN)
    return edges, names, is_hidden, words(widget.get("/TU"))


def _pages(document: pikepdf.Pdf) -> dict[str, object]:
    known = {widget.objgen for field in fields_in(document).values() for widget in field.widgets}
    memory: dict[tuple[int, int], object] = {}
    return {f"page:{rank}": _page(page, known, memory) for rank, page in enumerate(document.pages, start=1)}


def _page(page: pikepdf.Page, known: set[tuple[int, int]], memory: dict[tuple[int, int], object]) -> object:
    added = [
        _plain(annotation, memory)
        for annotation in _annotations(page.obj)
        if str(annotation.get("/Subtype")) not in _OURS
        or (annotation.get("/Subtype") == "/Widget" and annotation.objgen not in known)
    ]
    return (
        [_plain(box) for box in (page.mediabox, page.cropbox, page.obj.get("/Rotate", 0))],
        _content(page.obj.get("/Contents")),
        _plain(page.resources, memory),
        added,
    )


def _annotations(page: Dictionary) -> list[Dictionary]:
    found = page.get("/Annots")
    return [item for item in found if isinstance(item, Dictionary)] if isinstance(found, Array) else []


def _content(contents: object) -> object:
    """The operators of a page; the packed bytes when they cannot be read."""
    streams = contents if isinstance(contents, Array) else [contents]
    parts = [decoded(stream) for stream in streams if isinstance(stream, Stream)]
    if None in parts:
        return [_plain(stream) for stream in streams]
    steps = instructions(b"\n".join(part for part in parts if part))
    return [(operator, *(_plain(operand) for operand in operands)) for operands, operator in steps]


def _plain(
    value: object, memory: dict[tuple[int, int], object] | None = None, depth: int = 0
) -> object:
    """A value of the file as a value of Python that can be compared: numbers rounded, streams by what they hold."""
    if depth > _DEPTH:
        return "deep"
    if isinstance(value, (Decimal, float)):
        return round(float(value), 3)
    if isinstance(value, String):
        return bytes(value)
    if isinstance(value, Name):
        return str(value)
    if not isinstance(value, (Array, Dictionary, Stream)):
        return value
    return _remembered(value, {} if memory is None else memory, depth)
