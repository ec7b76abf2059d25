"""Rules on the appointment for the defence: when, where, before whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conventions.circuit import working_days
from conventions.model.finding import Severity
from conventions.model.outcome import Defence
from conventions.model.party import Address
from conventions.rules.example import Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_LEAST: Final = 2
"""Persons who hear a defence."""
_REGIONS: Final = (
    "01 03 07 15 26 38 42 43 63 69 73 74",
    "21 25 39 58 70 71 89 90",
    "22 29 35 56",
    "18 28 36 37 41 45",
    "20",
    "08 10 51 52 54 55 57 67 68 88",
    "02 59 60 62 80",
    "75 77 78 91 92 93 94 95",
    "14 27 50 61 76",
    "16 17 19 23 24 33 40 47 64 79 86 87",
    "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "44 49 53 72 85",
    "04 05 06 13 83 84",
)
"""The regions of metropolitan France as the beginnings of their postal codes (art. L4111-1 CGCT, act no. 2015-29)."""
_REGION_OF: Final = {department: region for region in _REGIONS for department in region.split()}
_SET: Final[dict[str, object]] = {
    "start": "2026-06-29T09:30",
    "place": "M5",
    "panel": ["Inès Marchetti", "Paul Okafor-Delattre"],
}
_FAR: Final[dict[str, object]] = {"address": {"street": "4 rue de Brest", "postal_code": "35000", "city": "Rennes"}}


@rule(
    "COURSE-DEFENCE-01",
    Severity.WARNING,
    Text("a defence is on the days of the defences"),
    Text(
        "The academic supervisor, never the workplace supervisor, sets the day within the course's calendar; from afar "
        "too one defends on the same days. A second session has days of its own."
    ),
    settings=("rules.calendar.defences_from", "rules.calendar.defences_to"),
    example=Example(
        in_france(defence=_SET | {"start": "2026-06-30T17:30"}),
        in_france(defence=_SET | {"start": "2026-07-01T08:00"}),
    ),
)
def on_its_days(case: Case) -> Iterator[Problem]:
    defence, calendar = case.dossier.defence, case.profile.calendar
    is_second = case.dossier.marks is not None and case.dossier.marks.session != 1
    if defence is None or is_second or calendar.defences_from is None:
        return
    first = case.course_day(calendar.defences_from)
    last = case.course_day(calendar.defences_to or calendar.defences_from)
    if not first <= defence.day <= last:
        yield Problem(
            Text("it is on {day}; the defences are from {first} to {last}", day=defence.day, first=first, last=last),
            Text("move defence.start, or agree on the day with the coordinator"),
            "defence.start",
        )


@rule(
    "COURSE-DEFENCE-02",
    Severity.WARNING,
    Text("a defence is on a working day"),
    Text("On Saturdays, Sundays and public holidays the building is closed, for the panel as for the student."),
    example=Example(
        in_france(defence=_SET | {"start": "2026-06-26T16:00"}),
        in_france(defence=_SET | {"start": "2026-06-27T10:00"}),
    ),
)
def on_a_working_day(case: Case) -> Iterator[Problem]:
    defence = case.dossier.defence
    if defence is not None and not working_days(case.institution.address)(defence.day):
        yield Problem(
            Text("{day} is a weekend day or a public holiday", day=defence.day),
            Text("move defence.start to a working day"),
            "defence.start",
        )


@rule(
    "COURSE-DEFENCE-03",
    Severity.WARNING,
    Text("the report comes before the defence"),
    Text("The panel has read the report: a defence is after the day on which reports are due."),
    settings=("rules.calendar.report_due",),
    example=Example(
        in_france(defence=_SET, settings={"rules": {"calendar": {"report_due": "06-28"}}}),
        in_france(defence=_SET, settings={"rules": {"calendar": {"report_due": "06-29"}}}),
    ),
)
def after_the_report(case: Case) -> Iterator[Problem]:
    defence, month_day = case.dossier.defence, case.profile.calendar.report_due
    if defence is None or month_day is None:
        return
    due = case.course_day(month_day)
    if defence.day <= due:
        yield Problem(
            Text("it is on {day}, and the report is due on {due}", day=defence.day, due=due),
            Text("move defence.start to a later day"),
            "defence.start",
        )


@rule(
    "COURSE-DEFENCE-04",
    Severity.WARNING,
    Text("who is abroad defends by video"),
    Text("Students who are still abroad on the day defend by video: nobody travels home for half an hour."),
    example=Example(
        in_ireland(defence=_SET | {"by_video": True}),
        in_ireland(defence=_SET | {"by_video": False}),
    ),
)
def by_video_from_abroad(case: Case) -> Iterator[Problem]:
    defence = case.dossier.defence
    if defence is not None and case.dossier.is_abroad and _must_travel(case, defence):
        yield Problem(
            Text("on {day} the internship is in {city}, and it is not by video", day=defence.day, city=_city(case)),
            Text("set defence.by_video to true, unless the student travels"),
            "defence.by_video",
        )


@rule(
    "COURSE-DEFENCE-05",
    Severity.INFORMATION,
    Text("who is in another region may defend by video"),
    Text(
        "Students whose internship is outside the region defend by video, on the same days. Regions are told apart by "
        "postal codes, which follow their borders except for a few villages."
    ),
    example=Example(
        in_france(host=_FAR, defence=_SET | {"by_video": True}),
        in_france(host=_FAR, defence=_SET | {"by_video": False}),
    ),
)
def by_video_from_afar(case: Case) -> Iterator[Problem]:
    defence, place = case.dossier.defence, case.dossier.place
    if defence is None or case.dossier.is_abroad or not _must_travel(case, defence):
        return
    here, there = _region(case.institution.address), _region(place)
    if here and there and here != there:
        yield Problem(
            Text("on {day} the internship is in {city}, in another region", day=defence.day, city=_city(case)),
            Text("set defence.by_video to true, unless the student travels"),
            "defence.by_video",
        )


@rule(
    "COURSE-DEFENCE-06",
    Severity.TO_DO,
    Text("everybody knows where the defence is"),
    Text("A room, or the address of the video meeting: without one of them nobody can be summoned."),
    example=Example(
        in_france(defence=_SET | {"by_video": True, "place": "", "link": "https://visio.univ-exemple.test/s1"}),
        in_france(defence=_SET | {"by_video": True, "place": "", "link": ""}),
    ),
)
def somewhere(case: Case) -> Iterator[Problem]:
    defence = case.dossier.defence
    if defence is None or (defence.link if defence.by_video else defence.place):
        return
    if defence.by_video:
        yield Problem(
            Text("it is by video, and the address of the meeting is not known"),
            Text("fill in defence.link and send it to the student and the panel"),
            "defence.link",
        )
    else:
        yield Problem(Text("it has no room"), Text("fill in defence.place"), "defence.place")


@rule(
    "COURSE-DEFENCE-07",
    Severity.WARNING,
    Text("at least two persons hear a defence"),
    Text("A mark for the defence is not given by one person alone."),
    example=Example(
        in_france(defence=_SET),
        in_france(defence=_SET | {"panel": ["Inès Marchetti", "inès  marchetti"]}),
    ),
)
def heard_by_two(case: Case) -> Iterator[Problem]:
    defence = case.dossier.defence
    if defence is None:
        return
    count = len({_spelled(name) for name in defence.panel})
    if count < _LEAST:
        yield Problem(
            Text("persons on the panel: {count}; {least} are needed", count=count, least=_LEAST),
            Text("add a first and last name to defence.panel"),
            "defence.panel",
        )


@rule(
    "COURSE-DEFENCE-08",
    Severity.WARNING,
    Text("the academic supervisor is on the panel"),
    Text(
        "The academic supervisor, who has followed the student, is on the panel. Until one is designated it is the "
        "coordinator."
    ),
    example=Example(
        in_france(defence=_SET),
        in_france(defence=_SET | {"panel": ["Noor Devos", "Paul Okafor-Delattre"]}),
    ),
)
def heard_by_the_supervisor(case: Case) -> Iterator[Problem]:
    defence, supervisor = case.dossier.defence, case.dossier.referent or case.officials.get("coordinator")
    if defence is None or not defence.panel or supervisor is None:
        return
    if _spelled(supervisor.name) not in {_spelled(name) for name in defence.panel}:
        yield Problem(
            Text("{name} is not on the panel", name=supervisor.name),
            Text("add {name} to defence.panel, or correct referent", name=supervisor.name),
            "defence.panel",
        )


@rule(
    "DATA-DEFENCE-01",
    Severity.WARNING,
    Text("defended on the day of the appointment"),
    Text("The day on which the student defended and the appointment contradict each other: one of them was mistyped."),
    example=Example(
        in_france(defence=_SET, marks={"defended_on": "2026-06-29"}),
        in_france(defence=_SET, marks={"defended_on": "2026-06-30"}),
    ),
)
def defended_then(case: Case) -> Iterator[Problem]:
    defence, marks = case.dossier.defence, case.dossier.marks
    if defence is None or marks is None or marks.defended_on is None or marks.defended_on == defence.day:
        return
    yield Problem(
        Text("defended on {day}, and the appointment was for {planned}", day=marks.defended_on, planned=defence.day),
        Text("correct marks.defended_on, or defence.start if it was moved"),
        "marks.defended_on",
    )


def _must_travel(case: Case, defence: Defence) -> bool:
    """Is the student at the host's on that day, and expected in the room?"""
    return not defence.by_video and case.dossier.schedule.covers(defence.day)


def _city(case: Case) -> str:
    return case.dossier.place.city


def _region(address: Address) -> str:
    """Any name for a region of France; empty when the postal code tells none. Overseas each department is one."""
    code = address.postal_code.strip()
    return _REGION_OF.get(code[:2], code[:3] if code.startswith(("97", "98")) else "")


def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())


RULES: Final[tuple[Rule, ...]] = (
    on_its_days,
    on_a_working_day,
    after_the_report,
    by_video_from_abroad,
    by_video_from_afar,
    somewhere,
    heard_by_two,
    heard_by_the_supervisor,
    defended_then,
)
"""Rules on the appointment for the defence."""
