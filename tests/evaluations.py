"""Evaluation forms of a workspace as their readers send them back, with the marks that a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.documents import document_type
from conventions.languages import Language
from conventions.model.form import FieldKind, FormField
from conventions.model.grading import Component
from conventions.settings import Workspace
from tests.questionnaires import filled_by_pypdf

__all__ = ["filled_form", "sent_form"]

_USUAL: Final = {
    FieldKind.NUMBER: "10",
    FieldKind.DATE: "30/06/2027",
    FieldKind.LONG_TEXT: "Rien à signaler.",
    FieldKind.TEXT: "Karim Benali",
}
_BUTTONS: Final = frozenset({FieldKind.CHOICE, FieldKind.CHECK})


def sent_form(workspace: Workspace, number: str, document: str) -> Path:
    """The form that was posted."""
    (path,) = (workspace.path("papers") / number).glob(f"{document}-v1-00-issued-*.pdf")
    return path


def filled_form(workspace: Workspace, dossier: Path, document: str, marks: Mapping[Component, str]) -> bytes:
    """Every question is answered, the marks of the grade as given."""
    source = pipeline.read(dossier)
    case = pipeline.case_of(pipeline.Order(source, document), workspace.settings, source.dossier.schedule.start)
    wanted = document_type(document).fields
    assert wanted
    fields = wanted(case, Language(source.dossier.language))
    asked = getattr(workspace.settings.questions, document.removeprefix("evaluation_")).named
    values = {field.name: _answer(field) for field in fields if not field.read_only}
    values |= {name: marks[one.component] for name, one in asked.items() if one.component in marks}
    form = sent_form(workspace, source.dossier.number, document)
    return filled_by_pypdf(form.read_bytes(), values)


def _answer(field: FormField) -> str:
    value = field.options[0].value if field.options else _USUAL.get(field.kind, "yes")
    return f"/{value}" if field.kind in _BUTTONS else value
