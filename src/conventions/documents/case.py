"""What a document may draw on: one internship, or a whole campaign, and the house that issues the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from conventions import questionnaires
from conventions.languages import Language
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier
from conventions.model.evaluation import Questionnaires
from conventions.model.grading import GradingSettings
from conventions.model.party import Institution, Official, Programme
from conventions.model.profile import Profile
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit, Signatory

__all__ = ["Campaign", "Case", "Edition", "House", "edition"]


@dataclass(frozen=True)
class House:
    """The institution's side: the same for every paper of a department."""

    institution: Institution
    programme: Programme
    officials: Mapping[str, Official]
    """Of the institution, by the role they sign in."""
    profile: Profile
    """The department's own rules."""
    grading: GradingSettings = field(default_factory=GradingSettings)
    questionnaires: Questionnaires = field(default_factory=questionnaires.shipped)
    """The questions of the evaluation forms."""


@dataclass(frozen=True)
class Edition:
    """Which paper it is: what its head and foot say."""

    number: str
    """Of the dossier; of a campaign's paper, the academic year."""
    digest: str
    """Of everything the paper prints, hexadecimal."""
    on: date
    """The day the paper is made; decides which hourly floor applies."""
    version: int = 1
    languages: tuple[str, ...] = ("fr",)
    """Of its texts, in the order they stand in; all are authentic. The parties sign once, after the last one."""
    verification: str = ""
    """Where it is said how the paper is verified, https; empty: nowhere."""

    @property
    def code(self) -> str:
        """What the code on the paper says: the address, and the digest that its foot says too; empty: there is none.

        The digest is the fragment, which a browser keeps to itself (RFC 3986, 3.5).
        """
        return f"{self.verification}#{self.digest[:16]}" if self.verification else ""


@dataclass(frozen=True)
class Case:
    """One internship, for one paper."""

    edition: Edition
    house: House
    dossier: Dossier
    """Sound, as far as the rules can tell."""
    signatories: Sequence[Signatory] = ()
    """Of this paper, in order; each gets a signature box."""
    amendment: Amendment | None = None
    """The one that an amendment's paper is about."""
    circuit: Circuit = DEFAULT_CIRCUIT
    """Of the dossier's agreement, whoever signs this paper."""


@dataclass(frozen=True)
class Campaign:
    """A year of internships, for one paper."""

    edition: Edition
    house: House
    dossiers: Sequence[Dossier] = ()
    signatories: Sequence[Signatory] = ()


def edition(paper: Edition, language: Language) -> dict[str, object]:
    """What every template may print of its own paper, as ``paper``."""
    others = [code for code in paper.languages if code != language.code]
    return {
        "number": paper.number,
        "version": paper.version,
        "digest": paper.digest,
        "short_digest": paper.digest[:16],
        "verification": paper.verification,
        "date": paper.on,
        "language": language.code,
        "other_languages": tuple(language.name(code) for code in others),
        "is_translated": bool(others),
        "signs_here": language.code == paper.languages[-1],
    }
