"""The JSON Schema of a dossier, for editors that complete while one types."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel

from conventions.intake.shape import columns
from conventions.model.dossier import Dossier

__all__ = ["dossier_schema"]

_BOUNDS: Final = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_UNKNOWN: Final = frozenset({"decimal_places", "max_digits"})
"""Pydantic's own words for decimals, which no editor knows."""


def dossier_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of what may be typed; descriptions come from the model's docstrings.

    The docstrings are read here and not when the model is loaded, since that would take as long as all the rest of it.
    Text may be typed without quotes even when it looks like a number (a postal code, a student number).
    """
    schema = Dossier.model_json_schema(mode="validation")
    _describe(schema, Dossier)
    for record in {column.record for column in columns().values() if column.record}:
        _describe(schema["$defs"][record.__name__], record)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Dossier", **_as_typed(schema)}


def _describe(schema: dict[str, Any], record: type[BaseModel]) -> None:
    fields = schema["properties"]
    for name, words in _docstrings(record):
        fields[name] = dict(sorted({**fields[name], "description": words}.items()))


def _docstrings(record: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """What stands below each field of a record, and of the records that it is made from."""
    for kind in reversed(record.__mro__[: record.__mro__.index(BaseModel)]):
        (written,) = ast.parse(inspect.getsource(kind)).body
        for field, below in pairwise(written.body if isinstance(written, ast.ClassDef) else ()):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    if name in record.model_fields:
                        yield name, inspect.cleandoc(words)


def _as_typed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_typed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    relaxed = {_BOUNDS.get(key, key): _as_typed(value) for key, value in schema.items() if key not in _UNKNOWN}
    if relaxed.get("type") == "string" and not {"format", "enum", "const"} & relaxed.keys():
        relaxed["type"] = ["string", "number"]
    return relaxed
