"""The internship itself: what is done, where, when, for how much, and how the intern is covered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from conventions.model.party import Address
from conventions.model.record import CountryCode, Forgets, Hours, Money, Record, Words, complaint
from conventions.text import Text

__all__ = [
    "Abroad",
    "Absence",
    "Allowance",
    "AllowanceBasis",
    "Benefits",
    "CountryRules",
    "HealthFund",
    "Interruption",
    "Liability",
    "Payment",
    "Period",
    "Placement",
    "Protection",
    "Schedule",
    "Slot",
    "Span",
    "Telework",
    "TravelZone",
    "Workplace",
]


class Span(Record):
    """Days from ``start`` to ``end``, both included."""

    forgets: ClassVar[Forgets] = Forgets(general=("start", "end"))

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise complaint(Text("it ends on {end}, before it starts on {start}", end=self.end, start=self.start))
        return self

    def covers(self, day: date) -> bool:
        """Is this day inside?"""
        return self.start <= day <= self.end


class Placement(Record):
    """What the intern does and learns (mentions 3, 4 and 7 of art. D124-4)."""

    forgets: ClassVar[Forgets] = Forgets(
        tells=(
            "subject",
            "theme",
            "activities",
            "skills",
            "supervision",
            "deliverable",
            "validation",
            "if_interrupted",
            "origin",
            "confidential",
            "forbidden_purposes",
        )
    )

    subject: Words
    theme: Annotated[str, Field(max_length=200)] = ""
    activities: Annotated[tuple[Words, ...], Field(min_length=1)]
    """Tasks entrusted, validated by the host."""
    skills: Annotated[tuple[Words, ...], Field(min_length=1)]
    """Skills to acquire or develop."""
    supervision: Words
    """How the academic supervisor and the workplace supervisor follow the intern."""
    deliverable: Words
    """What the student hands in (report …)."""
    validation: Words
    """How the internship is assessed."""
    if_interrupted: Words
    """How the internship is validated if it is interrupted (art. L124-15)."""
    origin: Literal["offer", "spontaneous", "network", "institution", ""] = ""
    confidential: bool = False
    forbidden_purposes: tuple[Words, ...] = ()
    """Purposes of art. L124-7 or L124-14 that somebody ticked: each is an error."""


class Telework(Record):
    """Work from elsewhere than the host's premises; it must be written in the agreement."""

    forgets: ClassVar[Forgets] = Forgets(tells=("terms",), general=("days_per_week",))

    days_per_week: Annotated[Decimal, Field(ge=0, le=7, decimal_places=1)]
    terms: Words
    """Where, with which equipment, how it can be ended."""


class Workplace(Record):
    """Where the internship takes place, when it is not the host's address."""

    forgets: ClassVar[Forgets] = Forgets(tells=("department", "travel"), general=("address",))

    department: Annotated[str, Field(max_length=200)] = ""
    address: Address | None = None
    telework: Telework | None = None
    travel: Annotated[str, Field(max_length=400)] = ""
    """Trips that are planned, own vehicle included."""


class Interruption(Span):
    """Days on which the internship is suspended: neither counted nor paid."""

    forgets: ClassVar[Forgets] = Forgets(tells=("reason",))

    reason: Annotated[str, Field(max_length=200)] = ""


class Absence(Span):
    """Authorised leave or absence (art. L124-13): counted for the duration, paid only if agreed."""

    forgets: ClassVar[Forgets] = Forgets(tells=("reason", "paid"))

    paid: bool = False
    reason: Annotated[str, Field(max_length=200)] = ""


class Period(Span):
    """Days with their own daily hours (irregular schedules)."""

    forgets: ClassVar[Forgets] = Forgets(general=("hours_per_day", "weekdays"))

    hours_per_day: Annotated[Hours, Field(le=24)]
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (1, 2, 3, 4, 5)
    """ISO weekdays, Monday = 1."""


class Slot(Record):
    """One day with its hours, whatever the weekday."""

    forgets: ClassVar[Forgets] = Forgets(general=("day", "hours"))

    day: date
    hours: Annotated[Hours, Field(le=24)]


class Schedule(Span):
    """When the intern is present (mentions 5, 6 and 10)."""

    forgets: ClassVar[Forgets] = Forgets(
        tells=("leave_terms", "special_presence"),
        general=("weekly_hours", "weekdays", "night", "sunday", "holiday", "planned_hours"),
    )

    weekly_hours: Annotated[Hours, Field(gt=0, le=60)] = Decimal(35)
    """Hours of presence in an ordinary week; in an irregular schedule, the average that is printed."""
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (1, 2, 3, 4, 5)
    """ISO weekdays on which the intern is present, Monday = 1."""
    periods: tuple[Period, ...] = ()
    """Stretches whose daily hours differ from the ordinary week; each replaces the ordinary week on its days."""
    slots: tuple[Slot, ...] = ()
    """Single days, on top of everything else: the slot replaces whatever the day had."""
    interruptions: tuple[Interruption, ...] = ()
    absences: tuple[Absence, ...] = ()
    leave_terms: Annotated[str, Field(max_length=1000)] = ""
    """Leave and authorised absences; must be provided for when the internship exceeds two months (art. L124-13)."""
    night: bool = False
    sunday: bool = False
    holiday: bool = False
    """Presence at night, on Sundays, on public holidays: each must be written in the agreement."""
    special_presence: Annotated[str, Field(max_length=1000)] = ""
    """When and why, if any of the three is true."""
    planned_hours: Hours | None = None
    """Total the parties agreed on, if they wrote one; compared with the computed total."""


