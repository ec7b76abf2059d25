"""The pages of a PDF as pictures, to look at; poppler's pdftoppm makes them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conventions.errors import ConversionError, ConverterMissing
from conventions.text import Text, quoted

__all__ = ["page_pictures"]

_SECONDS: Final = 120


def page_pictures(pdf: bytes, *, resolution: int, pages: int = 0) -> tuple[bytes, ...]:
    """The pages as PNG, in order.

    Args:
        pdf: the file.
        resolution: dots per inch.
        pages: how many, from the first on; 0 for all of them.

    Raises:
        ConverterMissing: pdftoppm is not installed (PREVIEW-01).
        ConversionError: it made no picture (PREVIEW-02).
    """
    program = shutil.which("pdftoppm")
    if program is None:
        raise ConverterMissing(
            "PREVIEW-01",
            Text("pdftoppm was not found on this machine"),
            Text("install it: {command}", command="sudo apt-get install poppler-utils"),
        )
    last = ["-l", str(pages)] if pages else []
    with TemporaryDirectory(prefix="conventions-press-") as folder:
        target = Path(folder) / "page"
        command = [program, "-png", "-r", str(resolution), *last, "-", str(target)]
        try:
            done = subprocess.run(command, input=pdf, capture_output=True, timeout=_SECONDS)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _no_picture(str(error)) from error
        found = tuple(path.read_bytes() for path in sorted(target.parent.glob("page*.png"), key=_number))
    if not found:
        raise _no_picture(done.stderr.decode(errors="replace").strip())
    return found


def _number(path: Path) -> int:
    """Of the page, whose name is ``page-07.png``."""
    return int(path.stem.rpartition("-")[2])


def _no_picture(why: str) -> ConversionError:
    return ConversionError(
        "PREVIEW-02",
        Text("no picture could be made of the paper: {why}", why=quoted(why)),
        Text("write it as a PDF instead, and open that"),
    )
