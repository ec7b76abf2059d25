"""Is this file a workbook that may be opened? Asked of the zip directory, before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from conventions.errors import DossierError
from conventions.intake.refusals import refusal
from conventions.text import Text

__all__ = ["assert_harmless", "broken"]

_PARTS: Final = 1_000
_WHOLE: Final = 100_000_000
"""Bytes that all parts may have together once unpacked: a year of dossiers needs a tenth of it."""
_BESIDE: Final = 30_000_000
"""Bytes of a part that is no sheet: such a part is read into memory at once."""
_SAVE: Final = Text("open the file in a spreadsheet and save it again as .xlsx")


def broken(file: str, problem: Text) -> DossierError:
    """A workbook that cannot be opened, or should not be."""
    return refusal("TABLE-10", Text("the workbook cannot be opened: {problem}", problem=problem), file, 0, _SAVE)


def assert_harmless(raw: bytes, file: str) -> None:
    """Refuse what unpacks to too much, and what declares XML entities.

    Raises:
        DossierError: TABLE-10.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            _assert_size(parts, file)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _assert_plain(archive, part, file)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
        raise broken(file, Text("{problem}", problem=str(error) or type(error).__name__)) from None


def _assert_size(parts: list[zipfile.ZipInfo], file: str) -> None:
    beside = [part.file_size for part in parts if not part.filename.startswith("xl/worksheets/")]
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _WHOLE or max(beside, default=0) > _BESIDE:
        raise broken(file, Text("it unpacks to more than a year of dossiers can be"))


def _assert_plain(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    """No document type: entity bombs begin with one. Blanks between letters are UTF-16."""
    with archive.open(part) as stream:
        start = stream.read(4096).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise broken(file, Text("its part {part} declares XML entities", part=part.filename))
