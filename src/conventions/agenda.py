"""JUDGEMENT: the year as a calendar: the course's own dates, and what each dossier asks of whom by when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from conventions import circuit
from conventions.model.dossier import Dossier
from conventions.model.party import Institution
from conventions.model.profile import Calendar, MonthDay, Profile
from conventions.model.roles import Circuit, Signatory, label_of
from conventions.text import Text, quoted

__all__ = ["Entry", "academic_year", "in_order", "of_course", "of_dossier"]


@dataclass(frozen=True)
class Entry:
    """Something on a day, or on some day of an interval."""

    key: str
    """Stable, and unique within a year: the same entry of tomorrow's calendar replaces today's."""
    first: date
    last: date
    """Included; the same day as ``first`` where the day is known."""
    title: Text
    who: str = ""
    """Name of the person concerned; empty when it is everybody."""
    email: str = ""
    number: str = ""
    """Of the dossier; empty for the course."""
    where: str = ""


def academic_year(day: date, year_starts: MonthDay) -> str:
    """The academic year a day belongs to, such as 2026-2027."""
    first = day.year if f"{day:%m-%d}" >= year_starts else day.year - 1
    return f"{first}-{first + 1}"


def of_course(calendar: Calendar, year: str) -> tuple[Entry, ...]:
    """The course's own dates in an academic year, in order; a fuzzy date stays an interval."""
    found = []
    for milestone in calendar.milestones:
        first = calendar.day(milestone.first, year)
        last = calendar.day(milestone.last or milestone.first, year)
        found.append(
            Entry(f"course-{milestone.key}", first, max(first, last), quoted(milestone.title), where=milestone.where)
        )
    return in_order(found)


def of_dossier(
    dossier: Dossier,
    *,
    course: Circuit,
    people: Sequence[Signatory],
    institution: Institution,
    profile: Profile,
    signed: Collection[str] = (),
    is_issued: bool = False,
) -> tuple[Entry, ...]:
    """What one dossier asks of whom by when, in order; what is done already is left out.

    Args:
        dossier: the internship.
        course: the circuit as it applies to it.
        people: who signs, in order.
        institution: whose secretariat issues the agreement.
        profile: delays and calendar of the department.
        signed: roles that have signed.
        is_issued: the agreement is on its way.
    """
    schedule = dossier.schedule
    is_open = circuit.working_days(institution.address)
    dates = circuit.deadlines(course, schedule.start, circuit.lead_days(dossier, profile.delays), is_open=is_open)
    entries = [] if is_issued else [_issue(dossier, dates.issue_by, institution)]
    entries += [_sign(dossier, one, dates.sign_by[one.role]) for one in people if one.role not in signed]
    student, tutor, host = dossier.student, dossier.tutor, dossier.host.representative
    entries += [
        _entry(dossier, "start", schedule.start, Text("the internship starts"), student.name, student.email),
        _entry(dossier, "end", schedule.end, Text("the internship ends"), student.name, student.email),
        _entry(dossier, "attestation", schedule.end, Text("give the internship certificate"), host.name, host.email),
        *_assessment(dossier, profile.calendar, tutor.name, tutor.email),
    ]
    return in_order(entries)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """By first day, then by last day, dossier and key."""
    return tuple(sorted(entries, key=lambda entry: (entry.first, entry.last, entry.number, entry.key)))


def _issue(dossier: Dossier, day: date, institution: Institution) -> Entry:
    return _entry(
        dossier, "issue", day, Text("latest day to issue the agreement"), institution.department, institution.email
    )


def _sign(dossier: Dossier, person: Signatory, day: date) -> Entry:
    title = Text("latest safe day to sign as {role}", role=label_of(person.role))
    return _entry(dossier, f"sign-{person.role}", day, title, person.name, person.email)


def _assessment(dossier: Dossier, calendar: Calendar, tutor: str, tutor_email: str) -> Iterator[Entry]:
    """Report, defence, and the host's evaluation, which is wanted before the defence while the internship may go on."""
    student = dossier.student
    if calendar.report_due:
        day = calendar.day(calendar.report_due, dossier.academic_year)
        yield _entry(dossier, "report", day, Text("deposit the report"), student.name, student.email)
    if calendar.defences_from:
        first = calendar.day(calendar.defences_from, dossier.academic_year)
        last = calendar.day(calendar.defences_to or calendar.defences_from, dossier.academic_year)
        eve = first - timedelta(days=1)
        yield _entry(dossier, "evaluation", eve, Text("latest day for the host's evaluation"), tutor, tutor_email)
        yield Entry(
            f"{dossier.number}-defence", first, max(first, last), Text("oral defence"), student.name, student.email,
            dossier.number,
        )  # fmt: skip


def _entry(dossier: Dossier, step: str, day: date, title: Text, who: str, email: str) -> Entry:
    return Entry(f"{dossier.number}-{step}", day, day, title, who, email, dossier.number)
