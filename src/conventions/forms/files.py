"""PDF files on their way into pikepdf and out of it.

qpdf reads in small pieces. Of a stream in memory each is a call into Python and back; a temporary file without a name
is mapped, which takes less than half the time. Where no temporary file can be had, memory serves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, cast

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
    with _temporary(pdf) or BytesIO(pdf) as file:
        mode = AccessMode.default if isinstance(file, BytesIO) else AccessMode.mmap
        try:
            document = pikepdf.open(file, access_mode=mode)
        except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, OSError) as error:
            raise unreadable() from error
        with document:
            yield document


def saved(document: pikepdf.Pdf) -> bytes:
    """The normal form of a document: classic cross-reference table, no object streams, identifier from the content.

    It is written to memory: a disk that is full while qpdf writes would end the process.
    """
    target = BytesIO()
    document.save(
        target,
        force_version="1.7",
        object_stream_mode=ObjectStreamMode.disable,
        deterministic_id=True,
        compress_streams=True,
        fix_metadata_version=False,
    )
    return target.getvalue()


def _temporary(data: bytes) -> BinaryIO | None:
    """A file with these bytes; None when the disk has no room for it."""
    with suppress(OSError):
        file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - whoever gets it closes it
        try:
            file.write(data)
            file.flush()
        except OSError:
            file.close()
            raise
        return file
    return None
