"""What the measurements are made with: papers of the examples, a year of dossiers, the machine's description."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from conventions import pipeline, press
from conventions.documents import document_type
from conventions.languages import Language
from conventions.pipeline.making import Making
from conventions.settings import load

__all__ = [
    "EXAMPLES",
    "EXAMPLE_NUMBERS",
    "FRENCH_NUMBERS",
    "NOW",
    "SETTINGS",
    "Sheet",
    "machine",
    "rendered",
    "sheets",
    "words",
    "year",
]

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
EXAMPLE_NUMBERS: Final = tuple(f"{rank:04d}" for rank in range(1, 12))
"""Without the year: what :func:`tests.workspaces.a_bureau` calls them."""
FRENCH_NUMBERS: Final = ("0001", "0002", "0003", "0009", "0010", "0011")
"""Those whose agreement is in French alone, of nine pages each."""
SETTINGS: Final = load(EXAMPLES).settings
NOW: Final = datetime(2026, 2, 16, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Sheet:
    """The agreement of one example in French: its template and what goes into it."""

    name: str
    filling: press.Filling


@cache
def sheets(count: int) -> tuple[Sheet, ...]:
    """So many agreements, of the examples that speak French."""
    made = []
    for path in sorted((EXAMPLES / "dossiers").glob("*.yaml")):
        order = pipeline.Order(pipeline.read(path))
        case = pipeline.case_of(order, SETTINGS, NOW.date())
        _, context, code = document_type(order.document).sheets(case)[0]
        if code == "fr":
            language = Language(code)
            made.append(
                Sheet(path.stem, press.Filling(press.find("convention", code), context(case, language), language))
            )
    return tuple(made[rank % len(made)] for rank in range(count))


def rendered(sheet: Sheet) -> bytes:
    """As the program does it."""
    return press.render(sheet.filling, title=sheet.name, author=SETTINGS.institution.name, now=NOW)


@cache
def words(folder: Path = EXAMPLES) -> tuple[tuple[str, bytes], ...]:
    """Word documents of all dossiers of a workspace, wholly as they are handed to LibreOffice: all languages, annexes.

    By the numbers of the dossiers; of a paper that is made twice for the sake of its page breaks it is the first.
    """
    making = Making(load(folder).settings, own_templates=None, logo=None, only="", now=NOW)
    orders = [pipeline.Order(pipeline.read(path)) for path in sorted((folder / "dossiers").glob("*.yaml"))]
    # Nobody else wants a paper half made.
    return tuple((order.number, making._rendered(making._begun(order))) for order in orders)  # noqa: SLF001


def year(folder: Path, count: int) -> None:
    """The example dossiers of a workspace again and again, each with a number of its own."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    for path, _ in texts:
        path.unlink()
    for rank in range(count):
        path, text = texts[rank % len(texts)]
        number = f"{path.name[:4]}-{rank + 1:05d}"
        text = re.sub(r"(?m)^number: .*$", f"number: {number}", text, count=1)
        text = re.sub(r"student_number: \d+", f"student_number: {42_000_000 + rank}", text, count=1)
        (folder / f"{number}{path.name[9:]}").write_text(text, encoding="utf-8")


def machine(programs: Sequence[str] = ("conventions", "docxtpl", "pyhanko", "pikepdf")) -> Mapping[str, str]:
    """Versions and hardware."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"))
    office = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": cpu[1] if cpu else platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "load at the start": f"{os.getloadavg()[0]:.1f}",
        "system": platform.platform(),
        "python": platform.python_version(),
        "libreoffice": " ".join(office.split()[:2]),
        **{name: version(name) for name in programs},
    }
