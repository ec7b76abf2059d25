"""Where people sign and where forms are filled in: pictures whose alternative text says what they are the place of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import jinja2

from conventions.press.blocks import keyword
from conventions.press.reading import Reading
from conventions.press.remarks import Remark
from conventions.press.scope import view
from conventions.press.source import PROBLEMS, environment_of
from conventions.press.tags import Piece
from conventions.press.vocabulary import nearest
from conventions.text import Text

__all__ = ["box_remarks", "place_remarks"]

_BOX: Final = re.compile(r"\bsig:([a-z][a-z_]{0,30})")
_PLACE: Final = re.compile(r"(?<!\w)field:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*(?::[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_INSERT: Final = Text("copy a box of the shipped template; its alternative text says what it is the place of")


def box_remarks(reading: Reading, roles: Collection[str]) -> Iterator[Remark]:
    """Signature boxes that are missing (LINT-10), doubled (LINT-11) or of nobody who signs (LINT-12)."""
    found = [(match[1], piece) for piece in reading.alternative_texts() if (match := _BOX.search(piece.source))]
    seen: Counter[str] = Counter()
    for role, piece in found:
        seen[role] += 1
        if role not in roles:
            yield Remark("LINT-12", Text("{role} does not sign this document", role=role), _other(role, roles), piece.spot)
        elif seen[role] == 2:
            what = Text("there is a second box for the signature of {role}", role=role)
            yield Remark("LINT-11", what, Text("keep one of them"), piece.spot)
    for role in roles:
        if role not in seen:
            what = Text("there is no picture with the alternative text {place}", place=f"sig:{role}")
            yield Remark("LINT-10", what, _INSERT)


def place_remarks(
    reading: Reading, language: str, places: Collection[str], sample: Mapping[str, object]
) -> Iterator[Remark]:
    """Places of a form that are missing (LINT-13), doubled (LINT-14) or of no answer (LINT-15).

    Args:
        reading: of the template.
        language: code of its language.
        places: what the form needs: ``field:agreed:yes``.
        sample: a context; loops over its questions make the places that the template does not name one by one.
    """
    first = {match[0]: piece for piece in reading.alternative_texts() if (match := _PLACE.search(piece.source))}
    found = Counter(_made(reading, language, sample) if any("{{" in place for place in _alts(reading)) else _alts(reading))
    for place, count in found.items():
        spot = first[place].spot if place in first else None
        if place not in places:
            what = Text("{place} is no answer of this form", place=place)
            yield Remark("LINT-15", what, _other(place, places), spot)
        elif count > 1:
            what = Text("{n} pictures have the alternative text {place}", n=count, place=place)
            yield Remark("LINT-14", what, Text("keep one of them: an answer has one place"), spot)
    for place in places:
        if place not in found:
            what = Text("there is no picture with the alternative text {place}", place=place)
            yield Remark("LINT-13", what, _INSERT, field=place.split(":")[1])
