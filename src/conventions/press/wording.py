"""A template as plain text, so that versions can be compared by people and by programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from conventions.errors import DiskError, TemplateError
from conventions.languages import Language
from conventions.press.headings import outline_levels
from conventions.press.inline import boxes, inline, without_results
from conventions.press.package import BODY, STYLES, R, W, parsed, relations, value_of
from conventions.press.unpacking import Damaged, unpacked
from conventions.system import reason
from conventions.text import Text

__all__ = ["as_text"]

_PLACES: Final = (
    ("headerReference", "first", Text("header of the first page")),
    ("headerReference", "default", Text("header")),
    ("headerReference", "even", Text("header of even pages")),
    ("footerReference", "first", Text("footer of the first page")),
    ("footerReference", "default", Text("footer")),
    ("footerReference", "even", Text("footer of even pages")),
)
_NOTES: Final = {"footnotes": Text("footnotes"), "endnotes": Text("endnotes")}
_ARTICLE: Final = "art_"
_RULE: Final = 100
"""Length of the line above each part."""


def as_text(path: Path, language: Language) -> str:
    """A template as lines: headers, then the text with its tables row by row, footers, notes.

    An article shows its number and identifier, a picture its alternative text, a field of Word's its name. Equal
    templates give equal lines.

    Args:
        path: any Word document.
        language: of the headings that the program adds.

    Raises:
        DiskError: the file cannot be read (TEMPLATE-09).
        TemplateError: it is not a Word document (TEMPLATE-02).
    """
    package = _package(path)
    writer = _Writer(outline_levels(package.get(STYLES, b"")))
    body = parsed(package[BODY])
    sections = [*_furniture(package, body, "headerReference"), (Text("text"), body)]
    sections += [*_furniture(package, body, "footerReference"), *_noted(package)]
    lines = [
        line for title, root in sections for line in (_ruled(language.say(title)), *writer.lines(without_results(root)))
    ]
    return "\n".join(lines) + "\n"


def _package(path: Path) -> Mapping[str, bytes]:
    try:
        return unpacked(path.read_bytes())
    except OSError as error:
        raise DiskError(
            "TEMPLATE-09",
            Text("{file} cannot be read: {why}", file=path.name, why=reason(error)),
            Text("check the name and the permissions of the file"),
            place=str(path),
        ) from error
    except Damaged as error:
        raise TemplateError(
            "TEMPLATE-02",
            Text("{file} is not a Word document, or it is damaged", file=path.name),
            Text("save it again from Word or LibreOffice Writer as .docx, or restore it"),
            place=str(path),
        ) from error


def _ruled(title: str) -> str:
    return f"── {title} ".ljust(_RULE, "─")


def _furniture(
    package: Mapping[str, bytes], body: etree._Element, wanted: str
) -> Iterator[tuple[Text, etree._Element]]:
    """Headers or footers of every section, each once, by what they are for: Word numbers their files as it likes."""
    targets = {relation.key: relation.target for relation in relations(package, BODY)}
    seen: set[str] = set()
    for section in body.iter(f"{W}sectPr"):
        for tag, kind, title in _PLACES:
            for reference in section.findall(f"{W}{tag}"):
                target = targets.get(reference.get(f"{R}id", ""), "")
                if tag == wanted and reference.get(f"{W}type") == kind and target in package and target not in seen:
                    seen.add(target)
                    yield title, parsed(package[target])


def _noted(package: Mapping[str, bytes]) -> Iterator[tuple[Text, etree._Element]]:
    for name, title in _NOTES.items():
        if data := package.get(f"word/{name}.xml"):
            root = parsed(data)
            for separator in root.findall(f"*[@{W}type]"):
                root.remove(separator)
            if len(root):
                yield title, root


@dataclass
class _Writer:
    """Turns parts into lines; articles are counted through all of them."""

    levels: Mapping[str, int]
    """Of the styles of headings."""
    articles: list[str] = field(default_factory=list)

    def lines(self, root: etree._Element) -> Iterator[str]:
        """Paragraphs and rows, with a blank line around headings and tables."""
        previous = ""
        for child in root.iterchildren(etree.Element):
            if child.tag == f"{W}p":
                words, is_heading = self._paragraph(child)
                if is_heading and previous:
                    yield ""
                if words or is_heading:
                    yield words
                    previous = words
                yield from (f"  {line}" for box in boxes(child) for line in self.lines(box))
            elif child.tag == f"{W}tbl":
                if previous:
                    yield ""
                yield from self._rows(child)
                yield ""
                previous = ""
            elif child.tag != f"{W}sectPr":
                yield from self.lines(child)

    def _paragraph(self, paragraph: etree._Element) -> tuple[str, bool]:
        words = "".join(inline(paragraph)).strip(" ")
        style = value_of(paragraph.find(f"{W}pPr/{W}pStyle"))
        level = self.levels.get(style)
        if level is not None:
            return f"{'#' * (level + 1)} {words}{self._article(paragraph)}", True
        is_item = paragraph.find(f"{W}pPr/{W}numPr") is not None or style.startswith("List")
        return (f"- {words}" if is_item and words else words), False

    def _article(self, heading: etree._Element) -> str:
        names = (mark.get(f"{W}name", "") for mark in heading.iter(f"{W}bookmarkStart"))
        for name in names:
            if name.startswith(_ARTICLE):
                self.articles.append(name.removeprefix(_ARTICLE))
                return f"  [{len(self.articles)} {self.articles[-1]}]"
        return ""

    def _rows(self, table: etree._Element) -> Iterator[str]:
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is table:
                cells = (cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)
                shown = (" / ".join(filter(None, self.lines(cell))).replace("\n  ", " / ") for cell in cells)
                yield f"| {' | '.join(shown)} |"
