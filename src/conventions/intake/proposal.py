"""What a host and a student typed into the pre-agreement, as a dossier or what keeps it from being one.

The fields of the form are named like what they become. Three things stand for what one field cannot hold: a box for
each weekday, one item a line, and the group ``form``, which belongs to the form alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conventions.intake.entries import Entry, entries_of
from conventions.intake.grid import Grid, Row
from conventions.intake.headings import Head, Target
from conventions.intake.mapping import NO_MAPPING, squashed
from conventions.intake.shape import column_of

__all__ = ["proposed"]

_WEEKDAYS: Final = "schedule.weekdays"
_OF_THE_FORM: Final = "form."


def proposed(answers: Mapping[str, str], file: str) -> Entry:
    """The dossier that the answers make, or every finding on them; each finding names its field of the dossier.

    Args:
        answers: by name of the field, as they were typed; what else the dossier must hold stands among them.
        file: where they are kept, for the place of a finding.
    """
    cells = _cells(answers)
    targets = {at: Target(path, column) for at, path in enumerate(cells) if (column := column_of(path))}
    head = Head(1, targets, tuple(squashed(path) for path in cells))
    (entry,) = entries_of(Grid(file, (Row(2, tuple(cells.values())),)), head, NO_MAPPING)
    return entry


def _cells(answers: Mapping[str, str]) -> dict[str, str]:
    ticked = sorted(name.rpartition(".")[2] for name in answers if name.startswith(f"{_WEEKDAYS}.") and answers[name])
    plain = {
        name: value for name, value in answers.items() if value and not name.startswith((_OF_THE_FORM, f"{_WEEKDAYS}."))
    }
    return plain | ({_WEEKDAYS: ";".join(ticked)} if ticked else {})
