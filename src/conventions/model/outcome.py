"""What came of it: attachments that arrived, the pre-agreement, the internship as it was done, defence and marks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from conventions.model.moment import Moment
from conventions.model.placement import Absence, Interruption
from conventions.model.record import Forgets, Hours, Money, Record, Words
from conventions.text import Text

__all__ = [
    "REASON_LABELS",
    "SEEN_ONLY",
    "Attachment",
    "AttachmentKind",
    "Defence",
    "Mark",
    "Marks",
    "Penalty",
    "PreAgreement",
    "Realised",
    "RefusalReason",
]


class AttachmentKind(StrEnum):
    """The pieces a dossier can need (the course's matrix of attachments)."""

    PRE_AGREEMENT = "pre_agreement"
    HEALTH_ENTITLEMENT = "health_entitlement"
    CIVIL_LIABILITY = "civil_liability"
    SOCIAL_SECURITY_CERTIFICATE = "social_security_certificate"
    REPATRIATION = "repatriation"
    COUNTRY_SHEET = "country_sheet"
    ARIANE_PROOF = "ariane_proof"
    HOST_AGREEMENT = "host_agreement"
    MEEF_COURSE_UNIT = "meef_course_unit"
    COORDINATOR_APPROVAL = "coordinator_approval"
    MOTIVATION_LETTER = "motivation_letter"
    SNEE_STATUS = "snee_status"
    PEDAGOGICAL_CONTRACT = "pedagogical_contract"
    EXTENSION_REQUEST = "extension_request"


SEEN_ONLY: Final = frozenset({AttachmentKind.HEALTH_ENTITLEMENT, AttachmentKind.SOCIAL_SECURITY_CERTIFICATE})
"""They bear the social-security number (NIR), which nobody here may keep: seen, by whom, when, and the file goes."""


class Attachment(Record):
    """A piece that was seen. The file itself need not be kept: "seen, by whom, when" is enough."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("checked_by", "file"), tells=("kind", "received_on", "checked_on", "sha256")
    )

    kind: AttachmentKind
    received_on: date
    checked_by: Annotated[str, Field(max_length=120)] = ""
    checked_on: date | None = None
    file: Annotated[str, Field(max_length=300)] = ""
    """Path inside the workspace, if the file is kept."""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class RefusalReason(StrEnum):
    """Why a pre-agreement is refused (enumerated by the course)."""

    NO_IT_PROFESSIONAL = "no_it_professional"
    MISSION_NOT_DETAILED = "mission_not_detailed"
    SKILLS_NOT_DETAILED = "skills_not_detailed"
    NOT_DEVELOPMENT_MISSION = "not_development_mission"
    AMOUNT_BELOW_MINIMUM = "amount_below_minimum"
    DURATION_BELOW_12_WEEKS = "duration_below_12_weeks"
    END_AFTER_LIMIT = "end_after_limit"
    UNPAID = "unpaid"
    AT_STUDENT_HOME = "at_student_home"
    FULL_TELEWORK = "full_telework"
    OWN_COMPANY = "own_company"
    MISSING_FIELD = "missing_field"
    MISSING_ATTACHMENT = "missing_attachment"


REASON_LABELS: Final = {
    RefusalReason.NO_IT_PROFESSIONAL: Text("the host employs no IT professional"),
    RefusalReason.MISSION_NOT_DETAILED: Text("the activities are not detailed"),
    RefusalReason.SKILLS_NOT_DETAILED: Text("the skills are not detailed"),
    RefusalReason.NOT_DEVELOPMENT_MISSION: Text("it is not a development mission"),
    RefusalReason.AMOUNT_BELOW_MINIMUM: Text("the allowance is below the minimum"),
    RefusalReason.DURATION_BELOW_12_WEEKS: Text("it lasts less than 12 weeks"),
    RefusalReason.END_AFTER_LIMIT: Text("it ends after the latest date"),
    RefusalReason.UNPAID: Text("no allowance is paid"),
    RefusalReason.AT_STUDENT_HOME: Text("it takes place at the student's home"),
    RefusalReason.FULL_TELEWORK: Text("it is telework only"),
    RefusalReason.OWN_COMPANY: Text("the student owns the company"),
    RefusalReason.MISSING_FIELD: Text("something is not filled in"),
    RefusalReason.MISSING_ATTACHMENT: Text("a document is missing"),
}
"""Every reason for people."""


class PreAgreement(Record):
    """The pre-agreement: only an approved one may become an agreement."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("decided_by",), tells=("comment", "reasons"), general=("state", "submitted_on", "decided_on")
    )

    state: Literal["submitted", "refused", "approved"]
    submitted_on: date
    decided_on: date | None = None
    decided_by: Annotated[str, Field(max_length=120)] = ""
    reasons: tuple[RefusalReason, ...] = ()
    comment: Annotated[str, Field(max_length=1000)] = ""


