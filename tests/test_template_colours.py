"""Whoever sees little can read what a template prints."""

from __future__ import annotations

from typing import Any, Final

import docx
import pytest
from docx.oxml.ns import qn
from docx.section import Section

from conventions import press
from typesetting.style import PALE

UNSEEN: Final = frozenset({"Switch"})
"""Styles that are filled out of a template: no paper shows them."""
WHITE: Final = "FFFFFF"
READABLE: Final = 4.5
"""Contrast of words with their background (WCAG 2.2, 1.4.3)."""


@pytest.mark.parametrize("path", sorted(press.find("convention", "fr").path.parent.parent.glob("*/*.docx")), ids=str)
def test_words_stand_out_from_their_background(path: Any) -> None:
    document = docx.Document(str(path))
    stories = [document.element, *(part._element for section in document.sections for part in furniture(section))]
    used = {mark.get(qn("w:val")) for story in stories for mark in story.iter(qn("w:pStyle"))}
    styles = [style for style in document.styles if style.style_id in used and style.name not in UNSEEN]
    colours = {style.name: str(style.font.color.rgb) for style in styles if style.font.color.rgb}
    assert colours
    faint = {
        name: colour
        for name, colour in colours.items()
        for ground in (WHITE, PALE)
        if contrast(colour, ground) < READABLE
    }
    assert faint == {}


def furniture(section: Section) -> tuple[Any, ...]:
    return section.header, section.footer, section.first_page_header, section.first_page_footer


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, “contrast ratio”."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, “relative luminance”, of an sRGB colour in hexadecimal."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
