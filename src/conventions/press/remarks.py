"""What is wrong with a template, and where a person finds it: by heading and by the words of the paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conventions.model.finding import Finding, Position, Severity
from conventions.press.package import BODY
from conventions.text import Text, quoted

__all__ = ["Remark", "Spot", "excerpt"]

_SHOWN: Final = 240
"""Characters of a paragraph that are shown."""
_PLACES: Final = (
    (re.compile(r"word/header"), Text("the header")),
    (re.compile(r"word/footer"), Text("the footer")),
    (re.compile(r"word/footnotes"), Text("the footnotes")),
    (re.compile(r"word/endnotes"), Text("the endnotes")),
    (re.compile(r"docProps/"), Text("the properties of the document")),
    (re.compile(r"word/styles"), Text("the styles")),
    (re.compile(r"word/(charts|diagrams|drawings)/"), Text("a diagram")),
)


@dataclass(frozen=True)
class Spot:
    """A paragraph, or what stands in its stead."""

    part: str
    """Name of the part that holds it."""
    heading: str = ""
    """Above it, in its part."""
    article: str = ""
    """Identifier of the article it belongs to."""
    words: str = ""
    """All that stands in it."""
    rank: int = 0
    """Among the paragraphs of its part."""

    @property
    def where(self) -> Text:
        """For people."""
        if self.heading:
            return quoted(f"“{self.heading}”")
        if self.part == BODY:
            return Text("the first page")
        return next((place for pattern, place in _PLACES if pattern.match(self.part)), quoted(self.part))


@dataclass(frozen=True)
class Remark:
    """One thing that is wrong."""

    code: str
    what: Text
    fix: Text
    spot: Spot | None = None
    """None: the template as a whole."""
    severity: Severity = Severity.ERROR
    field: str = ""
    """Dotted path of the value, if it is about one."""
    source: str = ""
    """Article of law, if it is one that asks for it."""

    def finding(self, path: Path) -> Finding:
        """The same as every check says it, with the template's file as its place."""
        place = Position(str(path))
        return Finding(self.code, self.severity, self._message(), self.fix, self.source, self.field, place)

    def _message(self) -> Text:
        if self.spot is None:
            return self.what
        if not self.spot.words or self.spot.words == self.spot.heading:
            return Text("{where}: {what}", where=self.spot.where, what=self.what)
        return Text("{where}: {what}, in “{words}”", where=self.spot.where, what=self.what, words=self.spot.words)


def excerpt(words: str, around: str = "") -> str:
    """A paragraph on one line; a long one is cut, so that what is meant stays in sight."""
    words = " ".join(words.split())
    if len(words) <= _SHOWN:
        return words
    middle = max(words.find(" ".join(around.split())), 0) + len(around) // 2
    start = min(max(middle - _SHOWN // 2, 0), len(words) - _SHOWN)
    end = start + _SHOWN
    return f"{'…' if start else ''}{words[start:end].strip()}{'…' if end < len(words) else ''}"
