"""How bytes are appended to a paper: nothing that was there before changes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from datetime import datetime
from io import BytesIO
from typing import Any, Final, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession

from conventions.errors import ForeignPaper
from conventions.signing.at_once import read_at_once
from conventions.text import Text

__all__ = ["DIGEST", "Appending", "ClockedSigner", "OpenPaper", "awaited", "fields_of", "opened", "unreadable"]

T = TypeVar("T")

DIGEST: Final = "sha256"
"""What we sign and have time-stamped is digested with it."""

read_at_once()


class OpenPaper(PdfFileReader):
    """A reader, and what was found out about its file: it is kept with it, and goes with it."""

    def __init__(self, pdf: bytes) -> None:
        """Read the tables of a file, strictly."""
        super().__init__(BytesIO(pdf), strict=True)
        self.findings: dict[Hashable, Any] = {}
        """By what was asked."""


def opened(pdf: bytes) -> OpenPaper:
    """A paper for reading, strictly.

    Raises:
        ForeignPaper: not a PDF, damaged, or encrypted (PDF-01).
    """
    try:
        reader = OpenPaper(pdf)
        encrypted = reader.encrypted
        reader.root["/Pages"]
    except Exception as error:
        raise unreadable() from error
    if encrypted:
        raise unreadable()
    return reader


def unreadable() -> ForeignPaper:
    """What is said of a file that cannot be read as a paper."""
    return ForeignPaper(
        "PDF-01",
        Text("the file is not a readable PDF: it is damaged, encrypted, or something else"),
        Text("send the PDF itself, as it came by mail or as your signing program saved it"),
    )


def fields_of(root: generic.DictionaryObject) -> tuple[generic.DictionaryObject, ...]:
    """The fields of a paper's form; ours are all at the top."""
    form = root["/AcroForm"] if "/AcroForm" in root else generic.DictionaryObject()
    fields = form["/Fields"] if "/Fields" in form else generic.ArrayObject()
    return tuple(field.get_object() for field in fields)


class Appending(IncrementalPdfFileWriter):
    """An incremental writer that other programs get along with and that leaves the description of the paper alone.

    Object numbers go on without a gap: poppler (Okular, Evince) reuses an unused number, and the validator then takes
    its revision for a manipulated one. XMP and Info stay as the paper was frozen: a signature is no edit, and the
    PDF/A declarations and the origin in them must not pass through another serialiser.
    """

    def __init__(self, reader: PdfFileReader) -> None:
        """Append to what the reader reads."""
        super().__init__(reader.stream, prev=reader)
        self._lastobj_id = int(reader.trailer["/Size"]) - 1

    def _update_meta(self) -> None:
        """Keep XMP and Info."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Keep PDF 1.7: PDF/A-2 (ISO 19005-2, 6.1.2) knows no other, whatever first described an algorithm."""


class ClockedSigner(PdfSigner):
    """A signer whose clock is given to it."""

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        """As the library's signer; ``now`` is the signing time it declares."""
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - as overridden
    ) -> PdfSigningSession:
        """Start a signature at the given time."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._now
        return session


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """The result of asynchronous work, for callers that have no event loop."""
    return asyncio.run(work)
