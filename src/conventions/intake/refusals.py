"""How the readers and writers of data files say that a whole file cannot be used."""

from __future__ import annotations

import re
from typing import Final

from conventions.errors import DossierError
from conventions.text import Text

__all__ = ["MAX_DEPTH", "UNPRINTABLE", "refusal"]

MAX_DEPTH: Final = 30
"""Values within values: no dossier is nested deeper."""
UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no dossier holds and that not every format can carry."""

_COMPARE: Final = Text("compare with one of the example dossiers")


def refusal(code: str, message: Text, file: str, line: int = 0, fix: Text | None = None) -> DossierError:
    """The error to raise, with ``file:line``."""
    return DossierError(code, message, fix or _COMPARE, place=f"{file}:{line}" if line else file)
