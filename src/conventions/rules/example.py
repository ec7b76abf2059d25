"""An example of a rule as data: what to change in a shipped dossier so that the rule lets it pass, or objects.

The same value is tested, printed by ``conventions explain`` and put into the page of rules, so that none of them can
say something else than the other two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from conventions.text import Text

__all__ = [
    "EXAMPLE_DAY",
    "FRANCE",
    "IRELAND",
    "MEEF_PIECES",
    "MINOR",
    "PIECES",
    "PIECES_ABROAD",
    "SNEE_PIECES",
    "UNPAID",
    "Example",
    "Sample",
    "another",
    "applied",
    "in_france",
    "in_ireland",
    "seen",
]

FRANCE: Final = "2026-0001-lille-startup.yaml"
"""A sound internship in Lille, among the shipped examples."""
IRELAND: Final = "2026-0004-dublin.yaml"
"""A sound internship in Dublin, among the shipped examples."""
EXAMPLE_DAY: Final = date(2026, 2, 16)
"""The day on which both are sound, and on which an example is judged unless it says otherwise."""


@dataclass(frozen=True)
class Sample:
    """A shipped dossier with changes, under the shipped settings with changes, on one day."""

    base: str
    """File name among the shipped example dossiers."""
    changes: Mapping[str, object]
    """Groups are merged into the dossier, everything else replaces what was there. Words may be ``Text``."""
    settings: Mapping[str, object]
    """The same for ``conventions.toml``."""
    on: date
    beside: tuple[Mapping[str, object], ...] = ()
    """Other dossiers of the same campaign, each as changes to the same shipped one."""


@dataclass(frozen=True)
class Example:
    """Two dossiers on either side of a rule, as near to each other as the rule allows."""

    passes: Sample
    fails: Sample


def applied(base: Mapping[str, object], changes: Mapping[str, object], say: Callable[[Text], str]) -> dict[str, object]:
    """The base with the changes: groups are merged at every depth, all else is replaced, words are said."""
    result = dict(base)
    for key, change in changes.items():
        there = result.get(key)
        if isinstance(there, Mapping) and isinstance(change, Mapping):
            result[key] = applied(there, change, say)
        else:
            result[key] = _said(change, say)
    return result


def _said(value: object, say: Callable[[Text], str]) -> object:
    match value:
        case Text():
            return say(value)
        case Mapping():
            return {key: _said(item, say) for key, item in value.items()}
        case list() | tuple():
            return [_said(item, say) for item in value]
        case _:
            return value


_NOTHING: Final[Mapping[str, object]] = {}


def in_france(
    *,
    on: date = EXAMPLE_DAY,
    settings: Mapping[str, object] = _NOTHING,
    beside: tuple[Mapping[str, object], ...] = (),
    **changes: object,
) -> Sample:
    """The shipped internship in Lille with these changes."""
    return Sample(FRANCE, changes, settings, on, beside)


def in_ireland(*, on: date = EXAMPLE_DAY, settings: Mapping[str, object] = _NOTHING, **changes: object) -> Sample:
    """The shipped internship in Dublin with these changes."""
    return Sample(IRELAND, changes, settings, on)


def another(rank: int, **changes: object) -> Mapping[str, object]:
    """Another student in the same place: a dossier beside the first."""
    return {
        "number": f"2026-{rank:04d}",
        "student": {
            "first_name": "Noé",
            "last_name": "Martin",
            "student_number": f"4210{rank:04d}",
            "email": f"noe.martin{rank}@etu.univ-exemple.test",
        },
        **changes,
    }


def seen(*kinds: str) -> tuple[Mapping[str, object], ...]:
    """Pieces that arrived and were checked."""
    day = date(2026, 2, 3)
    return tuple({"kind": kind, "received_on": day, "checked_by": "IM", "checked_on": day} for kind in kinds)


PIECES: Final = ("pre_agreement", "health_entitlement", "civil_liability")
"""What a dossier in France holds."""
PIECES_ABROAD: Final = (
    "pre_agreement",
    "social_security_certificate",
    "civil_liability",
    "repatriation",
    "country_sheet",
    "ariane_proof",
)
"""What a dossier abroad holds."""
MEEF_PIECES: Final = ("meef_course_unit", "coordinator_approval")
"""What the MEEF track asks for besides."""
SNEE_PIECES: Final = ("motivation_letter", "snee_status", "pedagogical_contract")
"""What the SNEE track asks for instead."""
UNPAID: Final[dict[str, object]] = {"amount": 0, "unpaid_reason": Text("none is usual there")}
"""An allowance that is none, with its reason."""
MINOR: Final[dict[str, object]] = {
    "birth_date": date(2009, 1, 1),
    "legal_representative": {
        "first_name": "Anh",
        "last_name": "Lefèvre-Nguyễn",
        "email": "anh.lefevre@courrier.test",
        "relation": Text("mother"),
    },
}
"""A student under 18 with a legal representative."""
