"""The host's evaluation: the workplace supervisor's, wanted before the defence even if the internship goes on."""

from __future__ import annotations

from conventions.documents import evaluation
from conventions.documents.case import Case
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.form import FormField

__all__ = ["context", "fields"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the form prints."""
    return evaluation.context(case, language, case.house.questionnaires.host, evaluation.wanted_before_defence(case))


def fields(case: Case, language: Language) -> tuple[FormField, ...]:
    """What the workplace supervisor fills in; the mark is the component ``host`` of the grade."""
    supervisor = in_force(case.dossier).tutor
    return evaluation.fields(case, language, case.house.questionnaires.host, supervisor.name)
