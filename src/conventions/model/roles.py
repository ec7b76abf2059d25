"""The circuit as data: the one definition of who signs, in which order.

Signing, reception and the registry all ask this value; nothing else in the program knows an order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from conventions.text import Text, quoted

__all__ = ["CHECK_LABELS", "DEFAULT_CIRCUIT", "ROLE_LABELS", "SEAL", "Circuit", "Signatory", "Step", "label_of"]

SEAL: Final = "seal"
"""Field of the institution's certifying seal; never a role of the circuit."""

ROLE_LABELS: Final = {
    "student": Text("student"),
    "legal_representative": Text("legal representative"),
    "tutor": Text("workplace supervisor"),
    "company": Text("host organisation"),
    "referent": Text("academic supervisor"),
    "coordinator": Text("internship coordinator"),
    "dean": Text("dean"),
    "president": Text("university president"),
}
"""Every role that can sign, with its name for people."""

CHECK_LABELS: Final = {"internship_office": Text("internship office (BAIP)")}
"""Offices that look at a paper in the middle of its circuit and sign nothing."""


def label_of(role: str) -> Text:
    """The name of a role or office for people; the word itself where it is neither."""
    return ROLE_LABELS.get(role) or CHECK_LABELS.get(role) or quoted(role)


@dataclass(frozen=True)
class Step:
    """One rank of the circuit: its roles act in any order among themselves."""

    roles: tuple[str, ...]
    days: int
    """Calendar days granted to this step."""
    needs: Literal["all", "one"] = "all"
    """Must all its roles act, or is one enough: the representative or the person who stands in?"""
    acts: Literal["sign", "check", "fill"] = "sign"
    """A check is recorded and leaves no signature in the paper; a form is filled in and comes back."""

    def is_done(self, done: Collection[str]) -> bool:
        """Have enough of its roles acted?"""
        acted = [role in done for role in self.roles]
        return any(acted) if self.needs == "one" else all(acted)


@dataclass(frozen=True)
class Circuit:
    """The steps, first to last."""

    steps: tuple[Step, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that signs, in order; also the names of the signature fields."""
        return tuple(role for step in self.steps if step.acts == "sign" for role in step.roles)

    @property
    def checks(self) -> tuple[str, ...]:
        """Every office that looks at the paper and does not sign it, in order."""
        return tuple(role for step in self.steps if step.acts == "check" for role in step.roles)

    @property
    def fills(self) -> tuple[str, ...]:
        """Every role that fills the paper in, which is a form."""
        return tuple(role for step in self.steps if step.acts == "fill" for role in step.roles)

    def is_complete(self, done: Collection[str]) -> bool:
        """Has everybody acted who must?"""
        return all(step.is_done(done) for step in self.steps)

    def step_of(self, role: str) -> int:
        """Rank of the step that holds the role, from 0. Raises KeyError when no step does."""
        for rank, step in enumerate(self.steps):
            if role in step.roles:
                return rank
        raise KeyError(role)

    def later_than(self, role: str) -> tuple[str, ...]:
        """Roles that may still sign after this one: all later steps' and, if all must sign, its own step's others."""
        rank = self.step_of(role)
        first = rank + 1 if self.steps[rank].needs == "one" else rank
        later = (other for step in self.steps[first:] if step.acts == "sign" for other in step.roles)
        return tuple(other for other in later if other != role)


DEFAULT_CIRCUIT: Final = Circuit(
    (
        Step(("student",), days=3),
        Step(("company",), days=5),
        Step(("coordinator",), days=3),
        Step(("dean",), days=3),
    )
)


@dataclass(frozen=True)
class Signatory:
    """The person expected in a role of one paper, and what pins that person."""

    role: str
    name: str
    function: str
    email: str
    """Must stand in the certificate (subject alternative name or subject), unless a fingerprint is pinned."""
    language: str
    fingerprint: str = ""
    """SHA-256 of the certificate (DER), hexadecimal; the stronger pin, used alone when given."""
    issuer: str = ""
    """Words that the name of the certificate's issuer must hold; empty: any recognised authority."""
    subject: str = ""
    """Words that the name of the certificate's holder must have; empty: the address is enough."""
    by_delegation: str = ""
    """On whose behalf, and by which act, this person signs; printed beside the signature."""
