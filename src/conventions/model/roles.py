"""The circuit as data: the one definition of who signs, in which order.

Signing, reception and the registry all ask this value; nothing else in the program knows an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conventions.text import Text

__all__ = ["DEFAULT_CIRCUIT", "ROLE_LABELS", "SEAL", "Circuit", "Signatory", "Step"]

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
"""Every role that can be put into a circuit, with its name for people."""


@dataclass(frozen=True)
class Step:
    """One rank of the circuit. All its roles must sign, in any order among themselves."""

    roles: tuple[str, ...]
    days: int
    """Calendar days granted to this step."""


@dataclass(frozen=True)
class Circuit:
    """The steps, first to last."""

    steps: tuple[Step, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role, in order; also the names of the signature fields."""
        return tuple(role for step in self.steps for role in step.roles)

    def step_of(self, role: str) -> int:
        """Rank of the step that holds the role, from 0. Raises KeyError when no step does."""
        for rank, step in enumerate(self.steps):
            if role in step.roles:
                return rank
        raise KeyError(role)

    def later_than(self, role: str) -> tuple[str, ...]:
        """Roles that may still sign after this one: its own step's others and all later steps'."""
        rank = self.step_of(role)
        return tuple(other for step in self.steps[rank:] for other in step.roles if other != role)


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
