"""Rules on who is named in the agreement, and how they can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.model.dossier import Nature
from conventions.model.finding import Severity
from conventions.model.roles import ROLE_LABELS
from conventions.rules.example import MINOR, Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.signers import is_minor
from conventions.text import Text

__all__ = ["RULES"]

_TEACHING_HOURS: Final = 200
_HOURS_IN_PRESENCE: Final = 50
_YOUNGEST: Final = 15
_OLDEST: Final = 80
_FIVE: Final[dict[str, object]] = {
    "circuit": {
        "steps": [
            {"roles": ["student"]},
            {"roles": ["company", "tutor"]},
            {"roles": ["coordinator"]},
            {"roles": ["dean"]},
        ]
    }
}


def _delegation(since: date) -> dict[str, object]:
    return {"on_behalf_of": Text("Léa Caron, president of the company"), "reference": "D-2026-02", "since": since}


@rule(
    "LAW-PARTY-01",
    Severity.ERROR,
    Text("200 hours of teaching a year"),
    Text("An internship belongs to a course with at least 200 hours of teaching a year, the internship not counted."),
    "art. D124-2, D124-4 (1) Code de l'éducation",
    settings=("programme.teaching_hours",),
    example=Example(
        in_france(settings={"programme": {"teaching_hours": 200, "hours_in_presence": 100}}),
        in_france(settings={"programme": {"teaching_hours": 199, "hours_in_presence": 100}}),
    ),
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
    settings=("programme.hours_in_presence",),
    example=Example(
        in_france(settings={"programme": {"hours_in_presence": 50}}),
        in_france(settings={"programme": {"hours_in_presence": 49}}),
    ),
)
def hours_in_presence(case: Case) -> Iterator[Problem]:
    hours = case.programme.hours_in_presence
    if hours < _HOURS_IN_PRESENCE and case.dossier.nature is not Nature.GAP_YEAR:
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
    example=Example(
        in_france(student=MINOR),
        in_france(student=MINOR | {"legal_representative": None}),
    ),
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
    "DATA-PARTY-08",
    Severity.WARNING,
    Text("the student has the age of a student"),
    Text("A student younger than 15 or older than 80 on the first day usually has a mistyped date of birth."),
    example=Example(
        in_france(),
        in_france(student={"birth_date": date(1924, 5, 17)}),
    ),
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


@rule(
    "LAW-PARTY-05",
    Severity.INFORMATION,
    Text("the five signatories of the law"),
    Text(
        "The institution, the host, the student, the academic supervisor and the workplace supervisor sign. The "
        "circuit of the course has four steps: put the workplace supervisor into the host's step, unless one person "
        "signs as both. Make this rule an error and nothing is produced without the five."
    ),
    "art. D124-4 Code de l'éducation",
    settings=("circuit.steps",),
    example=Example(in_france(settings=_FIVE), in_france()),
)
def five_signatories(case: Case) -> Iterator[Problem]:
    missing = tuple(ROLE_LABELS[role] for role in _missing_roles(case))
    if missing:
        yield Problem(
            Text("the circuit of signatures lacks these signatories of the law: {roles}", roles=missing),
            Text("add them to [[circuit.steps]] in conventions.toml"),
        )


def _missing_roles(case: Case) -> Iterator[str]:
    dossier, roles = case.dossier, set(case.circuit.roles)
    coordinator = case.officials.get("coordinator")
    is_referent = dossier.referent is None or (coordinator is not None and dossier.referent.email == coordinator.email)
    signs = {
        "student": "student" in roles,
        "company": "company" in roles,
        "tutor": "tutor" in roles or dossier.tutor.email == dossier.host.representative.email,
        "referent": "referent" in roles or (is_referent and "coordinator" in roles),
        "dean": bool(roles & {"dean", "president"}),
    }
    yield from (role for role, does in signs.items() if not does)


@rule(
    "LAW-PARTY-06",
    Severity.WARNING,
    Text("who signs for the institution may do so"),
    Text(
        "Only the president has the power to sign for a university. Another person signs under a written, personal "
        "delegation, which cannot be passed on and ends with the office of either."
    ),
    "art. L712-2 Code de l'éducation",
    settings=("people.dean",),
    example=Example(
        in_france(settings={"people": {"dean": {"delegation": {"since": date(2025, 9, 1)}}}}),
        in_france(settings={"people": {"dean": {"delegation": {"since": date(2026, 9, 1)}}}}),
    ),
)
def power_to_sign(case: Case) -> Iterator[Problem]:
    dean = case.officials.get("dean")
    if dean is None or "dean" not in case.circuit.roles or "president" in case.circuit.roles:
        return
    if dean.delegation is None:
        yield Problem(
            Text("{name} signs for the institution, and no delegation is named", name=dean.name),
            Text("fill in [people.dean.delegation] in conventions.toml, or let the president sign"),
        )
    elif dean.delegation.since > case.agreed_on:
        yield Problem(
            Text("{name} may sign from {day} on, not before", name=dean.name, day=dean.delegation.since),
            Text("correct [people.dean.delegation] in conventions.toml, or let the president sign"),
        )


@rule(
    "DATA-PARTY-09",
    Severity.WARNING,
    Text("hours in presence are part of the teaching"),
    Text("A course does not have more hours in the presence of the students than hours of teaching."),
    settings=("programme.teaching_hours", "programme.hours_in_presence"),
    example=Example(
        in_france(settings={"programme": {"teaching_hours": 521, "hours_in_presence": 521}}),
        in_france(settings={"programme": {"teaching_hours": 521, "hours_in_presence": 522}}),
    ),
)
def hours_of_teaching(case: Case) -> Iterator[Problem]:
    programme = case.programme
    if programme.hours_in_presence > programme.teaching_hours:
        yield Problem(
            Text(
                "{present} hours in presence among {hours} hours of teaching",
                present=programme.hours_in_presence,
                hours=programme.teaching_hours,
            ),
            Text("correct programme.teaching_hours or programme.hours_in_presence in conventions.toml"),
        )


@rule(
    "DATA-PARTY-10",
    Severity.WARNING,
    Text("the host's delegation is in force"),
    Text("Whoever signs for the host under a delegation has it on the day of signature."),
    example=Example(
        in_france(host={"representative": {"delegation": _delegation(date(2026, 2, 16))}}),
        in_france(host={"representative": {"delegation": _delegation(date(2026, 2, 17))}}),
    ),
)
def delegation_of_host(case: Case) -> Iterator[Problem]:
    given = case.dossier.host.representative.delegation
    if given is not None and given.since > case.agreed_on:
        yield Problem(
            Text(
                "{name} may sign from {day} on, not before",
                name=case.dossier.host.representative.name,
                day=given.since,
            ),
            Text("correct host.representative.delegation.since, or name somebody who may sign"),
            "host.representative.delegation.since",
        )


@rule(
    "DATA-PARTY-14",
    Severity.WARNING,
    Text("an adult signs alone"),
    Text("A legal representative is named, but the student is 18 or older on the first day and signs alone."),
    example=Example(in_france(student=MINOR), in_france(student=MINOR | {"birth_date": date(2004, 5, 17)})),
)
def adult_alone(case: Case) -> Iterator[Problem]:
    student = case.dossier.student
    if student.legal_representative is not None and not is_minor(case.dossier):
        yield Problem(
            Text(
                "the student, born on {born}, is no minor on {start}: {name} does not sign",
                born=student.birth_date,
                start=case.dossier.schedule.start,
                name=student.legal_representative.name,
            ),
            Text("take student.legal_representative out, or correct student.birth_date"),
            "student.legal_representative",
        )


RULES: Final[tuple[Rule, ...]] = (
    teaching_hours,
    hours_in_presence,
    legal_representative,
    age,
    five_signatories,
    power_to_sign,
    hours_of_teaching,
    delegation_of_host,
    adult_alone,
)
"""Rules on the parties."""
