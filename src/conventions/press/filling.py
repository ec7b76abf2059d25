"""Fill a Word template. Strict: no blank, no unknown name, nothing that a value could turn into markup."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from types import TracebackType
from typing import Final
from xml.sax.saxutils import escape

import jinja2
from docxtpl import DocxTemplate
from jinja2.exceptions import SecurityError
from lxml import etree

from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.model.finding import Finding, Position, Severity
from conventions.press.scope import Missing, Unknown, view
from conventions.press.shelf import Template
from conventions.press.source import MARK, PROBLEMS, Part, Source, source_of
from conventions.text import Text, quoted

__all__ = ["render"]

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_CORE: Final = "docProps/core.xml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_WORD: Final = DocxTemplate(BytesIO())
_FIX_TEMPLATE: Final = Text(
    "correct the placeholder in the template; the shipped one shows every name that can be used"
)
_FIX_VALUE: Final = Text("fill it in in the dossier or the settings, or take the placeholder out of the template")


@dataclass(frozen=True)
class _Problem:
    """A value that could not be printed, and the heading it stands under."""

    value: object
    heading: str


def render(
    template: Template, context: Mapping[str, object], language: Language, *, title: str, author: str, now: datetime
) -> bytes:
    """Fill a template; equal arguments give equal bytes.

    Args:
        template: as found by :func:`conventions.press.find`.
        context: what the document type computed; ``None`` and empty strings count as absent.
        language: of the paper; gives the filters (date, money, hours …).
        title: goes into the document's properties and the window's title.
        author: the institution.
        now: aware; the document's dates of creation and change.

    Raises:
        TemplateError: with a finding for each unknown name (TEMPLATE-03) and each value that is absent although the
            template prints it (TEMPLATE-06), by path and article; or the template is broken (TEMPLATE-04).
    """
    source = source_of(template, language.code)
    _require_known(source, context)
    scope = {name: view(value, name) for name, value in context.items()}
    rendered: dict[str, bytes] = {}
    problems: list[_Problem] = []
    for part in source.parts:
        xml, found = _filled(source, part, scope)
        rendered[part.name] = xml
        problems.extend(found)
    if problems:
        raise _refusal(source.template, [_finding(source.template, problem) for problem in problems])
    rendered[_CORE] = _properties(title, author, language, now)
    return _packed((*((name, data) for name, data in source.kept if name != _CORE), *rendered.items()))


def _require_known(source: Source, context: Mapping[str, object]) -> None:
    findings = [
        _unknown(source.template, name, part.heading_above(line))
        for part in source.parts
        for name, line in part.names
        if name not in context
    ]
    if findings:
        raise _refusal(source.template, findings)


def _filled(source: Source, part: Part, scope: Mapping[str, object]) -> tuple[bytes, list[_Problem]]:
    values: list[object] = []
    try:
        xml = part.compiled.render({**scope, PROBLEMS: values})
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        # A condition or a filter met what it cannot handle: any of these, with the template's line in the traceback.
        raise _stumbled(source.template, part, error) from error
    xml = xml.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")
    if "\n" in xml or "\t" in xml:
        xml = _WORD.resolve_listing(xml)
    tree = _parsed(source, part, xml)
    problems = list(_problems(tree, source.heading_styles, values)) if values else []
    for number, picture in enumerate(tree.iter(_DRAWING), start=1):
        picture.set("id", str(number))
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True), problems


def _parsed(source: Source, part: Part, xml: str) -> etree._Element:
    try:
        if source.widens_tables:
            tree: etree._Element = _WORD.fix_tables(xml)
            return tree
        return etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise TemplateError(
            "TEMPLATE-04",
            Text(
                "{file}: a condition in {part} cuts through a paragraph or a table row",
                file=source.template.path.name,
                part=part.name,
            ),
            Text("put each end of the condition into a paragraph, or a table row, of its own"),
            place=str(source.template.path),
        ) from error


def _problems(tree: etree._Element, headings: frozenset[str], values: list[object]) -> Iterator[_Problem]:
    heading = ""
    for paragraph in tree.iter(f"{_W}p"):
        words = "".join(run.text or "" for run in paragraph.iter(f"{_W}t"))
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        if style is not None and style.get(f"{_W}val") in headings:
            heading = words
        for mark in MARK.finditer(words):
            if int(mark[1]) < len(values):
                yield _Problem(values[int(mark[1])], heading)


def _finding(template: Template, problem: _Problem) -> Finding:
    if isinstance(problem.value, Unknown):
        return _unknown(template, problem.value.path, problem.heading)
    if not isinstance(problem.value, Missing):
        words = _where(problem.heading)
        message = Text("{where} prints something that is not a word, a number or a date", where=words)
        return _error("TEMPLATE-03", template, message, _FIX_TEMPLATE, "")
    path = problem.value.path
    message = Text("{where} needs {field}, which is empty", where=_where(problem.heading), field=path)
    return _error("TEMPLATE-06", template, message, _FIX_VALUE, path)


def _unknown(template: Template, name: str, heading: str) -> Finding:
    message = Text("{where} asks for {name}, which does not exist", where=_where(heading), name=name)
    return _error("TEMPLATE-03", template, message, _FIX_TEMPLATE, name)


def _where(heading: str) -> Text:
    return quoted(f"“{heading}”") if heading else Text("the first page, the header or the footer")


def _error(code: str, template: Template, message: Text, fix: Text, field: str) -> Finding:
    return Finding(code, Severity.ERROR, message, fix, field=field, position=Position(str(template.path)))


def _refusal(template: Template, findings: Iterable[Finding]) -> TemplateError:
    told = tuple(dict.fromkeys((finding.code, str(finding.message)) for finding in findings))
    unique = {(finding.code, str(finding.message)): finding for finding in findings}
    ordered = [unique[key] for key in told]
    first = ordered[0]
    message = (
        first.message
        if len(ordered) == 1
        else Text(
            "{n} placeholders of {file} cannot be filled; the first: {first}",
            n=len(ordered),
            file=template.path.name,
            first=first.message,
        )
    )
    return TemplateError(first.code, message, first.fix, place=str(template.path), findings=ordered)


def _stumbled(template: Template, part: Part, error: Exception) -> TemplateError:
    line = _line(error.__traceback__)
    if isinstance(error, SecurityError):
        why = Text("it asks for something that templates may not touch")
    else:
        why = quoted(error)
    return TemplateError(
        "TEMPLATE-03",
        Text("{where} cannot be filled: {why}", where=_where(part.heading_above(line)), why=why),
        _FIX_TEMPLATE,
        place=str(template.path),
    )


def _line(trace: TracebackType | None) -> int:
    """The template's line: Jinja rewrites tracebacks so that compiled frames bear the template's own lines."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _properties(title: str, author: str, language: Language, now: datetime) -> bytes:
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    clean = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    title, author = (escape(clean.sub(" ", words)) for words in (title, author))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{language.code}</dc:language>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    ).encode()


def _packed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip whose bytes depend on its content only; not compressed, for it lives no longer than the conversion."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, data in sorted(entries, key=lambda entry: (entry[0] != "[Content_Types].xml", entry[0])):
            package.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    return target.getvalue()
