"""Rules across dossiers: who or what is there twice, under two names or numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from conventions.model.finding import Severity
from conventions.rules.example import Example, another, in_france
from conventions.rules.register import Campaign, CampaignRule, Filed, Remark, across, folded, shared
from conventions.text import Text

__all__ = ["RULES"]

_LEGAL_FORM: Final = re.compile(
    r"ag|bv|co|corp|eurl|gmbh|inc|limited|llc|ltd|plc|sa|sarl|sas|sasu|sca|scop|se|sl|slu|spa|srl|ug"
)
_LATER: Final[dict[str, object]] = {
    "number": "2026-0102",
    "host": {"siret": "333 333 334 00014", "name": "Cartes pour Tous"},
    "schedule": {"start": date(2026, 8, 3), "end": date(2026, 8, 28)},
}


@across(
    "DATA-CAMPAIGN-01",
    Severity.ERROR,
    Text("a dossier's number is its own"),
    Text("Two dossiers with one number would share a folder, a registry entry and a place in the archive."),
    is_firm=True,
    example=Example(
        in_france(beside=(another(102),)),
        in_france(beside=(another(102, number="2026-0001"),)),
    ),
)
def own_number(campaign: Campaign) -> Iterator[Remark]:
    for first, *others in shared(campaign.dossiers, lambda one: one.dossier.number.casefold()):
        for one in others:
            yield Remark(
                one.rank,
                Text("the number {number} is also that of {file}", number=one.dossier.number, file=first.file),
                Text("set number to one that no other dossier has"),
                "number",
            )


@across(
    "DATA-CAMPAIGN-02",
    Severity.ERROR,
    Text("a student number has one name"),
    Text("The same student number under two names is a slip of the pen in one of the dossiers."),
    example=Example(
        in_france(beside=(_LATER,)),
        in_france(beside=(_LATER | {"student": {"last_name": "Martin"}},)),
    ),
)
def one_name(campaign: Campaign) -> Iterator[Remark]:
    for several in shared(campaign.dossiers, lambda one: one.student):
        for one, first in _differing(several, _full_name):
            yield Remark(
                one.rank,
                Text(
                    "student {number} is {name} here and {other_name} in {other}",
                    number=one.dossier.student.student_number,
                    name=one.dossier.student.name,
                    other_name=first.dossier.student.name,
                    other=first.dossier.number,
                ),
                Text("correct student.student_number, or the name, in one of the two"),
                "student.student_number",
            )


@across(
    "DATA-CAMPAIGN-03",
    Severity.WARNING,
    Text("a host has one SIRET"),
    Text("Two SIRETs, or a SIRET and none, for one name in one city are two establishments, or one mistyped number."),
    example=Example(
        in_france(beside=(another(102),)),
        in_france(beside=(another(102, host={"siret": "333 333 334 00014"}),)),
    ),
)
def one_siret(campaign: Campaign) -> Iterator[Remark]:
    for several in shared(campaign.dossiers, _bare_host):
        for one, first in _differing(several, lambda filed: filed.host):
            host, other = one.dossier.host, first.dossier.host
            yield Remark(
                one.rank,
                Text(
                    "the host is {host} ({siret}) here and {other_host} ({other_siret}) in {other}",
                    host=host.name,
                    siret=host.siret or Text("no SIRET"),
                    other_host=other.name,
                    other_siret=other.siret or Text("no SIRET"),
                    other=first.dossier.number,
                ),
                Text("correct host.siret or host.name, unless they are two hosts: they are counted apart"),
                "host.siret" if host.siret else "host.name",
            )


@across(
    "DATA-CAMPAIGN-04",
    Severity.WARNING,
    Text("a SIRET has one name"),
    Text("One SIRET under two names is one host in two spellings, or a number copied into the wrong dossier."),
    example=Example(
        in_france(beside=(another(102),)),
        in_france(beside=(another(102, host={"name": "Atelier du Nord"}),)),
    ),
)
def one_spelling(campaign: Campaign) -> Iterator[Remark]:
    with_siret = (one for one in campaign.dossiers if len(one.host) == 1)
    for several in shared(with_siret, lambda one: one.host):
        for one, first in _differing(several, lambda filed: folded(filed.dossier.host.name)):
            yield Remark(
                one.rank,
                Text(
                    "the host with SIRET {siret} is {host} here and {other_host} in {other}",
                    siret=one.dossier.host.siret,
                    host=one.dossier.host.name,
                    other_host=first.dossier.host.name,
                    other=first.dossier.number,
                ),
                Text("correct host.name or host.siret in one of the two"),
                "host.name",
            )


def _differing(several: list[Filed], key: Callable[[Filed], object]) -> Iterator[tuple[Filed, Filed]]:
    """Each dossier that says something else than the first of its group, with that first."""
    first = several[0]
    wanted = key(first)
    yield from ((one, first) for one in several[1:] if key(one) != wanted)


def _full_name(filed: Filed) -> str:
    return folded(filed.dossier.student.first_name + filed.dossier.student.last_name)


def _bare_host(filed: Filed) -> tuple[str, str, str]:
    host = filed.dossier.host
    return _without_legal_form(host.name), folded(host.address.city), host.address.country


@lru_cache(maxsize=65536)
def _without_legal_form(name: str) -> str:
    words = [folded(word) for word in re.split(r"\s+", name)]
    return "".join(word for word in words if not _LEGAL_FORM.fullmatch(word)) or folded(name)


RULES: Final[tuple[CampaignRule, ...]] = (
    own_number,
    one_name,
    one_siret,
    one_spelling,
)
"""Rules on what is there twice."""
