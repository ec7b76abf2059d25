"""JUDGEMENT: who signs a paper, in which order: the department's circuit as it applies to one dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from conventions.errors import DossierError
from conventions.model.dossier import Dossier
from conventions.model.party import Function, LegalRepresentative, Official, Person
from conventions.model.roles import Circuit, Signatory, Step, label_of
from conventions.text import Text

__all__ = [
    "circuit_of",
    "filled_by",
    "is_minor",
    "is_under_age",
    "narrowed",
    "official_signatories",
    "signatories",
    "with_check",
]

_INSTITUTION = frozenset({"referent", "coordinator", "dean", "president"})
"""Roles that sign for the institution."""
_DAYS = 3
"""Granted to a role that stands in no circuit of the department."""


def is_minor(dossier: Dossier) -> bool:
    """Under 18 on the first day of the internship."""
    return is_under_age(dossier.student.birth_date, dossier.schedule.start)


def is_under_age(born: date, day: date) -> bool:
    """Under 18 on a day: the 18th birthday is over when it begins, that of a 29 February on 1 March."""
    return (day.year - born.year, day.month, day.day) < (18, born.month, born.day)


def circuit_of(dossier: Dossier, circuit: Circuit) -> Circuit:
    """The department's circuit as it applies to one dossier.

    The legal representative signs with a minor student, in the student's step, and with nobody else.
    """
    guardian = "legal_representative"
    steps = []
    for step in circuit.steps:
        roles = tuple(role for role in step.roles if role != guardian)
        if is_minor(dossier) and "student" in roles:
            steps.append(replace(step, roles=(*roles, guardian), needs="all"))
        elif roles:
            steps.append(replace(step, roles=roles))
    return Circuit(tuple(steps))


def with_check(circuit: Circuit, office: str) -> Circuit:
    """The circuit with an office that looks at the paper before the institution's first signature."""
    steps = list(circuit.steps)
    ours = (rank for rank, step in enumerate(steps) if _INSTITUTION.intersection(step.roles))
    steps.insert(next(ours, len(steps)), Step((office,), _DAYS, acts="check"))
    return Circuit(tuple(steps))


def narrowed(circuit: Circuit, roles: Sequence[str]) -> Circuit:
    """A circuit of some roles only, one after the other, with the days that the department grants them."""
    days = {role: step.days for step in circuit.steps for role in step.roles}
    return Circuit(tuple(Step((role,), days.get(role, _DAYS)) for role in roles))


def filled_by(role: str) -> Circuit:
    """The circuit of a form: one person fills it in and sends it back."""
    return Circuit((Step((role,), _DAYS, acts="fill"),))


def official_signatories(
    circuit: Circuit, officials: Mapping[str, Official], house_language: str = "fr"
) -> tuple[Signatory, ...]:
    """Who is expected in each role of a paper that only the institution signs. KeyError where nobody is named."""
    return tuple(
        Signatory(
            role=role,
            name=officials[role].name,
            function=officials[role].function,
            email=officials[role].email,
            language=house_language,
            by_delegation=_delegation(officials[role]),
        )
        for role in circuit.roles
    )


def signatories(
    dossier: Dossier, circuit: Circuit, officials: Mapping[str, Official], *, house_language: str = "fr"
) -> tuple[Signatory, ...]:
    """Who is expected in each role of the circuit, in order.

    People outside are written to in the language of the paper, the institution's own in ``house_language``.

    Raises:
        DossierError: nobody is named for a role.
    """
    people: Mapping[str, Person | None] = {
        "student": dossier.student,
        "legal_representative": dossier.student.legal_representative,
        "company": dossier.host.representative,
        "tutor": dossier.tutor,
        "referent": dossier.referent or officials.get("coordinator"),
        **officials,
    }
    roles = (role for step in circuit.steps for role in step.roles)
    return tuple(_signatory(dossier, role, people.get(role), house_language) for role in roles)


def _signatory(dossier: Dossier, role: str, person: Person | None, house_language: str) -> Signatory:
    if person is None:
        raise DossierError(
            "CIRCUIT-01",
            Text("dossier {number} names nobody who signs as {role}", number=dossier.number, role=label_of(role)),
            Text("name that person in the dossier or in conventions.toml, or take the role out of the circuit"),
        )
    pin = next((pin for pin in dossier.signers if pin.role == role), None)
    return Signatory(
        role=role,
        name=person.name,
        function=_function(person),
        email=(pin and pin.email) or person.email,
        language=dossier.language if role in _OUTSIDE else house_language,
        fingerprint=pin.fingerprint if pin else "",
        issuer=pin.issuer if pin else "",
        subject=pin.subject if pin else "",
        by_delegation=_delegation(person),
    )


_OUTSIDE = frozenset({"student", "legal_representative", "company", "tutor"})
"""Roles that are written to in the language of the paper."""


def _function(person: Person) -> str:
    if isinstance(person, Function):
        return person.function
    return person.relation if isinstance(person, LegalRepresentative) else ""


def _delegation(person: Person) -> str:
    """Whose signature it stands for, as an act says (art. L712-2); empty when the person signs in his own right."""
    act = person.delegation if isinstance(person, Function) else None
    return f"{act.on_behalf_of} ({act.reference})" if act else ""
