"""The fonts that the words of a template are set in, held against those of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conventions.model.finding import Severity
from conventions.press.looks import Looks
from conventions.press.package import W, parsed
from conventions.press.remarks import Remark, excerpt
from conventions.press.tags import Paragraph
from conventions.press.typefaces import STAND_INS, installed, may_be_embedded
from conventions.text import Text

__all__ = ["font_remarks"]

_FONT_TABLE: Final = "word/fontTable.xml"


def font_remarks(package: Mapping[str, bytes], paragraphs: Sequence[Paragraph], looks: Looks) -> Iterator[Remark]:
    """Fonts that this machine does not have, or may not embed; each where it is first used."""
    told: set[str] = set()
    brought = _brought_along(package)
    if not installed():
        return
    for paragraph in paragraphs:
        runs = [run for text in paragraph.texts if text.text and (run := text.getparent()) is not None]
        fonts = {font for run in runs for font in looks.fonts(run)} | looks.bullet_fonts(paragraph.element)
        for font in sorted(fonts - told):
            told.add(font)
            remark = None if font in brought else _about(font)
            if remark is not None:
                yield replace(remark, spot=replace(paragraph.spot, words=excerpt(paragraph.spot.words)))


def _brought_along(package: Mapping[str, bytes]) -> frozenset[str]:
    """Fonts that are embedded in the template."""
    if _FONT_TABLE not in package:
        return frozenset()
    fonts = parsed(package[_FONT_TABLE]).iter(f"{W}font")
    return frozenset(font.get(f"{W}name", "") for font in fonts if font.find(f"{W}embedRegular") is not None)


def _about(font: str) -> Remark | None:
    known = installed()
    stand_in = STAND_INS.get(font.casefold())
    name = font if font.casefold() in known else stand_in.font if stand_in else ""
    face = known.get(name.casefold())
    if face is None:
        return _missing(font)
    if not may_be_embedded(face):
        what = Text("the licence of the font {font} forbids to embed it, and a paper must hold its fonts", font=name)
        return Remark("LINT-22", what, Text("choose another font, such as {fonts}", fonts=_usual()))
    if name == font or stand_in is None or stand_in.is_for_symbols:
        return None
    what = Text("the font {font} is not on this machine; {other}, whose letters are as wide, stands in for it",
                font=font, other=name)  # fmt: skip
    fix = Text("choose {other} in the template, so that Word and the paper show the same letters", other=name)
    return Remark("LINT-21", what, fix, severity=Severity.WARNING)


def _missing(font: str) -> Remark:
    what = Text("the font {font} is not on this machine, and no font with letters as wide stands in for it", font=font)
    stand_in = STAND_INS.get(font.casefold())
    if stand_in:
        fix = Text("have {package} installed, which brings {other}, or choose another font, such as {fonts}",
                   package=stand_in.package, other=stand_in.font, fonts=_usual())  # fmt: skip
    else:
        fix = Text("choose another font, such as {fonts}, or have this one installed", fonts=_usual())
    return Remark("LINT-20", what, fix)


def _usual() -> tuple[str, ...]:
    """Fonts for texts that are there for certain."""
    wanted = dict.fromkeys(stand_in.font for stand_in in STAND_INS.values() if not stand_in.is_for_symbols)
    return tuple(font for font in wanted if font.casefold() in installed())[:3]
