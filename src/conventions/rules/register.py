"""What the rules across dossiers look at: every dossier in force, and who in them is one and the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from typing import Final

from conventions.in_force import in_force, signed, written_at
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.party import Function
from conventions.model.profile import Profile
from conventions.rules.example import Example
from conventions.rules.rule import COURSE_RULE, Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["Campaign", "CampaignRule", "Filed", "Remark", "Stint", "across", "crowded", "folded", "in_order", "shared"]

_NAMED: Final = 5
"""How many other dossiers a finding names at most."""
_SIRET_DIGITS: Final = 14
_SIREN_DIGITS: Final = 9
"""The first of a SIRET: they name the company, the others its establishment."""


@dataclass(frozen=True)
class Filed:
    """One dossier among the others."""

    rank: int
    file: str
    """Where it was read."""
    written: Dossier
    """As it was read, with all its amendments."""
    dossier: Dossier
    """As it is in force."""

    @property
    def student(self) -> str:
        """The student, by number."""
        return folded(self.dossier.student.student_number)

    @property
    def host(self) -> tuple[str, ...]:
        """The host: by its SIRET, else by name, city and country."""
        host = self.dossier.host
        return _host_key(host.siret, host.name, host.address.city, host.address.country)

    @property
    def organisation(self) -> tuple[str, ...]:
        """The company or body that the host is, whichever of its establishments: by its SIREN, else as the host."""
        return (self.host[0][:_SIREN_DIGITS],) if len(self.host) == 1 else self.host


@dataclass(frozen=True)
class Campaign:
    """All dossiers that could be read, in force, and what they are judged by."""

    dossiers: tuple[Filed, ...]
    profile: Profile
    coordinator: Function | None
    """Academic supervisor of every dossier that names none."""

    def numbers(self, ranks: Iterable[int]) -> tuple[str, ...]:
        """What dossiers are called in a message: a few of them."""
        return tuple(self.dossiers[rank].dossier.number for rank in tuple(ranks)[:_NAMED])

    @classmethod
    def of(
        cls, dossiers: Sequence[Dossier], *, files: Sequence[str], profile: Profile, coordinator: Function | None
    ) -> Campaign:
        """A campaign of these dossiers; ``files`` says where each was read."""
        filed = (
            Filed(rank, file, one, in_force(one)) for rank, (one, file) in enumerate(zip(dossiers, files, strict=True))
        )
        return cls(tuple(filed), profile, coordinator)


@dataclass(frozen=True)
class Remark:
    """What a rule across dossiers objects to, and in which of them it is told."""

    rank: int
    message: Text
    fix: Text
    field: str
    """Dotted path in the dossier in force."""


Compare = Callable[[Campaign], Iterator[Remark]]


@dataclass(frozen=True)
class CampaignRule:
    """A rule on all dossiers together: its words and weight as any rule, and the function that compares."""

    rule: Rule
    compare: Compare = field(repr=False)

    def check(self, campaign: Campaign) -> Iterator[tuple[int, Finding]]:
        """Every objection, with the rank of the dossier that it is told in."""
        severity = self.rule.weighed(campaign.profile.severities.get(self.rule.code))
        if severity is None:
            return
        for remark in self.compare(campaign):
            written = campaign.dossiers[remark.rank].written
            place = written_at(written, remark.field, signed(written))
            yield remark.rank, Finding(self.rule.code, severity, remark.message, remark.fix, self.rule.source, place)


def across(
    code: str, severity: Severity, title: Text, explanation: Text, source: str = COURSE_RULE, *, is_firm: bool = False,
    settings: tuple[str, ...] = (), example: Example | None = None,
) -> Callable[[Compare], CampaignRule]:  # fmt: skip
    """Make a rule of a function that compares dossiers; the parameters are those of :func:`rule`."""

    def made(compare: Compare) -> CampaignRule:
        words = rule(code, severity, title, explanation, source, settings=settings, example=example, is_firm=is_firm)
        return CampaignRule(words(_alone), compare)

    return made


def _alone(_case: Case) -> Iterator[Problem]:
    """One dossier cannot break a rule that is about several."""
    yield from ()


@dataclass(frozen=True)
class Stint:
    """From when to when, both included, a dossier takes up a place; days or weeks as whole numbers."""

    rank: int
    first: int
    last: int


def crowded(stints: Iterable[Stint], most: int) -> Iterator[tuple[Stint, tuple[int, ...], int]]:
    """Each stint that begins when ``most`` places are taken, some of those who are there, and how many it makes.

    One pass over the stints in order of their beginning, so it takes n log n steps.
    """
    there: list[tuple[int, int]] = []
    for stint in sorted(stints, key=lambda one: (one.first, one.rank)):
        while there and there[0][0] < stint.first:
            heappop(there)
        if stint.last < stint.first:
            continue
        if len(there) >= most:
            yield stint, tuple(sorted(rank for _, rank in there[:_NAMED])), len(there) + 1
        heappush(there, (stint.last, stint.rank))


def shared(items: Iterable[Filed], key: Callable[[Filed], Hashable]) -> Iterator[list[Filed]]:
    """The dossiers that have the same key as another one, group by group."""
    found: dict[Hashable, list[Filed]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    yield from (group for group in found.values() if len(group) > 1)


def in_order(items: Iterable[Filed]) -> list[Filed]:
    """By their first day."""
    return sorted(items, key=lambda one: (one.dossier.schedule.start, one.rank))


@lru_cache(maxsize=65536)
def folded(words: str) -> str:
    """Letters and digits only, without accents or case: two ways to type one name are one name."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return re.sub(r"[\W_]", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))


@lru_cache(maxsize=65536)
def _host_key(siret: str, name: str, city: str, country: str) -> tuple[str, ...]:
    digits = "".join(digit for digit in siret if digit.isdigit())
    return (digits,) if len(digits) == _SIRET_DIGITS else (folded(name), folded(city), country)
