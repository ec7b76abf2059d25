"""The JSON Schema of a dossier, for editors that complete while one types."""

from __future__ import annotations

from typing import Any, Final

from conventions.model.dossier import Dossier

__all__ = ["dossier_schema"]

_BOUNDS: Final = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_UNKNOWN: Final = frozenset({"decimal_places", "max_digits"})
"""Pydantic's own words for decimals, which no editor knows."""


def dossier_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of what may be typed; descriptions come from the model's docstrings.

    Text may be typed without quotes even when it looks like a number (a postal code, a student number).
    """
    schema = Dossier.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Dossier", **_as_typed(schema)}


def _as_typed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_typed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    relaxed = {_BOUNDS.get(key, key): _as_typed(value) for key, value in schema.items() if key not in _UNKNOWN}
    if relaxed.get("type") == "string" and not {"format", "enum", "const"} & relaxed.keys():
        relaxed["type"] = ["string", "number"]
    return relaxed
