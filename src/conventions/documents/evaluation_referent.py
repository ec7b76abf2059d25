"""The academic supervisor's evaluation: how the internship went, the report, the defence, professionalism."""

from __future__ import annotations

from conventions.documents import evaluation
from conventions.documents.case import Case
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.form import FormField

__all__ = ["context", "fields"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the form prints."""
    return evaluation.context(case, language, case.house.questionnaires.referent, evaluation.wanted_with_defence(case))


def fields(case: Case, language: Language) -> tuple[FormField, ...]:
    """What the academic supervisor fills in: the components ``report``, ``defence`` and ``professionalism``."""
    supervisor = in_force(case.dossier).referent or case.house.officials.get("coordinator")
    name = supervisor.name if supervisor else ""
    return evaluation.fields(case, language, case.house.questionnaires.referent, name)
