"""Whether the fields of a form make sense by themselves, before any template is looked at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from conventions.model.finding import Finding, Severity
from conventions.model.form import TICKED, FieldKind, FormField
from conventions.text import Text, counted

__all__ = ["contradictions"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_OPTION: Final = re.compile(r"(?!Off\Z)[A-Za-z0-9_.-]{0,59}[A-Za-z0-9_-]")
_OF_OPTIONS: Final = frozenset({FieldKind.CHOICE, FieldKind.LIST})


def contradictions(fields: Sequence[FormField]) -> tuple[Finding, ...]:
    """What is wrong with the definitions (FORM-06); no form can be made of them."""
    return tuple(
        Finding(
            "FORM-06",
            Severity.ERROR,
            Text("the definition of the field {name} contradicts itself: {problem}", name=field.name, problem=problem),
            Text("correct the definition of the form"),
            field=field.name,
        )
        for field in fields
        for problem in (*_of_name(field, fields), *_of_options(field), *_of_value(field))
    )


def _of_name(field: FormField, fields: Sequence[FormField]) -> Iterator[Text]:
    names = Counter(other.name for other in fields)
    if not _NAME.fullmatch(field.name):
        yield Text("its name is not made of lower-case letters, digits and _, in groups joined by dots")
    if names[field.name] > 1:
        yield Text("another field has the same name")
    if any(name.startswith(f"{field.name}.") for name in names):
        yield Text("it is a field and a group of fields")
    if not field.label.strip():
        yield Text("it has no label, which is what a screen reader says")


def _of_options(field: FormField) -> Iterator[Text]:
    if field.kind in _OF_OPTIONS and not field.options:
        yield Text("there is nothing to choose from")
    if field.kind not in _OF_OPTIONS and field.options:
        yield Text("there are answers to choose from, but it is not a choice")
    for words in ([option.value for option in field.options], [option.label for option in field.options]):
        if len(set(words)) < len(words):
            yield Text("two of its answers are the same")
    for option in field.options:
        if not _OPTION.fullmatch(option.value):
            yield Text("{value} cannot stand for an answer; use letters, digits, _ and -", value=option.value)


def _of_value(field: FormField) -> Iterator[Text]:
    allowed = {option.value for option in field.options} if field.kind in _OF_OPTIONS else {TICKED}
    is_free = field.kind not in _OF_OPTIONS and field.kind is not FieldKind.CHECK
    if field.value and not is_free and field.value not in allowed:
        yield Text("its value {value} is none of its answers", value=field.value)
    if is_free and field.max_length is not None and len(field.value) > field.max_length:
        yield counted(
            "its value is longer than one character", "its value is longer than {n} characters", n=field.max_length
        )
    if any(unicodedata.category(character) == "Cc" for character in _without_breaks(field)):
        yield Text("its value holds control characters or, in a single line, a line break")


def _without_breaks(field: FormField) -> str:
    return field.value.replace("\n", "") if field.kind is FieldKind.LONG_TEXT else field.value
