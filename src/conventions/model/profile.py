"""What a department decides for itself: its local rules and delays. Legal caps are not here and cannot be loosened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from conventions.model.record import Hours, Money, Record, Words

__all__ = ["Calendar", "Ceilings", "Delays", "Milestone", "MonthDay", "Profile", "Reminders", "ZonePolicy", "resolved"]

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of any year: 08-31."""


def resolved(year: int, month_day: str) -> date:
    """A month and day in a year; 29 February falls back to the 28th, a year out of range to the nearest."""
    month, day = (int(part) for part in month_day.split("-"))
    year = min(max(year, 1), 9999)
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


Weight = Literal["error", "warning", "to do", "information", "off"]
"""A severity, or none: the rule is not looked at."""
Ceilings = Mapping[str, Decimal]
"""Hourly ceilings of social security by calendar year, in euros."""
Policy = Literal["ok", "warning", "error"]
"""What becomes of a travel zone."""


class Milestone(Record):
    """A date of the course, or days between which it lies where only "mid-November" is known."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    title: Words
    """In the language of the house."""
    first: MonthDay
    last: MonthDay | None = None
    """Last day of the interval; the first one again when there is only one."""
    where: Annotated[str, Field(max_length=200)] = ""


class Calendar(Record):
    """The department's year; a month and day are resolved with the dossier's academic year."""

    year_starts: MonthDay = "09-01"
    latest_end: MonthDay = "08-31"
    """Latest day on which an internship may end."""
    report_due: MonthDay | None = None
    """Latest day to deposit the report; nothing is said about it when no day is set."""
    defences_from: MonthDay | None = None
    defences_to: MonthDay | None = None
    """First and last day of the defences."""
    jury: MonthDay | None = None
    """Day of the jury: from then on no evaluation is replaced; any time when no day is set."""
    milestones: tuple[Milestone, ...] = ()
    """The course's own dates, in any order."""

    def day(self, month_day: MonthDay, academic_year: str) -> date:
        """A month and day in an academic year such as 2026-2027: the second year when it comes before the start."""
        first = int(academic_year.split("-")[0])
        return resolved(first if month_day >= self.year_starts else first + 1, month_day)


class Delays(Record):
    """Calendar days that must lie between the registration of the agreement and the start, inclusive."""

    france_days: Annotated[int, Field(ge=0, le=365)] = 14
    abroad_days: Annotated[int, Field(ge=0, le=365)] = 28
    own_agreement_extra_days: Annotated[int, Field(ge=0, le=365)] = 14
    """More, when the host also wants its own agreement signed. A local value, not a rule of the course."""


class Reminders(Record):
    """When the person whose turn it is is written to once more."""

    first_after_days: Annotated[int, Field(ge=1, le=60)] = 3
    then_every_days: Annotated[int, Field(ge=1, le=60)] = 2
    most: Annotated[int, Field(ge=0, le=20)] = 4
    """Reminders to one person for one paper, at most."""
    quiet_days: bool = True
    """Does nobody get a reminder on Saturdays, Sundays and public holidays?"""


class ZonePolicy(Record):
    """What the department makes of the colours of the ministry's travel advice."""

    green: Policy = "ok"
    yellow: Policy = "warning"
    orange: Policy = "error"
    red: Policy = "error"


class Profile(Record):
    """Thresholds of the local rules, and how grave each rule is here."""

    min_weeks: Annotated[int, Field(ge=0, le=52)] = 12
    interruptions_count: bool = False
    """Are days of an interruption part of the weeks?"""
    duration_measure: Literal["weeks", "hours"] = "weeks"
    """Is the shortest internship counted in weeks of the calendar, or in hours of presence?"""
    min_hours: Hours = Decimal(385)
    """With ``hours``: twelve weeks at full time, less the five public holidays that a spring can have."""
    max_months: Annotated[int, Field(ge=1, le=6)] = 5
    full_time_hours: Annotated[Hours, Field(gt=0, le=48)] = Decimal(35)
    """Weekly hours below which an internship is part time."""
    latest_start_margin_days: Annotated[int, Field(ge=0, le=365)] = 14
    """How many days before the latest possible start it is told."""
    telework_max_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.99")
    telework_warn_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.4")
    min_it_professionals: Annotated[int, Field(ge=0, le=100)] = 1
    min_mission_items: Annotated[int, Field(ge=1, le=20)] = 2
    min_mission_letters: Annotated[int, Field(ge=0, le=2000)] = 60
    """Tasks, and skills, that a detailed mission names, and the letters they take together."""
    own_company_allowed: bool = False
    referent_cap: Annotated[int, Field(ge=1, le=24)] = 24
    """Students that one academic supervisor may follow at the same time; the law allows 24 at most."""
    local_floor: Money = Decimal(0)
    """Hourly amount the department asks for, if above the legal floor; the higher of both counts."""
    ceilings: Annotated[
        Mapping[Annotated[str, Field(pattern=r"^20\d\d$")], Annotated[Money, Field(gt=0, le=500)]],
        Field(max_length=50),
    ] = {}
    """Hourly ceilings of social security of years that the shipped table ends before; 15 % of each is the floor.

    What the table says stays: no setting loosens the law.
    """
    floor_reference: Literal["signature_date", "each_month"] = "signature_date"
    monthly_reference_hours: Annotated[Hours, Field(ge=100, le=200)] = Decimal(154)
    """Hours of the full-time month that the department's own floor stands for; the law's month stays 154."""
    zones: ZonePolicy = ZonePolicy()
    zone_age_days: Annotated[int, Field(ge=0, le=730)] = 180
    """How long before the start the travel advice may have been consulted."""
    ariane_url: Words = "https://fildariane.diplomatie.gouv.fr"
    missing_reports: Annotated[int, Field(ge=0, le=60)] = 1
    """Weekly reports that may be missing before a warning."""
    work_study_average: Annotated[Decimal, Field(ge=0, le=20)] = Decimal(12)
    """Least average out of 20 that the work-study track asks for."""
    health_alert: Annotated[str, Field(max_length=400)] = ""
    """Instructions of the department in a health crisis; empty when there is none."""
    calendar: Calendar = Calendar()
    delays: Delays = Delays()
    severities: Annotated[Mapping[Annotated[str, Field(max_length=40)], Weight], Field(max_length=500)] = {}
    """Severities that differ from the shipped ones, by code of the rule. Rules of law can only be made stricter."""
