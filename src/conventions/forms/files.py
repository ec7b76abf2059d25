"""PDF files on their way through pikepdf, in temporary files without a name.

qpdf reads and writes in small pieces. Of a stream in memory each is a call into Python and back; a file is mapped and
written by the system, which takes less than half the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pikepdf
from pikepdf import AccessMode, ObjectStreamMode

from conventions.forms.stamp import unreadable

__all__ = ["mapped", "saved"]


@contextmanager
def mapped(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """A PDF as a document, which is closed afterwards.

    Raises:
        ForeignPaper: it is not a PDF, it is corrupt, or it wants a password (PDF-01).
    """
    with TemporaryFile() as file:
        file.write(pdf)
        file.flush()
        try:
            document = pikepdf.open(file, access_mode=AccessMode.mmap)
        except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, OSError) as error:
            raise unreadable() from error
        with document:
            yield document


def saved(document: pikepdf.Pdf) -> bytes:
    """The normal form of a document: classic cross-reference table, no object streams, identifier from the content."""
    with TemporaryFile() as file:
        document.save(
            file,
            force_version="1.7",
            object_stream_mode=ObjectStreamMode.disable,
            deterministic_id=True,
            compress_streams=True,
            fix_metadata_version=False,
        )
        file.seek(0)
        return file.read()
