"""What the evaluation forms have in common: who is evaluated, the questions, when and to whom the form goes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

from conventions.documents import parties
from conventions.documents.case import Case, edition
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.dossier import Track
from conventions.model.evaluation import RESERVED, Questionnaire
from conventions.model.finding import Finding, Severity
from conventions.model.form import FieldKind, FormField, Option
from conventions.model.grading import TOP
from conventions.model.question import USUAL_LENGTH, Question, Section
from conventions.text import Text

__all__ = ["context", "fields", "needs_host", "needs_project", "wanted_before_defence", "wanted_with_defence"]

_KINDS: Final = {
    "scale": FieldKind.CHOICE,
    "yes_no": FieldKind.CHOICE,
    "choice": FieldKind.CHOICE,
    "number": FieldKind.NUMBER,
    "date": FieldKind.DATE,
}
_SIZES: Final = ((60, "line"), (200, "strip"), (600, "area"))
"""Characters that each place for a text has room for; more need the tall one."""
_WIDTH, _BOX, _LETTER = 150, 9, Decimal("1.75")
"""Millimetres of a line, of a box with its gaps, of a letter: answers that may be wider than a line stand below each
other, for a box must not be parted from its words."""

_LONGEST_NAME: Final = 39
"""Characters of a name that fit into its place in any script; a longer one is left to its bearer to write."""


def context(case: Case, language: Language, asked: Questionnaire, return_by: date) -> dict[str, object]:
    """What an evaluation form prints besides the places to fill in."""
    dossier, house = in_force(case.dossier), case.house
    return {
        "paper": {**edition(case.edition, language), "academic_year": dossier.academic_year},
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "student": {"name": dossier.student.name, "student_number": dossier.student.student_number},
        "host": {"name": dossier.host.name},
        **parties.supervision(dossier, house.officials),
        "placement": {"subject": dossier.placement.subject},
        "schedule": {"start": dossier.schedule.start, "end": dossier.schedule.end},
        "weights": house.grading.weights.of(dossier.track),
        "return_by": return_by,
        "sections": tuple(
            {"title": section.title.said(language.code), "blocks": _blocks(case, section, language)}
            for section in asked.sections
            if any(_is_asked(case, question) for question in section.questions)
        ),
    }


def fields(case: Case, language: Language, asked: Questionnaire, completed_by: str) -> tuple[FormField, ...]:
    """Every answer of the form, then who filled it in, where and when."""
    answers = tuple(
        _field(case, name, question, language) for name, question in asked.named.items() if _is_asked(case, question)
    )
    return (
        *answers,
        FormField(
            f"{RESERVED}.completed_by",
            FieldKind.TEXT,
            language.say(Text("filled in by")),
            value=completed_by if len(completed_by) <= _LONGEST_NAME else "",
            required=True,
            max_length=200,
        ),
        FormField(f"{RESERVED}.place", FieldKind.TEXT, language.say(Text("place")), max_length=100),
        FormField(f"{RESERVED}.completed_on", FieldKind.DATE, language.say(Text("date")), required=True),
    )


def wanted_before_defence(case: Case) -> date:
    """The eve of the defence; the last day of an internship that starts later, or of a calendar without any."""
    days, schedule = _defences(case), in_force(case.dossier).schedule
    eve = days[0] - timedelta(days=1) if days else schedule.end
    return eve if eve > schedule.start else schedule.end


def wanted_with_defence(case: Case) -> date:
    """The day of the defence; the last day of an internship that starts later, or of a calendar without any."""
    days, schedule = _defences(case), in_force(case.dossier).schedule
    return days[1] if days and days[1] > schedule.start else schedule.end


def _defences(case: Case) -> tuple[date, date] | None:
    """First and last day on which the student can defend: that of the dossier, until it is set those of the course."""
    calendar, dossier = case.house.profile.calendar, case.dossier
    if dossier.defence:
        return dossier.defence.day, dossier.defence.day
    if calendar.defences_from is None:
        return None
    first, last = calendar.defences_from, calendar.defences_to or calendar.defences_from
    return calendar.day(first, dossier.academic_year), calendar.day(last, dossier.academic_year)


def needs_host(case: Case) -> Iterator[Finding]:
    """A form about the host makes no sense where the student's own project replaces the internship."""
    if case.dossier.track is Track.SNEE:
        yield Finding(
            "EVALUATION-01",
            Severity.INFORMATION,
            Text("in the SNEE track no host evaluates the student or is evaluated"),
            Text("make the form evaluation_entrepreneurship, or correct track"),
            field="track",
        )


