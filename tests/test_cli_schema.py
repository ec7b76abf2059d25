"""The schema of a dossier, by which an editor completes and checks what somebody types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from tests.builders import EXAMPLES
from tests.workspaces import Bureau, a_bureau

KEYWORDS: Final = {
    *("$schema", "$ref", "$defs", "title", "description", "default", "examples", "type", "enum", "const", "format"),
    *("properties", "required", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems"),
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("anyOf", "oneOf", "allOf", "propertyNames", "discriminator"),
}
"""What every editor understands."""


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("schema")) as bureau:
        yield bureau


@pytest.fixture(scope="module")
def schema(bureau: Bureau) -> dict[str, Any]:
    answer = bureau.run("schema").json
    assert isinstance(answer, dict)
    assert json.loads((bureau.root / "dossier.schema.json").read_text(encoding="utf-8")) == answer
    return answer


def parts(schema: object) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema; what stands under ``properties`` and ``$defs`` are names."""
    if isinstance(schema, list):
        for item in schema:
            yield from parts(item)
    elif isinstance(schema, dict):
        yield schema
        for keyword, value in schema.items():
            if keyword in {"properties", "$defs"}:
                for inner in value.values():
                    yield from parts(inner)
            elif keyword not in {"default", "examples", "enum", "const", "required"}:
                yield from parts(value)


def complaints(path: Path, schema: dict[str, Any]) -> list[str]:
    """What an editor objects to, and where; in a value that may have several forms, what each form lacks."""
    waiting, found = [*Draft202012Validator(schema).iter_errors(as_an_editor_reads(path))], []
    while waiting:
        error = waiting.pop()
        waiting += error.context or ()
        found.append(f"{error.json_path} {error.message}")
    return found


def as_an_editor_reads(path: Path) -> object:
    """YAML 1.2 as an editor takes it: numbers are numbers; a date is text, as it is in JSON."""
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return json.loads(json.dumps(data, default=str))


def test_the_schema_is_one_that_editors_understand(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]
    for part in parts(schema):
        assert set(part) <= KEYWORDS, set(part) - KEYWORDS
        assert part.get("$ref", "#/$defs/").startswith("#/$defs/")
        assert part.get("$ref", "").removeprefix("#/$defs/") in {"", *schema["$defs"]}
        re.compile(part.get("pattern", ""))


@pytest.mark.parametrize("path", sorted((EXAMPLES / "dossiers").iterdir()), ids=lambda path: path.stem)
def test_every_example_fits_the_schema(schema: dict[str, Any], path: Path) -> None:
    assert complaints(path, schema) == []


def test_what_the_program_cannot_read_does_not_fit_the_schema_either(schema: dict[str, Any], bureau: Bureau) -> None:
    unreadable = sorted((bureau.root / "wrong").glob("*.yaml"))[2]
    (outcome,) = bureau.run("check", unreadable, "--json", expect=3).json
    told = complaints(unreadable, schema)
    fields = [
        finding["field"] for finding in outcome["findings"] if finding["code"] in {"DATA-01", "DATA-02", "DATA-06"}
    ]
    assert fields
    assert [field for field in fields if not is_told(field, told)] == []


def is_told(field: str, told: list[str]) -> bool:
    """By its value, or by its name among the fields of its record that are missing or unknown."""
    record, _, name = f"$.{field}".rpartition(".")
    return any(one.startswith(f"$.{field} ") or (one.startswith(f"{record} ") and f"'{name}'" in one) for one in told)
