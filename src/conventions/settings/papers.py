"""How papers look, what stands in them, who converts and who believes them; what the registrar is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from conventions.model.record import Record, Words, complaint
from conventions.text import Text

__all__ = ["Converter", "Documents", "Registrar", "RegistrarColumn", "TrustSettings", "Usual"]


class Documents(Record):
    """How papers look and which languages they speak."""

    french_text: bool = True
    """Is a paper in another language followed by the French text, both authentic? (Act no. 94-665, s. 5)"""
    logo: str = ""
    """PNG or JPEG of the institution, relative to the workspace; empty: none."""
    questionnaires: str = ""
    """The department's own evaluation questions, a TOML file relative to the workspace; empty: the shipped ones."""


class Usual(Record):
    """What the department's agreements say, unless a dossier says otherwise: a pre-agreement asks nobody for it."""

    supervision: Annotated[str, Field(max_length=1000)] = ""
    """How both supervisors follow the intern; empty here and below: in the program's own words."""
    deliverable: Annotated[str, Field(max_length=1000)] = ""
    validation: Annotated[str, Field(max_length=1000)] = ""
    if_interrupted: Annotated[str, Field(max_length=1000)] = ""


class Converter(Record):
    """LibreOffice."""

    soffice: str = ""
    """Path of the program; empty: found by itself."""
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    """Processes side by side; 0: one per processor."""


class TrustSettings(Record):
    """Keys, roots and services; paths are relative to the workspace."""

    roots: tuple[str, ...] = ()
    intermediates: tuple[str, ...] = ()
    qualified: tuple[str, ...] = ()
    """Authorities that the trusted lists hold as granted for qualified certificates; only theirs count as qualified."""
    seal: str = ""
    """A .p12 or PEM file, ``pkcs11:…`` for a token, or ``csc:https://…;credential=…`` for a signing service."""
    timestamps: tuple[str, ...] = ()
    """RFC 3161 addresses, tried in turn."""
    revocation_hosts: tuple[str, ...] = ()
    """Hosts from which OCSP answers and CRLs may be fetched; no other is ever contacted."""


RegistrarColumn = Literal[
    "number",
    "academic_year",
    "student_number",
    "last_name",
    "first_name",
    "email",
    "host_name",
    "session",
    "professionalism",
    "host",
    "report",
    "defence",
    "penalties",
    "raw",
    "final",
    "code",
]
"""What the registrar can be told of a student."""


def _usual_columns() -> dict[RegistrarColumn, str]:
    return {
        "student_number": "student_number",
        "last_name": "last_name",
        "first_name": "first_name",
        "session": "session",
        "final": "grade",
        "code": "result",
    }


class Registrar(Record):
    """``[registrar]``: which columns the registrar's files have, and what the registrar calls them."""

    columns: Annotated[Mapping[RegistrarColumn, Annotated[Words, Field(max_length=60)]], Field(min_length=1)] = Field(
        default_factory=_usual_columns
    )
    """Heading of each column, in this order."""
    decimal: Literal[".", ","] = "."
    """Sign between a number's whole part and its fraction in CSV."""

    @model_validator(mode="after")
    def _headings_once(self) -> Self:
        headings = [heading.casefold() for heading in self.columns.values()]
        if twice := next((one for rank, one in enumerate(headings) if one in headings[:rank]), None):
            raise complaint(Text("two columns have the heading {heading}", heading=twice))
        return self
