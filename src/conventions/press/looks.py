"""How the words of a template look: which font they are in, and whether they are hidden, through all its styles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from conventions.press.gallery import default_style, lineage, styles_of
from conventions.press.package import NUMBERING, STYLES, W, parsed, value_of
from conventions.press.theme import THEME, theme_fonts

__all__ = ["Looks"]

_OFF = frozenset({"0", "false", "off"})
_SLOTS = ("ascii", "hAnsi")
"""Of western letters; which font other scripts fall back to is decided letter by letter when a paper is made."""
_NO_STYLES = f'<w:styles xmlns:w="{W[1:-1]}"/>'.encode()
_NO_NUMBERING = f'<w:numbering xmlns:w="{W[1:-1]}"/>'.encode()


class Looks:
    """The styles, the theme and the lists of one template."""

    def __init__(self, package: Mapping[str, bytes]) -> None:
        self._root = parsed(package.get(STYLES, _NO_STYLES))
        self._lists = parsed(package.get(NUMBERING, _NO_NUMBERING))
        self._theme = theme_fonts(package.get(THEME))
        self._styles = styles_of(self._root)
        self._default = default_style(self._styles, "paragraph")

    @property
    def language(self) -> str:
        """Of the words that name none themselves: ``fr-FR``; empty when the template does not say it."""
        return value_of(self._root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang"))

    def fonts(self, run: etree._Element) -> frozenset[str]:
        """The fonts of a run: one for plain letters, perhaps another one for accented ones."""
        found: set[str] = set()
        for slot in _SLOTS:
            for fonts in self._defined(run, "rFonts"):
                if name := self._font(fonts, slot):
                    found.add(name)
                    break
        return frozenset(found | {symbol.get(f"{W}font", "") for symbol in run.iterchildren(f"{W}sym")} - {""})

    def is_hidden(self, run: etree._Element) -> bool:
        """Will its words not be printed?"""
        vanish = next(self._defined(run, "vanish"), None)
        return vanish is not None and value_of(vanish) not in _OFF

    def bullet_fonts(self, paragraph: etree._Element) -> frozenset[str]:
        """The fonts of the bullet before a paragraph."""
        number = self._numbered(paragraph)
        level = None if number is None else self._level(*number)
        if level is None or value_of(level.find(f"{W}numFmt")) != "bullet":
            return frozenset()
        fonts = level.find(f"{W}rPr/{W}rFonts")
        return frozenset() if fonts is None else frozenset({self._font(fonts, "ascii")}) - {""}

    def _font(self, fonts: etree._Element, slot: str) -> str:
        theme = fonts.get(f"{W}{slot}Theme", "")
        return (self._theme.get((theme[:5], "latin"), "") if theme else "") or fonts.get(f"{W}{slot}", "")

    def _defined(self, run: etree._Element, tag: str) -> Iterator[etree._Element]:
        """What is said of a run, the strongest first: itself, its style, its paragraph's style, the defaults."""
        own = run.find(f"{W}rPr/{W}{tag}")
        if own is not None:
            yield own
        paragraph = next(run.iterancestors(f"{W}p"), None)
        style = None if paragraph is None else paragraph.find(f"{W}pPr/{W}pStyle")
        keys = (value_of(run.find(f"{W}rPr/{W}rStyle")), value_of(style) or self._default)
        for key in keys:
            for link in lineage(self._styles, key):
                found = self._styles[link].find(f"{W}rPr/{W}{tag}")
                if found is not None:
                    yield found
        default = self._root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}{tag}")
        if default is not None:
            yield default

    def _numbered(self, paragraph: etree._Element) -> tuple[str, str] | None:
        """Number of the list and level, of a paragraph or of its style."""
        properties = [paragraph.find(f"{W}pPr/{W}numPr")]
        key = value_of(paragraph.find(f"{W}pPr/{W}pStyle")) or self._default
        properties += [self._styles[link].find(f"{W}pPr/{W}numPr") for link in lineage(self._styles, key)]
        for found in properties:
            if found is not None and (number := value_of(found.find(f"{W}numId"))):
                return number, value_of(found.find(f"{W}ilvl")) or "0"
        return None

    def _level(self, number: str, level: str) -> etree._Element | None:
        of = {
            entry.get(f"{W}numId"): value_of(entry.find(f"{W}abstractNumId")) for entry in self._lists.iter(f"{W}num")
        }
        for definition in self._lists.iter(f"{W}abstractNum"):
            if definition.get(f"{W}abstractNumId") == of.get(number):
                found = (entry for entry in definition.iter(f"{W}lvl") if entry.get(f"{W}ilvl") == level)
                return next(found, None)
        return None
