"""What a template could not print, told by path and article, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from jinja2.exceptions import SecurityError

from conventions.errors import TemplateError
from conventions.model.finding import Finding, Position, Severity
from conventions.press.scope import Missing, Unknown
from conventions.press.shelf import Template
from conventions.press.source import Part
from conventions.text import Text, quoted

__all__ = ["Problem", "finding", "refusal", "stumbled", "unknown"]

_FIX_TEMPLATE: Final = Text(
    "correct the placeholder in the template; the shipped one shows every name that can be used"
)
_FIX_VALUE: Final = Text("fill it in in the dossier or the settings, or take the placeholder out of the template")


@dataclass(frozen=True)
class Problem:
    """A value that could not be printed, and the heading it stands under."""

    value: object
    heading: str


def finding(template: Template, problem: Problem) -> Finding:
    """Why a value could not be printed."""
    if isinstance(problem.value, Unknown):
        return unknown(template, problem.value.path, problem.heading)
    if not isinstance(problem.value, Missing):
        words = _where(problem.heading)
        message = Text("{where} prints something that is not a word, a number or a date", where=words)
        return _error("TEMPLATE-03", template, message, _FIX_TEMPLATE, "")
    path = problem.value.path
    message = Text("{where} needs {field}, which is empty", where=_where(problem.heading), field=path)
    return _error("TEMPLATE-06", template, message, _FIX_VALUE, path)


def unknown(template: Template, name: str, heading: str) -> Finding:
    """That a name does not exist."""
    message = Text("{where} asks for {name}, which does not exist", where=_where(heading), name=name)
    return _error("TEMPLATE-03", template, message, _FIX_TEMPLATE, name)


def _where(heading: str) -> Text:
    return quoted(f"“{heading}”") if heading else Text("the first page, the header or the footer")


def _error(code: str, template: Template, message: Text, fix: Text, field: str) -> Finding:
    return Finding(code, Severity.ERROR, message, fix, field=field, position=Position(str(template.path)))


def refusal(template: Template, findings: Iterable[Finding]) -> TemplateError:
    """One error for all findings of a template, each of them once."""
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


def stumbled(template: Template, part: Part, error: Exception) -> TemplateError:
    """A condition or a filter met what it cannot handle."""
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
