"""Rules on who is named in the agreement, and how they can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.fr import siret

from conventions.circuit import is_minor
from conventions.model.finding import Severity
from conventions.model.party import Address, Person
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_TEACHING_HOURS: Final = 200
_HOURS_IN_PRESENCE: Final = 50
_YOUNGEST: Final = 15
_OLDEST: Final = 80
_FRENCH_POSTAL_CODE: Final = re.compile(r"(?!96|99|00)[0-9]{5}", re.ASCII)
_ACTIVITY_CODE: Final = re.compile(r"[0-9]{2}\.?[0-9]{2}[A-Z]", re.ASCII)
_NATIONAL_ID: Final = re.compile(r"[0-9]{10}[A-Z]|[0-9]{9}[A-Z]{2}|[0-9A-Z]{11}", re.ASCII)
_UAI: Final = re.compile(r"([0-9]{7})([A-Z])", re.ASCII)
_UAI_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


@rule(
    "LAW-PARTY-01",
    Severity.ERROR,
    Text("200 hours of teaching a year"),
    Text("An internship belongs to a course with at least 200 hours of teaching a year, the internship not counted."),
    "art. D124-2, D124-4 (1) Code de l'éducation",
)
def teaching_hours(case: Case) -> Iterator[Problem]:
    hours = case.programme.teaching_hours
    if hours < _TEACHING_HOURS:
        yield Problem(
            Text(
                "mention 1: the course has {hours} hours of teaching a year; {least} are needed",
                hours=hours,
                least=_TEACHING_HOURS,
            ),
            Text("correct programme.teaching_hours in conventions.toml"),
        )


@rule(
    "LAW-PARTY-02",
    Severity.ERROR,
    Text("50 hours in the presence of the students"),
    Text("In higher education at least 50 of the 200 hours of teaching are given in the presence of the students."),
    "art. D124-2 Code de l'éducation",
)
def hours_in_presence(case: Case) -> Iterator[Problem]:
    hours = case.programme.hours_in_presence
    if hours < _HOURS_IN_PRESENCE:
        yield Problem(
            Text(
                "{hours} hours of teaching are in the presence of students; {least} are needed",
                hours=hours,
                least=_HOURS_IN_PRESENCE,
            ),
            Text("correct programme.hours_in_presence in conventions.toml"),
        )


@rule(
    "LAW-PARTY-03",
    Severity.ERROR,
    Text("a minor has a legal representative"),
    Text("When the student is under 18 on the first day, a legal representative is a party and signs too."),
    "art. D124-4 Code de l'éducation, 388-1-1 Code civil",
)
def legal_representative(case: Case) -> Iterator[Problem]:
    student = case.dossier.student
    if is_minor(case.dossier) and student.legal_representative is None:
        yield Problem(
            Text(
                "the student, born on {born}, is a minor on {start}",
                born=student.birth_date,
                start=case.dossier.schedule.start,
            ),
            Text("add student.legal_representative, or correct student.birth_date"),
            "student.legal_representative",
        )


@rule(
    "LAW-PARTY-04",
    Severity.ERROR,
    Text("a French host has a valid SIRET"),
    Text(
        "A host established in France is identified by the fourteen digits of its SIRET, the last of which is a check."
    ),
    "art. R123-221 Code de commerce",
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
        "A signature is recognised by the e-mail address of its signer. Student, host and academic "
        "supervisor therefore "
        "each have their own; the host's representative and supervisor may be one person."
    ),
)
def own_addresses(case: Case) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    groups = {"host.representative": "host", "tutor": "host"}
    for path, person, _ in _people(case):
        address, group = person.email.casefold(), groups.get(path, path)
        if taken.setdefault(address, group) != group:
            yield Problem(
                Text("{address} is the address of two parties", address=person.email),
                Text("give {field} its own address", field=f"{path}.email"),
                f"{path}.email",
            )


@rule(
    "DATA-PARTY-04",
    Severity.ERROR,
    Text("French postal codes have five digits"),
    Text("A postal code in France has five digits, a leading zero included."),
)
def postal_codes(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    addresses: tuple[tuple[str, Address | None], ...] = (
        ("student.address", dossier.student.address),
        ("host.address", dossier.host.address),
        ("workplace.address", dossier.workplace.address),
        ("protection.health_fund.address", dossier.protection.health_fund.address),
    )
    for path, address in addresses:
        if address and address.country == "FR" and not _FRENCH_POSTAL_CODE.fullmatch(address.postal_code):
            yield Problem(
                Text("“{code}” is not a postal code in France", code=address.postal_code),
                Text("correct {field}, or the country of that address", field=f"{path}.postal_code"),
                f"{path}.postal_code",
            )


@rule(
    "DATA-PARTY-05",
    Severity.WARNING,
    Text("the national student number has its form"),
    Text(
        "An INE has ten digits and a letter, nine digits and two letters, or, in old ones, eleven letters and digits."
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
)
def institution_number(case: Case) -> Iterator[Problem]:
    number = case.institution.uai
    match = _UAI.fullmatch(number)
    if number and (match is None or _UAI_LETTERS[int(match[1]) % 23] != match[2]):
        yield Problem(
            Text("{number} is not a UAI number", number=number), Text("correct institution.uai in conventions.toml")
        )


@rule(
    "DATA-PARTY-08",
    Severity.WARNING,
    Text("the student has the age of a student"),
    Text("A student younger than 15 or older than 80 on the first day usually has a mistyped date of birth."),
)
def age(case: Case) -> Iterator[Problem]:
    born, start = case.dossier.student.birth_date, case.dossier.schedule.start
    years = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
    if not _YOUNGEST <= years <= _OLDEST:
        yield Problem(
            Text("born on {born}, the student is {years} years old on {start}", born=born, years=years, start=start),
            Text("correct student.birth_date"),
            "student.birth_date",
        )


RULES: Final[tuple[Rule, ...]] = (
    teaching_hours,
    hours_in_presence,
    legal_representative,
    host_number,
    emails,
    phones,
    reachable,
    own_addresses,
    postal_codes,
    national_id,
    activity_code,
    institution_number,
    age,
)
"""Rules on the parties."""
