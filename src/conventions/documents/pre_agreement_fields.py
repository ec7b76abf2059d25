"""What the host fills in on a pre-agreement, field by field.

Names are dotted paths of the dossier; three kinds stand for what one field cannot hold: ``schedule.weekdays.1`` to
``.7`` are the ISO weekdays, one box each; the lines of ``placement.activities`` and ``placement.skills`` are the items
of these lists; the group ``form`` belongs to the form alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from conventions.documents.terms import WEEKDAYS
from conventions.languages import Language
from conventions.model.form import FieldKind, FormField, Option
from conventions.model.party import HostSector
from conventions.model.placement import AllowanceBasis, Payment
from conventions.text import Text

__all__ = ["CONFIRMED", "WANTED", "Wanted"]


@dataclass(frozen=True)
class Wanted:
    """One field, not yet in a language."""

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    max_length: int | None = None
    required: bool = False
    options: tuple[tuple[str, Text], ...] = ()
    maximum: Decimal | None = None
    value: str = ""

    def said(self, language: Language) -> FormField:
        """The field in the language of the form."""
        return FormField(
            self.name,
            self.kind,
            language.say(self.label),
            options=tuple(Option(value, language.say(label)) for value, label in self.options),
            value=self.value,
            required=self.required,
            max_length=self.max_length,
            maximum=self.maximum,
        )


_SECTORS: Final = (
    (HostSector.PRIVATE.value, Text("private-law body")),
    (HostSector.PUBLIC.value, Text("public body")),
    (HostSector.ASSOCIATION.value, Text("association")),
)
_BASES: Final = (
    (AllowanceBasis.HOUR.value, Text("per hour")),
    (AllowanceBasis.DAY.value, Text("per day")),
    (AllowanceBasis.WEEK.value, Text("per week")),
    (AllowanceBasis.MONTH.value, Text("per month")),
    (AllowanceBasis.TOTAL.value, Text("for the whole internship")),
)
_PAYMENTS: Final = (
    (Payment.ACTUAL.value, Text("on the hours done in the month")),
    (Payment.SMOOTHED.value, Text("in equal instalments")),
)


def _text(name: str, label: Text, most: int, *, required: bool = False) -> Wanted:
    return Wanted(name, label, max_length=most, required=required)


def _lines(name: str, label: Text, most: int) -> Wanted:
    return Wanted(name, label, FieldKind.LONG_TEXT, most, required=True)


def _number(name: str, label: Text, *, most: int | None = None, required: bool = False) -> Wanted:
    return Wanted(name, label, FieldKind.NUMBER, required=required, maximum=None if most is None else Decimal(most))


def _day(name: str, label: Text, *, required: bool = False) -> Wanted:
    return Wanted(name, label, FieldKind.DATE, required=required)


def _tick(name: str, label: Text, *, required: bool = False) -> Wanted:
    return Wanted(name, label, FieldKind.CHECK, required=required)


def _one_of(name: str, label: Text, options: tuple[tuple[str, Text], ...]) -> Wanted:
    return Wanted(name, label, FieldKind.CHOICE, options=options)


def _yes_no(name: str, label: Text) -> Wanted:
    return _one_of(name, label, (("yes", Text("yes")), ("no", Text("no"))))


def _address(path: str, of: Text, *, required: bool) -> Iterator[Wanted]:
    yield _text(f"{path}.street", Text("{of}: number and street", of=of), 150, required=required)
    yield _text(f"{path}.postal_code", Text("{of}: postal code", of=of), 16)
    yield _text(f"{path}.city", Text("{of}: town", of=of), 100, required=required)
    yield _text(f"{path}.country", Text("{of}: country, if it is not France", of=of), 60)


def _person(path: str, who: Text) -> Iterator[Wanted]:
    yield _text(f"{path}.first_name", Text("{who}: first name", who=who), 100, required=True)
    yield _text(f"{path}.last_name", Text("{who}: last name", who=who), 100, required=True)
    yield _text(f"{path}.function", Text("{who}: function", who=who), 200, required=True)
    yield _text(f"{path}.email", Text("{who}: e-mail address", who=who), 254, required=True)
    yield _text(f"{path}.phone", Text("{who}: telephone", who=who), 40)


def _host() -> Iterator[Wanted]:
    host = Text("host organisation")
    yield _text("host.name", Text("name of the host organisation"), 200, required=True)
    yield Wanted("host.sector", Text("legal nature"), FieldKind.CHOICE, required=True, options=_SECTORS)
    yield _text("host.legal_form", Text("legal form"), 120)
    yield _text("host.siret", Text("SIRET number"), 20)
    yield _text("host.activity_code", Text("activity code (APE)"), 10)
    yield from _address("host.address", host, required=True)
    yield _text("host.phone", Text("{who}: telephone", who=host), 40)
    yield _text("host.email", Text("{who}: e-mail address", who=host), 254)
    yield _text("host.website", Text("web site"), 200)
    yield _number("host.headcount", Text("number of employees"), most=10_000_000)
    yield _number("host.it_professionals", Text("of whom IT professionals"), most=10_000_000, required=True)
    yield _yes_no("host.own_agreement", Text("the host also wants its own agreement signed"))
    yield _yes_no("host.founded_by_student", Text("the student founded or owns the company"))


def _student() -> Iterator[Wanted]:
    student = Text("student")
    yield _text("student.first_name", Text("{who}: first name", who=student), 100, required=True)
    yield _text("student.last_name", Text("{who}: last name", who=student), 100, required=True)
    yield _text("student.student_number", Text("student number"), 40)
    yield _text("student.email", Text("{who}: e-mail address", who=student), 254)


def _placement() -> Iterator[Wanted]:
    yield _lines("placement.subject", Text("topic of the internship"), 300)
    yield _lines("placement.activities", Text("assigned activities, one a line"), 1500)
    yield _lines("placement.skills", Text("skills to be acquired and technologies used, one a line"), 700)
    yield _yes_no("placement.confidential", Text("the report is to be treated as confidential"))


def _schedule() -> Iterator[Wanted]:
    yield _day("schedule.start", Text("first day of the internship"), required=True)
    yield _day("schedule.end", Text("last day of the internship"), required=True)
    yield _number("schedule.weekly_hours", Text("hours of attendance a week"), most=60, required=True)
    for rank, weekday in enumerate(WEEKDAYS, start=1):
        yield _tick(f"schedule.weekdays.{rank}", Text("attendance on this day: {weekday}", weekday=weekday))
    yield _tick("schedule.night", Text("attendance at night"))
    yield _tick("schedule.sunday", Text("attendance on Sundays"))
    yield _tick("schedule.holiday", Text("attendance on public holidays"))
    yield _text("schedule.special_presence", Text("conditions and reasons of this attendance"), 150)
    yield _text("schedule.leave_terms", Text("leave and authorised absences"), 150)


def _place() -> Iterator[Wanted]:
    yield _text("workplace.department", Text("department of the host"), 200)
    yield from _address("workplace.address", Text("place of internship"), required=False)
    yield _number("workplace.telework.days_per_week", Text("days of telework a week"), most=7)
    yield _text("workplace.telework.terms", Text("conditions of telework"), 150)
    yield _text("workplace.travel", Text("planned travel"), 150)


def _allowance() -> Iterator[Wanted]:
    yield _number("allowance.amount", Text("amount of the allowance"), most=99_999_999, required=True)
    yield Wanted("allowance.currency", Text("currency"), max_length=3, required=True, value="EUR")
    yield Wanted("allowance.basis", Text("what the amount stands for"), FieldKind.CHOICE, required=True, options=_BASES)
    yield _one_of("allowance.payment", Text("how the monthly amount is found"), _PAYMENTS)
    yield _text("allowance.method", Text("means of payment"), 120)
    yield _text("allowance.due_day", Text("day of the month on which it is paid"), 120)
    yield _text("allowance.unpaid_reason", Text("reason why no allowance is paid"), 150)
    yield _text("benefits.meals", Text("meals"), 150)
    yield _text("benefits.transport", Text("transport"), 150)
    yield _text("benefits.social_and_cultural", Text("social and cultural activities"), 150)
    yield _text("benefits.other", Text("other benefits"), 150)


def _protection() -> Iterator[Wanted]:
    insurance = "protection.host_liability"
    yield _text(f"{insurance}.insurer", Text("the host's civil liability insurer"), 200)
    yield _text(f"{insurance}.policy", Text("number of the policy"), 100)
    yield _day(f"{insurance}.valid_until", Text("the policy is valid until"))
    yield _yes_no("protection.host_covers_health", Text("abroad: the host provides health cover"))
    yield _yes_no("protection.host_covers_accidents", Text("abroad: local law covers occupational accidents"))
    yield _text("form.country_rules", Text("abroad: contact for the country's rules on interns"), 150)


def _closing() -> Iterator[Wanted]:
    yield _tick("form.conditions_read", Text("the department's conditions have been read"), required=True)
    yield _text("form.completed_by", Text("filled in by"), 200, required=True)
    yield _text("form.place", Text("place"), 100)
    yield _day("form.completed_on", Text("date"), required=True)


WANTED: Final = (
    *_host(),
    *_person("host.representative", Text("host representative")),
    *_person("tutor", Text("workplace supervisor")),
    *_student(),
    *_placement(),
    *_schedule(),
    *_place(),
    *_allowance(),
    *_protection(),
    *_closing(),
)
"""Every field, in the order of the form."""


def _student_alone() -> Iterator[Wanted]:
    """What only the student can say: the host is not asked for it."""
    student, insurance = Text("student"), "protection.liability"
    yield from (replace(wanted, required=True) for wanted in _student())
    yield _text("student.phone", Text("{who}: telephone", who=student), 40)
    yield _day("student.birth_date", Text("date of birth"), required=True)
    yield from _address("student.address", student, required=True)
    fund = Text("health insurance fund")
    yield _text("protection.health_fund.name", fund, 200)
    yield from _address("protection.health_fund.address", fund, required=False)
    yield _text(f"{insurance}.insurer", Text("the student's civil liability insurer"), 200)
    yield _text(f"{insurance}.policy", Text("number of the policy"), 100)
    yield _day(f"{insurance}.valid_until", Text("the policy is valid until"))
    yield _tick("form.confirmed", Text("what the host proposes is what we agreed"), required=True)


CONFIRMED: Final = tuple(_student_alone())
"""What the student adds when confirming, in order. It stands on no paper: the agreement will say it."""
