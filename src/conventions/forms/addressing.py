"""The blank form of a year becomes the form of one dossier: other words in its stamp of origin, the same pages."""

from __future__ import annotations

from datetime import datetime

from conventions.forms.files import saved
from conventions.forms.freezing import describe
from conventions.forms.returned import reading
from conventions.model.paper import Origin

__all__ = ["addressed"]


def addressed(pdf: bytes, origin: Origin, *, title: str, now: datetime) -> bytes:
    """A form that this office has made, for another number or version. Equal arguments give equal bytes.

    Args:
        pdf: the blank form.
        origin: what the new one says of itself.
        title: of the document.
        now: aware; the dates of creation and change.

    Raises:
        ForeignPaper: it is not a readable PDF (PDF-01).
    """
    with reading(pdf) as document:
        describe(document, origin, title, now)
        return saved(document)
