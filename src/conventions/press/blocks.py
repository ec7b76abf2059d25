"""Conditions and loops: each is closed, and what it switches can be left out without tearing the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import jinja2
from lxml import etree

from conventions.press.obstacles import parallel
from conventions.press.remarks import Remark
from conventions.press.tags import LEVELS, Piece
from conventions.text import Text, quoted

__all__ = ["broken_blocks", "broken_tags", "keyword"]

_KEYWORD: Final = re.compile(r"\{%[-+]?\s*([a-z_]+)")
_CLOSERS: Final = {"endif": "if", "endfor": "for", "endset": "set", "endwith": "with"}
_MIDDLES: Final = {"elif": ("if",), "else": ("if", "for")}
_FOR_CELLS: Final = frozenset({"colspan", "cellbg", "vm", "hm"})
"""What docxtpl adds to Jinja's statements."""
_KNOWN: Final = frozenset({*_CLOSERS, *_CLOSERS.values(), *_MIDDLES, *_FOR_CELLS})
_COMPLETE: Final = {
    "if": "{}{{% endif %}}",
    "for": "{}{{% endfor %}}",
    "with": "{}{{% endwith %}}",
    "elif": "{{% if a %}}{}{{% endif %}}",
    "else": "{{% if a %}}{}{{% endif %}}",
    "endif": "{{% if a %}}{}",
    "endfor": "{{% for a in b %}}{}",
    "endset": "{{% set a %}}{}",
    "endwith": "{{% with %}}{}",
}
"""What makes a whole of a single tag, so that its own syntax can be judged."""
_FIX: Final = Text("compare it with the shipped template")
_FIX_BLOCK: Final = Text("a condition opened with if or for must be closed, with endif or endfor, in the same way")
_FIX_CUT: Final = Text(
    "put both ends of the condition into one paragraph, or each into a paragraph or table row of its own"
)


def keyword(piece: Piece) -> str:
    """``if``, ``endfor`` …; empty for a placeholder, a comment or an attribute."""
    match = None if piece.attribute else _KEYWORD.match(piece.source)
    return match[1] if match else ""


def broken_tags(pieces: Sequence[Piece], environment: jinja2.Environment) -> dict[Piece, Remark]:
    """The tags that are not well formed by themselves."""
    return {piece: remark for piece in pieces if (remark := _broken(piece, environment))}


def _broken(piece: Piece, environment: jinja2.Environment) -> Remark | None:
    word = keyword(piece)
    if word and word not in _KNOWN:
        what = Text("{tag} is nothing that a template can do", tag=piece.source)
        return Remark("LINT-03", what, Text("take it out, or use if, for and set"), piece.spot)
    whole = _COMPLETE.get(word, "{}").format(piece.source)
    if word in _FOR_CELLS or (word == "set" and _is_block(piece)):
        return None
    try:
        environment.parse(whole)
    except jinja2.TemplateSyntaxError as error:
        what = Text("{tag} is not well formed: {why}", tag=piece.source, why=quoted(error.message or ""))
        return Remark("LINT-03", what, _FIX, piece.spot)
    except RecursionError:
        return Remark("LINT-03", Text("brackets are nested too deeply"), _FIX, piece.spot)
    return None


def _is_block(piece: Piece) -> bool:
    """``{% set x %} … {% endset %}``, unlike ``{% set x = 1 %}``."""
    return "=" not in piece.source


def broken_blocks(pieces: Sequence[Piece]) -> Iterator[Remark]:
    """Conditions and loops that are not closed, or whose ends do not match."""
    opened: list[list[Piece]] = []
    for piece in pieces:
        word = keyword(piece)
        if word in {"if", "for", "with"} or (word == "set" and _is_block(piece)):
            opened.append([piece])
        elif word in _MIDDLES or word in _CLOSERS:
            wanted = _MIDDLES.get(word) or (_CLOSERS[word],)
            if not opened or keyword(opened[-1][0]) not in wanted:
                what = Text("{tag} closes or divides nothing that is open", tag=piece.source)
                yield Remark("LINT-03", what, _FIX_BLOCK, piece.spot)
                return
            opened[-1].append(piece)
            if not _are_even(opened[-1][-2], piece):
                what = Text("{first} and {second} cut through a paragraph or a table row",
                            first=opened[-1][-2].source, second=piece.source)  # fmt: skip
                yield Remark("LINT-03", what, _FIX_CUT, piece.spot)
            if word in _CLOSERS:
                opened.pop()
    for block in opened:
        yield Remark("LINT-03", Text("{tag} is never closed", tag=block[0].source), _FIX_BLOCK, block[0].spot)


def _are_even(one: Piece, other: Piece) -> bool:
    """Would the document hold together without what lies between these tags?"""
    if one.level != other.level:
        return False
    if not one.level:
        return parallel(one.element, other.element)
    return _holder(one) is not None and _parent(one) is _parent(other)


def _holder(piece: Piece) -> etree._Element | None:
    return next(piece.element.iterancestors(LEVELS[piece.level]), None) if piece.level in LEVELS else None


def _parent(piece: Piece) -> etree._Element | None:
    holder = _holder(piece)
    return None if holder is None else holder.getparent()
