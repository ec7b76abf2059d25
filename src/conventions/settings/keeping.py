"""What is kept where, for how long, and who can read it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from conventions.model.record import Record

__all__ = ["ArchiveSettings", "Encryption", "Places", "Retention", "Seda"]


class Places(Record):
    """Folders of the workspace, relative to it."""

    dossiers: str = "dossiers"
    templates: str = "templates"
    papers: str = "papers"
    refused: str = "refused"
    archive: str = "archive"


_Identifier = Annotated[str, Field(max_length=200)]


class Seda(Record):
    """How a public archive service knows this office: what its agreement on transfers names (SEDA, NF Z44-022)."""

    agreement: _Identifier = ""
    """Identifier of the agreement itself."""
    archive: _Identifier = ""
    """Of the archive service."""
    sender: _Identifier = ""
    """Of whoever hands over."""
    originator: _Identifier = ""
    """Of whoever made the papers; empty: the sender."""
    appraisal_rule: _Identifier = ""
    """The service's rule on how long it keeps them. ``{years}`` stands for the longest time in ``retention``."""
    final_action: Literal["Keep", "Destroy"] = "Keep"
    """What that rule ends with."""
    access_rule: _Identifier = ""
    """The service's rule on who may read them when."""


class ArchiveSettings(Record):
    """What is done with archived papers as the years go by."""

    renew_days: Annotated[int, Field(ge=1, le=1826)] = 365
    """How many days before it runs out what proves a paper is renewed."""
    evaluations: bool = True
    """Do the evaluation forms that came back go into an evidence package?"""
    grading_sheet: bool = False
    """And the grading sheet?"""
    seda: Seda = Seda()


_Years = Annotated[int, Field(ge=0, le=100)]


class Retention(Record):
    """How long what is kept: whole years after the academic year has ended, if nothing else is said.

    No national table is known that fixes these times for internship agreements: the institution does, with its data
    protection officer and its archives (art. 5(1)(e) GDPR; art. R212-13 of the Code du patrimoine).
    """

    agreements_years: _Years = 5
    """Agreements, amendments, attestations, their evidence: claims prescribe in 5 years (art. 2224 Code civil)."""
    evaluations_years: _Years = 5
    grades_years: _Years = 5
    """Grading sheets and what the dossier says of marks; the registrar's own files are kept by the registrar."""
    not_issued_years: _Years = 1
    """Dossiers for which nothing was issued: nothing was agreed."""
    refused_years: _Years = 1
    """Files that came back and did not prove themselves."""
    letters_years: _Years = 1
    """Copies of letters in the outbox."""
    inbox_days: Annotated[int, Field(ge=0, le=3650)] = 30
    """Days after which what was taken in from the inbox goes: the papers themselves are kept elsewhere."""
    health_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """Days after its check for which a health-insurance certificate is kept (art. 5(1)(c) GDPR): it bears the NIR."""
    access_months: Annotated[int, Field(ge=1, le=120)] = 12
    """Months for which it is told who did what with whose data: 6 to 12 (CNIL, deliberation 2021-122)."""
    needs_visa: bool = True
    """Must the archives' visa of a destruction be named? Of public archives none may be destroyed without it (art.
    R212-14 of the Code du patrimoine)."""


class Encryption(Record):
    """Backups, encrypted by age (age-encryption.org)."""

    recipients: tuple[Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{10,3000}$")], ...] = ()
    """Public keys; whoever has the identity of one of them can read. Without any, nothing is encrypted."""
