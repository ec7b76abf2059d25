"""From bytes to text: the encodings that spreadsheets and editors really write."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from conventions.bounded import read_beyond
from conventions.intake.grid import MAX_FILE
from conventions.intake.refusals import refusal
from conventions.text import Text

__all__ = ["decoded", "raw_bytes"]

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def raw_bytes(path: Path, limit: int = MAX_FILE) -> bytes:
    """The file's bytes; never more than the limit is read, whatever the file claims to be.

    Raises:
        DossierError: FILE-02, it is larger.
        DiskError: it cannot be read.
    """
    raw = read_beyond(limit, path)
    if len(raw) > limit:
        raise refusal("FILE-02", Text("the file is larger than {n} bytes", n=limit), str(path))
    return raw


def decoded(raw: bytes, file: str) -> tuple[str, str]:
    """The text and the encoding it was in: UTF-8, UTF-16 with its mark, else Windows-1252.

    Raises:
        DossierError: FILE-03, it is none of them or holds a NUL byte.
    """
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        text, encoding = _windows(raw, file, error), "cp1252"
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise refusal("FILE-03", Text("the file holds a NUL byte"), file, line)
    return text, encoding


def _windows(raw: bytes, file: str, first: UnicodeDecodeError) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        line = raw.count(b"\n", 0, first.start) + 1
        raise refusal(
            "FILE-03",
            Text("the file is not UTF-8 text"),
            file,
            line,
            Text("save it again with the encoding UTF-8"),
        ) from None
