"""The content of a page, every mark of which belongs to the structure or is said to be none of it.

ISO 32000-1, 14.6 and 14.8.2.2: marked content, and artifacts such as running heads, rules and backgrounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import ContentStreamInlineImage, ContentStreamInstruction, Dictionary, Name, Operator

from conventions.errors import ConversionError
from conventions.forms.reading import Font, Run, font
from conventions.forms.symbols import spelled
from conventions.text import Text

__all__ = ["Marked", "Picture", "mark"]

_BEGINS: Final = frozenset({"m", "re", "Do", "sh", "INLINE IMAGE"})
_PAINTS: Final = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n", "Do", "sh", "INLINE IMAGE"})
_SHOWS: Final = frozenset({"Tj", "TJ"})
_SLACK: Final = 1.0
"""Points by which a picture and the rectangle that the structure gives may differ."""


@dataclass(frozen=True)
class Picture:
    """A picture that the structure knows, and where it is drawn."""

    element: Dictionary
    rectangle: tuple[float, float, float, float]


@dataclass
class Marked:
    """What the content of a page turned out to hold, by the numbers of its marks (MCID)."""

    lines: dict[int, list[Run]] = field(default_factory=dict)
    pictures: list[tuple[Dictionary, int]] = field(default_factory=list)
    """Structure elements, each with the number that its picture has now."""


def mark(document: pikepdf.Pdf, page: pikepdf.Page, pictures: Sequence[Picture], decoration: Collection[int]) -> Marked:
    """Mark what LibreOffice 7.4 left unmarked, and read the page.

    Args:
        document: of the page.
        page: its content is replaced.
        pictures: that have a text, and whose content LibreOffice put outside the structure.
        decoration: numbers of marks whose content is none of the structure.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11).
    """
    scribe = _Scribe(page, pictures, decoration)
    for instruction in pikepdf.parse_content_stream(page):
        scribe.take(instruction)
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(scribe.finished()))
    return scribe.marked


@dataclass
class _Mark:
    at: int
    """Where it begins in the new content."""
    number: int | None
    is_artifact: bool
    says: str | None
    """Its ``ActualText``."""


class _Scribe:
    """Copies the content of a page, instruction by instruction."""

    def __init__(self, page: pikepdf.Page, pictures: Sequence[Picture], decoration: Collection[int]) -> None:
        self.marked = Marked()
        self._new: list[ContentStreamInstruction | ContentStreamInlineImage] = []
        self._resources: Any = page.Resources
        self._middle = (float(page.mediabox[1]) + float(page.mediabox[3])) / 2
        self._pictures = list(pictures)
        self._found: list[tuple[int, Dictionary]] = []
        self._decoration = decoration
        self._marks: list[_Mark] = []
        self._is_rescued = False
        self._matrices = [pikepdf.Matrix()]
        self._fonts: dict[str, Font] = {}
        self._font, self._size = Font({}, {}, 1, runs_left=False), 0.0
        self._start, self._y = 0.0, 0.0
        self._x: float | None = 0.0
        self._highest = -1
        self._handlers: dict[str, Callable[[Any], None]] = {
            "BDC": self._begin, "BMC": self._begin, "EMC": self._end, "q": self._save, "Q": self._restore,
            "cm": self._transform, "BT": self._begin_text, "Td": self._move, "Tm": self._place, "Tf": self._choose,
            "Tj": self._show, "TJ": self._show, "Do": self._draw,
        }  # fmt: skip

    def take(self, instruction: ContentStreamInstruction | ContentStreamInlineImage) -> None:
        operator = str(instruction.operator)
        if not self._marks and not self._is_rescued and operator in _BEGINS:
            self._new.append(_instruction("BMC", Name.Artifact))
            self._is_rescued = True
        self._new.append(instruction)
        if operator in self._handlers:
            self._handlers[operator](instruction.operands)
        if self._is_rescued and operator in _PAINTS:
            self._new.append(_instruction("EMC"))
            self._is_rescued = False

    def finished(self) -> list[ContentStreamInstruction | ContentStreamInlineImage]:
        """The new content; pictures get the numbers after the highest that is used."""
        for number, (at, element) in enumerate(self._found, start=self._highest + 1):
            self._new[at] = _instruction("BDC", Name.Figure, Dictionary(MCID=number))
            self.marked.pictures.append((element, number))
        return self._new

    def _begin(self, operands: Any) -> None:
        details = operands[1] if len(operands) > 1 and isinstance(operands[1], Dictionary) else Dictionary()
        number = int(details.MCID) if "/MCID" in details else None
        is_artifact = operands[0] == "/Artifact"
        says = str(details.ActualText) if "/ActualText" in details else None
        if number is not None and number in self._decoration:
            self._new[-1], number, is_artifact = _instruction("BMC", Name.Artifact), None, True
        if says is not None and spelled(says) != says:
            says = details.ActualText = spelled(says)
            self._new[-1] = _instruction("BDC", operands[0], details)
        self._highest = max(self._highest, -1 if number is None else number)
        self._marks.append(_Mark(len(self._new) - 1, number, is_artifact, says))

    def _end(self, _: Any) -> None:
        self._marks.pop()

    def _save(self, _: Any) -> None:
        self._matrices.append(self._matrices[-1])

    def _restore(self, _: Any) -> None:
        self._matrices.pop()

    def _transform(self, operands: Any) -> None:
        self._matrices[-1] = pikepdf.Matrix(*(float(number) for number in operands)) @ self._matrices[-1]

    def _begin_text(self, _: Any) -> None:
        self._start = self._x = self._y = 0.0

    def _move(self, operands: Any) -> None:
        self._start, self._y = self._start + float(operands[0]), self._y + float(operands[1])
        self._x = self._start

    def _place(self, operands: Any) -> None:
        self._start, self._y = float(operands[4]), float(operands[5])
        self._x = self._start

    def _choose(self, operands: Any) -> None:
        name, self._size = str(operands[0]), float(operands[1])
        if name not in self._fonts:
            self._fonts[name] = font(self._resources.Font[name])
        self._font = self._fonts[name]

    def _show(self, operands: Any) -> None:
        if artifact := next((mark for mark in self._marks if mark.is_artifact), None):
            self._paginate(artifact)
            return
        numbered = next((mark.number for mark in reversed(self._marks) if mark.number is not None), None)
        if numbered is None:
            raise ConversionError(
                "CONVERT-11",
                Text("LibreOffice made a PDF with words outside its structure; a screen reader would leave them out"),
                Text("write these words as a paragraph of the template, not in a shape"),
            )
        said = next((mark.says for mark in reversed(self._marks) if mark.says is not None), None)
        run = Run(self._font, self._size, self._x, operands[0], said)
        self.marked.lines.setdefault(numbered, []).append(run)
        self._x = None

    def _paginate(self, artifact: _Mark) -> None:
        """Words that are no part of the structure are a running head or foot (ISO 14289-1, 7.8)."""
        where = Name.Header if self._y > self._middle else Name.Footer
        self._new[artifact.at] = _instruction("BDC", Name.Artifact, Dictionary(Type=Name.Pagination, Subtype=where))

    def _draw(self, _: Any) -> None:
        artifact = self._marks[-1] if self._marks else None
        if artifact is None or not artifact.is_artifact:
            return
        left, bottom, right, top = _extent(self._matrices[-1])
        for picture in self._pictures:
            edges = zip(picture.rectangle, (left, bottom, right, top), strict=True)
            if all(abs(one - other) <= _SLACK for one, other in edges):
                self._found.append((artifact.at, picture.element))
                self._pictures.remove(picture)
                return


def _extent(matrix: pikepdf.Matrix) -> tuple[float, float, float, float]:
    """Where the unit square, which is what a picture fills, comes to lie."""
    corners = [matrix.transform(corner) for corner in ((0, 0), (1, 0), (0, 1), (1, 1))]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _instruction(operator: str, *operands: Any) -> ContentStreamInstruction:
    return ContentStreamInstruction([*operands], Operator(operator))
