"""The specimen dossiers, by which templates are checked: they show a value behind every name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from pydantic import BaseModel

from conventions import pipeline, press
from conventions.languages import LANGUAGES
from conventions.settings import load
from tests.broken_templates import KEYS
from tests.builders import EXAMPLES


def unfilled(record: BaseModel, path: str = "") -> Iterator[str]:
    """Every field without a value; of several records in a list one is enough."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        here = f"{path}{name}"
        if value is None or value in ("", ()):
            yield here
        elif isinstance(value, BaseModel):
            yield from unfilled(value, f"{here}.")
        elif isinstance(value, tuple) and isinstance(value[0], BaseModel):
            missing = [set(unfilled(item, f"{here}.")) for item in value]
            yield from sorted(set.intersection(*missing))


def test_every_field_of_the_model_has_a_value_in_the_specimen() -> None:
    from conventions.pipeline.specimens import specimens

    assert list(unfilled(specimens()["abroad"])) == []


def unknown(shape: press.Shape, path: str = "") -> Iterator[str]:
    if not shape.is_known:
        yield path
    for name, member in shape.members.items():
        yield from unknown(member, f"{path}.{name}".lstrip("."))
    if shape.item is not None:
        yield from unknown(shape.item, f"{path}[]")


NEVER: Final[Mapping[str, tuple[str, ...]]] = {
    "attestation": ("student.guardian",),
    "campaign_record": (
        "histogram[].lower.bar",
        *(f"signer.{role}" for role in ("student", "legal_representative", "tutor", "company", "referent")),
    ),
    "evaluation_referent": ("sections[].blocks[].questions[].help",),
    "evaluation_student": ("sections[].blocks[].questions[].help",),
    "year_overview": ("histogram[].lower.bar",),
}
"""Names that a document offers and that never have a value."""


@pytest.mark.parametrize("key", KEYS)
def test_the_specimens_show_what_stands_behind_every_name(key: str) -> None:
    from conventions.pipeline.specimens import vocabulary

    found = [path for path in unknown(vocabulary(key)) if not path.endswith("signer.student.function")]
    assert found == list(NEVER.get(key, ()))


@pytest.mark.parametrize("key", KEYS)
def test_there_is_a_specimen_that_every_document_can_be_made_of(key: str) -> None:
    chosen: Any = load(EXAMPLES).settings
    for code in LANGUAGES:
        order = pipeline.order_for(key, code)
        case = pipeline.case_of(order, chosen, pipeline.SPECIMEN_NOW.date())
        assert pipeline.templates_of(order, case, None, only=key)
