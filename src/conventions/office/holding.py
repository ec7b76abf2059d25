"""A dossier that must be kept: a dispute, an inspection. Nothing of it is destroyed until the hold is lifted."""

from __future__ import annotations

from datetime import datetime

from conventions.errors import DossierError, OutOfTurn
from conventions.office import belongings
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import Acts, Registry
from conventions.text import Text

__all__ = ["hold", "lift", "nothing_of"]


def hold(
    workspace: Workspace, registry: Registry, acts: Acts, number: str, reason: str, by: str, now: datetime
) -> Outcome:
    """Keep everything of a dossier, whatever the settings say; holding it again gives another reason.

    Raises:
        DossierError: HOLD-01, there is nothing under that number.
    """
    if number not in belongings.estate(workspace, registry).numbers:
        raise nothing_of(number)
    acts.record("held", number, now, {}, {"number": number, "reason": reason, "by": by})
    return Outcome(number, Text("held: nothing of it is destroyed until the hold is lifted"))


def nothing_of(number: str) -> DossierError:
    """HOLD-01: whoever wants to keep or to forget that dossier has mistyped its number."""
    return DossierError(
        "HOLD-01",
        Text("there is nothing of a dossier {number}", number=number),
        Text("name a number as `conventions status` shows it"),
    )


def lift(acts: Acts, number: str, reason: str, by: str, now: datetime) -> Outcome:
    """Let a dossier go as the settings say; that it was held stays in the acts.

    Raises:
        OutOfTurn: HOLD-02, it is not held.
    """
    if acts.subject(number) not in acts.holds():
        raise OutOfTurn(
            "HOLD-02",
            Text("dossier {number} is not held", number=number),
            Text("`conventions acts` shows what is held"),
        )
    acts.record("lifted", number, now, {}, {"number": number, "reason": reason, "by": by})
    return Outcome(number, Text("the hold is lifted: it is kept as long as the settings say"))
