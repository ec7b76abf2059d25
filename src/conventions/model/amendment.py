"""Amendments as data: several kinds of change that can be combined in one paper."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from conventions.model.party import Address, Function
from conventions.model.placement import Allowance, Interruption, Telework
from conventions.model.record import Forgets, Record, Words

__all__ = ["Amendment", "NewPlace", "Termination"]


class Termination(Record):
    """An early end: who asked for it, when, why."""

    forgets: ClassVar[Forgets] = Forgets(tells=("last_day", "asked_by", "reason"))

    last_day: date
    """Last day of the internship; it becomes its end."""
    asked_by: Literal["student", "host", "institution", "agreement"]
    reason: Words


class NewPlace(Record):
    """Where the internship takes place from now on, in full: what is left out is no longer agreed.

    Telework is another kind of change and stays as it was.
    """

    forgets: ClassVar[Forgets] = Forgets(tells=("department", "travel"), general=("address",))

    department: Annotated[str, Field(max_length=200)] = ""
    address: Address | None = None
    """Of the place, when it is not the host's address."""
    travel: Annotated[str, Field(max_length=400)] = ""
    """Trips that are planned, own vehicle included."""


class Amendment(Record):
    """One amendment; every field from ``start`` on that is present is one kind of change.

    Old values are never typed: they come from the dossier in force before this amendment (:mod:`conventions.in_force`).
    Each new value is stated in full and replaces the old one.
    """

    forgets: ClassVar[Forgets] = Forgets(
        tells=("reason", "subject"), general=("number", "effective", "signed_on", "start", "end")
    )

    number: Annotated[int, Field(ge=1, le=99)]
    """Rank among the dossier's amendments, from 1."""
    effective: date
    """First day on which the change applies."""
    reason: Words
    signed_on: date | None = None
    """Day of the last signature; until then the amendment is a proposal and changes nothing."""
    start: date | None = None
    end: date | None = None
    interruptions: tuple[Interruption, ...] | None = None
    """Every interruption there is from now on, those agreed before included; an empty list when none is left."""
    workplace: NewPlace | None = None
    subject: Annotated[Words, Field(max_length=4000)] | None = None
    referent: Function | None = None
    tutor: Function | None = None
    allowance: Allowance | None = None
    telework: Telework | None = None
    """0 days a week end it."""
    termination: Termination | None = None

    @property
    def is_signed(self) -> bool:
        """Has everybody signed? Only then is it in force."""
        return self.signed_on is not None

    @property
    def last_day(self) -> date | None:
        """The end it asks for, by a termination or by a new period; None when the end stays."""
        return self.termination.last_day if self.termination else self.end
