"""Rules on numbers that identify somebody: SIRET, INE, APE, UAI, postal codes, countries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import phonenumbers
from stdnum.fr import siret

from conventions.model.finding import Severity
from conventions.model.party import OVERSEAS, Address
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_FRENCH_POSTAL_CODE: Final = re.compile(r"(?!96|99|00)[0-9]{5}", re.ASCII)
_ACTIVITY_CODE: Final = re.compile(r"[0-9]{2}\.?[0-9]{2}[A-Z]", re.ASCII)
_NATIONAL_ID: Final = re.compile(r"[0-9A-Z]{11}", re.ASCII)
_KNOWN_NATIONAL_ID: Final = re.compile(r"[0-9]{10}[A-Z]|[0-9]{9}[A-Z]{2}", re.ASCII)
_NAF_2025: Final = date(2027, 1, 1)
"""From this day on activity codes are those of NAF 2025."""
_REVISIONS: Final = ("rev2", "2025")
_COUNTRIES: Final = frozenset(phonenumbers.SUPPORTED_REGIONS) | {"AQ", "BV", "GS", "HM", "PN", "UM"}
"""ISO 3166-1: countries with telephones, and the codes of places that have none of their own."""
_UAI: Final = re.compile(r"([0-9]{7})([A-Z])", re.ASCII)
_UAI_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


@rule(
    "LAW-PARTY-04",
    Severity.ERROR,
    Text("a French host has a valid SIRET"),
    Text(
        "A host established in France is identified by the fourteen digits of its SIRET, the last of which is a check."
    ),
    "art. R123-221 Code de commerce",
    example=Example(
        in_france(host={"siret": "732 829 320 00074"}),
        in_france(host={"siret": "732 829 320 00075"}),
    ),
)
def host_number(case: Case) -> Iterator[Problem]:
    host = case.dossier.host
    if host.address.country != "FR":
        return
    if not host.siret:
        yield Problem(
            Text("the host in France has no SIRET"), Text("fill in host.siret: fourteen digits"), "host.siret"
        )
    elif not siret.is_valid(host.siret):
        yield Problem(
            Text("{siret} is not a SIRET: it is not fourteen digits, or its check digit is wrong", siret=host.siret),
            Text("copy host.siret again from the host's papers"),
            "host.siret",
        )


def _addresses(case: Case) -> Iterator[tuple[str, Address]]:
    dossier = case.dossier
    addresses: tuple[tuple[str, Address | None], ...] = (
        ("student.address", dossier.student.address),
        ("host.address", dossier.host.address),
        ("workplace.address", dossier.workplace.address),
        ("protection.health_fund.address", dossier.protection.health_fund.address),
    )
    yield from ((path, address) for path, address in addresses if address)


@rule(
    "DATA-PARTY-04",
    Severity.ERROR,
    Text("French postal codes have five digits"),
    Text("A postal code in France has five digits, a leading zero included."),
    example=Example(
        in_france(student={"address": {"postal_code": "59000"}}),
        in_france(student={"address": {"postal_code": "5900"}}),
    ),
)
def postal_codes(case: Case) -> Iterator[Problem]:
    for path, address in _addresses(case):
        if address.country == "FR" and not _FRENCH_POSTAL_CODE.fullmatch(address.postal_code):
            yield Problem(
                Text("“{code}” is not a postal code in France", code=address.postal_code),
                Text("correct {field}, or the country of that address", field=f"{path}.postal_code"),
                f"{path}.postal_code",
            )


@rule(
    "DATA-PARTY-05",
    Severity.ERROR,
    Text("the national student number has its form"),
    Text(
        "An INE has ten digits and a letter, nine digits and two letters, or, in old ones, eleven letters and digits."
    ),
    example=Example(
        in_france(student={"national_id": "0123456789A"}),
        in_france(student={"national_id": "12AB"}),
    ),
)
def national_id(case: Case) -> Iterator[Problem]:
    number = case.dossier.student.national_id
    if number and not _NATIONAL_ID.fullmatch(number):
        yield Problem(
            Text("{number} does not look like an INE", number=number),
            Text("correct student.national_id or leave it out: it is never required"),
            "student.national_id",
        )


@rule(
    "DATA-PARTY-06",
    Severity.WARNING,
    Text("the activity code has its form"),
    Text("An APE/NAF code has four digits and a letter, such as 62.01Z."),
    example=Example(
        in_france(host={"activity_code": "62.01Z"}),
        in_france(host={"activity_code": "IT"}),
    ),
)
def activity_code(case: Case) -> Iterator[Problem]:
    host = case.dossier.host
    if host.activity_code and host.address.country == "FR" and not _ACTIVITY_CODE.fullmatch(host.activity_code):
        yield Problem(
            Text("{code} does not look like an APE code", code=host.activity_code),
            Text("correct host.activity_code, such as 62.01Z, or leave it out"),
            "host.activity_code",
        )


@rule(
    "DATA-PARTY-07",
    Severity.WARNING,
    Text("the institution's number has its check letter"),
    Text("A UAI number has seven digits and a letter that follows from them."),
    settings=("institution.uai",),
    example=Example(
        in_france(settings={"institution": {"uai": "0951099D"}}),
        in_france(settings={"institution": {"uai": "0951099A"}}),
    ),
)
def institution_number(case: Case) -> Iterator[Problem]:
    number = case.institution.uai
    match = _UAI.fullmatch(number)
    if number and (match is None or _UAI_LETTERS[int(match[1]) % 23] != match[2]):
        yield Problem(
            Text("{number} is not a UAI number", number=number), Text("correct institution.uai in conventions.toml")
        )


@rule(
    "DATA-PARTY-11",
    Severity.WARNING,
    Text("the national student number has a known pattern"),
    Text(
        "Since 2018 an INE has nine digits and two letters, before that ten digits and one letter. Older ones of some "
        "universities mix letters and digits: compare such a number with the student's card."
    ),
    example=Example(
        in_france(student={"national_id": "123456789AB"}),
        in_france(student={"national_id": "1A2B3C4D5E6"}),
    ),
)
def known_national_id(case: Case) -> Iterator[Problem]:
    number = case.dossier.student.national_id
    if _NATIONAL_ID.fullmatch(number) and not _KNOWN_NATIONAL_ID.fullmatch(number):
        yield Problem(
            Text("{number} has neither the pattern of an INE since 2018 nor that before", number=number),
            Text("compare student.national_id with the student's card; old numbers may look like this"),
            "student.national_id",
        )


@rule(
    "DATA-PARTY-12",
    Severity.INFORMATION,
    Text("the activity code is of the classification in force"),
    Text(
        "On 1 January 2027 the classification NAF 2025 replaces NAF revision 2. The form of a code stays the same, so "
        "the dossier says of which classification it is."
    ),
    "décret 2025-736",
    example=Example(
        in_france(host={"activity_code": "62.01Z", "activity_code_revision": "rev2"}),
        in_france(host={"activity_code": "62.01Z", "activity_code_revision": "2025"}),
    ),
)
def revision(case: Case) -> Iterator[Problem]:
    host, expected = case.dossier.host, _REVISIONS[case.on >= _NAF_2025]
    if host.activity_code and host.activity_code_revision != expected:
        yield Problem(
            Text(
                "{code} is of the classification “{given}”; “{expected}” is in force on {day}",
                code=host.activity_code,
                given=host.activity_code_revision,
                expected=expected,
                day=case.on,
            ),
            Text("ask the host for its present code, then set host.activity_code_revision to {new}", new=expected),
            "host.activity_code_revision",
        )


@rule(
    "DATA-PARTY-13",
    Severity.ERROR,
    Text("countries exist"),
    Text(
        "A country is written as its two letters of ISO 3166-1: GB for the United Kingdom, not UK. Places overseas "
        "that are part of France are written FR: their postal codes, from 97 on, tell them apart."
    ),
    "ISO 3166-1",
    example=Example(
        in_france(student={"address": {"country": "GB", "postal_code": "G4 9AA"}}),
        in_france(student={"address": {"country": "UK", "postal_code": "G4 9AA"}}),
    ),
)
def countries(case: Case) -> Iterator[Problem]:
    for path, address in _addresses(case):
        if address.country in OVERSEAS:
            yield Problem(
                Text("{code} is overseas, and part of France", code=address.country),
                Text("set {field} to FR: the postal code tells where it is", field=f"{path}.country"),
                f"{path}.country",
            )
        elif address.country not in _COUNTRIES:
            yield Problem(
                Text("{code} is not the code of a country", code=address.country),
                Text("correct {field}: two letters of ISO 3166-1, such as GB", field=f"{path}.country"),
                f"{path}.country",
            )


RULES: Final[tuple[Rule, ...]] = (
    host_number,
    postal_codes,
    national_id,
    activity_code,
    institution_number,
    known_national_id,
    revision,
    countries,
)
"""Rules on identifying numbers."""
