"""The content of a page, every mark of which belongs to the structure or is said to be none of it.

ISO 32000-1, 14.6 and 14.8.2.2: marked content, and artifacts such as running heads, rules and backgrounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary

from conventions.errors import ConversionError
from conventions.forms.fonts import Font, Fonts
from conventions.forms.instructions import INLINE_IMAGE, Instruction, Line, steps
from conventions.forms.openings import ARTIFACT, PAGE, begun, opening, pagination, picture, spelled_out
from conventions.forms.reading import Run
from conventions.forms.tree import Rectangle
from conventions.text import Text

__all__ = ["Marked", "Picture", "mark"]

_BEGINS: Final = frozenset({b"m", b"re", b"Do", b"sh", INLINE_IMAGE})
_PAINTS: Final = frozenset(b"S s f F f* B B* b b* n Do sh".split()) | {INLINE_IMAGE}
_NONE: Final = -1
"""Number of what is not marked."""
_SLACK: Final = 1.0
"""Points by which a picture and the rectangle that the structure gives may differ."""


@dataclass(frozen=True)
class Picture:
    """A picture that the structure knows, and where it is drawn."""

    element: Dictionary
    rectangle: Rectangle


@dataclass
class Marked:
    """What the content of a page turned out to hold, by the numbers of its marks (MCID)."""

    lines: dict[int, list[Run]] = field(default_factory=dict)
    pictures: list[tuple[Dictionary, int]] = field(default_factory=list)
    """Structure elements, each with the number that its picture has now."""
    names: set[str] = field(default_factory=set)
    """Fonts and pictures that are used, as the resources of the page call them."""


def mark(
    document: pikepdf.Pdf, page: pikepdf.Page, pictures: Sequence[Picture], decoration: Collection[int], fonts: Fonts
) -> Marked:
    """Mark what LibreOffice 7.4 left unmarked, and read the page.

    Args:
        document: of the page.
        page: its content is replaced.
        pictures: that have a text, and whose content LibreOffice put outside the structure.
        decoration: numbers of marks whose content is none of the structure.
        fonts: of the document.

    Raises:
        ConversionError: words stand outside the structure (CONVERT-11).
    """
    scribe = _Scribe(page, pictures, decoration, fonts)
    scribe.copy(steps(page))
    page.Contents = document.make_stream(scribe.finished())
    return scribe.marked


class _Scribe:
    """Copies the content of a page, step by step."""

    def __init__(
        self, page: pikepdf.Page, pictures: Sequence[Picture], decoration: Collection[int], fonts: Fonts
    ) -> None:
        self.marked = Marked()
        self._new: list[bytes] = []
        self._resources: Any = page.Resources
        self._middle = (float(page.mediabox[1]) + float(page.mediabox[3])) / 2
        self._pictures = list(pictures)
        self._found: list[tuple[int, Dictionary]] = []
        self._decoration = decoration
        self._pieces = [PAGE]
        self._matrices = [pikepdf.Matrix()]
        self._read, self._fonts = fonts.read, dict[bytes, Font]()
        self._font, self._size = Font({}, {}, 1, runs_left=False), 0.0
        self._start, self._y = 0.0, 0.0
        self._x: float | None = 0.0
        self._highest = _NONE
        self._handlers: dict[bytes, Callable[[bytes, bytes], None]] = {
            b"BDC": self._begin, b"BMC": self._begin, b"EMC": self._end, b"q": self._save, b"Q": self._restore,
            b"cm": self._transform, b"BT": self._begin_text, b"Td": self._move, b"Tm": self._place,
            b"Tf": self._choose, b"Tj": self._show, b"TJ": self._show, b"Do": self._draw,
        }  # fmt: skip

    def copy(self, content: Iterable[Instruction | Line]) -> None:
        """Copy the whole content; what is painted outside of every mark is marked as an artifact."""
        new, handlers, is_rescued = self._new, self._handlers, False
        for step in content:
            if isinstance(step, Line):
                self._line(step)
                continue
            operands, operator = step
            if operator in _BEGINS and len(self._pieces) == 1 and not is_rescued:
                new.append(ARTIFACT.written)
                is_rescued = True
            new.append(operands + operator)
            if handler := handlers.get(operator):
                handler(operands, operator)
            if is_rescued and operator in _PAINTS:
                new.append(b"EMC")
                is_rescued = False

    def finished(self) -> bytes:
        """The new content; pictures get the numbers after the highest that is used."""
        for number, (at, element) in enumerate(self._found, start=self._highest + 1):
            self._new[at] = picture(number)
            self.marked.pictures.append((element, number))
        return b"\n".join(self._new)

    def _line(self, line: Line) -> None:
        written, around, says = line.written, self._pieces[-1], self._pieces[-1].says
        if line.says is not None:
            says, spelled = spelled_out(line.says)
            written = written.replace(b"ActualText<%b" % line.says, b"ActualText<%b" % spelled, 1)
        number, font = int(line.number or _NONE), self._font_of(line.font)
        self._highest = max(self._highest, number)
        if around.artifact is not None:
            self._new[around.artifact] = self._pagination(float(line.y))
        elif number == _NONE or number in self._decoration:
            written = self._pagination(float(line.y)) + written.removeprefix(line.opening)
        else:
            run = Run(font, float(line.size), float(line.x), line.shown, says)
            self.marked.lines.setdefault(number, []).append(run)
        self._new.append(written)

    def _pagination(self, y: float) -> bytes:
        return pagination(is_above=y > self._middle)

    def _begin(self, operands: bytes, operator: bytes) -> None:
        found = opening(operands, operator)
        if found.number is not None:
            self._highest = max(self._highest, found.number)
        if found.number in self._decoration:
            found = ARTIFACT
        self._new[-1] = found.written
        self._pieces.append(begun(found, len(self._new) - 1, self._pieces[-1]))

    def _end(self, *_: bytes) -> None:
        self._pieces.pop()

    def _save(self, *_: bytes) -> None:
        self._matrices.append(self._matrices[-1])

    def _restore(self, *_: bytes) -> None:
        self._matrices.pop()

    def _transform(self, operands: bytes, _: bytes) -> None:
        self._matrices[-1] = pikepdf.Matrix(*map(float, operands.split())) @ self._matrices[-1]

    def _begin_text(self, *_: bytes) -> None:
        self._start = self._x = self._y = 0.0

    def _move(self, operands: bytes, _: bytes) -> None:
        across, up = operands.split()
        self._x = self._start = self._start + float(across)
        self._y += float(up)

    def _place(self, operands: bytes, _: bytes) -> None:
        across, up = operands.split()[-2:]
        self._x = self._start = float(across)
        self._y = float(up)

    def _choose(self, operands: bytes, _: bytes) -> None:
        written, size = operands.split()
        self._font, self._size = self._font_of(written), float(size)

    def _font_of(self, written: bytes) -> Font:
        if written not in self._fonts:
            name = written.decode()
            self._fonts[written] = self._read(self._resources.Font[name])
            self.marked.names.add(name)
        return self._fonts[written]

    def _show(self, operands: bytes, _: bytes) -> None:
        piece = self._pieces[-1]
        if piece.artifact is not None:
            self._new[piece.artifact] = self._pagination(self._y)
            return
        if piece.number is None:
            raise ConversionError(
                "CONVERT-11",
                Text("LibreOffice made a PDF with words outside its structure; a screen reader would leave them out"),
                Text("write these words as a paragraph of the template, not in a shape"),
            )
        run = Run(self._font, self._size, self._x, operands, piece.says)
        self.marked.lines.setdefault(piece.number, []).append(run)
        self._x = None

    def _draw(self, operands: bytes, _: bytes) -> None:
        self.marked.names.add(operands.strip().decode())
        piece = self._pieces[-1]
        if not piece.is_artifact:
            return
        extent = _extent(self._matrices[-1])
        for candidate in self._pictures:
            edges = zip(candidate.rectangle, extent, strict=True)
            if all(abs(one - other) <= _SLACK for one, other in edges):
                self._found.append((piece.at, candidate.element))
                self._pictures.remove(candidate)
                return


def _extent(matrix: pikepdf.Matrix) -> Rectangle:
    """Where the unit square, which is what a picture fills, comes to lie."""
    corners = [matrix.transform(corner) for corner in ((0, 0), (1, 0), (0, 1), (1, 1))]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)
