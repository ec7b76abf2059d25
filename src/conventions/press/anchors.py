"""Where people sign and where forms are filled in: pictures whose alternative text says what they are the place of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Final

import jinja2

from conventions.model.finding import Severity
from conventions.press.reading import Reading
from conventions.press.remarks import Remark
from conventions.press.scope import view
from conventions.press.source import PROBLEMS, environment_of
from conventions.press.usage import readable
from conventions.text import Text

__all__ = ["box_remarks", "code_remarks", "place_remarks"]

_BOX: Final = re.compile(r"\bsig:([a-z][a-z_]{0,30})")
_PLACE: Final = re.compile(r"(?<!\w)field:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*(?::[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_STUMBLES: Final = (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a condition or a filter makes of what it cannot handle; that is told where the tags are judged."""
_INSERT: Final = Text("copy a box of the shipped template; its alternative text says what it is the place of")


def box_remarks(reading: Reading, roles: Collection[str]) -> Iterator[Remark]:
    """Signature boxes that are missing (LINT-10), doubled (LINT-11) or of nobody who signs (LINT-12)."""
    seen: Counter[str] = Counter()
    for piece in reading.alternative_texts():
        match = _BOX.search(piece.source)
        if match is None:
            continue
        seen[match[1]] += 1
        if match[1] not in roles:
            what = Text("{place} is the place of nobody who signs this document", place=match[0])
            yield Remark("LINT-12", what, _other(match[0], [f"sig:{role}" for role in roles]), piece.spot)
        elif seen[match[1]] == 2:
            what = Text("a second picture has the alternative text {place}", place=match[0])
            yield Remark("LINT-11", what, Text("keep one of them: everybody signs once"), piece.spot)
    for role in roles:
        if role not in seen:
            yield Remark("LINT-10", _missing(f"sig:{role}"), _INSERT)


def code_remarks(reading: Reading, roles: Collection[str]) -> Iterator[Remark]:
    """A paper that is signed has a place for the code that leads to how it is verified (LINT-30)."""
    if roles and all(piece.source.strip().lower() != "verification" for piece in reading.alternative_texts()):
        fix = Text("copy the last rows of the signature table from the shipped template")
        yield Remark("LINT-30", _missing("verification"), fix, severity=Severity.WARNING)


def place_remarks(
    reading: Reading, language: str, places: Collection[str], sample: Mapping[str, object]
) -> Iterator[Remark]:
    """Places of a form that are missing (LINT-13), doubled (LINT-14) or of no answer (LINT-15).

    Args:
        reading: of the template.
        language: code of its language.
        places: what the form needs: ``field:agreed:yes``.
        sample: a context; its questions make the places that stand in a loop.
    """
    written = {match[0]: piece for piece in reading.alternative_texts() if (match := _PLACE.search(piece.source))}
    found = Counter(_made(reading, language, sample)) if written else Counter()
    for place, count in found.items():
        spot = written[place].spot if place in written else None
        if place not in places:
            yield Remark("LINT-15", Text("{place} is the place of no answer", place=place), _other(place, places), spot)
        elif count > 1:
            what = Text("{n} pictures have the alternative text {place}", n=count, place=place)
            yield Remark("LINT-14", what, Text("keep one of them: an answer has one place"), spot)
    for place in places:
        if place not in found:
            yield Remark("LINT-13", _missing(place), _INSERT, field=place.split(":")[1])


def _made(reading: Reading, language: str, sample: Mapping[str, object]) -> Iterator[str]:
    """The places that stand in a form once it is filled; as they are written, while that is not possible."""
    environment = environment_of(language)
    scope = {name: view(value, name) for name, value in sample.items()}
    for section in reading.sections:
        source = "\n".join(map(readable, section.pieces))
        with suppress(*_STUMBLES):
            source = environment.from_string(source).render({**scope, PROBLEMS: []})
        yield from (match[0] for match in _PLACE.finditer(source))


def _missing(place: str) -> Text:
    return Text("there is no picture with the alternative text {place}", place=place)


def _other(place: str, known: Collection[str]) -> Text:
    near = get_close_matches(place, known, n=3)
    if near:
        return Text("write one of {names} as the alternative text, or take the picture out", names=tuple(near))
    return Text("take the picture out")
