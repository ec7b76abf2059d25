"""JUDGEMENT: what is agreed now. The dossier in force is the fold of its signed amendments, in order of their number.

Old values come from the state before an amendment, never from the first agreement; a proposal changes nothing until it
is signed, but what it would make of the dossier can be asked. Everything here is pure and raises nothing on a dossier
that could be read, however wrong its amendments are: that is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import attrgetter
from typing import Any, Final, TypeVar

from conventions.errors import DossierError
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier
from conventions.model.placement import Schedule, Slot, Span, Workplace
from conventions.text import Text

__all__ = [
    "Change",
    "Step",
    "amended",
    "as_amended_by",
    "before",
    "changes",
    "in_force",
    "proposed",
    "signed",
    "steps",
    "written_at",
]

S = TypeVar("S", bound=Span)

_KINDS: Final = (
    ("schedule.start", "start"),
    ("schedule.end", "termination.last_day"),
    ("schedule.end", "end"),
    ("schedule.interruptions", "interruptions"),
    ("workplace.department", "workplace.department"),
    ("workplace.address", "workplace.address"),
    ("workplace.travel", "workplace.travel"),
    ("workplace.telework", "telework"),
    ("placement.subject", "subject"),
    ("referent", "referent"),
    ("tutor", "tutor"),
    ("allowance", "allowance"),
)
"""What an amendment can change: where a dossier holds it, and where an amendment says it."""
_AMENDABLE: Final = tuple(dict.fromkeys(field for field, _ in _KINDS))


@dataclass(frozen=True)
class Change:
    """One value that an amendment replaces."""

    field: str
    """Dotted path in the dossier, such as ``schedule.end`` or ``tutor``."""
    old: Any
    """As it was in force before the amendment; None when there was nothing."""
    new: Any


@dataclass(frozen=True)
class Step:
    """One amendment of a dossier between two states."""

    rank: int
    """Where it stands in the file, from 0."""
    amendment: Amendment
    before: Dossier
    after: Dossier

    @property
    def field(self) -> str:
        """Dotted path of the amendment in the dossier."""
        return f"amendments.{self.rank}"


def signed(dossier: Dossier) -> tuple[Amendment, ...]:
    """The amendments that are in force, in order of their number."""
    return _in_order(one for one in dossier.amendments if one.is_signed)


def proposed(dossier: Dossier) -> tuple[Amendment, ...]:
    """The amendments that wait for a signature, in order of their number."""
    return _in_order(one for one in dossier.amendments if not one.is_signed)


def in_force(dossier: Dossier) -> Dossier:
    """What is agreed now: every signed amendment is taken in, and only the proposals are left beside it."""
    return reduce(amended, signed(dossier), dossier) if dossier.amendments else dossier


def before(dossier: Dossier, amendment: Amendment) -> Dossier:
    """What was agreed before an amendment: the signed ones with a lower number are taken in."""
    earlier = (one for one in signed(dossier) if one.number < amendment.number)
    return reduce(amended, earlier, dossier)


def as_amended_by(dossier: Dossier, number: int) -> Dossier:
    """What is agreed after the amendment of that number, signed or not.

    Raises:
        DossierError: the dossier has no amendment of that number.
    """
    for amendment in dossier.amendments:
        if amendment.number == number:
            return amended(before(dossier, amendment), amendment)
    raise DossierError(
        "AMEND-01",
        Text("dossier {dossier} has no amendment {number}", dossier=dossier.number, number=number),
        Text("name one of its amendments, or add it to amendments"),
    )


def steps(dossier: Dossier) -> Iterator[Step]:
    """Each amendment, in the order of the file, between the state before it and the one after it."""
    for rank, amendment in enumerate(dossier.amendments):
        earlier = before(dossier, amendment)
        yield Step(rank, amendment, earlier, amended(earlier, amendment))


def changes(dossier: Dossier, amendment: Amendment) -> tuple[Change, ...]:
    """What an amendment changes, old value beside new; empty when it says what is agreed already."""
    old = before(dossier, amendment)
    return _differences(old, amended(old, amendment))


def amended(dossier: Dossier, amendment: Amendment) -> Dossier:
    """The dossier with one amendment taken in, whether it is signed or not."""
    changed: dict[str, Any] = {
        "schedule": _schedule(dossier.schedule, amendment),
        "workplace": _workplace(dossier.workplace, amendment),
        "amendments": tuple(one for one in dossier.amendments if one != amendment),
    }
    if amendment.subject is not None:
        changed["placement"] = dossier.placement.model_copy(update={"subject": amendment.subject})
    for name in ("referent", "tutor", "allowance"):
        new = getattr(amendment, name)
        if new is not None:
            changed[name] = new
    return dossier.model_copy(update=changed)


def written_at(dossier: Dossier, field: str, taken_in: Sequence[Amendment]) -> str:
    """Where the value of a field was typed: in the last of these amendments that states it, else in the field itself.

    Args:
        dossier: as it was read, with all its amendments.
        field: dotted path in the state that was judged.
        taken_in: the amendments of that state, in order.
    """
    for amendment in reversed(taken_in):
        for path, said in _KINDS:
            is_there = getattr(amendment, said.partition(".")[0]) is not None
            if is_there and f"{field}.".startswith(f"{path}."):
                return f"amendments.{dossier.amendments.index(amendment)}.{said}{field.removeprefix(path)}"
    return field


def _in_order(amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    return tuple(sorted(amendments, key=lambda amendment: amendment.number))


def _differences(old: Dossier, new: Dossier) -> tuple[Change, ...]:
    both = ((field, attrgetter(field)) for field in _AMENDABLE)
    return tuple(Change(field, get(old), get(new)) for field, get in both if get(old) != get(new))


def _workplace(workplace: Workplace, amendment: Amendment) -> Workplace:
    changed: dict[str, Any] = {}
    if (new := amendment.workplace) is not None:
        changed = {"department": new.department, "address": new.address, "travel": new.travel}
    if (telework := amendment.telework) is not None:
        changed["telework"] = telework if telework.days_per_week else None
    return workplace.model_copy(update=changed) if changed else workplace


def _schedule(schedule: Schedule, amendment: Amendment) -> Schedule:
    """Other days: what lay outside them falls away, and so does the total that was agreed for the old ones."""
    start, end = amendment.start or schedule.start, amendment.last_day or schedule.end
    gaps = amendment.interruptions
    changed: dict[str, Any] = {}
    if (start, end) != (schedule.start, schedule.end):
        changed = {
            "start": start,
            "end": end,
            "periods": _clipped(schedule.periods, start, end),
            "slots": _kept(schedule.slots, start, end),
            "interruptions": _clipped(schedule.interruptions, start, end),
            "absences": _clipped(schedule.absences, start, end),
        }
    if gaps is not None and gaps != schedule.interruptions:
        changed["interruptions"] = gaps
    return schedule.model_copy(update={**changed, "planned_hours": None}) if changed else schedule


def _clipped(spans: tuple[S, ...], start: date, end: date) -> tuple[S, ...]:
    return tuple(
        span.model_copy(update={"start": max(span.start, start), "end": min(span.end, end)})
        for span in spans
        if span.start <= end and span.end >= start
    )


def _kept(slots: tuple[Slot, ...], start: date, end: date) -> tuple[Slot, ...]:
    return tuple(slot for slot in slots if start <= slot.day <= end)
