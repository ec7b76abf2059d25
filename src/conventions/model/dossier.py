"""The one record: everything the office knows of one internship."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from conventions.model.amendment import Amendment
from conventions.model.outcome import Attachment, Defence, Marks, PreAgreement, Realised
from conventions.model.party import OVERSEAS, Address, Email, Function, Host, Student
from conventions.model.placement import Abroad, Allowance, Benefits, Placement, Protection, Schedule, Workplace
from conventions.model.record import Forgets, Record

__all__ = ["Dossier", "LanguageCode", "Nature", "SignerPin", "Track"]

LanguageCode = Literal["fr", "en", "es", "de"]
"""Languages a paper can be in (ISO 639-1)."""


class Track(StrEnum):
    """Under which regime the internship runs."""

    STANDARD = "standard"
    MEEF = "meef"
    SNEE = "snee"
    WORK_STUDY = "work_study"


class Nature(StrEnum):
    """What the internship is for the degree."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    GAP_YEAR = "gap_year"


class SignerPin(Record):
    """Who may sign in a role, beyond the e-mail address that the dossier already names."""

    forgets: ClassVar[Forgets] = Forgets(identifies=("email", "fingerprint", "subject"), tells=("role", "issuer"))

    role: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,30}$")]
    email: Email | None = None
    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    """SHA-256 of the certificate (DER), lower-case hexadecimal."""
    issuer: Annotated[str, Field(max_length=200)] = ""
    """Words that the name of the certificate's issuer must hold."""
    subject: Annotated[str, Field(max_length=200)] = ""
    """Words that the name of the certificate's holder must hold."""


class Dossier(Record):
    """One internship, from the pre-agreement to the marks.

    ``number``, the parties, the placement, the schedule, the allowance, the protection make the agreement;
    ``attachments``, ``pre_agreement``, ``realised``, ``defence`` and ``marks`` follow its life and are never printed
    in it.
    """

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("number",), general=("academic_year", "language", "track", "nature")
    )

    of_the_grade: ClassVar[tuple[str, ...]] = ("marks",)
    """Fields that go when the marks need not be kept any longer, even if the agreement must."""

    number: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,39}$")]
    """The office's number: letters, digits, dot, dash, underscore; also the name of its folder."""
    academic_year: Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")]
    """Such as 2026-2027."""
    language: LanguageCode = "fr"
    """Language of the agreement."""
    track: Track = Track.STANDARD
    nature: Nature = Nature.MANDATORY
    student: Student
    host: Host
    workplace: Workplace = Workplace()
    tutor: Function
    """Workplace supervisor, designated by the host."""
    referent: Function | None = None
    """Academic supervisor; the coordinator until one is designated."""
    placement: Placement
    schedule: Schedule
    allowance: Allowance
    benefits: Benefits = Benefits()
    protection: Protection = Protection()
    abroad: Abroad | None = None
    signers: tuple[SignerPin, ...] = ()
    pre_agreement: PreAgreement | None = None
    attachments: tuple[Attachment, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    realised: Realised | None = None
    defence: Defence | None = None
    marks: Marks | None = None

    @property
    def place(self) -> Address:
        """Where the internship takes place."""
        return self.workplace.address or self.host.address

    @property
    def is_abroad(self) -> bool:
        """Outside France: other rules, other delays, other attachments."""
        return self.place.country != "FR" and self.place.country not in OVERSEAS
