"""What a document is made from: a dossier with the sample university around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from conventions.circuit import circuit_of, signatories
from conventions.documents import Case, Edition, House
from conventions.in_force import before
from conventions.model.dossier import Dossier
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit
from tests.builders import ON, a_profile, a_programme, an_institution, officials

__all__ = ["DIGEST", "a_case"]

DIGEST = "3f9a" * 16


def a_case(
    dossier: Dossier,
    *,
    on: date = ON,
    circuit: Circuit = DEFAULT_CIRCUIT,
    languages: Sequence[str] = ("fr",),
    amendment: int | None = None,
    version: int = 1,
    **rules: Any,
) -> Case:
    """One dossier, or one of its amendments by number, as an office would issue it; ``rules`` are the department's."""
    people = officials()
    people["president"] = people["dean"].model_copy(
        update={"first_name": "Anne-Lise", "last_name": "Roussel", "delegation": None}
    )
    mine = next((one for one in dossier.amendments if one.number == amendment), None)
    agreed = before(dossier, mine) if mine else dossier
    return Case(
        edition=Edition(dossier.number, DIGEST, on, version, tuple(languages)),
        house=House(an_institution(), a_programme(), people, a_profile(**rules)),
        dossier=dossier,
        signatories=signatories(agreed, circuit_of(agreed, circuit), people),
        amendment=mine,
    )
