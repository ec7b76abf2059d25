"""From the plain text of a template to the Word document."""

# ruff: noqa: SLF001  # python-docx has no public way to the XML of a paragraph, a row or a table

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from typesetting import lean, style, verification
from typesetting.source import Article, Block, Column, Heading, Item, NewPage, Paragraph, Script, Switch, Table, read
from typesetting.typography import typeset

__all__ = ["SOURCES", "build"]

SOURCES: Final = tuple(sorted(Path(__file__).parent.glob("*.*.md")))
"""``<document>.<language>.md``"""

_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_FIELD: Final = re.compile(rf"<field (.+?) ({'|'.join(style.FIELDS)})>")
_FOREIGN: Final = re.compile(rf"<({'|'.join(style.LOCALES)})>(.+?)</\1>")
_SIDES: Final = {"r": WD_ALIGN_PARAGRAPH.RIGHT, "c": WD_ALIGN_PARAGRAPH.CENTER}
_LONG: Final = frozenset({"record", "ledger"})
"""Kinds of tables that may break over pages; a ledger has small letters besides."""
_HEADED: Final = frozenset({"grid", *_LONG})
"""Kinds of tables whose first row is the heads of the columns."""
_BORN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TABLE_ORDER: Final = tuple(
    qn(f"w:{name}")
    for name in ("tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook")
)
"""Word wants the properties of a table in the order of its schema (ECMA-376 part 1, 17.4.59)."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def build(text: str) -> bytes:
    """Build one template; equal texts give equal bytes."""
    script = read(text)
    language = script.settings["language"]
    document = docx.Document()
    style.apply(document, language, landscape=script.settings.get("orientation") == "landscape")
    writer = _Writer(document, language, script.settings)
    writer.furniture()
    for block in script.blocks:
        writer.block(block)
    _properties(document, script)
    lean.strip(document)
    return _packed(document)


class _Writer:
    """Writes blocks at the end of a document."""

    def __init__(self, document: Document, language: str, settings: Any) -> None:
        self._document = document
        self._language = language
        self._settings = settings
        self._bookmarks = 0
        self._new_page = False

    def block(self, block: Block) -> None:
        match block:
            case Heading(words, level):
                self._paragraph(words, f"Heading {level}")
            case Article(key, number, words):
                label = self._settings["article"].format(number=number)
                self._bookmark(self._paragraph(f"{label} {words}", "Article"), f"art_{key}")
            case Paragraph(words, name):
                self._paragraph(words, name)
            case Item(words):
                self._paragraph(words, "List Bullet")
            case Switch(tag):
                self._paragraph(tag.replace("{%", "{%p", 1), "Switch")
            case NewPage():
                self._new_page = True
            case Table():
                self._table(block)

    def _paragraph(self, words: str, name: str) -> WordParagraph:
        paragraph = self._document.add_paragraph(style=name)
        if self._new_page:
            paragraph.paragraph_format.page_break_before = True
            self._new_page = False
        if words.endswith(":"):
            paragraph.paragraph_format.keep_with_next = True
        return self._fill(paragraph, words)

    def _fill(self, paragraph: WordParagraph, words: str) -> WordParagraph:
        text, *fields = _FIELD.split(words)
        self._write(paragraph, text)
        for name, size, after in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
            _picture(paragraph, f"field:{name}", *style.FIELDS[size])
            self._write(paragraph, after)
        return paragraph

    def _write(self, paragraph: WordParagraph, words: str) -> None:
        text, *foreign = _FOREIGN.split(words)
        self._say(paragraph, text, self._language)
        for language, phrase, after in zip(foreign[::3], foreign[1::3], foreign[2::3], strict=True):
            self._say(paragraph, phrase, language)
            self._say(paragraph, after, self._language)

    def _say(self, paragraph: WordParagraph, words: str, language: str) -> None:
        for rank, part in enumerate(_BOLD.split(typeset(words, language))):
            for line, text in enumerate(part.split(" // ")):
                run = paragraph.add_run() if line or text else None
                if run is None:
                    continue
                if rank % 2:
                    run.bold = True
                if language != self._language:
                    _mark_language(run, language)
                if line:
                    run.add_break()
                run.add_text(text)

    def _bookmark(self, paragraph: WordParagraph, name: str) -> None:
        self._bookmarks += 1
        for tag, place in (("w:bookmarkStart", 1), ("w:bookmarkEnd", len(paragraph._p) + 1)):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self._bookmarks))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), name)
            paragraph._p.insert(place, mark)

    def _table(self, block: Table) -> None:
        if block.kind == "signatures":
            self._keep_above()
        is_alone = block.kind == "signatures" and sum(not isinstance(row, Switch) for row in block.rows) == 1
        columns = block.columns or style.COLUMNS["signature" if is_alone else block.kind]
        table = self._document.add_table(rows=0, cols=len(columns))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        _frame(table, block.kind)
        for column, drawn in zip(columns, table.columns, strict=True):
            drawn.width = Mm(column.millimetres)
        for rank, row in enumerate(block.rows):
            self._row(table, block.kind, columns, row, is_first=rank == 0)
        if block.kind == "signatures" and not is_alone:
            self._verification(table, columns)
        if block.kind not in _LONG:
            _hold_together(table)
        if block.kind != "bars":  # what follows a chart is a heading, with room of its own
            self._document.add_paragraph(style="Spacer")

    def _keep_above(self) -> None:
        """A box never stands alone on a page: it takes the words above it along."""
        switch = self._document.styles["Switch"]
        above = next(paragraph for paragraph in reversed(self._document.paragraphs) if paragraph.style != switch)
        above.paragraph_format.keep_with_next = True

    def _row(
        self,
        table: WordTable,
        kind: str,
        columns: tuple[Column, ...],
        cells: tuple[str, ...] | Switch,
        *,
        is_first: bool,
    ) -> None:
        row = _new_row(table, columns)
        if isinstance(cells, Switch):
            self._across(row, "Switch", cells.tag.replace("{%", "{%tr", 1))
            return
        _keep_whole(row)
        if kind == "signatures":
            self._signature(row, cells)
            return
        if kind in _HEADED and is_first:
            _repeat(row)
        for rank, (cell, column, words) in enumerate(zip(row.cells, columns, cells, strict=True)):
            paragraph = self._fill(_styled(cell, _cell_style(kind, rank, is_first=is_first)), words)
            if column.side:
                paragraph.alignment = _SIDES[column.side]
            if kind == "glance":
                _shade(cell)

    def _signature(self, row: _Row, cells: tuple[str, ...]) -> None:
        role, *lines = cells
        first = _styled(row.cells[0], "Signatory")
        for rank, words in enumerate(lines):
            paragraph = first if rank == 0 else row.cells[0].add_paragraph(style="Signatory")
            self._fill(paragraph, words)
        if len(row.cells) > 2:
            self._verification_beside(row)
        _picture(_styled(row.cells[-1], "Signatory"), f"sig:{role}", style.BOX_WIDTH, style.BOX_HEIGHT)

    def _verification_beside(self, row: _Row) -> None:
        """Between the only signer and the box, where it takes no height: these papers have one page."""
        for name, words in (
            ("Switch", "{%p if paper.verification %}"),
            ("Label", verification.BESIDE[self._language]),
            ("Switch", "{%p endif %}"),
        ):
            self._fill(row.cells[0].add_paragraph(style=name), words)
        _picture(_styled(row.cells[1], "Signatory"), "verification", style.CODE, style.CODE)

    def _verification(self, table: WordTable, columns: tuple[Column, ...]) -> None:
        """Below the boxes: a code that leads to how the paper is verified, or in its stead the command that does it."""
        self._across(_new_row(table, columns), "Switch", "{%tr if paper.verification %}")
        row = _new_row(table, columns)
        _keep_whole(row)
        self._fill(_styled(row.cells[0], "Note"), verification.BY_CODE[self._language])
        _picture(_styled(row.cells[1], "Signatory"), "verification", style.CODE, style.CODE)
        self._across(_new_row(table, columns), "Switch", "{%tr else %}")
        self._across(_new_row(table, columns), "Note", verification.BY_COMMAND[self._language])
        self._across(_new_row(table, columns), "Switch", "{%tr endif %}")

    def _across(self, row: _Row, name: str, words: str) -> None:
        """One cell as wide as the table."""
        self._fill(_styled(row.cells[0].merge(row.cells[-1]), name), words)

    def furniture(self) -> None:
        """Letterhead on the first page, running head on the others, number and digest at the foot of all."""
        section = self._document.sections[0]
        if "institution" in self._settings:
            _picture(self._line(section.first_page_header, "", "Letterhead"), "logo", *style.LOGO)
        letterhead = [self._settings[key] for key in ("institution", "faculty", "department") if key in self._settings]
        for rank, words in enumerate(letterhead):
            line = self._line(section.first_page_header, words, "Letterhead")
            if rank == 0:  # else the first space of a font may be a no-break one: LibreOffice then draws each by itself
                line.add_run(" ")
        self._line(section.header, self._settings["head"], "Header")
        _underline(section.header.paragraphs[-1], "bottom")
        for footer in (section.footer, section.first_page_footer):
            paragraph = self._line(footer, self._settings["foot"], "Footer")
            before, _, rest = self._settings["page"].partition("PAGE")
            between, _, after = rest.partition("NUMPAGES")
            paragraph.add_run("\t" + before)
            _field(paragraph, "PAGE")
            paragraph.add_run(between)
            _field(paragraph, "NUMPAGES")
            if after:
                paragraph.add_run(after)
            _underline(paragraph, "top")

    def _line(self, place: Any, words: str, name: str) -> WordParagraph:
        place.is_linked_to_previous = False
        first: WordParagraph = place.paragraphs[0]
        paragraph: WordParagraph = place.add_paragraph() if first.runs else first
        paragraph.style = self._document.styles[name]
        left, _, right = words.partition(" || ")
        self._fill(paragraph, left)
        if right:
            paragraph.add_run("\t")
            self._fill(paragraph, right)
        return paragraph


def _picture(paragraph: WordParagraph, alt: str, width: int, height: int) -> None:
    """A white box whose alternative text says what it is the place of."""
    drawn = paragraph.add_run().add_picture(BytesIO(style.box_picture(width, height)), width, height)
    drawn._inline.docPr.set("name", alt.partition(":")[0])
    drawn._inline.docPr.set("descr", alt)
    for side in ("distT", "distB", "distL", "distR"):  # where nothing is said, LibreOffice leaves an eighth of an inch
        drawn._inline.set(side, "0")


def _cell_style(kind: str, rank: int, *, is_first: bool) -> str:
    if kind == "bars":
        return "Bar" if rank % 3 == 2 else "Scale"
    if kind in _HEADED:
        return "Label" if is_first else "Entry" if kind == "ledger" else "Value"
    return "Label" if rank == 0 else "Value"


def _styled(cell: _Cell, name: str) -> WordParagraph:
    paragraph: WordParagraph = cell.paragraphs[0]
    story: Any = cell.part
    paragraph.style = story.document.styles[name]
    return paragraph


def _mark_language(run: Run, language: str) -> None:
    """A screen reader says the words with another voice."""
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), style.LOCALES[language])
    run._r.get_or_add_rPr().append(mark)


def _frame(table: WordTable, kind: str) -> None:
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for edge in style.RULED.get(kind, ("top", "bottom", "insideH")):
        line = OxmlElement(f"w:{edge}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:space"), "0")
        line.set(qn("w:color"), style.RULE)
        borders.append(line)
    properties.append(borders)
    left, right = (str(width) for width in style.INSET[kind])
    high = str(style.LEADING[kind])
    margins = OxmlElement("w:tblCellMar")
    for edge, width in (("top", high), ("left", left), ("bottom", high), ("right", right)):
        side = OxmlElement(f"w:{edge}")
        side.set(qn("w:w"), width)
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    properties.append(margins)
    for child in sorted(properties, key=lambda child: _TABLE_ORDER.index(child.tag)):
        properties.append(child)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", style.PALE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _hold_together(table: WordTable) -> None:
    """A short table does not break over a page: each row keeps with the next."""
    for row in table.rows[:-1]:
        for paragraph in (paragraph for cell in row.cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True


def _new_row(table: WordTable, columns: tuple[Column, ...]) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    for cell, column in zip(row.cells, columns, strict=True):
        cell.width = Mm(column.millimetres)
    return row


def _keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _field(paragraph: WordParagraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _underline(paragraph: WordParagraph, edge: str) -> None:
    borders: Any = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", style.RULE)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _properties(document: Document, script: Script) -> None:
    core = document.core_properties
    core.title, core.subject = script.settings["title"], script.settings["title"]
    core.author, core.last_modified_by, core.comments = "conventions", "conventions", ""
    core.language, core.revision = script.settings["language"], 1
    core.created = core.modified = _BORN.replace(tzinfo=None)


def _packed(document: Document) -> bytes:
    raw, target = BytesIO(), BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
