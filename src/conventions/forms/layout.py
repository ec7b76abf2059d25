"""Where the fields of a form stand: pictures whose alternative text is ``field:<name>`` or ``field:<name>:<option>``.

The frame of the picture stays on the page and is the frame of the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import pikepdf

from conventions.errors import TemplateError
from conventions.forms.tree import Element
from conventions.model.finding import Finding, Severity
from conventions.model.form import FieldKind, FormField
from conventions.model.paper import Box
from conventions.text import Text

__all__ = ["Anchor", "anchored", "misplaced", "places_of", "refuse"]

_ALT: Final = re.compile(r"(?<!\w)field:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*(?::[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SLACK: Final = 0.5
"""Points by which a frame may touch the edge of the page or its neighbour."""
_LEAST: Final = 6.0
"""Height and width of the smallest box, in points, in which something can be seen and hit."""


@dataclass(frozen=True)
class Anchor:
    """One picture."""

    box: Box
    """On page -1 when it is on none."""
    element: Element
    """Of the structure tree."""


def anchored(root: Element) -> dict[str, list[Anchor]]:
    """Every picture that marks a field, by what its alternative text says: ``field:mark``, ``field:agreed:yes``.

    Args:
        root: of the structure tree.
    """
    found: dict[str, list[Anchor]] = {}
    for element in root.everything():
        says = str(element.item["/Alt"]) if element.kind == "/Figure" and "/Alt" in element.item else ""
        if match := _ALT.search(says):
            edges = element.rectangle or (0.0, 0.0, 0.0, 0.0)
            box = Box(element.page, *(round(edge, 1) for edge in edges))
            found.setdefault(match[0], []).append(Anchor(box, element))
    return dict(sorted(found.items()))


def places_of(field: FormField) -> tuple[str, ...]:
    """The pictures that a field needs: one, or one for each of its radio buttons."""
    if field.kind is FieldKind.CHOICE:
        return tuple(f"field:{field.name}:{option.value}" for option in field.options)
    return (f"field:{field.name}",)


def misplaced(document: pikepdf.Pdf, fields: Sequence[FormField], found: Mapping[str, list[Anchor]]) -> list[Finding]:
    """Everything that is wrong between a form and its template (FORM-01 to FORM-05)."""
    wanted = {place: field.name for field in fields for place in places_of(field)}
    media = [tuple(float(edge) for edge in page.mediabox) for page in document.pages]
    boxes = [(place, anchor.box) for place, anchors in found.items() for anchor in anchors]
    findings = [
        *(_missing(place, name) for place, name in wanted.items() if place not in found),
        *(_doubled(place, len(anchors)) for place, anchors in found.items() if len(anchors) > 1 and place in wanted),
        *(_unknown(place, [*wanted]) for place in found if place not in wanted),
        *(_outside(place) for place, box in boxes if place in wanted and not _is_inside(box, media)),
    ]
    return findings or [*_overlapping(boxes)]


def refuse(findings: Sequence[Finding]) -> None:
    """Raise TemplateError when there is anything to tell: all of it at once."""
    if not findings:
        return
    first = findings[0]
    message = (
        first.message
        if len(findings) == 1
        else Text("{n} things of the form are wrong; the first: {first}", n=len(findings), first=first.message)
    )
    raise TemplateError(first.code, message, first.fix, findings=findings)


def _missing(place: str, name: str) -> Finding:
    return _finding(
        "FORM-01",
        Text("the template has no picture with the alternative text {place}", place=place),
        Text("put a box where the answer belongs, and give it this alternative text"),
        name,
    )


def _doubled(place: str, count: int) -> Finding:
    return _finding(
        "FORM-02",
        Text("{n} pictures of the template have the alternative text {place}", n=count, place=place),
        Text("keep one of them: an answer has one place"),
    )


def _unknown(place: str, wanted: Sequence[str]) -> Finding:
    fix = (
        Text("correct the alternative text or take the picture out; known are: {places}", places=", ".join(wanted))
        if wanted
        else Text("take the picture out: this document is not a form")
    )
    message = Text("the template has a picture {place}, and the form no such answer", place=place)
    return _finding("FORM-03", message, fix)


def _outside(place: str) -> Finding:
    return _finding(
        "FORM-04",
        Text("the picture {place} is not wholly on a page, or too small", place=place),
        Text("move the picture back into the page, and make it at least 3 mm high and wide"),
    )


def _is_inside(box: Box, media: Sequence[tuple[float, ...]]) -> bool:
    if not 0 <= box.page < len(media) or min(box.right - box.left, box.top - box.bottom) < _LEAST:
        return False
    left, bottom, right, top = media[box.page]
    is_across = left - _SLACK <= box.left and box.right <= right + _SLACK
    return is_across and bottom - _SLACK <= box.bottom and box.top <= top + _SLACK


def _overlapping(boxes: Sequence[tuple[str, Box]]) -> Iterator[Finding]:
    for (one, first), (other, second) in combinations(boxes, 2):
        if not _are_apart(first, second):
            yield _finding(
                "FORM-05",
                Text("the pictures {one} and {other} overlap", one=one, other=other),
                Text("move one of the two pictures in the template"),
            )


def _are_apart(first: Box, second: Box) -> bool:
    return (
        first.page != second.page
        or first.right <= second.left + _SLACK
        or second.right <= first.left + _SLACK
        or first.top <= second.bottom + _SLACK
        or second.top <= first.bottom + _SLACK
    )


def _finding(code: str, message: Text, fix: Text, name: str = "") -> Finding:
    return Finding(code, Severity.ERROR, message, fix, field=name)
