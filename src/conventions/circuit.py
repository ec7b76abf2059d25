"""JUDGEMENT: whose turn it is, what is late, by when each must sign.

Pure: who has signed comes in as a value (read from the PDF), so does today's date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from conventions.errors import DossierError, OutOfTurn
from conventions.hours import public_holidays
from conventions.model.dossier import Dossier
from conventions.model.party import Address, Function, LegalRepresentative, Official, Person
from conventions.model.profile import Delays, Reminders
from conventions.model.roles import Circuit, Signatory, Step, label_of
from conventions.text import Text

__all__ = [
    "Deadlines",
    "Standing",
    "assert_turn",
    "circuit_of",
    "deadlines",
    "filled_by",
    "is_minor",
    "is_under_age",
    "lead_days",
    "narrowed",
    "official_signatories",
    "open_roles",
    "open_step",
    "reminder_due",
    "signatories",
    "standing",
    "with_check",
    "working_days",
]

_INSTITUTION = frozenset({"referent", "coordinator", "dean", "president"})
"""Roles that sign for the institution."""
_SATURDAY = 5
_DAYS = 3
"""Granted to a role that stands in no circuit of the department."""


def _always(_day: date) -> bool:
    return True


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


def lead_days(dossier: Dossier, delays: Delays) -> int:
    """Calendar days that must lie between registration and start, inclusive, for this dossier."""
    days = delays.abroad_days if dossier.is_abroad else delays.france_days
    return days + (delays.own_agreement_extra_days if dossier.host.own_agreement else 0)


def open_step(circuit: Circuit, done: Sequence[str]) -> Step | None:
    """The first step that is not complete; None when all are."""
    return next((step for step in circuit.steps if not step.is_done(done)), None)


def open_roles(circuit: Circuit, done: Sequence[str]) -> tuple[str, ...]:
    """Roles whose turn it is: those of the first step that is not complete. Empty when all have acted.

    ``done`` names the roles that have signed and the offices that have checked.
    """
    step = open_step(circuit, done)
    return tuple(role for role in step.roles if role not in done) if step else ()


def assert_turn(circuit: Circuit, signed: Sequence[str], role: str) -> None:
    """Refuse a signature out of turn.

    Raises:
        OutOfTurn: unknown role, already signed, or somebody else's turn.
    """
    if role not in (*circuit.roles, *circuit.checks):
        raise OutOfTurn(
            "TURN-01",
            Text("this paper has no role “{role}”; its roles are {roles}", role=role, roles=circuit.roles),
            Text("name one of the roles of the paper"),
        )
    if role in signed:
        raise OutOfTurn(
            "TURN-02",
            Text("the {role} has already signed this paper", role=label_of(role)),
            Text("nothing to do: one signature per role"),
        )
    turn = open_roles(circuit, signed)
    if role not in turn:
        raise OutOfTurn(
            "TURN-03",
            Text(
                "it is not the turn of the {role}: the paper is waiting for the {turn}",
                role=label_of(role),
                turn=tuple(label_of(other) for other in turn),
            ),
            Text("let them sign first; `conventions status` shows whose turn it is"),
        )


@dataclass(frozen=True)
class Deadlines:
    """Dates counted back from the start of the internship."""

    lead_days: int
    """Calendar days that must lie between the registration of the agreement and the start."""
    issue_by: date
    """Latest date to issue: the start minus the lead, inclusive (exactly 14 or 28 days is in time)."""
    sign_by: dict[str, date]
    """Latest safe date for each role: what remains after it must fit before the day before the start."""


def deadlines(circuit: Circuit, start: date, lead_days: int, *, is_open: Callable[[date], bool] = _always) -> Deadlines:
    """Latest safe dates for one paper.

    The last step must be done on the eve of the start (no signature may be dated on or after it);
    each earlier step must leave the later ones the days the circuit grants them. A date on which nobody is at work is
    moved to the last working day before it.

    Args:
        circuit: who acts, with the days granted to each step.
        start: first day of the internship.
        lead_days: calendar days that must lie between the issue and the start.
        is_open: is this a working day? (:func:`working_days`)
    """
    sign_by: dict[str, date] = {}
    last_day = start - timedelta(days=1)
    for step in reversed(circuit.steps):
        last_day = _open_day(last_day, is_open)
        for role in step.roles:
            sign_by[role] = last_day
        last_day -= timedelta(days=step.days)
    return Deadlines(lead_days, _open_day(start - timedelta(days=lead_days), is_open), sign_by)


def _open_day(day: date, is_open: Callable[[date], bool]) -> date:
    while not is_open(day):
        day -= timedelta(days=1)
    return day


def working_days(place: Address) -> Callable[[date], bool]:
    """Is a day a working day where the office is: neither Saturday nor Sunday nor a public holiday?"""

    def is_open(day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in public_holidays(place, day.year)

    return is_open


def reminder_due(asked: Sequence[date], sign_by: date, on: date, plan: Reminders) -> bool:
    """Is it time to write to the person whose turn it is once more?

    Args:
        asked: the days on which the person was written to, the first letter included, in order.
        sign_by: latest safe date of that person; from the day before it on, a reminder goes out every day.
        on: today.
        plan: when the department reminds.
    """
    if not asked or len(asked) > plan.most or asked[-1] >= on:
        return False
    if on >= sign_by - timedelta(days=1):
        return True
    pause = plan.first_after_days if len(asked) == 1 else plan.then_every_days
    return (on - asked[-1]).days >= pause


@dataclass(frozen=True)
class Standing:
    """Where a paper stands today."""

    turn: tuple[str, ...]
    """Roles whose turn it is; empty when complete."""
    sign_by: date | None
    """Latest safe date of the open step."""
    days_left: int | None
    """Calendar days until then; negative when late."""
    is_late: bool
    starts_unsigned: bool
    """The internship has started, or starts today, without all signatures: an error that stays visible."""


def standing(circuit: Circuit, signed: Sequence[str], dates: Deadlines, start: date, on: date) -> Standing:
    """Judge one paper on one day."""
    turn = open_roles(circuit, signed)
    if not turn:
        return Standing((), None, None, is_late=False, starts_unsigned=False)
    sign_by = dates.sign_by[turn[0]]
    days_left = (sign_by - on).days
    return Standing(turn, sign_by, days_left, is_late=days_left < 0, starts_unsigned=on >= start)
