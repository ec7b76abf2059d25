"""Who signs, in which order, and who the officials are."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from conventions.model.party import Official
from conventions.model.record import Record, complaint
from conventions.model.roles import CHECK_LABELS, DEFAULT_CIRCUIT, ROLE_LABELS, Circuit, Step
from conventions.text import Text

__all__ = ["CircuitSettings", "Circuits", "People", "StepSettings"]


class StepSettings(Record):
    """One rank of the circuit."""

    roles: Annotated[tuple[str, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=0, le=90)] = 3
    needs: Literal["all", "one"] = "all"
    """Must all its roles act, or is one enough?"""
    acts: Literal["sign", "check"] = "sign"
    """``check``: an office looks at the paper and signs nothing."""

    @model_validator(mode="after")
    def _known_roles(self) -> Self:
        known = ROLE_LABELS if self.acts == "sign" else CHECK_LABELS
        if unknown := [role for role in self.roles if role not in known]:
            raise complaint(Text("unknown role {role}; known roles: {known}", role=unknown[0], known=tuple(known)))
        return self


class CircuitSettings(Record):
    """Who signs, in which order."""

    steps: tuple[StepSettings, ...] = tuple(
        StepSettings(roles=step.roles, days=step.days) for step in DEFAULT_CIRCUIT.steps
    )
    certify: bool = True
    """Does the seal certify the paper at issue? Some signing programs refuse certified papers."""
    by_code: bool = True
    """May a person without a certificate sign with a code sent by mail, the seal standing for that person?"""
    on_paper: bool = False
    """May a signature on paper be recorded, with its scan?"""

    @model_validator(mode="after")
    def _roles_once(self) -> Self:
        roles = [role for step in self.steps for role in step.roles]
        if not any(step.acts == "sign" for step in self.steps):
            raise complaint(Text("the circuit has no step"))
        if len(set(roles)) < len(roles):
            raise complaint(Text("a role stands in the circuit twice"))
        return self

    @property
    def circuit(self) -> Circuit:
        """The same as the value that signing, reception and registry ask."""
        return Circuit(tuple(Step(step.roles, step.days, step.needs, step.acts) for step in self.steps))


class Circuits(Record):
    """Circuits of single documents, where they differ from the usual one."""

    amendment: CircuitSettings | None = None
    attestation: CircuitSettings | None = None
    grading_sheet: CircuitSettings | None = None
    own_agreement: CircuitSettings | None = None
    """Of an agreement whose host also wants its own signed."""


class People(Record):
    """Officials who sign or are written to."""

    coordinator: Official
    dean: Official
    president: Official | None = None
    internship_office: Official | None = None
    """Checks papers where a circuit has such a step (BAIP); signs none."""

    @property
    def by_role(self) -> dict[str, Official]:
        """The officials who are named, by the role they sign in."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {role: person for role, person in named.items() if person}
