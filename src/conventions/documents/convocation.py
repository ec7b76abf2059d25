"""The summons to the defence: one paper for the student and for everybody who hears it."""

from __future__ import annotations

from collections.abc import Iterator

from conventions.documents import parties
from conventions.documents.case import Case, edition
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.finding import Finding, Severity
from conventions.model.outcome import Defence
from conventions.text import Text

__all__ = ["context", "lacks"]


def context(case: Case, language: Language) -> dict[str, object]:
    """What the summons' template may print; times are those of the clock in Paris."""
    dossier, house = in_force(case.dossier), case.house
    calendar = house.profile.calendar
    return {
        "paper": {**edition(case.edition, language), "academic_year": dossier.academic_year},
        "institution": parties.institution(house.institution, language),
        "coordinator": house.officials.get("coordinator"),
        "programme": house.programme,
        "student": {"name": dossier.student.name, "student_number": dossier.student.student_number},
        "host": {"name": dossier.host.name, "city": dossier.place.city},
        **parties.supervision(dossier, house.officials),
        "placement": {"subject": dossier.placement.subject, "confidential": dossier.placement.confidential},
        "schedule": {"start": dossier.schedule.start, "end": dossier.schedule.end},
        "defence": _appointment(dossier.defence, language) if dossier.defence else None,
        "report_due": calendar.day(calendar.report_due, dossier.academic_year) if calendar.report_due else None,
    }


def _appointment(defence: Defence, language: Language) -> dict[str, object]:
    return {
        "day": defence.day,
        "from": language.time(defence.start),
        "until": language.time(defence.end),
        "minutes": defence.minutes,
        "place": defence.place,
        "by_video": defence.by_video,
        "link": defence.link,
        "panel": defence.panel,
        "note": defence.note,
    }


def lacks(case: Case) -> Iterator[Finding]:
    """Nobody is summoned without a day, or to nowhere."""
    defence = case.dossier.defence
    if defence is None:
        yield Finding(
            "SUMMONS-01",
            Severity.ERROR,
            Text("no defence is set"),
            Text("fill in defence with the day and time that the academic supervisor chose"),
            field="defence",
        )
    elif not defence.place and not defence.by_video:
        yield Finding(
            "SUMMONS-02",
            Severity.ERROR,
            Text("nobody knows where the defence is"),
            Text("fill in defence.place, or set defence.by_video to true"),
            field="defence.place",
        )
    if defence is not None and not defence.panel:
        yield Finding(
            "SUMMONS-03",
            Severity.ERROR,
            Text("nobody is on the panel"),
            Text("fill in defence.panel with the first and last names of those who hear it"),
            field="defence.panel",
        )
