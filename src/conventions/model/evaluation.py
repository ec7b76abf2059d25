"""The questions of the evaluation forms: who is asked what, and whether all of it fits together.

That is judged once, over the whole set, so that every mistake is told with its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from conventions.model.grading import Component
from conventions.model.question import Choice, FollowUp, Key, Question, Scale, Section, answers_to
from conventions.model.record import Record, complaint
from conventions.text import Text

__all__ = ["RESERVED", "Questionnaire", "Questionnaires"]

RESERVED: Final = "form"
"""Group of the fields that every form has (who filled it in, when, where); no section may bear this key."""

_MAY_GIVE: Final[Mapping[str, frozenset[Component]]] = MappingProxyType(
    {
        "host": frozenset({Component.HOST}),
        "referent": frozenset(Component) - {Component.HOST},
        "student": frozenset(),
        "entrepreneurship": frozenset({Component.HOST}),
    }
)
"""Marks that each questionnaire may ask for. The student's is no part of the assessment (art. L124-4)."""


class Questionnaire(Record):
    """What one person is asked."""

    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @property
    def named(self) -> Mapping[str, Question]:
        """Every question, in order, by the name of its field: ``<section>.<question>``."""
        return {
            f"{section.key}.{question.key}": question for section in self.sections for question in section.questions
        }


class Questionnaires(Record):
    """What the supervisors of both sides, the student, and the supervisor of a student's own project are asked."""

    scales: Mapping[Key, Scale]
    host: Questionnaire
    referent: Questionnaire
    student: Questionnaire
    entrepreneurship: Questionnaire

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        found = [
            InitErrorDetails(type=complaint(problem), loc=place, input=given)
            for place, given, problem in _problems(self)
        ]
        if found:
            raise ValidationError.from_exception_data(type(self).__name__, found)
        return self

    def answers(self, question: Question) -> tuple[Choice, ...]:
        """What can be chosen; nothing where the answer is typed in."""
        return answers_to(question, self.scales)


Place = tuple[str | int, ...]
Problem = tuple[Place, str, Text]
"""Where, what is written there, what is wrong with it."""


def _problems(every: Questionnaires) -> Iterator[Problem]:
    for key, scale in every.scales.items():
        yield from _alike(("scales", key, "points"), scale.points)
    for audience, allowed in _MAY_GIVE.items():
        questionnaire: Questionnaire = getattr(every, audience)
        sections = questionnaire.sections
        yield from _twice((audience, "sections"), "key", [section.key for section in sections])
        yield from _marks(audience, questionnaire, allowed)
        for rank, section in enumerate(sections):
            place = (audience, "sections", rank)
            if section.key == RESERVED:
                yield (*place, "key"), section.key, Text("this key is kept for what every form has")
            yield from _in_section((*place, "questions"), section.questions, every.scales)


def _in_section(place: Place, questions: tuple[Question, ...], scales: Mapping[str, Scale]) -> Iterator[Problem]:
    yield from _twice(place, "key", [question.key for question in questions])
    for rank, question in enumerate(questions):
        here = (*place, rank)
        yield from _in_question(here, question, scales)
        if question.follow_up_of:
            yield from _in_follow_up((*here, "follow_up_of"), question.follow_up_of, questions[:rank], scales)


def _in_question(place: Place, question: Question, scales: Mapping[str, Scale]) -> Iterator[Problem]:
    kind = question.kind
    if kind == "scale" and question.scale not in scales:
        known = tuple(scales)
        yield (*place, "scale"), question.scale, Text("there is no such scale; the scales are {known}", known=known)
    if kind == "choice" and len(question.options) < 2:
        yield (*place, "kind"), kind, Text("a choice has two options at least")
    yield from _alike((*place, "options"), question.options)
    for name, value, owner in (
        ("scale", question.scale, "scale"),
        ("options", question.options, "choice"),
        ("max_length", question.max_length, "text"),
        ("component", question.component, "number"),
    ):
        if value and kind != owner:
            yield (*place, name), kind, Text("only a question of the kind {kind} has this", kind=owner)


def _in_follow_up(
    place: Place, follow_up: FollowUp, earlier: Collection[Question], scales: Mapping[str, Scale]
) -> Iterator[Problem]:
    asked = next((question for question in earlier if question.key == follow_up.question), None)
    if asked is None:
        yield (*place, "question"), follow_up.question, Text("no earlier question of this section has that key")
        return
    known = tuple(choice.value for choice in answers_to(asked, scales))
    for rank, value in enumerate(follow_up.values):
        if value not in known:
            problem = Text("“{question}” has no such answer; it has {known}", question=asked.key, known=known)
            yield (*place, "values", rank), value, problem


def _marks(audience: str, questionnaire: Questionnaire, allowed: Collection[Component]) -> Iterator[Problem]:
    """A questionnaire asks for the marks that are its own, each once."""
    seen: set[Component] = set()
    for rank, section in enumerate(questionnaire.sections):
        for number, question in enumerate(section.questions):
            component = question.component
            place = (audience, "sections", rank, "questions", number, "component")
            if component is None:
                continue
            if component not in allowed:
                yield place, component.value, Text("this questionnaire gives no such mark")
            elif component in seen:
                yield place, component.value, Text("an earlier question gives the same mark")
            seen.add(component)


def _alike(place: Place, choices: tuple[Choice, ...]) -> Iterator[Problem]:
    """Two answers with one value, or with the same words in a language: nobody could tell them apart."""
    for name in ("value", "fr", "en", "es", "de"):
        yield from _twice(place, name, [str(getattr(choice, name)) for choice in choices])


def _twice(place: Place, name: str, keys: list[str]) -> Iterator[Problem]:
    for rank, key in enumerate(keys):
        if key in keys[:rank]:
            yield (*place, rank, name), key, Text("it stands here for the second time")
