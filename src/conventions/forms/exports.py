"""A paper as LibreOffice exported it: its page breaks are looked at, then it is frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pikepdf

from conventions.errors import ForeignPaper
from conventions.forms.boxes import boxes_in
from conventions.forms.files import mapped
from conventions.forms.freezing import frozen, not_archival
from conventions.forms.pagination import orphans_in
from conventions.forms.tree import read_tree
from conventions.model.form import FormField
from conventions.model.paper import Box, Origin

__all__ = ["Export", "exported", "freeze", "orphans"]


class Export:
    """An open export; opened and read once for both, because that takes as long as what is done with it."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._root = read_tree(document)

    def orphans(self) -> tuple[int, ...]:
        """Headings that end a page, while what they are the heading of stands on the next.

        LibreOffice keeps a heading with the next paragraph only where a line of that finds room.

        A rank counts every heading of the structure tree (H, H1 … H6) from 0 in the order of reading, also those in
        tables: LibreOffice tags every paragraph that has an outline level, even an empty one. Headers and footers are
        no part of the tree. Of several headings in a row only the first is told, because a page break before it moves
        all of them. A heading that has the page to itself or stands in a table or a text box is not told: no break
        would help it.
        """
        return orphans_in(self._root)

    def frozen(self, origin: Origin, *, title: str, now: datetime, fields: Sequence[FormField] = ()) -> bytes:
        """Normalise the paper, make its structure good and write its origin into it; once, and nothing after it.

        Equal arguments give equal bytes.

        Classic cross-reference table, no object streams (both validate faster and every signing program can append to
        them), PDF 1.7, document language, title in the window, Info and XMP in agreement, identifier from the content.

        Args:
            origin: what the paper is made from.
            title: of the document.
            now: aware; the dates of creation and change.
            fields: of a form; each stands where the template has a picture for it.

        Raises:
            ConversionError: the file is not the PDF/A it should be: no output intent, a font that is not embedded, not
                tagged, encrypted (CONVERT-04); words outside the structure (CONVERT-11); a character would print as an
                empty frame (CONVERT-07), or not at all (CONVERT-12).
            TemplateError: fields and pictures do not fit together; a finding for each that does not (FORM-01 to
                FORM-07).
        """
        return frozen(self._document, self._root, origin, title, now, fields)

    def boxes(self) -> dict[str, Box]:
        """Where each role signs, once the paper is frozen: what :func:`conventions.forms.anchors` finds in the bytes.

        Empty when there is anything that it would refuse; whoever wants signatures asks it then, and is told.
        """
        return boxes_in(self._document)


@contextmanager
def exported(pdf: bytes) -> Iterator[Export]:
    """Open what LibreOffice exported, PDF/A-2b.

    Raises:
        ConversionError: the file is not a readable PDF (CONVERT-04).
    """
    try:
        with mapped(pdf) as document:
            yield Export(document)
    except ForeignPaper as error:
        raise not_archival(error.message) from error


def orphans(pdf: bytes) -> tuple[int, ...]:
    """What :meth:`Export.orphans` finds in a file, also in one that is not from LibreOffice.

    Raises:
        ForeignPaper: the file is not a readable PDF (PDF-01).
    """
    with mapped(pdf) as document:
        return orphans_in(read_tree(document))


def freeze(pdf: bytes, origin: Origin, *, title: str, now: datetime, fields: Sequence[FormField] = ()) -> bytes:
    """What :meth:`Export.frozen` makes of a file.

    Raises:
        ConversionError: as there; also when the file is not a readable PDF (CONVERT-04).
        TemplateError: as there.
    """
    with exported(pdf) as export:
        return export.frozen(origin, title=title, now=now, fields=fields)
