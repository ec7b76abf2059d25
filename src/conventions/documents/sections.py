"""How the questions of a form are grouped where they are shown elsewhere than on its paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from conventions.documents.case import Campaign, Case
from conventions.languages import Language
from conventions.model.form import FormField
from conventions.text import Text

__all__ = ["Asked", "Group", "grouped"]


@dataclass(frozen=True)
class Asked:
    """One question as a reader sees it."""

    field: FormField
    help: str = ""
    after: tuple[str, ...] = ()
    """The answers to an earlier question on which it is asked, in words; empty when it is always asked."""


@dataclass(frozen=True)
class Group:
    """Questions under one heading."""

    title: str
    questions: tuple[Asked, ...]


_CLOSING: Final = Text("filled in by, place and date")
_TITLES: Final = (
    ("host.representative", Text("host representative")),
    ("host", Text("host organisation")),
    ("tutor", Text("workplace supervisor")),
    ("student", Text("student")),
    ("placement", Text("what the intern does and learns")),
    ("schedule", Text("dates and hours")),
    ("workplace", Text("place of internship")),
    ("allowance", Text("allowance and benefits")),
    ("benefits", Text("allowance and benefits")),
    ("protection", Text("insurance and cover")),
    ("form.country_rules", Text("insurance and cover")),
    ("form", _CLOSING),
)
"""Headings by the beginning of a field's name; the first that fits."""


def grouped(
    case: Case | Campaign, context: Mapping[str, Any], fields: Sequence[FormField], language: Language
) -> tuple[Group, ...]:
    """Every field of a form under a heading, in the order of the form.

    Args:
        case: what the form is about.
        context: what its paper prints; an evaluation has the sections of its questionnaire there.
        fields: in ``language``.
        language: of the headings.
    """
    if isinstance(case, Campaign) or "sections" not in context:
        return tuple(_by_name(fields, language))
    return tuple(_by_section(context["sections"], fields, language))


def _by_name(fields: Sequence[FormField], language: Language) -> Iterator[Group]:
    for title, of_group in groupby(fields, key=_title):
        yield Group(language.say(title), tuple(Asked(field) for field in of_group))


def _title(field: FormField) -> Text:
    return next(title for start, title in _TITLES if f"{field.name}.".startswith(f"{start}."))


def _by_section(sections: Sequence[Any], fields: Sequence[FormField], language: Language) -> Iterator[Group]:
    left = {field.name: field for field in fields}
    for section in sections:
        printed = [question for block in section["blocks"] for question in block["questions"]]
        yield Group(section["title"], tuple(_asked(left.pop(one["name"]), one) for one in printed))
    yield Group(language.say(_CLOSING), tuple(Asked(field) for field in left.values()))


def _asked(field: FormField, printed: Mapping[str, Any]) -> Asked:
    return Asked(field, printed["help"] or "", printed["after"])
