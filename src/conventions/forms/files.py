"""PDF files on their way into pikepdf and out of it.

qpdf reads and writes in small pieces, a hundred thousand for an agreement; with a stream of Python's each is a call
into Python and back. So it reads a temporary file without a name, which is mapped (where none can be had, memory
serves), and writes a file that is in memory only: a disk that is full while qpdf writes would end the process.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

import pikepdf
from pikepdf import AccessMode

from conventions.forms.stamp import unreadable

__all__ = ["mapped", "saved"]

_NORMAL_FORM: Final = {
    "inputFile": ".",
    "forceVersion": "1.7",
    "objectStreams": "disable",
    "deterministicId": "",
    "compressStreams": "y",
    "compressionLevel": "4",
    "newlineBeforeEndstream": "",
    "noWarn": "",
}
"""As a job of qpdf names it. It wants an input, which is not read. PDF/A asks for the line before ``endstream`` (ISO
19005-2, 6.1.7.1). At level 4 files are two hundredths larger than at zlib's own, for less than half the work."""
_END: Final = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_LAST_LINES: Final = 64
"""Bytes in which the end of a file stands."""


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
    """The normal form of a document: classic cross-reference table, no object streams, identifier from the content."""
    with suppress(OSError):
        data = _at_once(document)
        if _is_whole(data):
            return data
    return _slowly(document)


def _at_once(document: pikepdf.Pdf) -> bytes:
    memory = os.memfd_create("paper")
    try:
        pikepdf.Job({**_NORMAL_FORM, "outputFile": f"/proc/self/fd/{memory}"}).write_pdf(document)
        return os.pread(memory, os.fstat(memory).st_size, 0)
    finally:
        os.close(memory)


def _is_whole(data: bytes) -> bool:
    """Whether everything has arrived: where there is no room, as under a limit of size, qpdf may go on in silence."""
    end = _END.search(data, max(0, len(data) - _LAST_LINES))
    return end is not None and data.startswith(b"xref\n", int(end[1]))


def _slowly(document: pikepdf.Pdf) -> bytes:
    """The same bytes, through a stream of Python's."""
    target = BytesIO()
    document.save(
        target,
        force_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
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
