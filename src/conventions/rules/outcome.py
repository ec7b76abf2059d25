"""Rules on what follows the start: weekly reports, report, defence, and the internship as it was really done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions.hours import CAP_HOURS
from conventions.model.finding import Severity
from conventions.pay import COMPULSORY_ABOVE, floor_on
from conventions.rules.example import Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, later, months_later, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]

_CENT: Final = Decimal("0.01")
_AFTER: Final = date(2026, 8, 17)
_DONE: Final[dict[str, object]] = {
    "start": date(2026, 4, 13),
    "end": date(2026, 7, 31),
    "hours": 525,
    "allowance_paid": Decimal("2362.50"),
    "recorded_on": date(2026, 8, 3),
    "recorded_by": "IM",
}
_DEPOSITED: Final[dict[str, object]] = {"report_deposited_on": date(2026, 6, 19)}
_ABSENT: Final[dict[str, object]] = {"start": date(2026, 6, 8), "end": date(2026, 6, 9)}


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
    marks, schedule = case.dossier.marks, case.dossier.schedule
    if marks is None or marks.weekly_reports is None:
        return
    until = min(case.on, later(schedule.end, 1))
    lost = sum(day < until for day in case.interrupted)
    expected = max((until - schedule.start).days - lost, 0) // 7
    if expected - marks.weekly_reports > case.profile.missing_reports:
        yield Problem(
            Text("{sent} weekly reports for {weeks} completed weeks", sent=marks.weekly_reports, weeks=expected),
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
    marks, due_on = case.dossier.marks, case.profile.calendar.report_due
    if marks is None or due_on is None or marks.absence:
        return
    due, deposited = case.course_day(due_on), marks.report_deposited_on
    if deposited is not None and deposited > due:
        yield Problem(
            Text("the report was deposited on {day}, after {due}", day=deposited, due=due),
            Text("decide on a penalty in marks.penalties, or correct marks.report_deposited_on"),
            "marks.report_deposited_on",
        )
    elif deposited is None and case.on > due:
        yield Problem(
            Text("the report was due on {due} and is not deposited", due=due),
            Text("ask the student, then fill in marks.report_deposited_on"),
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
    if month_day is not None and end >= (first := case.course_day(month_day)):
        yield Problem(
            Text("it ends on {end}; the defences begin on {first}", end=end, first=first),
            Text("nothing to correct; ask the host for its assessment before {first}", first=first),
            "schedule.end",
        )


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


@rule(
    "COURSE-OUTCOME-06",
    Severity.WARNING,
    Text("absences are justified"),
    Text(
        "Who is absent tells the host and both supervisors, with a supporting document. The dossier says that the "
        "absence is justified; it never says of which illness."
    ),
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"absences": [_ABSENT | {"reason": Text("justified")}]}),
        in_france(on=_AFTER, realised=_DONE | {"absences": [_ABSENT]}),
    ),
)
def absences_justified(case: Case) -> Iterator[Problem]:
    realised = case.dossier.realised
    for rank, absence in enumerate(realised.absences if realised else ()):
        if not absence.reason:
            yield Problem(
                Text("the absence from {start} to {end} is not justified", start=absence.start, end=absence.end),
                Text("ask for the supporting document and fill in realised.absences.{rank}.reason", rank=rank),
                f"realised.absences.{rank}.reason",
            )


@rule(
    "LAW-OUTCOME-01",
    Severity.TO_DO,
    Text("the host attests what was done"),
    Text(
        "After the last day the host gives every intern an attestation: the effective duration and the allowance that "
        "was paid. It is prepared from what was really done, never from the plan."
    ),
    "art. D124-9 Code de l'éducation",
    example=Example(in_france(on=date(2026, 7, 31)), in_france(on=date(2026, 8, 1))),
)
def attested(case: Case) -> Iterator[Problem]:
    end = case.dossier.schedule.end
    if case.on > end and case.dossier.realised is None:
        yield Problem(
            Text("it ended on {end}: the host attests hours of presence and amount paid", end=end),
            Text("ask the host for both, then fill in realised"),
            "realised",
        )


@rule(
    "LAW-OUTCOME-02",
    Severity.INFORMATION,
    Text("what the intern can claim afterwards"),
    Text(
        "A paid internship of at least two months can count for up to two quarters of pension, if the student asks "
        "within two years. A host that hires the student within three months deducts the internship from the trial "
        "period."
    ),
    "art. L351-17 Code de la sécurité sociale, L1221-24 Code du travail",
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"hours": 300, "allowance_paid": 1350}),
        in_france(on=_AFTER, realised=_DONE),
    ),
)
def claims(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is None or case.dossier.is_abroad:
        return
    if done.hours >= COMPULSORY_ABOVE and done.allowance_paid:
        yield Problem(
            Text(
                "the pension can be claimed until {until}; a contract before {hired} counts the internship",
                until=months_later(done.end, 24),
                hired=months_later(done.end, 3),
            ),
            Text("nothing to correct; tell the student"),
            "realised",
        )


@rule(
    "LAW-OUTCOME-03",
    Severity.WARNING,
    Text("the floor was paid for every hour done"),
    Text(
        "Above 308 hours of presence the floor is due from the first hour. When an internship is cut short, or longer "
        "than planned, the amount follows the hours really done."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    example=Example(
        in_france(on=_AFTER, realised=_DONE),
        in_france(on=_AFTER, realised=_DONE | {"allowance_paid": Decimal("2362.49")}),
    ),
)
def paid_for_what_was_done(case: Case) -> Iterator[Problem]:
    done, asked = case.dossier.realised, case.dossier.pre_agreement
    if done is None or case.dossier.is_abroad or done.hours <= COMPULSORY_ABOVE or done.currency != "EUR":
        return
    signed = asked.decided_on if asked and asked.decided_on else done.start
    floor = floor_on(signed)
    due = (floor.hourly * done.hours).quantize(_CENT, ROUND_HALF_UP)
    if done.allowance_paid < due:
        yield Problem(
            Text(
                "{paid} were paid for {hours} hours; the floor of {floor} makes {due}",
                paid=Amount(done.allowance_paid),
                hours=done.hours,
                floor=Amount(floor.hourly),
                due=Amount(due),
            ),
            Text("ask the host to pay the difference, or correct realised.allowance_paid or realised.hours"),
            "realised.allowance_paid",
        )


@rule(
    "LAW-OUTCOME-04",
    Severity.WARNING,
    Text("no more than six months were done"),
    Text("The six months of the law are counted on effective presence: what was really done counts, not the plan."),
    "art. L124-5, D124-6 Code de l'éducation",
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"hours": 924, "allowance_paid": 4158}),
        in_france(on=_AFTER, realised=_DONE | {"hours": 925, "allowance_paid": Decimal("4162.50")}),
    ),
)
def six_months_done(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is not None and done.hours > CAP_HOURS:
        yield Problem(
            Text("{hours} hours were done; {cap} are allowed", hours=done.hours, cap=CAP_HOURS),
            Text("compare realised.hours with the host's record of presence, and tell the coordinator"),
            "realised.hours",
        )


@rule(
    "DATA-OUTCOME-01",
    Severity.ERROR,
    Text("what was done is recorded when it is done"),
    Text("An internship ends on or after its first day, and is recorded as done on or after its last."),
    example=Example(
        in_france(on=_AFTER, realised=_DONE | {"recorded_on": date(2026, 7, 31)}),
        in_france(on=_AFTER, realised=_DONE | {"recorded_on": date(2026, 7, 30)}),
    ),
)
def recorded_afterwards(case: Case) -> Iterator[Problem]:
    done = case.dossier.realised
    if done is None:
        return
    if done.end < done.start:
        yield Problem(
            Text("it was done until {end}, before it began on {start}", end=done.end, start=done.start),
            Text("correct realised.start or realised.end"),
            "realised.end",
        )
    if done.recorded_on < done.end:
        yield Problem(
            Text("recorded on {day}, before it ended on {end}", day=done.recorded_on, end=done.end),
            Text("correct realised.recorded_on, or realised.end"),
            "realised.recorded_on",
        )


@rule(
    "DATA-OUTCOME-02",
    Severity.WARNING,
    Text("what was done is what was agreed"),
    Text("When the internship began or ended on another day than agreed, an amendment says so, or a date is mistyped."),
    example=Example(
        in_france(on=_AFTER, realised=_DONE),
        in_france(on=_AFTER, realised=_DONE | {"end": date(2026, 7, 30)}),
    ),
)
def as_agreed(case: Case) -> Iterator[Problem]:
    done, schedule = case.dossier.realised, case.dossier.schedule
    if done is None or case.dossier.amendments:
        return
    for key, was, agreed in (("start", done.start, schedule.start), ("end", done.end, schedule.end)):
        if was != agreed:
            yield Problem(
                Text("realised.{key} is {was}; {agreed} was agreed", key=key, was=was, agreed=agreed),
                Text("correct realised.{key}, or add the amendment that moved it", key=key),
                f"realised.{key}",
            )


RULES: Final[tuple[Rule, ...]] = (
    weekly_reports,
    report_in_time,
    defence_in_time,
    defence_before_end,
    defence_by_video,
    absences_justified,
    attested,
    claims,
    paid_for_what_was_done,
    six_months_done,
    recorded_afterwards,
    as_agreed,
)
"""Rules on what follows the start."""
