"""A contact sheet: many small pages side by side on one picture, each with its caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

__all__ = ["Thumbnail", "contact_sheet"]

_WIDTH, _HEIGHT = 360, 510
"""Pixels that a page may take; one of another shape becomes smaller."""
_GAP, _CAPTION = 24, 44
_LETTERS: Final = 20
"""Height of the letters of a caption."""
_GROUND, _PAPER, _INK, _EDGE = "#e4e8ed", "#ffffff", "#1f3550", "#a6b0bc"


@dataclass(frozen=True)
class Thumbnail:
    """One page."""

    caption: str
    picture: bytes
    """PNG; empty where there is none: its place stays empty."""


def contact_sheet(pages: Sequence[Thumbnail], columns: int) -> bytes:
    """A PNG with the pages in rows."""
    rows = -(-len(pages) // columns)
    size = _GAP + columns * (_WIDTH + _GAP), _GAP + rows * (_HEIGHT + _CAPTION + _GAP)
    sheet = Image.new("RGB", size, _GROUND)
    font = ImageFont.load_default(_LETTERS)
    for rank, page in enumerate(pages):
        row, column = divmod(rank, columns)
        left, top = _GAP + column * (_WIDTH + _GAP), _GAP + row * (_HEIGHT + _CAPTION + _GAP)
        _place(sheet, page, left, top, font)
    target = BytesIO()
    sheet.save(target, "PNG", optimize=True)
    return target.getvalue()


def _place(
    sheet: Image.Image, page: Thumbnail, left: int, top: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> None:
    draw = ImageDraw.Draw(sheet)
    draw.text((left, top + (_CAPTION - _LETTERS) // 2), page.caption, _INK, font)
    top += _CAPTION
    if not page.picture:
        draw.rectangle((left, top, left + _WIDTH - 1, top + _HEIGHT - 1), outline=_EDGE)
        return
    with Image.open(BytesIO(page.picture)) as picture:
        shown = picture.convert("RGB")
    shown.thumbnail((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
    sheet.paste(shown, (left, top))
    draw.rectangle((left - 1, top - 1, left + shown.width, top + shown.height), outline=_EDGE)
