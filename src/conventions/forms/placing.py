"""The fields of a form in a tagged document: whether they and the pictures of the template belong together."""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf

from conventions.forms.definition import contradictions
from conventions.forms.layout import anchored, misplaced, refuse
from conventions.forms.tree import Element
from conventions.model.form import FormField

__all__ = ["place"]


def place(document: pikepdf.Pdf, root: Element, fields: Sequence[FormField]) -> frozenset[str]:
    """Add the fields of a form to a tagged document; none, when there are none.

    Args:
        document: gets the fields.
        root: of its structure tree.
        fields: each stands where the template has a picture for it.

    Returns:
        Characters of the prefilled values that no font of this machine has.

    Raises:
        TemplateError: with a finding for everything that does not fit: a field has no picture (FORM-01), or two
            (FORM-02), a picture has no field (FORM-03), is not on a page (FORM-04), lies over another (FORM-05), a
            definition contradicts itself (FORM-06), a prefilled value is larger than its box (FORM-07).
    """
    found = anchored(root)
    refuse([*contradictions(fields), *misplaced(document, fields, found)])
    if not fields:
        return frozenset()
    from conventions.forms.widgets import add  # loads what makes fonts, which only a form needs

    return add(document, fields, found)
