"""Dossiers and their surroundings for tests: sound by default, changed where a test says so."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Final

from conventions.intake import read
from conventions.model.dossier import Dossier
from conventions.model.party import Address, Delegation, Institution, Official, Programme
from conventions.model.profile import Profile

ON: Final = date(2026, 2, 16)
"""The day on which the dossiers of the tests are sound."""
EXAMPLES: Final = Path(__file__).parent.parent / "examples"

_FRANCE: Final = read(EXAMPLES / "dossiers" / "2026-0001-lille-startup.yaml").dossier.model_dump()


def a_dossier(**changes: Any) -> Dossier:
    """A sound internship in Lille; groups given as mappings are merged, everything else replaces what was there."""
    return Dossier.model_validate(merged(_FRANCE, changes))


def a_dossier_abroad(**changes: Any) -> Dossier:
    """A sound internship in Dublin."""
    return Dossier.model_validate(merged(merged(_FRANCE, _DUBLIN), changes))


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the changes; mappings are merged at every depth."""
    result = deepcopy(dict(base))
    for key, value in changes.items():
        there = result.get(key)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            value = merged(there, value)
        result[key] = deepcopy(value)
    return result


def attachments(*kinds: str) -> list[dict[str, Any]]:
    """Pieces that were seen and checked."""
    day = date(2026, 2, 3)
    return [{"kind": kind, "received_on": day, "checked_by": "secrétariat", "checked_on": day} for kind in kinds]


def an_address(**changes: Any) -> Address:
    """An address in Lille."""
    return Address.model_validate({"street": "4 quai du Wault", "postal_code": "59000", "city": "Lille"} | changes)


def an_institution(**changes: Any) -> Institution:
    """The sample university."""
    return Institution.model_validate(
        {
            "name": "Université d'Exemple-Nord",
            "faculty": "Faculté des sciences et technologies",
            "department": "Département informatique",
            "uai": "0951099D",
            "address": an_address(street="1 avenue des Sciences", postal_code="59650", city="Villeneuve-d'Ascq"),
            "phone": "+33 3 53 01 02 03",
            "email": "stages@univ-exemple.test",
        }
        | changes
    )


def a_programme(**changes: Any) -> Programme:
    """The sample degree."""
    return Programme.model_validate(
        {
            "title": "Licence Informatique",
            "level": "L3",
            "code": "LINF3",
            "teaching_hours": 521,
            "hours_in_presence": 480,
            "course_unit": "Stage en entreprise",
            "ects": 6,
        }
        | changes
    )


def a_profile(**changes: Any) -> Profile:
    """The department's rules as shipped."""
    return Profile.model_validate(changes)


def officials() -> dict[str, Official]:
    """Coordinator and dean of the sample university."""
    return {
        "coordinator": Official(
            first_name="Inès",
            last_name="Marchetti",
            email="ines.marchetti@univ-exemple.test",
            phone="+33 3 53 01 02 04",
            function="Responsable des stages",
        ),
        "dean": Official(
            first_name="Paul",
            last_name="Okafor-Delattre",
            email="paul.okafor-delattre@univ-exemple.test",
            function="Doyen de la faculté",
            delegation=Delegation(
                on_behalf_of="Anne-Lise Roussel, présidente de l'université",
                reference="2025-117",
                since=date(2025, 9, 1),
            ),
        ),
    }


_DUBLIN: Final[dict[str, Any]] = {
    "number": "2026-0901",
    "language": "en",
    "host": {
        "name": "Liffey Software Ltd",
        "siret": "",
        "activity_code": "",
        "address": {"street": "7 Sir John Quay", "postal_code": "D02 X285", "city": "Dublin", "country": "IE"},
        "phone": "+353 1 555 0142",
    },
    "tutor": {"phone": "+353 1 555 0143"},
    "protection": {"host_covers_health": False, "host_covers_accidents": True},
    "abroad": {
        "travel_zone": "green",
        "zone_consulted_on": date(2026, 2, 2),
        "ariane_registered_on": date(2026, 2, 3),
        "country_sheet": "Ireland 2026",
        "repatriation": {"insurer": "Assistance Exemple", "policy": "RA-77", "valid_until": date(2026, 9, 30)},
        "applicable_law": "FR",
    },
    "attachments": attachments(
        "pre_agreement",
        "social_security_certificate",
        "civil_liability",
        "repatriation",
        "country_sheet",
        "ariane_proof",
    ),
}
