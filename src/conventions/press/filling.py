"""Fill a Word template. Strict: no blank, no unknown name, nothing that a value could turn into markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Final

import jinja2
from docxtpl import DocxTemplate
from lxml import etree

from conventions.errors import TemplateError
from conventions.press.package import W
from conventions.press.refusals import Problem, finding, refusal, stumbled, unknown
from conventions.press.scope import view
from conventions.press.source import MARK, PROBLEMS, Part, Source
from conventions.text import Text

__all__ = ["filled"]

_WORD: Final = DocxTemplate(BytesIO())


def filled(source: Source, context: Mapping[str, object]) -> dict[str, etree._Element]:
    """The parts of a template with their values, by name.

    Raises:
        TemplateError: with a finding for each unknown name (TEMPLATE-03) and each value that is absent although the
            template prints it (TEMPLATE-06), by path and article; or a condition cuts through its paragraph
            (TEMPLATE-04).
    """
    _require_known(source, context)
    scope = {name: view(value, name) for name, value in context.items()}
    trees: dict[str, etree._Element] = {}
    problems: list[Problem] = []
    for part in source.parts:
        trees[part.name], found = _part(source, part, scope)
        problems.extend(found)
    if problems:
        raise refusal(source.template, [finding(source.template, problem) for problem in problems])
    return trees


def _require_known(source: Source, context: Mapping[str, object]) -> None:
    findings = [
        unknown(source.template, name, part.heading_above(line))
        for part in source.parts
        for name, line in part.names
        if name not in context
    ]
    if findings:
        raise refusal(source.template, findings)


def _part(source: Source, part: Part, scope: Mapping[str, object]) -> tuple[etree._Element, list[Problem]]:
    values: list[object] = []
    try:
        xml = part.compiled.render({**scope, PROBLEMS: values})
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        AssertionError,
    ) as error:
        # A condition or a filter met what it cannot handle: any of these, with the template's line in the traceback.
        raise stumbled(source.template, part, error) from error
    xml = xml.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")
    if "\n" in xml or "\t" in xml:
        xml = _WORD.resolve_listing(xml)
    tree = _parsed(source, part, xml)
    return tree, list(_problems(tree, source.heading_styles, values)) if values else []


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


def _problems(tree: etree._Element, headings: frozenset[str], values: list[object]) -> Iterator[Problem]:
    heading = ""
    for paragraph in tree.iter(f"{W}p"):
        words = "".join(run.text or "" for run in paragraph.iter(f"{W}t"))
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in headings:
            heading = words
        for mark in MARK.finditer(words):
            if int(mark[1]) < len(values):
                yield Problem(values[int(mark[1])], heading)
