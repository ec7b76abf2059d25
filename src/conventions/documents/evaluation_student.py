"""The student's evaluation of the placement; it is no part of the student's own assessment (art. L124-4)."""

from __future__ import annotations

from datetime import date

from conventions.documents import evaluation
from conventions.documents.case import Case
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.form import FormField

__all__ = ["context", "fields", "wanted_by"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the form prints."""
    return evaluation.context(case, language, case.house.questionnaires.student, wanted_by(case))


def wanted_by(case: Case) -> date:
    """Once the internship is over, and not before the other forms."""
    return max(in_force(case.dossier).schedule.end, evaluation.wanted_before_defence(case))


def fields(case: Case, language: Language) -> tuple[FormField, ...]:
    """What the student fills in; no mark."""
    return evaluation.fields(case, language, case.house.questionnaires.student, case.dossier.student.name)
