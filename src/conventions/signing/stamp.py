"""What is seen in a field that is signed."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import TextStamp, TextStampStyle

from conventions.model.drawing import Drawing
from conventions.signing.lettering import FONT, Lettering

__all__ = ["Stamp"]

_MOST_STATEMENTS: Final = 4
_LONGEST: Final = 240
"""Characters of a statement: a delegation names person, office, day and act, and is printed whole."""
_LINE: Final = 44
"""Characters: what is wider would shrink all the letters of the stamp."""
_EDGES: Final = 4
"""Left, bottom, right, top."""
_MARGINS: Final = Margins.uniform(3)


@dataclass(frozen=True)
class Stamp:
    """What is seen in the field: up to four statements, in the language of the paper, however many lines each takes.

    Characters that the embedded font lacks become question marks: a missing glyph is not allowed in PDF/A.
    """

    lines: tuple[str, ...]
    drawing: Drawing | None = None
    """What the person has drawn; it stands behind the lines, as strokes of the pen."""

    @property
    def words(self) -> str:
        """The lines as they are printed: one form of each letter, nothing invisible, nothing overlong."""
        statements = (_printable(line) for line in self.lines[:_MOST_STATEMENTS])
        return "\n".join(line for one in statements for line in textwrap.wrap(one, _LINE))

    def style(self, field: generic.DictionaryObject) -> TextStampStyle:
        """How it is drawn in a field: black text on nothing, or on the strokes of a pen; nothing shines through."""
        shrink = SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN,
            y_align=AxisAlignment.ALIGN_MID,
            margins=_MARGINS,
            inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
        )
        return _Style(
            border_width=0,
            background=_ink(self.drawing) if self.drawing else None,
            background_opacity=1,
            background_layout=replace(shrink, x_align=AxisAlignment.ALIGN_MAX),
            text_box_style=TextBoxStyle(font=Lettering(FONT, font_size=9), font_size=9, leading=11),
            inner_content_layout=shrink,
            stamp_text="%(words)s",
            frame=_frame(field),
        )


def _frame(field: generic.DictionaryObject) -> generic.ArrayObject | None:
    """The box of the appearance that a field has now, if it is a box."""
    looks = field.get("/AP")
    frame = looks["/N"].get("/BBox") if isinstance(looks, generic.DictionaryObject) and "/N" in looks else None
    if not isinstance(frame, generic.ArrayObject) or len(frame) != _EDGES:
        return None
    return frame if frame[0] < frame[2] and frame[1] < frame[3] else None


@dataclass(frozen=True)
class _Style(TextStampStyle):
    frame: generic.ArrayObject | None = None

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> TextStamp:
        return _Framed(writer=writer, style=self, box=box, text_params=text_params)


class _Framed(TextStamp):
    """A stamp in the very frame that the empty field has.

    A viewer stretches the frame to the field's rectangle (ISO 32000-1, 12.5.5): it need not be of the same size. The
    EU's validator (DSS 6.2) takes any other frame for a change that nobody permitted.
    """

    def render(self) -> bytes:
        """The drawing, as large as the frame."""
        drawn: bytes = super().render()  # type: ignore[no-untyped-call]
        if self.style.frame is None:
            return drawn
        left, bottom, right, top = map(float, self.style.frame)
        across, up = (right - left) / self.box.width, (top - bottom) / self.box.height
        return b"q %.8g 0 0 %.8g %.8g %.8g cm %b Q" % (across, up, left, bottom, drawn)

    def as_form_xobject(self) -> generic.StreamObject:
        """The appearance."""
        form = super().as_form_xobject()
        if self.style.frame is not None:
            form[pdf_name("/BBox")] = generic.ArrayObject(self.style.frame)
        return form


def _ink(drawing: Drawing) -> RawContent:
    """The strokes as paths; PDF counts from the lower left corner."""
    paths = [
        " ".join(f"{x} {Drawing.HEIGHT - y} {'l' if rank else 'm'}" for rank, (x, y) in enumerate(stroke))
        for stroke in drawing.strokes
    ]
    data = f"0.55 0.62 0.78 RG 7 w 1 J 1 j {' '.join(paths)} S".encode("ascii")
    return RawContent(data, box=BoxConstraints(Drawing.WIDTH, Drawing.HEIGHT))


@cache
def _coverage() -> frozenset[int]:
    """Code points that the stamp's font can draw."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _printable(line: str) -> str:
    composed = unicodedata.normalize("NFC", " ".join(line.split()))
    kept = (letter for letter in composed if unicodedata.category(letter)[0] != "C")
    words = "".join(letter if ord(letter) in _coverage() else "?" for letter in kept)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
