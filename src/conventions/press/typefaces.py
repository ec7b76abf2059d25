"""The fonts of this machine: which there are, which stand in for others, which may be embedded in a paper."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fontTools.ttLib import TTFont, TTLibError

__all__ = ["STAND_INS", "Face", "StandIn", "installed", "may_be_embedded"]

_RESTRICTED: Final = 0x0002
_USAGE: Final = 0x000E
_BITMAP_ONLY: Final = 0x0200
"""Bits of ``fsType`` (OpenType, table OS/2): restricted licence alone, or nothing but pictures of letters."""
_SECONDS: Final = 20


@dataclass(frozen=True)
class Face:
    """One font file, and the rank of the font in it."""

    file: Path
    rank: int = 0


@dataclass(frozen=True)
class StandIn:
    """A free font whose letters are as wide as those of another: lines and pages break at the same places."""

    font: str
    package: str
    """Of Debian."""
    is_for_symbols: bool = False
    """LibreOffice exchanges the signs one by one."""


_LIBERATION: Final = "fonts-liberation"
_SYMBOLS: Final = StandIn("OpenSymbol", "fonts-opensymbol", is_for_symbols=True)
STAND_INS: Final[Mapping[str, StandIn]] = MappingProxyType(
    {
        "calibri": StandIn("Carlito", "fonts-crosextra-carlito"),
        "cambria": StandIn("Caladea", "fonts-crosextra-caladea"),
        **dict.fromkeys(("arial", "helvetica"), StandIn("Liberation Sans", _LIBERATION)),
        **dict.fromkeys(("times new roman", "times"), StandIn("Liberation Serif", _LIBERATION)),
        **dict.fromkeys(("courier new", "courier"), StandIn("Liberation Mono", _LIBERATION)),
        "arial narrow": StandIn("Liberation Sans Narrow", "fonts-liberation-sans-narrow"),
        **dict.fromkeys(("symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings"), _SYMBOLS),
    }
)
"""By the name of the other font in small letters."""


@lru_cache(maxsize=1)
def installed() -> Mapping[str, Face]:
    """Every font by the small letters of its name; empty where nobody can tell (no fontconfig). Asked for once."""
    program = shutil.which("fc-list")
    if program is None:
        return MappingProxyType({})
    command = [program, "--format", "%{index}\t%{file}\t%{family}\n"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return MappingProxyType({})
    found: dict[str, Face] = {}
    for line in told.stdout.splitlines():
        rank, file, families = line.split("\t", 2)
        for family in families.split(","):
            found.setdefault(family.strip().casefold(), Face(Path(file), int(rank) & 0xFFFF))
    return MappingProxyType(found)


@lru_cache(maxsize=256)
def may_be_embedded(face: Face) -> bool:
    """Do the licence bits of the font allow it? What has no such bits is taken to be free."""
    try:
        with TTFont(face.file, fontNumber=face.rank, lazy=True) as font:
            bits: int = font["OS/2"].fsType
    except (OSError, TTLibError, KeyError):
        return True
    return (bits & _USAGE) != _RESTRICTED and not bits & _BITMAP_ONLY
