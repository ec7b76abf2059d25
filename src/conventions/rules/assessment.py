"""Rules on what is assessed: weekly reports, report, defence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.grading import late_report, missing_reports
from conventions.model.finding import Severity
from conventions.rules.example import Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_AFTER: Final = date(2026, 8, 17)
_DEPOSITED: Final[dict[str, object]] = {"report_deposited_on": date(2026, 6, 19)}


@rule(
    "COURSE-OUTCOME-01",
    Severity.WARNING,
    Text("a report every week"),
    Text(
        "The student writes to the academic supervisor every week. One report is expected for each completed week "
        "since the start; one may be missing before the department asks."
    ),
    settings=("rules.missing_reports",),
    example=Example(
        in_france(on=date(2026, 6, 15), marks={"weekly_reports": 8}),
        in_france(on=date(2026, 6, 15), marks={"weekly_reports": 7}),
    ),
)
def weekly_reports(case: Case) -> Iterator[Problem]:
    fact = missing_reports(case.dossier, case.profile.missing_reports, case.on)
    if fact is not None:
        yield Problem(
            fact,
            Text("ask the student for the missing ones, or correct marks.weekly_reports"),
            "marks.weekly_reports",
        )


@rule(
    "COURSE-OUTCOME-02",
    Severity.WARNING,
    Text("the report is deposited in time"),
    Text("The final report is deposited by the day of the course's calendar. Late ones are sanctioned on the grade."),
    settings=("rules.calendar.report_due",),
    example=Example(
        in_france(on=_AFTER, marks={"report_deposited_on": date(2026, 6, 19)}),
        in_france(on=_AFTER, marks={"report_deposited_on": date(2026, 6, 20)}),
    ),
)
def report_in_time(case: Case) -> Iterator[Problem]:
    marks, fact = case.dossier.marks, late_report(case.dossier, case.profile.calendar, case.on)
    if marks is None or fact is None:
        return
    yield Problem(
        fact,
        Text("decide on a penalty in marks.penalties, or correct marks.report_deposited_on")
        if marks.report_deposited_on
        else Text("ask the student, then fill in marks.report_deposited_on"),
        "marks.report_deposited_on",
    )


@rule(
    "COURSE-OUTCOME-03",
    Severity.WARNING,
    Text("defended on the days of the defences"),
    Text("Defences take place on the days of the course's calendar, by video for those who are away."),
    settings=("rules.calendar.defences_from", "rules.calendar.defences_to"),
    example=Example(
        in_france(on=_AFTER, marks=_DEPOSITED | {"defended_on": date(2026, 6, 26)}),
        in_france(on=_AFTER, marks=_DEPOSITED | {"defended_on": date(2026, 7, 3)}),
    ),
)
def defence_in_time(case: Case) -> Iterator[Problem]:
    marks, calendar = case.dossier.marks, case.profile.calendar
    if marks is None or marks.defended_on is None or marks.session != 1 or calendar.defences_from is None:
        return
    first = case.course_day(calendar.defences_from)
    last = case.course_day(calendar.defences_to or calendar.defences_from)
    if not first <= marks.defended_on <= last:
        yield Problem(
            Text(
                "defended on {day}; the defences are from {first} to {last}",
                day=marks.defended_on,
                first=first,
                last=last,
            ),
            Text("correct marks.defended_on or marks.session, or agree on the day with the coordinator"),
            "marks.defended_on",
        )


@rule(
    "COURSE-OUTCOME-04",
    Severity.INFORMATION,
    Text("the defence comes before the end"),
    Text(
        "Twelve weeks from April end after the defences of June. The host's assessment is then asked for before the "
        "defence; the attestation still waits for the last day, and the grade does not wait for the attestation."
    ),
    settings=("rules.calendar.defences_from",),
    example=Example(
        in_france(schedule={"start": date(2026, 4, 1), "end": date(2026, 6, 25)}),
        in_france(schedule={"start": date(2026, 4, 1), "end": date(2026, 6, 26)}),
    ),
)
def defence_before_end(case: Case) -> Iterator[Problem]:
    month_day, end = case.profile.calendar.defences_from, case.dossier.schedule.end
    if (own := case.dossier.defence) is not None:
        first, fact = own.day, Text("it ends on {end}; the defence is on {first}", end=end, first=own.day)
    elif month_day is not None:
        first = case.course_day(month_day)
        fact = Text("it ends on {end}; the defences begin on {first}", end=end, first=first)
    else:
        return
    if end >= first:
        ask = Text("nothing to correct; ask the host for its assessment before {first}", first=first)
        yield Problem(fact, ask, "schedule.end")


@rule(
    "COURSE-OUTCOME-05",
    Severity.INFORMATION,
    Text("from abroad the defence is by video"),
    Text("Students who are still abroad defend by video, on the same days as the others."),
    example=Example(
        in_ireland(on=_AFTER, marks=_DEPOSITED | {"defended_on": date(2026, 6, 29), "by_video": True}),
        in_ireland(on=_AFTER, marks=_DEPOSITED | {"defended_on": date(2026, 6, 29), "by_video": False}),
    ),
)
def defence_by_video(case: Case) -> Iterator[Problem]:
    marks, schedule = case.dossier.marks, case.dossier.schedule
    if marks is None or marks.defended_on is None or marks.by_video or not case.dossier.is_abroad:
        return
    if schedule.covers(marks.defended_on):
        yield Problem(
            Text("defended on {day}, during the internship abroad, and not by video", day=marks.defended_on),
            Text("set marks.by_video to true, unless the student travelled"),
            "marks.by_video",
        )


RULES: Final[tuple[Rule, ...]] = (
    weekly_reports,
    report_in_time,
    defence_in_time,
    defence_before_end,
    defence_by_video,
)
"""Rules on reports and defence."""
