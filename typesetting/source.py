"""The plain text that a template is written in, read into blocks.

::

    title: Convention de stage              settings, until the first blank line
    # Heading                               a heading of the outline; ### one level below
    ## allowance | Gratification            an article: its stable identifier, its heading
    A paragraph with {{ a.value }},         lines are joined; **bold**; [[allowance]] is the number of that article
    over two lines, <fr>some of them</fr>   words in another language
    - an item
    {% if host.siret %}                     alone on a line: switches whole paragraphs, or rows inside a table
    ::: facts                               a table, until the next :::  (facts, glance, grid, record, ledger,
                                            signatures; bars: name, number, bar, as often as wanted in a row)
    | label | value |
    :::
    ::: grid 82 36r 34c                     the same with widths in millimetres; r and c set a column right and centred
    <field tutor.name line>                 where a form is filled in: name, and size (line, short, strip, area …);
    <field mark:{{ option.value }} box>     a button of a group, one for each of its options
    === a new page
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Article", "Block", "Column", "Heading", "Item", "NewPage", "Paragraph", "Script", "Switch", "Table", "read"]

_SWITCH: Final = re.compile(r"\{%-?\s.*?%\}")
_CELL: Final = re.compile(r"(?:\{\{.*?\}\}|\{%.*?%\}|[^|])+")
_REFERENCE: Final = re.compile(r"\[\[([a-z_]+)\]\]")
_COLUMN: Final = re.compile(r"(\d+)([rc]?)")


@dataclass(frozen=True)
class Heading:
    """A heading that is no article."""

    words: str
    level: int


@dataclass(frozen=True)
class Article:
    """The heading of an article."""

    key: str
    number: int
    words: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``style`` is a name of the house style."""

    words: str
    style: str = "Clause"


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    words: str


@dataclass(frozen=True)
class Switch:
    """A Jinja tag that switches what stands between it and its end."""

    tag: str


@dataclass(frozen=True)
class NewPage:
    """What follows starts a page."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    millimetres: int
    side: str = ""
    """Empty for left, ``r`` for right, ``c`` for centred."""


@dataclass(frozen=True)
class Table:
    """Rows of cells, with switches between them."""

    kind: str
    rows: tuple[tuple[str, ...] | Switch, ...]
    columns: tuple[Column, ...] = ()
    """Empty where the house style knows them by the kind."""


Block = Heading | Article | Paragraph | Item | Switch | NewPage | Table


@dataclass(frozen=True)
class Script:
    """A whole template."""

    settings: Mapping[str, str]
    blocks: tuple[Block, ...]


def read(text: str) -> Script:
    """Read a template's text; article numbers are counted and references to them resolved."""
    head, _, body = text.partition("\n\n")
    settings = dict(line.split(": ", 1) for line in head.splitlines() if line)
    numbers = {key: rank for rank, key in enumerate(re.findall(r"^## ([a-z_]+) \|", body, re.MULTILINE), start=1)}
    body = _REFERENCE.sub(lambda match: str(numbers[match[1]]), body)
    return Script(settings, tuple(_blocks(body, numbers)))


def _blocks(body: str, numbers: Mapping[str, int]) -> Iterator[Block]:
    lines = iter(body.splitlines())
    gathered: list[str] = []
    for line in lines:
        mark = _mark(line)
        if mark != "text" and gathered:
            yield _paragraph(" ".join(gathered))
            gathered = []
        if mark == "table":
            kind, *columns = line.removeprefix(":::").split()
            yield Table(kind, tuple(_rows(lines)), tuple(map(_column, columns)))
        elif mark == "text":
            gathered.append(line.strip())
        elif mark:
            yield _block(line, numbers)
    if gathered:
        yield _paragraph(" ".join(gathered))


def _mark(line: str) -> str | None:
    """What a line begins: a block of its own, a table, more text; None for a blank line."""
    line = line.strip()
    if not line:
        return None
    if line.startswith(":::"):
        return "table"
    if line.startswith(("# ", "## ", "### ", "- ", "===")) or _SWITCH.fullmatch(line):
        return "block"
    return "text"


def _block(line: str, numbers: Mapping[str, int]) -> Block:
    line = line.strip()
    if line.startswith("## "):
        key, words = (part.strip() for part in line.removeprefix("## ").split("|", 1))
        return Article(key, numbers[key], words)
    if line.startswith("# "):
        return Heading(line.removeprefix("# "), 1)
    if line.startswith("### "):
        return Heading(line.removeprefix("### "), 2)
    if line.startswith("- "):
        return Item(line.removeprefix("- "))
    return NewPage() if line.startswith("===") else Switch(line)


def _paragraph(words: str) -> Paragraph:
    style, separator, rest = words.partition("> ")
    return Paragraph(rest, style) if separator and style.isalpha() else Paragraph(words)


def _column(words: str) -> Column:
    match = _COLUMN.fullmatch(words)
    if match is None:
        raise ValueError(f"{words} is not the width of a column")
    return Column(int(match[1]), match[2])


def _rows(lines: Iterator[str]) -> Iterator[tuple[str, ...] | Switch]:
    for line in lines:
        line = line.strip()
        if line == ":::":
            return
        if _SWITCH.fullmatch(line):
            yield Switch(line)
        elif line:
            yield tuple(cell.strip() for cell in _CELL.findall(line.strip().strip("|")))