class Realised(Record):
    """The internship as it was really done: the attestation is made from this, never from the plan."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("recorded_by",), general=("start", "end", "hours", "allowance_paid", "currency", "recorded_on")
    )

    start: date
    end: date
    hours: Hours
    """Hours of effective presence."""
    absences: tuple[Absence, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    allowance_paid: Money
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    recorded_on: date
    recorded_by: Words


class Defence(Record):
    """The appointment for the oral defence, set by the academic supervisor; ``marks`` say what came of it."""

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("panel", "note", "link"), tells=("place",), general=("start", "minutes", "by_video")
    )

    start: Moment
    """Such as 2026-06-29T09:30, on the clock of Paris."""
    minutes: Annotated[int, Field(ge=5, le=240)] = 30
    """From the first word to the end of the deliberation."""
    place: Annotated[str, Field(max_length=200)] = ""
    """Building and room, where the panel sits."""
    by_video: bool = False
    """Does the student defend from afar?"""
    link: Annotated[str, Field(max_length=300)] = ""
    """Where the video meeting is joined; empty while it is still to be sent."""
    panel: Annotated[tuple[Words, ...], Field(max_length=12)] = ()
    """First and last names of those who hear it, the academic supervisor among them."""
    note: Annotated[str, Field(max_length=600)] = ""
    """What this student must know besides; printed in the summons."""

    @property
    def day(self) -> date:
        """On which it is."""
        return self.start.date()

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)


Mark = Annotated[Decimal, Field(ge=0, le=20, decimal_places=2)]
"""A component out of 20."""


class Penalty(Record):
    """Points taken off, with who decided and why."""

    forgets: ClassVar[Forgets] = Forgets(identifies=("decided_by",), tells=("points", "reason", "on"))

    points: Annotated[Decimal, Field(gt=0, le=20, decimal_places=2)]
    reason: Words
    on: date
    decided_by: Words


class Marks(Record):
    """The components of the grade; a missing one keeps the grade a draft.

    The marks of the second session replace those of the first: a component that is kept is written again.
    """

    forgets: ClassVar[Forgets] = Forgets(
        identifies=("panel",),
        tells=(
            "professionalism",
            "host",
            "report",
            "defence",
            "absence",
            "session",
            "report_deposited_on",
            "weekly_reports",
            "defended_on",
            "by_video",
        ),
    )

    professionalism: Mark | None = None
    host: Mark | None = None
    report: Mark | None = None
    defence: Mark | None = None
    penalties: tuple[Penalty, ...] = ()
    absence: Literal["", "absent", "excused"] = ""
    """Absent without justification, or with one: there is no grade to make of the components."""
    session: Annotated[int, Field(ge=1, le=2)] = 1
    report_deposited_on: date | None = None
    weekly_reports: Annotated[int, Field(ge=0, le=60)] | None = None
    defended_on: date | None = None
    panel: tuple[Words, ...] = ()
    by_video: bool = False
