"""A new workspace: settings, example dossiers of the coming season, folders, an empty registry."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from conventions.errors import NeverOverwrite
from conventions.intake import dossier_schema
from conventions.settings import FILE_NAME, load
from conventions.shipped import shipped
from conventions.store import Registry, write_new
from conventions.text import Text

__all__ = ["found"]

_SAMPLE_YEAR: Final = 2026
"""Second calendar year of the academic year in which the shipped examples are set."""
_EARLIEST_START: Final = date(_SAMPLE_YEAR, 4, 7)
_SLACK: Final = timedelta(days=56)
"""The examples must start late enough for every signature delay."""

_DATE: Final = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?!\d)")  # a time may follow
_YEAR: Final = re.compile(r"\b2025-2026\b")
_NUMBER: Final = re.compile(r"\b2026-(?=0\d{3}\b)")
"""Of an example; an academic year such as 2026-2027 is no number."""


def found(root: Path, *, on: date) -> tuple[Path, ...]:
    """Make a workspace in an empty or new folder; returns the files it wrote.

    Raises:
        NeverOverwrite: there is a workspace already.
        DiskError: the folder cannot be written.
    """
    if (root / FILE_NAME).exists():
        raise NeverOverwrite(
            "INIT-01",
            Text("{folder} is a workspace already", folder=str(root)),
            Text("choose another folder; nothing was changed"),
        )
    years = _years_ahead(on)
    examples = shipped("examples")
    written = [_write(root / "dossier.schema.json", json.dumps(dossier_schema(), indent=2, ensure_ascii=False) + "\n")]
    for group in ("dossiers", "wrong"):
        for source in sorted((examples / group).glob("*.yaml")):
            name = _NUMBER.sub(f"{_SAMPLE_YEAR + years}-", source.name)
            folder = "dossiers" if group == "dossiers" else "wrong"
            written.append(_write(root / folder / name, _moved(source.read_text(encoding="utf-8"), years)))
    written.append(_write(root / FILE_NAME, (examples / FILE_NAME).read_text(encoding="utf-8")))
    workspace = load(root)
    places = workspace.settings.places
    delivery = workspace.settings.delivery
    for folder in (places.templates, places.papers, places.refused, places.archive, delivery.outbox, delivery.inbox):
        workspace.path(folder).mkdir(parents=True, exist_ok=True)
    Registry.open(workspace.registry_url).close()
    return tuple(written)


def _write(path: Path, text: str) -> Path:
    write_new(path, text.encode())
    return path


def _years_ahead(on: date) -> int:
    """How many years to move the examples, so that all of them start in time."""
    years = max(0, on.year - _SAMPLE_YEAR)
    while _EARLIEST_START + _weeks(years) < on + _SLACK:
        years += 1
    return years


def _weeks(years: int) -> timedelta:
    """Whole weeks, so that weekdays stay, as near as possible to that many years."""
    days = date(_SAMPLE_YEAR + years, 4, 7) - _EARLIEST_START
    return timedelta(weeks=round(days.days / 7))


def _moved(text: str, years: int) -> str:
    """Move every ISO date by the same whole weeks, the academic year and the number by the same years."""
    weeks = _weeks(years)
    text = _DATE.sub(lambda match: (date.fromisoformat(match[1]) + weeks).isoformat(), text)
    text = _YEAR.sub(f"{_SAMPLE_YEAR - 1 + years}-{_SAMPLE_YEAR + years}", text)
    return _NUMBER.sub(f"{_SAMPLE_YEAR + years}-", text)
