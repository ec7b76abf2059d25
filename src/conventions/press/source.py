"""A template taken apart once: its parts compiled for one language, and the headings that say where one is."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final

import jinja2
from docxtpl import DocxTemplate
from jinja2 import meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.press.headings import heading_styles
from conventions.press.package import STYLES, parsed
from conventions.press.scope import Missing, Scope, Unknown, passing
from conventions.press.shelf import Template
from conventions.text import Text

__all__ = [
    "FILLED",
    "MARK",
    "PROBLEMS",
    "Part",
    "Source",
    "compile_source",
    "environment_of",
    "package_of",
    "source_of",
]

PROBLEMS: Final = "_problems"
"""Name under which a rendering carries the list of its problems; templates cannot reach it."""
MARK: Final = re.compile("\ue000(\\d+)\ue001")
"""Stands where a value should have been, until the headings above it have been read."""

FILLED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
"""Parts in which placeholders are filled in."""

_PARAGRAPH: Final = re.compile(r"<w:p(?=[ >])")
_STYLE: Final = re.compile(r'<w:pStyle w:val="([^"]+)"')
_TAG: Final = re.compile(r"<[^>]+>")
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_APOSTROPHE: Final = re.compile(r"(?<!\S)\S*(?:@|://)\S*|(?<=[^\W\d_])'(?=[^\W\d_])")
"""As it is typed between two letters; an address for mail or of a page is found first, where it is another sign."""
_KEPT_FILTERS: Final = ("lower", "upper")
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
    folder: str
    """Where the parts stand in the finished document: empty, or with a slash at its end."""
    widens_tables: bool
    """True when a template makes columns ({%tc %}), so that grids must be counted again."""


@lru_cache(maxsize=32)
def source_of(template: Template, code: str) -> Source:
    """Take a template apart for a language.

    Raises:
        TemplateError: a placeholder or a condition is not well formed (TEMPLATE-04).
    """
    package = package_of(template)
    return compile_source(template, code, package, heading_styles(package.get(STYLES, b"")))


@lru_cache(maxsize=32)
def package_of(template: Template) -> Mapping[str, bytes]:
    """Every part of a template, by name."""
    with zipfile.ZipFile(BytesIO(template.data)) as package:
        return MappingProxyType({name: package.read(name) for name in package.namelist()})


def compile_source(
    template: Template, code: str, package: Mapping[str, bytes], headings: frozenset[str], folder: str = ""
) -> Source:
    """Compile the parts of a template, which may have been changed since they were read.

    Args:
        template: which it is, for errors.
        code: of the language.
        package: its parts.
        headings: ids of the styles of headings.
        folder: where they are to stand in the finished document.

    Raises:
        TemplateError: a placeholder or a condition is not well formed (TEMPLATE-04).
    """
    environment = environment_of(code)
    parts, kept = [], []
    for name, data in package.items():
        if FILLED.fullmatch(name):
            parts.append(_part(template, environment, name, data, headings))
        else:
            kept.append((f"{folder}{name}", data))
    widens = b"{%tc" in template.data or any(b"{%tc" in data for data in package.values())
    return Source(template, tuple(parts), tuple(kept), headings, folder, widens)


def _part(template: Template, environment: jinja2.Environment, name: str, data: bytes, styles: frozenset[str]) -> Part:
    try:
        root = parsed(data)
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


def _first(items: Sequence[object]) -> object:
    return items[0]


def _last(items: Sequence[object]) -> object:
    return items[-1]


def _length(items: Sequence[object]) -> int:
    return len(items)


def _clause(words: str) -> str:
    """Words that a sentence of the template goes on from, without the full stop that they may end with."""
    return words.removesuffix(".")


def _short(words: str, most: int) -> str:
    """At most so many letters, for a running head: whole words if that can be, and an ellipsis."""
    if len(words) <= most:
        return words
    whole = words[:most].rpartition(" ")[0]
    return f"{(whole or words[: most - 1]).rstrip(' ,;:–-')}…"


_OWN_FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "clause": _clause,
    "first": _first,
    "last": _last,
    "length": _length,
    "short": _short,
}
"""Jinja's own take the environment as well, or say nothing of what they take."""


def _set(found: re.Match[str]) -> str:
    return "’" if found[0] == "'" else found[0]


@lru_cache(maxsize=8)
def environment_of(code: str) -> jinja2.Environment:
    """A sandbox that knows one language's filters and nothing else."""
    language = Language(code)

    @pass_context
    def shown(context: Context, value: object) -> object:
        if isinstance(value, str):
            return _APOSTROPHE.sub(_set, _FORBIDDEN.sub("\ufffd", value))
        if isinstance(value, (Missing, Unknown, Scope, bool)):
            problems = context[PROBLEMS]
            problems.append(value)
            return f"\ue000{len(problems) - 1}\ue001"
        return language.value(value)

    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=Unknown, finalize=shown, keep_trailing_newline=True, cache_size=0
    )
    builtin: Mapping[str, Any] = environment.filters
    kept = {**{name: builtin[name] for name in _KEPT_FILTERS}, **_OWN_FILTERS, **language.filters()}
    environment.filters = {name: passing(filter_) for name, filter_ in kept.items()}
    environment.globals.clear()
    return environment
