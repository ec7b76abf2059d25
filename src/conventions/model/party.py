"""The parties: who they are, where they live, who may sign for them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import Field, StringConstraints

from conventions.model.record import CountryCode, Forgets, Record, Words

__all__ = [
    "OVERSEAS",
    "Address",
    "Delegation",
    "Email",
    "Function",
    "Host",
    "HostSector",
    "Institution",
    "LegalRepresentative",
    "Official",
    "Person",
    "Programme",
    "Student",
]

Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""Shape only; `rules` looks closer with email-validator."""

OVERSEAS: Final = frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"})
"""Codes that ISO 3166-1 has for parts of France. An internship there is not abroad; `rules` wants FR and the postal
code, which tells the public holidays."""


class Address(Record):
    """A postal address."""

    street: Words
    """Number and street, building, floor; several lines are allowed."""
    postal_code: Annotated[str, Field(max_length=16)] = ""
    """Five digits in France; free elsewhere; empty where a country has none."""
    city: Words
    region: Annotated[str, Field(max_length=12)] = ""
    """Subdivision that decides the public holidays, as in ISO 3166-2 without the country (BY, CT, SCT, 57 …)."""
    country: CountryCode = "FR"


class Person(Record):
    """Somebody with a name and a way to be reached."""

    forgets: ClassVar[Forgets] = Forgets(identifies=("first_name", "last_name", "email", "phone"))

    first_name: Words
    last_name: Words
    email: Email
    phone: Annotated[str, Field(max_length=40)] = ""

    @property
    def name(self) -> str:
        """First name, last name."""
        return f"{self.first_name} {self.last_name}"


class Delegation(Record):
    """A written delegation of signature (art. L712-2 of the Code de l'éducation): personal, no sub-delegation."""

    forgets: ClassVar[Forgets] = Forgets(identifies=("on_behalf_of",), tells=("reference", "since"))

    on_behalf_of: Words
    """Name and office of the person who delegates."""
    reference: Words
    """Number of the act."""
    since: date


class Function(Person):
    """A person in an office: host representative, workplace supervisor, academic supervisor."""

    forgets: ClassVar[Forgets] = Forgets(tells=("function",))

    function: Words
    """What the person is, as it must be printed."""
    delegation: Delegation | None = None


class Official(Function):
    """A person of the institution who signs papers (coordinator, dean, president)."""


class LegalRepresentative(Person):
    """Signs with a student who is under 18."""

    forgets: ClassVar[Forgets] = Forgets(tells=("relation",))

    relation: Words
    """Mother, father, guardian …"""


class Student(Person):
    """The intern."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("usage_name", "student_number", "national_id", "address", "personal_email"),
        tells=("birth_date", "gender"),
    )

    usage_name: Annotated[str, Field(max_length=120)] = ""
    student_number: Words
    national_id: Annotated[str, Field(max_length=11)] = ""
    """INE, eleven characters; never required."""
    birth_date: date
    gender: Annotated[str, Field(pattern=r"^[FMX]?$")] = ""
    """F, M, X or nothing. Only the attestation of the ministry's model asks for it."""
    address: Address
    personal_email: Email | None = None
    legal_representative: LegalRepresentative | None = None


class HostSector(StrEnum):
    """The legal nature of the host: it decides the benefits clause and whether the floor is also a cap."""

    PRIVATE = "private"
    PUBLIC = "public"
    ASSOCIATION = "association"


class Host(Record):
    """The host organisation."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("phone", "email"),
        tells=("founded_by_student",),
        general=(
            "name",
            "sector",
            "legal_form",
            "siret",
            "activity_code",
            "activity_code_revision",
            "headcount",
            "it_professionals",
            "address",
            "website",
            "own_agreement",
        ),
    )

    name: Words
    sector: HostSector
    legal_form: Annotated[str, Field(max_length=120)] = ""
    siret: Annotated[str, Field(max_length=20)] = ""
    """Fourteen digits; required in France."""
    activity_code: Annotated[str, Field(max_length=10)] = ""
    """APE/NAF code such as 62.01Z."""
    activity_code_revision: Annotated[str, Field(max_length=10)] = "rev2"
    """rev2, or 2025 for codes given from 2027 on."""
    headcount: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    it_professionals: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """How many IT professionals the host employs."""
    address: Address
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Email | None = None
    website: Annotated[str, Field(max_length=200)] = ""
    representative: Function
    """Who signs for the host."""
    founded_by_student: bool = False
    """True when the student created or owns the company."""
    own_agreement: bool = False
    """True when the host also wants its own agreement signed; both are attached together."""


class Institution(Record):
    """The university, as it stands at the head of every paper."""

    name: Words
    faculty: Words
    department: Words
    uai: Annotated[str, Field(max_length=8)] = ""
    address: Address
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Email
    accident_insurer: Annotated[str, Field(max_length=200)] = ""
    """Civil-liability insurer of the institution, when the papers name it."""


class Programme(Record):
    """The degree the internship belongs to."""

    title: Words
    level: Words
    code: Annotated[str, Field(max_length=40)] = ""
    teaching_hours: Annotated[int, Field(ge=0, le=5000)]
    """Hours of teaching per year, internship excluded (art. D124-2: 200 at least)."""
    hours_in_presence: Annotated[int, Field(ge=0, le=5000)]
    """Of which in the students' presence (art. D124-2: 50 at least)."""
    course_unit: Words
    ects: Annotated[int, Field(ge=0, le=120)]
