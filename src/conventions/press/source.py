"""A template taken apart once: its parts compiled for one language, and the headings that say where one is."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

import jinja2
from docxtpl import DocxTemplate
from jinja2 import meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.press.scope import Missing, Scope, Unknown, passing
from conventions.press.shelf import Template
from conventions.text import Text

__all__ = ["MARK", "PROBLEMS", "Part", "Source", "source_of"]

PROBLEMS: Final = "_problems"
"""Name under which a rendering carries the list of its problems; templates cannot reach it."""
MARK: Final = re.compile("\ue000(\\d+)\ue001")
"""Stands where a value should have been, until the headings above it have been read."""

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FILLED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_PARAGRAPH: Final = re.compile(r"<w:p(?=[ >])")
_STYLE: Final = re.compile(r'<w:pStyle w:val="([^"]+)"')
_TAG: Final = re.compile(r"<[^>]+>")
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT_FILTERS: Final = ("first", "last", "length", "lower", "upper")
_WORD: Final = DocxTemplate(BytesIO())
"""docxtpl's knowledge of how Word scatters a placeholder over runs; no document is ever opened with it."""


@dataclass(frozen=True)
class Part:
    """One XML part of a template, compiled."""

    name: str
    compiled: jinja2.Template
    names: tuple[tuple[str, int], ...]
    """Every name the part takes from the context, with its line."""
    headings: tuple[tuple[int, str], ...]
    """Line and words of each heading."""

    def heading_above(self, line: int) -> str:
        """The heading under which a line of the part stands; empty before the first."""
        rank = bisect_right([at for at, _ in self.headings], line)
        return self.headings[rank - 1][1] if rank else ""


@dataclass(frozen=True)
class Source:
    """A template ready to be filled in one language."""

    template: Template
    parts: tuple[Part, ...]
    kept: tuple[tuple[str, bytes], ...]
    """All other entries of the file, as they are."""
    heading_styles: frozenset[str]
    widens_tables: bool
    """True when a template makes columns ({%tc %}), so that grids must be counted again."""


@lru_cache(maxsize=32)
def source_of(template: Template, code: str) -> Source:
    """Take a template apart for a language.

    Raises:
        TemplateError: a placeholder or a condition is not well formed (TEMPLATE-04).
    """
    with zipfile.ZipFile(BytesIO(template.data)) as package:
        entries = tuple((name, package.read(name)) for name in package.namelist())
    styles = _heading_styles(dict(entries).get("word/styles.xml", b""))
    environment = _environment(code)
    parts, kept = [], []
    for name, data in entries:
        if _FILLED.fullmatch(name):
            parts.append(_part(template, environment, name, data, styles))
        else:
            kept.append((name, data))
    widens = b"{%tc" in template.data or any(b"{%tc" in data for _, data in entries)
    return Source(template, tuple(parts), tuple(kept), styles, widens)


def _part(template: Template, environment: jinja2.Environment, name: str, data: bytes, styles: frozenset[str]) -> Part:
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise _broken(template, name, str(error)) from error
    xml = _WORD.patch_xml(etree.tostring(root, encoding="unicode"))
    xml = _PARAGRAPH.sub("\n<w:p", xml)
    lines = xml.split("\n")
    headings = tuple(
        (number, words)
        for number, line in enumerate(lines, start=1)
        if (style := _STYLE.search(line)) and style[1] in styles and (words := _words(line))
    )
    try:
        tree = environment.parse(xml)
        compiled = environment.from_string(tree)
    except jinja2.TemplateSyntaxError as error:
        near = _words(lines[min(error.lineno, len(lines)) - 1])
        raise _broken(template, near or name, error.message or "") from error
    return Part(name, compiled, _names(tree), headings)


def _names(tree: nodes.Template) -> tuple[tuple[str, int], ...]:
    wanted = meta.find_undeclared_variables(tree)
    return tuple((node.name, node.lineno) for node in tree.find_all(nodes.Name) if node.name in wanted)


def _words(line: str) -> str:
    return _TAG.sub("", line).replace("&amp;", "&").strip()


def _broken(template: Template, near: str, why: str) -> TemplateError:
    return TemplateError(
        "TEMPLATE-04",
        Text(
            "{file}: a placeholder or condition is not well formed near “{words}”: {why}",
            file=template.path.name,
            words=near[:120],
            why=why,
        ),
        Text("compare it with the shipped template; a condition opened with if or for must be closed"),
        place=str(template.path),
    )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _heading_styles(styles: bytes) -> frozenset[str]:
    """Ids of the paragraph styles that have a place in the outline, themselves or by what they build on."""
    if not styles:
        return frozenset()
    based: dict[str, str] = {}
    found: set[str] = set()
    for style in etree.fromstring(styles, _parser()).iter(f"{_W}style"):
        key = style.get(f"{_W}styleId", "")
        parent = style.find(f"{_W}basedOn")
        based[key] = parent.get(f"{_W}val", "") if parent is not None else ""
        if style.find(f"{_W}pPr/{_W}outlineLvl") is not None:
            found.add(key)
    for key in based:
        seen, at = set(), key
        while at and at not in found and at not in seen:
            seen.add(at)
            at = based.get(at, "")
        if at in found:
            found.add(key)
    return frozenset(found)


@lru_cache(maxsize=8)
def _environment(code: str) -> jinja2.Environment:
    """A sandbox that knows one language's filters and nothing else."""
    language = Language(code)

    @pass_context
    def shown(context: Context, value: object) -> object:
        if isinstance(value, str):
            return _FORBIDDEN.sub("\ufffd", value)
        if isinstance(value, (Missing, Unknown, Scope, bool)):
            problems = context[PROBLEMS]
            problems.append(value)
            return f"\ue000{len(problems) - 1}\ue001"
        return language.value(value)

    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=Unknown, finalize=shown, keep_trailing_newline=True, cache_size=0
    )
    builtin: Mapping[str, Any] = environment.filters
    kept = {name: builtin[name] for name in _KEPT_FILTERS} | dict(language.filters())
    environment.filters = {name: passing(filter_) for name, filter_ in kept.items()}
    environment.globals.clear()
    return environment
