"""Filling a template as docxtpl's own documentation does it: from the file, each time."""

from __future__ import annotations

from io import BytesIO

from docxtpl import DocxTemplate

from bench.material import Sheet
from conventions.press.scope import view
from conventions.press.source import PROBLEMS, environment_of

__all__ = ["plainly"]


def plainly(sheet: Sheet) -> bytes:
    """The same document, without anything that is kept from the one before."""
    document, target = DocxTemplate(BytesIO(sheet.filling.template.data)), BytesIO()
    scope = {name: view(value, name) for name, value in sheet.filling.context.items()}
    document.render({**scope, PROBLEMS: []}, jinja_env=environment_of(sheet.filling.language.code))
    document.save(target)
    return target.getvalue()
