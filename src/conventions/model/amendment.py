"""Amendments as data: eight kinds that can be combined in one paper; the dossier in force is their fold."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from conventions.model.party import Function
from conventions.model.placement import Allowance, Interruption, Telework, Workplace
from conventions.model.record import Record, Words

__all__ = ["Amendment", "Termination"]


class Termination(Record):
    """An early end: who asked for it, when, why."""

    last_day: date
    asked_by: Literal["student", "host", "institution", "agreement"]
    reason: Words


class Amendment(Record):
    """One amendment; every field that is present is one kind of change.

    Old values are never typed: they come from the dossier in force before this amendment.
    """

    number: Annotated[int, Field(ge=1, le=99)]
    """Rank among the dossier's amendments, from 1."""
    effective: date
    reason: Words
    start: date | None = None
    end: date | None = None
    interruptions: tuple[Interruption, ...] | None = None
    workplace: Workplace | None = None
    subject: Annotated[str, Field(max_length=4000)] | None = None
    referent: Function | None = None
    tutor: Function | None = None
    allowance: Allowance | None = None
    telework: Telework | None = None
    termination: Termination | None = None