def needs_project(case: Case) -> Iterator[Finding]:
    """The entrepreneurship supervisor's form is for those whose project replaces the internship."""
    if case.dossier.track is not Track.SNEE:
        yield Finding(
            "EVALUATION-02",
            Severity.INFORMATION,
            Text("only in the SNEE track does an entrepreneurship supervisor evaluate the student"),
            Text("make the form evaluation_host, or correct track"),
            field="track",
        )


def _is_asked(case: Case, question: Question) -> bool:
    """A mark that counts for nothing in this track is not asked for."""
    if question.component is None:
        return True
    weight = getattr(case.house.grading.weights.of(case.dossier.track), question.component.value)
    return bool(weight > 0)


def _field(case: Case, name: str, question: Question, language: Language) -> FormField:
    choices = case.house.questionnaires.answers(question)
    is_text = question.kind == "text"
    return FormField(
        name,
        _KINDS.get(question.kind, FieldKind.TEXT if _size(question) == "line" else FieldKind.LONG_TEXT),
        question.label.said(language.code),
        options=tuple(Option(choice.value, choice.said(language.code)) for choice in choices),
        required=question.required,
        max_length=question.max_length or USUAL_LENGTH if is_text else None,
        maximum=TOP if question.kind == "number" else None,
    )


def _blocks(case: Case, section: Section, language: Language) -> tuple[dict[str, object], ...]:
    """Neighbours on the same scale make one table, whose ``points`` are its columns; all others stand by themselves."""
    asked = [question for question in section.questions if _is_asked(case, question)]
    return tuple(
        {
            "points": _points(case, scale, language) if scale else (),
            "questions": tuple(_printed(case, section, question, language) for question in together),
        }
        for scale, together in groupby(asked, key=lambda question: question.scale)
    )


def _points(case: Case, scale: str, language: Language) -> tuple[str, ...]:
    return tuple(point.said(language.code) for point in case.house.questionnaires.scales[scale].points)


def _printed(case: Case, section: Section, question: Question, language: Language) -> dict[str, object]:
    code = language.code
    choices = case.house.questionnaires.answers(question)
    return {
        "name": f"{section.key}.{question.key}",
        "label": question.label.said(code),
        "help": question.help and question.help.said(code),
        "is_required": question.required,
        "kind": question.kind,
        "size": _size(question),
        "options": tuple({"value": choice.value, "label": choice.said(code)} for choice in choices),
        "layout": _layout(question, tuple(choice.said(code) for choice in choices), code),
        "after": _after(case, section, question, code),
    }


def _layout(question: Question, answers: tuple[str, ...], code: str) -> str:
    """Where the answer stands: behind the question, below it, or below it with one box to a line."""
    width = sum(_BOX + _LETTER * len(answer) for answer in answers)
    if width > _WIDTH:
        return "listed"
    is_short = width + _LETTER * len(question.label.said(code)) <= _WIDTH
    return "behind" if question.kind in {"yes_no", "number", "date"} and is_short else "below"


def _size(question: Question) -> str:
    """Of the place for its text."""
    length = question.max_length or USUAL_LENGTH
    return next((size for most, size in _SIZES if length <= most), "tall")


def _after(case: Case, section: Section, question: Question, code: str) -> tuple[str, ...]:
    """The answers to an earlier question on which this one is asked, in words."""
    follow_up = question.follow_up_of
    if follow_up is None:
        return ()
    earlier = next(other for other in section.questions if other.key == follow_up.question)
    choices = case.house.questionnaires.answers(earlier)
    return tuple(choice.said(code) for choice in choices if choice.value in follow_up.values)
