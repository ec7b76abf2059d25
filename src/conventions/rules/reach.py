"""Rules on how everybody can be reached, and is told from everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from conventions.model.finding import Severity
from conventions.model.party import Address, Person
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]


_PARTIES: Final = {
    "student": "student",
    "student.legal_representative": "legal_representative",
    "legal_representative": "legal_representative",
    "host.representative": "host",
    "company": "host",
    "tutor": "host",
}
"""Whom a field or a role belongs to; all others act for the institution, where one person may have several offices."""
_INSTITUTION: Final = "institution"


def _people(case: Case) -> Iterator[tuple[str, Person, Address]]:
    """Everybody the dossier names, with the address that decides how a phone number is read."""
    dossier = case.dossier
    yield "student", dossier.student, dossier.student.address
    if dossier.student.legal_representative is not None:
        yield "student.legal_representative", dossier.student.legal_representative, dossier.student.address
    yield "host.representative", dossier.host.representative, dossier.host.address
    yield "tutor", dossier.tutor, dossier.host.address
    if dossier.referent is not None:
        yield "referent", dossier.referent, case.institution.address


@rule(
    "DATA-PARTY-01",
    Severity.ERROR,
    Text("e-mail addresses can exist"),
    Text("Each address has the form of RFC 5321. Whether the mailbox exists is not asked: nothing is contacted."),
    "RFC 5321",
    example=Example(
        in_france(tutor={"email": "karim.benali@atelier-nord.test"}),
        in_france(tutor={"email": "karim..benali@atelier-nord.test"}),
    ),
)
def emails(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    addresses = [(f"{path}.email", person.email) for path, person, _ in _people(case)]
    addresses += [
        ("student.personal_email", dossier.student.personal_email or ""),
        ("host.email", dossier.host.email or ""),
    ]
    addresses += [(f"signers.{rank}.email", pin.email or "") for rank, pin in enumerate(dossier.signers)]
    for path, address in addresses:
        if address and not _is_email(address):
            yield Problem(
                Text("{address} is not an e-mail address", address=address), Text("correct {field}", field=path), path
            )


@lru_cache(maxsize=4096)
def _is_email(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


@rule(
    "DATA-PARTY-02",
    Severity.ERROR,
    Text("phone numbers can exist"),
    Text("Each phone number has a length that exists in its country; without a prefix it is read as one of the party."),
    "ITU-T E.164",
    example=Example(
        in_france(tutor={"phone": "+33 3 53 01 00 11"}),
        in_france(tutor={"phone": "+33 12"}),
    ),
)
def phones(case: Case) -> Iterator[Problem]:
    numbers = [(f"{path}.phone", person.phone, address.country) for path, person, address in _people(case)]
    numbers.append(("host.phone", case.dossier.host.phone, case.dossier.host.address.country))
    for path, number, country in numbers:
        if number and not _is_phone(number, country):
            yield Problem(
                Text("{number} is not a phone number", number=number),
                Text("correct {field}, best with its country prefix, such as +33", field=path),
                path,
            )


@lru_cache(maxsize=4096)
def _is_phone(number: str, country: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


@rule(
    "COURSE-PARTY-01",
    Severity.ERROR,
    Text("everybody can be called"),
    Text(
        "All fields of the pre-agreement are filled in: the student, the host and the supervisor have a phone number."
    ),
    example=Example(
        in_france(),
        in_france(student={"phone": ""}),
    ),
)
def reachable(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    for field, number in (
        ("student.phone", dossier.student.phone),
        ("host.phone", dossier.host.phone),
        ("tutor.phone", dossier.tutor.phone),
    ):
        if not number:
            yield Problem(Text("{field} is empty", field=field), Text("fill in {field}", field=field), field)


@rule(
    "DATA-PARTY-03",
    Severity.ERROR,
    Text("student and host have their own addresses"),
    Text(
        "A signature is recognised by the e-mail address of its signer. Student, host and academic supervisor "
        "therefore each have their own; the host's representative and supervisor may be one person."
    ),
    is_firm=True,
    example=Example(
        in_france(),
        in_france(tutor={"email": "camille.lefevre@etu.univ-exemple.test"}),
    ),
)
def own_addresses(case: Case) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for path, address, party in _addresses(case):
        if taken.setdefault(address.casefold(), party) != party:
            yield Problem(
                Text("{address} is the address of two parties", address=address),
                Text("give {field} its own address", field=path),
                path,
            )


def _addresses(case: Case) -> Iterator[tuple[str, str, str]]:
    """Each with its field and the party that it belongs to: by none of them may another party sign."""
    dossier = case.dossier
    for path, person, _ in _people(case):
        yield f"{path}.email", person.email, _PARTIES.get(path, _INSTITUTION)
    if dossier.student.personal_email:
        yield "student.personal_email", dossier.student.personal_email, "student"
    for rank, pin in enumerate(dossier.signers):
        if pin.email:
            yield f"signers.{rank}.email", pin.email, _PARTIES.get(pin.role, _INSTITUTION)


RULES: Final[tuple[Rule, ...]] = (
    emails,
    phones,
    reachable,
    own_addresses,
)
"""Rules on e-mail addresses and phones."""
