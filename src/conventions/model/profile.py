"""What a department decides for itself: its local rules and delays. Legal caps are not here and cannot be loosened."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from conventions.model.record import Money, Record

__all__ = ["Calendar", "Delays", "Profile"]

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of any year: 08-31."""


class Calendar(Record):
    """The department's year; a month and day are resolved with the dossier's academic year."""

    year_starts: MonthDay = "09-01"
    latest_end: MonthDay = "08-31"
    """Latest day on which an internship may end."""


class Delays(Record):
    """Calendar days that must lie between the registration of the agreement and the start, inclusive."""

    france_days: Annotated[int, Field(ge=0, le=365)] = 14
    abroad_days: Annotated[int, Field(ge=0, le=365)] = 28
    own_agreement_extra_days: Annotated[int, Field(ge=0, le=365)] = 14
    """More, when the host also wants its own agreement signed. A local value, not a rule of the course."""


class Profile(Record):
    """Thresholds of the local rules."""

    min_weeks: Annotated[int, Field(ge=0, le=52)] = 12
    max_months: Annotated[int, Field(ge=1, le=6)] = 5
    telework_max_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.99")
    telework_warn_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.4")
    min_it_professionals: Annotated[int, Field(ge=0, le=100)] = 1
    local_floor: Money = Decimal(0)
    """Hourly amount the department asks for, if above the legal floor; the higher of both counts."""
    floor_reference: Literal["signature_date", "each_month"] = "signature_date"
    own_company_allowed: bool = False
    calendar: Calendar = Calendar()
    delays: Delays = Delays()
