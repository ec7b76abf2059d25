"""What is kept of a template between two papers changes nothing: every part is what docxtpl itself makes of it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from docxtpl import DocxTemplate
from lxml import etree

from conventions import press
from conventions.languages import Language
from conventions.pipeline.specimens import cases, sheet_of
from conventions.press.filling import filled
from conventions.press.scope import view
from conventions.press.source import PROBLEMS, environment_of, source_of

_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
SHIPPED = sorted(press.documents_available())


def context_of(key: str, code: str) -> Mapping[str, object]:
    kind, context = sheet_of(key)
    case = next(case for case in cases(key, (code,)) if not any(kind.lacks(case)))
    return context(case, Language(code))


def by_docxtpl(template: press.Template, context: Mapping[str, object], code: str) -> Mapping[str, bytes]:
    """The parts that docxtpl makes, starting from the file."""
    document, target = DocxTemplate(BytesIO(template.data)), BytesIO()
    scope = {name: view(value, name) for name, value in context.items()}
    document.render({**scope, PROBLEMS: []}, jinja_env=environment_of(code))
    document.save(target)
    with zipfile.ZipFile(target) as package:
        return {name: package.read(name) for name in package.namelist()}


def canonical(tree: etree._Element) -> bytes:
    """Without the numbers of pictures: every program gives its own."""
    for picture in tree.iter(_PICTURE):
        picture.set("id", "")
    return etree.tostring(tree, method="c14n")


@pytest.mark.parametrize(("key", "code"), SHIPPED)
def test_every_part_of_a_shipped_template_is_filled_as_docxtpl_fills_it(key: str, code: str) -> None:
    template, context = press.find(key, code), context_of(key, code)
    expected = by_docxtpl(template, context, code)
    for _ in range(2):
        parts = filled(source_of(template, code), context)
        assert "word/document.xml" in parts
        for name, tree in parts.items():
            assert canonical(tree) == canonical(etree.fromstring(expected[name])), name
