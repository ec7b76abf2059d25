"""Fonts and colours that a template takes from its theme: a paper has one theme only, that of its first part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml import etree

from conventions.press.package import W, parsed

__all__ = ["THEME", "theme_fonts", "without_theme"]

THEME: Final = "word/theme/theme1.xml"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FONTS: Final = {"asciiTheme": "ascii", "hAnsiTheme": "hAnsi", "eastAsiaTheme": "eastAsia", "cstheme": "cs"}
_SCRIPTS: Final = {"ascii": "latin", "hAnsi": "latin", "eastAsia": "ea", "cs": "cs"}
_COLOURS: Final = tuple(
    f"{W}{name}" for name in ("themeColor", "themeTint", "themeShade", "themeFill", "themeFillTint", "themeFillShade")
)
"""Beside each of them stands the colour that Word computed from it."""


def theme_fonts(theme: bytes | None) -> Mapping[tuple[str, str], str]:
    """The fonts of a theme, by ``major`` (headings) or ``minor`` and by script: ``latin``, ``ea``, ``cs``."""
    if theme is None:
        return {}
    root = parsed(theme)
    return {
        (weight, script): font.get("typeface", "")
        for weight in ("major", "minor")
        for script in ("latin", "ea", "cs")
        if (font := root.find(f".//{_A}{weight}Font/{_A}{script}")) is not None
    }


def without_theme(root: etree._Element, fonts: Mapping[tuple[str, str], str]) -> None:
    """Name the fonts and keep the colours that stand for themselves, so that another theme changes nothing."""
    for element in root.iter(f"{W}rFonts"):
        for attribute, slot in _FONTS.items():
            weight = str(element.attrib.pop(f"{W}{attribute}", ""))[:5]
            if weight and (font := fonts.get((weight, _SCRIPTS[slot]))):
                element.set(f"{W}{slot}", font)
    for element in root.iter(f"{W}*"):
        for name in _COLOURS:
            element.attrib.pop(name, "")
