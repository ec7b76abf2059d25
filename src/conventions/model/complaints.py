"""What pydantic says, as findings a secretary understands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from conventions.model.finding import Finding, Position, Severity
from conventions.text import Text, quoted

__all__ = ["findings_from"]

Locate = Callable[[str], Position]

_FIXES: Final[dict[str, tuple[str, Text, Text]]] = {
    "missing": (
        "DATA-01",
        Text("{field} is missing"),
        Text("add the line; `conventions schema` lists what belongs there"),
    ),
    "extra_forbidden": (
        "DATA-02",
        Text("{field} is not a known key"),
        Text("correct its spelling or take the line out; `conventions schema` lists the keys"),
    ),
    "date_from_datetime_parsing": ("DATA-03", Text("{field}: {value} is not a date"), Text("write it as 2026-04-13")),
    "date_parsing": ("DATA-03", Text("{field}: {value} is not a date"), Text("write it as 2026-04-13")),
    "decimal_parsing": ("DATA-04", Text("{field}: {value} is not a number"), Text("write it as 35 or 4.50")),
    "int_parsing": ("DATA-04", Text("{field}: {value} is not a whole number"), Text("write it as 35")),
    "decimal_max_places": ("DATA-04", Text("{field}: {value} has too many decimals"), Text("round it to two decimals")),
    "bool_parsing": ("DATA-05", Text("{field}: {value} is neither true nor false"), Text("write true or false")),
    "enum": ("DATA-06", Text("{field}: {value} is not one of {expected}"), Text("use one of the listed words")),
    "literal_error": (
        "DATA-06",
        Text("{field}: {value} is not one of {expected}"),
        Text("use one of the listed words"),
    ),
    "string_too_short": ("DATA-07", Text("{field} is empty"), Text("fill it in")),
    "string_too_long": ("DATA-08", Text("{field} is longer than {max_length} characters"), Text("shorten it")),
    "string_pattern_mismatch": (
        "DATA-09",
        Text("{field}: {value} does not have the expected form"),
        Text("see its description in `conventions schema`"),
    ),
    "too_short": ("DATA-07", Text("{field} is empty"), Text("name at least one")),
    "model_type": ("DATA-10", Text("{field} must be a group of keys"), Text("indent its keys below it")),
    "model_attributes_type": ("DATA-10", Text("{field} must be a group of keys"), Text("indent its keys below it")),
    "tuple_type": ("DATA-11", Text("{field} must be a list"), Text("start each item with a dash")),
}
_GROUP: Final = ("DATA-13", Text("{field}: {problem}"), Text("correct the values"))
_OTHER: Final = ("DATA-12", Text("{field}: {value} is not accepted: {problem}"), Text("correct the value"))


def findings_from(error: ValidationError, locate: Locate) -> tuple[Finding, ...]:
    """One finding per complaint, each with its place."""
    return tuple(_finding(details, locate) for details in error.errors(include_url=False))


def _finding(details: ErrorDetails, locate: Locate) -> Finding:
    other = _GROUP if isinstance(details["input"], (dict, list, tuple)) else _OTHER
    code, message, fix = _FIXES.get(details["type"], other)
    path = ".".join(str(part) for part in details["loc"])
    context: dict[str, Any] = dict(details.get("ctx", {}))
    values = {
        "field": path or Text("the file"),
        "value": _shown(details["input"]),
        "expected": context.get("expected", ""),
        "max_length": context.get("max_length", 0),
        "problem": context.get("problem", quoted(context.get("error", details["msg"]))),
    }
    return Finding(code, Severity.ERROR, Text(message.msgid, **values), fix, field=path, position=locate(path))


def _shown(value: object) -> str:
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
