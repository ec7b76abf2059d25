"""What has no place in a template that is in use: tracked changes, comments, hidden words, macros, links, objects."""

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
from conventions.press.unpacking import Danger, dangers
from conventions.text import Text, quoted

__all__ = ["active_content", "language_remark", "paragraph_remarks"]

_CHANGES: Final = tuple(
    f"{W}{name}"
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "rPrChange", "pPrChange", "sectPrChange"),
        *("tblPrChange", "tblGridChange", "trPrChange", "tcPrChange", "numberingChange"),
    )
)
_COMMENTS: Final = "word/comments.xml"
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


def paragraph_remarks(
    package: Mapping[str, bytes], root: etree._Element, paragraphs: Sequence[Paragraph], looks: Looks
) -> Iterator[Remark]:
    """Tracked changes, comments and hidden words of one part, paragraph by paragraph."""
    comments = _comments(package)
    changed = _holders(root, *_CHANGES)
    commented = _holders(root, f"{W}commentReference")
    for paragraph in paragraphs:
        spot = replace(paragraph.spot, words=excerpt(paragraph.spot.words))
        if paragraph.element in changed:
            yield Remark("LINT-23", Text("a change is still tracked"), _ACCEPT, spot)
        for reference in commented.get(paragraph.element, ()):
            said = comments.get(reference.get(f"{W}id", ""), "")
            what = Text("a comment is left: {words}", words=quoted(excerpt(said)))
            yield Remark("LINT-24", what, Text("delete the comment once it is settled"), spot)
        runs = (text.getparent() for text in paragraph.texts if (text.text or "").strip())
        if any(run is not None and looks.is_hidden(run) for run in runs):
            yield Remark("LINT-25", Text("it holds hidden words"), _UNHIDE, spot)


def _holders(root: etree._Element, *tags: str) -> dict[etree._Element, list[etree._Element]]:
    """Elements of some kinds by the paragraph that they stand in; those of a table or a section by its first one."""
    found: dict[etree._Element, list[etree._Element]] = {}
    for element in root.iter(*tags):
        holder = next(element.iterancestors(f"{W}p"), None)
        if holder is None:
            holder = next(element.iter(f"{W}p"), None)
        if holder is None:
            holder = next(_after(element), None)
        if holder is not None:
            found.setdefault(holder, []).append(element)
    return found


def _after(element: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs of the row, table or section that a mark belongs to."""
    for ancestor in element.iterancestors():
        yield from ancestor.iter(f"{W}p")


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
