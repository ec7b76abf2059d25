"""A question of an evaluation form as data, with its scales and its words in four languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from conventions.model.grading import Component
from conventions.model.record import Record, Words

__all__ = [
    "USUAL_LENGTH",
    "YES_NO",
    "Choice",
    "FollowUp",
    "Key",
    "Kind",
    "Question",
    "Scale",
    "Section",
    "Wording",
    "answers_to",
]

USUAL_LENGTH: Final = 600
"""Characters of a text that says nothing else."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Kind = Literal["scale", "yes_no", "choice", "text", "number", "date"]
"""How a question is answered; a ``number`` is a mark out of 20."""

_FRENCH_SPACE: Final = re.compile(r" (?=[:;?!»])|(?<=«) ")


class Wording(Record):
    """The same words in the four languages."""

    fr: Annotated[Words, Field(max_length=300)]
    en: Annotated[Words, Field(max_length=300)]
    es: Annotated[Words, Field(max_length=300)]
    de: Annotated[Words, Field(max_length=300)]

    def said(self, code: str) -> str:
        """The words in one language, with its apostrophes and, in French, its no-break spaces: plain ones are typed."""
        words = {"fr": self.fr, "en": self.en, "es": self.es, "de": self.de}[code].replace("'", "’")
        return _FRENCH_SPACE.sub("\u00a0", words) if code == "fr" else words


class Choice(Wording):
    """One answer to choose: a point of a scale, or an option."""

    value: Key
    """What is recorded, whatever the language."""


YES_NO: Final = (
    Choice(value="yes", fr="oui", en="yes", es="sí", de="ja"),
    Choice(value="no", fr="non", en="no", es="no", de="nein"),
)
"""The answers to a ``yes_no`` question."""


class Scale(Record):
    """Five points, from the best to the worst."""

    points: Annotated[tuple[Choice, ...], Field(min_length=5, max_length=5)]


class FollowUp(Record):
    """When a question is asked: after some answers to an earlier one."""

    question: Key
    """Of the same section."""
    values: Annotated[tuple[Key, ...], Field(min_length=1)]


class Question(Record):
    """One question."""

    key: Key
    kind: Kind
    label: Wording
    help: Wording | None = None
    """Printed below the question."""
    required: bool = False
    """A form without this answer is not accepted."""
    max_length: Annotated[int, Field(ge=1, le=1500)] | None = None
    """Of a text, in characters; :data:`USUAL_LENGTH` when it is not given."""
    scale: str = ""
    """Key of its scale."""
    options: Annotated[tuple[Choice, ...], Field(max_length=12)] = ()
    """Of a choice, two at least."""
    follow_up_of: FollowUp | None = None
    component: Component | None = None
    """Of the grade, if this mark is one."""


class Section(Record):
    """Questions under one heading."""

    key: Key
    title: Wording
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


def answers_to(question: Question, scales: Mapping[str, Scale]) -> tuple[Choice, ...]:
    """What can be chosen; nothing where the answer is typed in."""
    if question.kind == "yes_no":
        return YES_NO
    if question.kind == "scale":
        scale = scales.get(question.scale)
        return scale.points if scale else ()
    return question.options
