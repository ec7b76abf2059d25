"""JUDGEMENT: the year as a calendar: the course's own dates, and what each dossier asks of whom by when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from conventions import circuit
from conventions.model.dossier import Dossier
from conventions.model.outcome import Defence
from conventions.model.party import Function, Institution
from conventions.model.profile import Calendar, MonthDay, Profile
from conventions.model.roles import Circuit, Signatory, label_of
from conventions.text import Text, quoted

__all__ = ["Entry", "Guest", "academic_year", "in_order", "of_course", "of_dossier"]

_NOBODY: Final[Mapping[str, Function]] = MappingProxyType({})


@dataclass(frozen=True)
class Guest:
    """Somebody else who is wanted there."""

    name: str
    email: str = ""
    """Empty when nobody knows it."""


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
    starts: datetime | None = None
    """On the clock, when the hour is known; None for what takes the day."""
    ends: datetime | None = None
    guests: tuple[Guest, ...] = ()


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
    officials: Mapping[str, Function] = _NOBODY,
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
        officials: of the institution, by role: a panel's addresses are found among them.
        signed: roles that have signed.
        is_issued: the agreement is on its way.
    """
    schedule = dossier.schedule
    is_open = circuit.working_days(institution.address)
    dates = circuit.deadlines(course, schedule.start, circuit.lead_days(dossier, profile.delays), is_open=is_open)
    entries = [] if is_issued else [_issue(dossier, dates.issue_by, institution)]
    entries += [_sign(dossier, one, dates.sign_by[one.role]) for one in people if one.role not in signed]
    student, host = dossier.student, dossier.host.representative
    entries += [
        _entry(dossier, "start", schedule.start, Text("the internship starts"), student.name, student.email),
        _entry(dossier, "end", schedule.end, Text("the internship ends"), student.name, student.email),
        _entry(dossier, "attestation", schedule.end, Text("give the internship certificate"), host.name, host.email),
        *_assessment(dossier, profile.calendar, officials),
    ]
    return in_order(entries)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """By first day, then by last day, what has no hour before what has one, dossier and key."""
    return tuple(sorted(entries, key=_place))


def _place(entry: Entry) -> tuple[date, date, str, str, str]:
    hour = entry.starts.isoformat() if entry.starts else ""
    return entry.first, entry.last, hour, entry.number, entry.key


def _issue(dossier: Dossier, day: date, institution: Institution) -> Entry:
    return _entry(
        dossier, "issue", day, Text("latest day to issue the agreement"), institution.department, institution.email
    )


def _sign(dossier: Dossier, person: Signatory, day: date) -> Entry:
    title = Text("latest safe day to sign as {role}", role=label_of(person.role))
    return _entry(dossier, f"sign-{person.role}", day, title, person.name, person.email)


def _assessment(dossier: Dossier, calendar: Calendar, officials: Mapping[str, Function]) -> Iterator[Entry]:
    """Report, defence, and the host's evaluation, which is wanted before the defence while the internship may go on."""
    student, tutor = dossier.student, dossier.tutor
    if calendar.report_due:
        day = calendar.day(calendar.report_due, dossier.academic_year)
        yield _entry(dossier, "report", day, Text("deposit the report"), student.name, student.email)
    defence = _defence(dossier, calendar, officials)
    if defence is not None:
        eve = defence.first - timedelta(days=1)
        wanted = Text("latest day for the host's evaluation")
        yield _entry(dossier, "evaluation", eve, wanted, tutor.name, tutor.email)
        yield defence


def _defence(dossier: Dossier, calendar: Calendar, officials: Mapping[str, Function]) -> Entry | None:
    """The dossier's own appointment; until it is set, the days of the course; None when neither is known."""
    student, own = dossier.student, dossier.defence
    if own is not None:
        title = Text("oral defence by video") if own.by_video else Text("oral defence")
        entry = _entry(dossier, "defence", own.day, title, student.name, student.email)
        guests = _panel(own, dossier, officials)
        return replace(entry, where=_where(own), starts=own.start, ends=own.end, guests=guests)
    if calendar.defences_from is None:
        return None
    first = calendar.day(calendar.defences_from, dossier.academic_year)
    last = calendar.day(calendar.defences_to or calendar.defences_from, dossier.academic_year)
    entry = _entry(dossier, "defence", first, Text("oral defence"), student.name, student.email)
    return replace(entry, last=max(first, last))


def _where(defence: Defence) -> str:
    """Where the panel sits, and where who is away joins it."""
    return ", ".join(filter(None, (defence.place, defence.link if defence.by_video else "")))


def _panel(defence: Defence, dossier: Dossier, officials: Mapping[str, Function]) -> tuple[Guest, ...]:
    """The panel by name, with the addresses of those whom the dossier or the settings know."""
    known = (dossier.referent, dossier.tutor, *officials.values())
    emails = {_spelled(person.name): person.email for person in known if person}
    return tuple(Guest(name, emails.get(_spelled(name), "")) for name in defence.panel)


def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())


def _entry(dossier: Dossier, step: str, day: date, title: Text, who: str, email: str) -> Entry:
    return Entry(f"{dossier.number}-{step}", day, day, title, who, email, dossier.number)
