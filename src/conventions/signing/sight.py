"""What is seen: the pages of the file that came back, drawn and laid over those that were sent.

All other checks look at objects. This one asks a program that shows documents, and knows nothing of what should be in
them: whatever the others overlooked has to be invisible as well.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import ceil, floor
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from conventions.apart import exhausting
from conventions.errors import ConversionError, ConverterMissing
from conventions.signing.writing import Appending, fields_of, opened
from conventions.text import Text

__all__ = ["looks_the_same", "program"]

_SECONDS: Final = 60
_RESOLUTION: Final = 72
"""One pixel is one point, so that a field's rectangle can be counted in either. What is smaller cannot be read."""
_SAME_IN_EVERY_FILE: Final = 4
"""Papers whose pictures are kept: the same paper is often received several times, until a file is the right one."""
_HEADER: Final = re.compile(rb"P5\s(\d+)\s(\d+)\s255\s")
"""Of a page in grey (netpbm's PGM, one byte for each pixel)."""


@dataclass(frozen=True)
class _Window:
    """Where something may change: a page, from 0, and pixels from its upper left corner."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class _Picture:
    """One page."""

    width: int
    height: int
    pixels: bytes

    def without(self, window: _Window) -> _Picture:
        """The same page, with a hole where something may change."""
        pixels = bytearray(self.pixels)
        left, right = (min(max(0, edge), self.width) for edge in (window.left, window.right))
        for row in range(max(0, window.top), min(window.bottom, self.height)):
            pixels[row * self.width + left : row * self.width + right] = bytes(right - left)
        return _Picture(self.width, self.height, bytes(pixels))


def looks_the_same(returned: bytes, sent: bytes, field: str) -> bool:
    """Whether the two files look the same on every page, the rectangle of one field apart, as it was when sent.

    Both are drawn by poppler as a viewer shows them, with the appearances of their annotations and within their crop
    boxes, at 72 dots per inch in grey. Pixels must be equal: the same program draws the same objects the same way.

    Args:
        returned: the file that came back.
        sent: the file that was sent; it is believed.
        field: name of the signature field that was filled.

    Raises:
        ConverterMissing: poppler is not installed (SIGHT-01). The comparison is never left out.
        ConversionError: it cannot draw the file that was sent (SIGHT-02).
        Refused: it comes to no end with the file that came back (GATE-LIMIT).
    """
    with ThreadPoolExecutor(2) as both:
        drawn, expected = both.submit(_drawn, returned), both.submit(_drawn_before, sent)
        theirs, ours = drawn.result(), expected.result()
    if theirs is None:
        raise exhausting()
    if not ours:
        raise ConversionError(
            "SIGHT-02",
            Text("pdftoppm cannot draw the paper that was sent, so that nothing can be compared with it"),
            Text("update it: {command}", command="sudo apt-get install poppler-utils"),
        )
    window = _window(opened(sent), field)
    return len(ours) == len(theirs) and all(
        one == other or (rank == window.page and one.without(window) == other.without(window))
        for rank, (one, other) in enumerate(zip(ours, theirs, strict=True))
    )


def program() -> str:
    """Poppler's program that draws pages.

    Raises:
        ConverterMissing: it is not installed (SIGHT-01).
    """
    found = shutil.which("pdftoppm")
    if found is None:
        raise ConverterMissing(
            "SIGHT-01",
            Text("pdftoppm was not found on this machine; without it, nobody sees what a returned file looks like"),
            Text("install it: {command}", command="sudo apt-get install poppler-utils"),
        )
    return found


@lru_cache(maxsize=_SAME_IN_EVERY_FILE)
def _drawn_before(pdf: bytes) -> tuple[_Picture, ...] | None:
    return _drawn(pdf)


def _drawn(pdf: bytes) -> tuple[_Picture, ...] | None:
    """Every page; nothing when the program gives up, None when it comes to no end. All goes through pipes."""
    command = [program(), "-q", "-gray", "-cropbox", "-r", str(_RESOLUTION), "-"]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=_without_intent(pdf),
            capture_output=True,
            timeout=_SECONDS,
            restore_signals=False,  # a font cache that cannot be written is no reason to die
        )
    except subprocess.TimeoutExpired:
        return None
    return tuple(_pages(done.stdout)) if done.returncode == 0 else ()


def _without_intent(pdf: bytes) -> bytes:
    """The same file without the colours that it is meant for: poppler 22 computes them anew for each page.

    That costs ten times what the page does, and shifts colours on both sides alike.
    """
    writer = Appending(opened(pdf))
    if "/OutputIntents" not in writer.root:
        return pdf
    del writer.root["/OutputIntents"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _pages(drawn: bytes) -> Iterator[_Picture]:
    position = 0
    while header := _HEADER.match(drawn, position):
        width, height = int(header[1]), int(header[2])
        position = header.end() + width * height
        yield _Picture(width, height, drawn[header.end() : position])


def _window(sent: PdfFileReader, name: str) -> _Window:
    """The rectangle of a field on its page, and one pixel around it, because edges are smoothed."""
    field = next(one for one in fields_of(sent.root) if one.raw_get("/T") == name)
    page = field.raw_get("/P")
    rank = next(
        rank for rank in range(int(sent.root["/Pages"]["/Count"])) if sent.find_page_for_modification(rank)[0] == page
    )
    left, right = sorted((float(field["/Rect"][0]), float(field["/Rect"][2])))
    bottom, top = sorted((float(field["/Rect"][1]), float(field["/Rect"][3])))
    start, ceiling = _upper_left(page.get_object())
    return _Window(
        rank,
        left=floor(left - start) - 1,
        top=floor(ceiling - top) - 1,
        right=ceil(right - start) + 1,
        bottom=ceil(ceiling - bottom) + 1,
    )


def _upper_left(page: generic.DictionaryObject) -> tuple[float, float]:
    """Of what is shown of a page; its box may stand further up in the tree. Papers of ours are upright."""
    node = page
    while "/MediaBox" not in node:
        node = node["/Parent"]
    box = page["/CropBox"] if "/CropBox" in page else node["/MediaBox"]
    return min(float(box[0]), float(box[2])), max(float(box[1]), float(box[3]))
