"""What does not belong into a template that is in use: changes that are still tracked, comments, hidden words,
macros, links, objects, a font that cannot be printed, another language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from lxml import etree

from conventions.model.finding import Severity
from conventions.press.looks import Looks
from conventions.press.package import STYLES, W, parsed
from conventions.press.remarks import Remark, Spot, excerpt
from conventions.press.tags import Paragraph
from conventions.press.typefaces import STAND_INS, installed, may_be_embedded
from conventions.press.unpacking import Danger, dangers
from conventions.text import Text, quoted

__all__ = ["active_content", "font_remarks", "language_remark", "paragraph_remarks"]

_CHANGES: Final = tuple(
    f"{W}{name}"
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "rPrChange", "pPrChange", "sectPrChange"),
        *("tblPrChange", "tblGridChange", "trPrChange", "tcPrChange", "numberingChange"),
    )
)
_COMMENTS: Final = "word/comments.xml"
_FONT_TABLE: Final = "word/fontTable.xml"
_DANGERS: Final = {
    "macro": ("LINT-16", Text("it holds a macro"), Text("save it as .docx, which keeps no macros")),
    "link": (
        "LINT-17",
        Text("it leans on another file"),
        Text("break the link in Word, or put what it shows into the template itself"),
    ),
    "object": (
        "LINT-18",
        Text("it holds an embedded object"),
        Text("put the object's words or its picture into the template instead"),
    ),
    "fetch": (
        "LINT-19",
        Text("it holds a picture or a field that is fetched from elsewhere"),
        Text("insert the picture itself; turn the field into text (Ctrl+Shift+F9 in Word)"),
    ),
}
_ACCEPT: Final = Text("accept or reject every change (Review › Changes), then save the template again")
_UNHIDE: Final = Text("show the words (Font › Hidden) or delete them: what is agreed must be in sight")


def paragraph_remarks(package: Mapping[str, bytes], paragraphs: Sequence[Paragraph], looks: Looks) -> Iterator[Remark]:
    """Tracked changes, comments and hidden words, paragraph by paragraph."""
    comments = _comments(package)
    for paragraph in paragraphs:
        spot = replace(paragraph.spot, words=excerpt(paragraph.spot.words))
        if next(paragraph.element.iter(*_CHANGES), None) is not None or _stands_in_change(paragraph.element):
            yield Remark("LINT-23", Text("a change is still tracked"), _ACCEPT, spot)
        for reference in paragraph.element.iter(f"{W}commentReference"):
            said = comments.get(reference.get(f"{W}id", ""), "")
            what = Text("a comment is left: {words}", words=quoted(excerpt(said)))
            yield Remark("LINT-24", what, Text("delete the comment once it is settled"), spot)
        runs = (text.getparent() for text in paragraph.texts if (text.text or "").strip())
        if any(run is not None and looks.is_hidden(run) for run in runs):
            yield Remark("LINT-25", Text("it holds hidden words"), _UNHIDE, spot)


def _stands_in_change(paragraph: etree._Element) -> bool:
    return next(paragraph.iterancestors(*_CHANGES), None) is not None


def _comments(package: Mapping[str, bytes]) -> Mapping[str, str]:
    if _COMMENTS not in package:
        return {}
    root = parsed(package[_COMMENTS])
    return {
        comment.get(f"{W}id", ""): "".join(text.text or "" for text in comment.iter(f"{W}t"))
        for comment in root.iter(f"{W}comment")
    }


def active_content(package: Mapping[str, bytes]) -> Iterator[Remark]:
    """Macros, links, embedded objects, pictures and fields that are fetched; each kind once for each of its places."""
    for danger in dict.fromkeys(dangers(package)):
        code, what, fix = _DANGERS[danger.kind]
        yield Remark(code, what, fix, Spot(danger.part, words=excerpt(_said(danger))))


def _said(danger: Danger) -> str:
    return danger.words or danger.part.rpartition("/")[2]


def font_remarks(package: Mapping[str, bytes], paragraphs: Sequence[Paragraph], looks: Looks) -> Iterator[Remark]:
    """Fonts that words are set in and that this machine does not have, or may not embed; each where it is first used."""
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


def language_remark(language: str, looks: Looks) -> Remark | None:
    """That the words say to be in another language than that of the folder they lie in."""
    spoken = looks.language
    if not spoken or spoken.partition("-")[0].lower() == language:
        return None
    return Remark(
        "LINT-27",
        Text("the template says that its words are in “{spoken}”, and lies in the folder “{language}”",
             spoken=spoken, language=language),
        Text("select everything and set the language (Review › Language) as the default, or move the file"),
        Spot(STYLES),
        severity=Severity.WARNING,
    )  # fmt: skip
