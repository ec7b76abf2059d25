"""Pictures that take the place of those whose alternative text names them, such as ``logo``."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from lxml import etree

from conventions.errors import SettingsError
from conventions.press.package import R, W, printable
from conventions.text import Text

__all__ = ["Logo", "Picture", "place"]

_LARGEST: Final = 2 * 1024 * 1024
"""Bytes: the logo goes into every paper."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_JPEG_END: Final = b"\xff\xd9"
_MARKER: Final = 0xFF
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG segments that begin with the size of the picture (ITU-T T.81, table B.1)."""

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SIZED_BY_PAGE: Final = tuple(
    f"{{http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing}}{name}"
    for name in ("sizeRelH", "sizeRelV")
)
_ALTERNATIVES: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_SILENT: Final = frozenset(f"{W}{name}" for name in ("pPr", "rPr", "proofErr"))


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG picture with the words that stand for it."""

    data: bytes
    alt: str
    """What somebody hears who cannot see it; of a logo, the name of the institution."""

    @property
    def kind(self) -> str:
        """``png`` or ``jpeg``: its extension, and the end of its content type."""
        return "png" if self.data.startswith(_PNG) else "jpeg"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; zeros when it is no picture."""
        return _png_size(self.data) if self.data.startswith(_PNG) else _jpeg_size(self.data)


@dataclass(frozen=True)
class Logo(Picture):
    """A picture that stands for the institution.

    Raises:
        SettingsError: it is neither PNG nor JPEG, or it is damaged (LOGO-01), or it is larger than 2 MB (LOGO-02).
    """

    def __post_init__(self) -> None:
        """Refuse what cannot be printed."""
        if len(self.data) > _LARGEST:
            raise SettingsError(
                "LOGO-02",
                Text("the logo has {size} bytes; it goes into every paper, so 2 MB are the most", size=len(self.data)),
                Text("save it with fewer pixels; 600 on its longer side are plenty"),
            )
        if min(self.size) < 1:
            raise SettingsError(
                "LOGO-01",
                Text("the logo is neither a PNG nor a JPEG picture, or it is damaged"),
                Text("save it again as PNG or JPEG, and name that file in conventions.toml"),
            )


def place(tree: etree._Element, name: str, picture: Picture | None) -> bool:
    """Fill the places for a picture in a part of a document, or take them out; True if the part now uses the picture.

    Args:
        tree: the part; changed.
        name: the alternative text of its places, and how the part then calls the picture.
        picture: None: there is none.
    """
    places = [found for found in tree.iter(f"{_WP}docPr") if found.get("descr", "").strip().lower() == name]
    for found in places:
        if picture is None:
            _take_out(found)
        else:
            _fill(found, picture, name)
    return picture is not None and bool(places)


def _fill(found: etree._Element, picture: Picture, relation: str) -> None:
    frame = found.getparent()
    assert frame is not None  # noqa: S101  # a docPr is never the root of a part
    found.set("descr", printable(picture.alt))
    for blip in frame.iter(f"{_A}blip"):
        blip.attrib.clear()
        blip[:] = []
        blip.set(f"{R}embed", relation)
    for element in list(frame.iter(f"{_A}srcRect", *_SIZED_BY_PAGE)):
        element.getparent().remove(element)  # type: ignore[union-attr]
    for extent in frame.iter(f"{_WP}extent", f"{_A}ext"):
        if "cx" in extent.attrib:
            _fit(extent, *picture.size)


def _fit(extent: etree._Element, width: int, height: int) -> None:
    """The largest rectangle of the picture's proportions inside the one that was kept for it."""
    across, down = int(extent.get("cx", "0")), int(extent.get("cy", "0"))
    if width * down > height * across:
        extent.set("cy", str(max(1, round(across * height / width))))
    else:
        extent.set("cx", str(max(1, round(down * width / height))))


def _take_out(picture: etree._Element) -> None:
    """Remove the picture, and whatever held nothing else."""
    element = next(picture.iterancestors(_ALTERNATIVES), None)
    if element is None:
        element = next(picture.iterancestors(f"{W}drawing"), picture)
    while (holder := element.getparent()) is not None:
        if not (element.tag == f"{W}p" and len(holder.findall(f"{W}p")) == 1):  # a cell and a header need a paragraph
            holder.remove(element)
        if element.tag == f"{W}p" or not all(map(_is_silent, holder)):
            return
        element = holder


def _is_silent(element: etree._Element) -> bool:
    """Nothing that prints: properties, or a run without anything in it."""
    return element.tag in _SILENT or (element.tag == f"{W}r" and all(child.tag in _SILENT for child in element))


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or b"IEND" not in data:
        return 0, 0
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the first segment that says it; the others are stepped over."""
    at = len(_JPEG) if data.startswith(_JPEG) and _JPEG_END in data else len(data)
    while at + 9 <= len(data) and data[at] == _MARKER:
        if data[at + 1] in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if data[at + 1] == _MARKER else 2 + struct.unpack_from(">H", data, at + 2)[0]
    return 0, 0