class AllowanceBasis(StrEnum):
    """What an amount refers to."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"


class Payment(StrEnum):
    """How the monthly amount is found."""

    ACTUAL = "actual"
    """Hours really done each month."""
    SMOOTHED = "smoothed"
    """Equal instalments, the last one absorbing the cents."""


class Allowance(Record):
    """The allowance (mention 8). A record with amount 0 says that none is paid."""

    forgets: ClassVar[Forgets] = Forgets(
        tells=("unpaid_reason", "method"), general=("amount", "currency", "basis", "unit", "payment", "due_day")
    )

    amount: Money
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    basis: AllowanceBasis = AllowanceBasis.HOUR
    unit: Literal["gross", "net"] = "gross"
    payment: Payment = Payment.SMOOTHED
    method: Annotated[str, Field(max_length=120)] = ""
    """Bank transfer, cheque …"""
    due_day: Annotated[str, Field(max_length=120)] = ""
    """When in the month it is paid."""
    unpaid_reason: Annotated[str, Field(max_length=400)] = ""


class Benefits(Record):
    """Benefits (mention 13): canteen or vouchers, transport, social and cultural activities, others."""

    forgets: ClassVar[Forgets] = Forgets(tells=("meals", "transport", "social_and_cultural", "other"))

    meals: Annotated[str, Field(max_length=400)] = ""
    transport: Annotated[str, Field(max_length=400)] = ""
    social_and_cultural: Annotated[str, Field(max_length=400)] = ""
    other: Annotated[str, Field(max_length=400)] = ""


class HealthFund(Record):
    """The fund that covers the student: the address printed on the entitlement certificate."""

    forgets: ClassVar[Forgets] = Forgets(tells=("scheme", "name", "address"))

    scheme: Literal["cpam", "msa", "other"] = "cpam"
    name: Annotated[str, Field(max_length=200)] = ""
    address: Address | None = None


class Liability(Record):
    """Civil-liability insurance."""

    forgets: ClassVar[Forgets] = Forgets(identifies=("policy",), tells=("insurer", "valid_until"))

    insurer: Words
    policy: Words
    valid_until: date


class Protection(Record):
    """Social protection and insurance (mention 9). No social-security number is ever asked."""

    forgets: ClassVar[Forgets] = Forgets(tells=("host_covers_health", "host_covers_accidents"))

    health_fund: HealthFund = HealthFund()
    liability: Liability | None = None
    host_liability: Liability | None = None
    host_covers_health: bool | None = None
    """Abroad: does the host provide health cover? Unanswered stays unanswered."""
    host_covers_accidents: bool | None = None
    """Abroad: does local law give accident cover through the host?"""


class TravelZone(StrEnum):
    """The colour of the place in the ministry's travel advice; a person consults it, the program has no opinion."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class CountryRules(Record):
    """What the law of the host country says on the rights and duties of interns (art. L124-20), as somebody found it.

    The program knows no country's law: every line is copied from the source that is named.
    """

    forgets: ClassVar[Forgets] = Forgets(
        tells=("contact",),
        general=("working_time", "leave", "pay", "health", "accidents", "residence", "source", "consulted_on"),
    )

    working_time: Annotated[str, Field(max_length=600)] = ""
    """Longest day and week, breaks and rest, night, Sundays."""
    leave: Annotated[str, Field(max_length=600)] = ""
    """Leave, public holidays, absences."""
    pay: Annotated[str, Field(max_length=600)] = ""
    """Is an allowance compulsory, is it taxed?"""
    health: Annotated[str, Field(max_length=600)] = ""
    """Health cover and social protection."""
    accidents: Annotated[str, Field(max_length=600)] = ""
    """Who covers accidents at work, who declares them."""
    residence: Annotated[str, Field(max_length=600)] = ""
    """Visa, permit, registration with the authorities."""
    contact: Annotated[str, Field(max_length=600)] = ""
    """Whom an intern can turn to there: labour inspectorate, embassy, emergency numbers."""
    source: Words
    """Where these rules were found: authority, title, address."""
    consulted_on: date


class Abroad(Record):
    """What an internship outside France needs besides."""

    forgets: ClassVar[Forgets] = Forgets(
        tells=("ariane_registered_on",), general=("travel_zone", "zone_consulted_on", "country_sheet", "applicable_law")
    )

    travel_zone: TravelZone
    zone_consulted_on: date
    ariane_registered_on: date | None = None
    country_sheet: Annotated[str, Field(max_length=300)] = ""
    """Reference of the host-country information sheet that is annexed (art. L124-20)."""
    country_rules: CountryRules | None = None
    """The same rules written out: they are printed in the annex, and what they leave out is in that sheet."""
    repatriation: Liability | None = None
    applicable_law: CountryCode = "FR"
