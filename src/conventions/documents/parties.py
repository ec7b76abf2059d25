"""People and places as a paper names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.party import Address, Function, Host, Institution, Official, Person, Student
from conventions.model.roles import ROLE_LABELS, Signatory

__all__ = ["address_line", "host", "institution", "representative", "signers", "student", "supervision"]

_SIGNS_FOR_THE_INSTITUTION = ("president", "dean", "coordinator")
"""Whose signature binds the institution: the first of these that is in the circuit, else that is named."""
_NBSP: Final = "\u00a0"
_HOUSE_NUMBER: Final = re.compile(r"^(\d\S*) ")


def address_line(address: Address, language: Language) -> str:
    """An address on one line; the country only when it is not France.

    Where the line is broken, a house number stays with its street, and a postal code with its town.
    """
    streets = [_HOUSE_NUMBER.sub(rf"\1{_NBSP}", line.strip()) for line in address.street.splitlines() if line.strip()]
    city = f"{_whole(address.postal_code)}{_NBSP}{address.city}" if address.postal_code else address.city
    country = [] if address.country == "FR" else [language.country(address.country)]
    return ", ".join([*streets, city, *country])


def institution(record: Institution, language: Language) -> dict[str, object]:
    """The university at the head of the paper."""
    return {
        "name": record.name,
        "faculty": record.faculty,
        "department": record.department,
        "address": address_line(record.address, language),
        "city": record.address.city,
        "uai": record.uai,
        "phone": _whole(record.phone),
        "email": record.email,
        "accident_insurer": record.accident_insurer,
    }


def representative(officials: Mapping[str, Official], roles: Iterable[str]) -> Official | None:
    """Who signs in the name of the institution (art. L712-2: the president, or a person with a delegation)."""
    roles = set(roles)
    in_circuit = [officials.get(role) for role in _SIGNS_FOR_THE_INSTITUTION if role in roles]
    named = [officials.get(role) for role in _SIGNS_FOR_THE_INSTITUTION]
    return next((official for official in (*in_circuit, *named) if official), None)


def student(record: Student, language: Language, *, is_minor: bool) -> dict[str, object]:
    """The intern, and who signs with a minor."""
    guardian = record.legal_representative if is_minor else None
    return {
        "name": record.name,
        "usage_name": record.usage_name,
        "student_number": record.student_number,
        "birth_date": record.birth_date,
        "address": address_line(record.address, language),
        "email": record.email,
        "phone": _whole(record.phone),
        "is_minor": is_minor,
        "guardian": guardian and {**_person(guardian), "relation": guardian.relation},
    }


def host(record: Host, language: Language) -> dict[str, object]:
    """The host organisation."""
    return {
        "name": record.name,
        "sector": record.sector,
        "legal_form": record.legal_form,
        "siret": _whole(record.siret),
        "activity_code": record.activity_code,
        "address": address_line(record.address, language),
        "phone": _whole(record.phone),
        "email": record.email,
        "website": record.website,
        "representative": _function(record.representative),
        "own_agreement": record.own_agreement,
    }


def signers(signatories: Sequence[Signatory], languages: Sequence[str], language: Language) -> dict[str, object]:
    """Every role that exists; those that do not sign this paper are absent.

    ``also`` is the role in the paper's other languages: the parties sign once, under all its texts.
    """
    others = [Language(code) for code in languages if code != language.code]
    expected = {
        person.role: {
            "name": person.name,
            "function": person.function,
            "also": " · ".join(other.say(ROLE_LABELS[person.role]) for other in others),
        }
        for person in signatories
    }
    return {role: expected.get(role) for role in ROLE_LABELS}


def supervision(dossier: Dossier, officials: Mapping[str, Official]) -> dict[str, object]:
    """Who follows the intern, on both sides. The coordinator is the academic supervisor until one is designated."""
    referent = dossier.referent or officials.get("coordinator")
    return {"referent": referent and _function(referent), "tutor": _function(dossier.tutor)}


def _person(person: Person) -> dict[str, object]:
    return {"name": person.name, "email": person.email, "phone": _whole(person.phone)}


def _function(person: Function) -> dict[str, object]:
    return {**_person(person), "function": person.function, "delegation": person.delegation}


def _whole(number: str) -> str:
    """A number that is written in groups and never parted at the end of a line."""
    return number.replace(" ", _NBSP)
