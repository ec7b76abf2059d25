"""JUDGEMENT: from components to a grade, and what may justify a penalty.

The course weighs professionalism, the host's assessment, the report and the defence. It says nothing of rounding and
has no tariff of penalties: people decide on those, a grade only keeps them apart. Everything is Decimal, out of 20.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions.hours import LONGEST_DAYS
from conventions.model.dossier import Dossier, Track
from conventions.model.grading import TOP, Component, Contribution, Grade, GradingSettings, Result, State, Weights
from conventions.model.outcome import Marks, Penalty
from conventions.model.placement import Schedule
from conventions.model.profile import Calendar, Profile
from conventions.text import Text, counted

__all__ = ["facts", "grade", "label_of", "late_report", "missing_reports"]

_ZERO: Final = Decimal(0)
_LABELS: Final = {
    Component.PROFESSIONALISM: Text("professionalism"),
    Component.HOST: Text("assessment by the host"),
    Component.REPORT: Text("report"),
    Component.DEFENCE: Text("defence"),
}
_WITHOUT_HOST: Final = Text("assessment by the entrepreneurship tutor")


def grade(marks: Marks | None, settings: GradingSettings, *, track: Track, session: int | None = None) -> Grade:
    """The grade that the recorded marks make.

    Args:
        marks: what is recorded; None when nothing is.
        settings: weights, rounding and codes of the department.
        track: decides the weights, and who stands behind the host's mark.
        session: the session that is asked about, 1 or 2; without it, the one that the marks are of. Marks of the other
            session do not count: the grade is then a draft that waits for every component.
    """
    if marks is None or session not in {None, marks.session}:
        marks = Marks(session=session or 1)
    contributions = tuple(_contributions(marks, settings.weights.of(track), track))
    state = _state(marks, contributions)
    penalties = tuple(sorted(marks.penalties, key=lambda one: (one.on, one.reason, one.points, one.decided_by)))
    taken_off = _taken_off(penalties, settings.penalties_at_most)
    raw = sum((part.points or _ZERO for part in contributions), _ZERO) if state is State.FINAL else None
    rounded = None if raw is None else _nearest(raw, settings.quantum)
    before_jury = None if rounded is None else min(max(rounded - taken_off, _ZERO), TOP)
    final = _final(state, before_jury, settings)
    result = _result(state, final, settings.pass_mark)
    return Grade(
        state, marks.session, contributions, penalties, taken_off, raw, rounded, before_jury, final, result,
        code=_code(state, result, settings),
        needs_second_session=_is_to_be_repeated(state, result) and marks.session == 1 and settings.second_session,
    )  # fmt: skip


def _contributions(marks: Marks, weights: Weights, track: Track) -> Iterator[Contribution]:
    for component in Component:
        if weight := _of(weights, component):
            yield Contribution(component, label_of(component, track), weight, _of(marks, component))


def label_of(component: Component, track: Track) -> Text:
    """What a component is called: a student's own project has no host."""
    return _WITHOUT_HOST if component is Component.HOST and track is Track.SNEE else _LABELS[component]


def _of(record: Marks | Weights, component: Component) -> Decimal | None:
    value: Decimal | None = getattr(record, component.value)
    return value


def _state(marks: Marks, contributions: tuple[Contribution, ...]) -> State:
    if marks.absence:
        return State(marks.absence)
    return State.DRAFT if any(part.mark is None for part in contributions) else State.FINAL


def _taken_off(penalties: tuple[Penalty, ...], most: Decimal | None) -> Decimal:
    points = sum((penalty.points for penalty in penalties), _ZERO)
    return points if most is None else min(points, most)


def _nearest(value: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of a step, half up."""
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _final(state: State, before_jury: Decimal | None, settings: GradingSettings) -> Decimal | None:
    if state is State.ABSENT and settings.unjustified_absence == "zero":
        return _ZERO
    if before_jury is None or not settings.jury_quantum:
        return before_jury
    return _nearest(before_jury, settings.jury_quantum)


def _result(state: State, final: Decimal | None, pass_mark: Decimal) -> Result | None:
    if state is State.ABSENT:
        return Result.FAILED
    if final is None:
        return None
    return Result.PASSED if final >= pass_mark else Result.FAILED


def _code(state: State, result: Result | None, settings: GradingSettings) -> str:
    word: str = getattr(settings.codes, result if state is State.FINAL and result else state)
    return word


def _is_to_be_repeated(state: State, result: Result | None) -> bool:
    return state is State.EXCUSED or result is Result.FAILED


def facts(dossier: Dossier, profile: Profile, on: date) -> tuple[Text, ...]:
    """What is recorded, as of a day, that can justify a penalty; never how many points: the course has no tariff."""
    found = (late_report(dossier, profile.calendar, on), missing_reports(dossier, profile.missing_reports, on))
    return tuple(fact for fact in found if fact is not None)


def late_report(dossier: Dossier, calendar: Calendar, on: date) -> Text | None:
    """That the report was deposited after its day, or was not though the day is over; None if there is nothing to say.

    Nothing is said of a student who is absent, nor of the second session: the calendar has no day for it.
    """
    marks = dossier.marks
    if marks is None or marks.absence or marks.session != 1 or calendar.report_due is None:
        return None
    due, deposited = calendar.day(calendar.report_due, dossier.academic_year), marks.report_deposited_on
    if deposited is None:
        return Text("the report was due on {due} and is not deposited", due=due) if on > due else None
    if deposited <= due:
        return None
    return counted(
        "the report was deposited on {day}, one day after {due}",
        "the report was deposited on {day}, {n} days after {due}",
        n=(deposited - due).days,
        day=deposited,
        due=due,
    )


def missing_reports(dossier: Dossier, allowed: int, on: date) -> Text | None:
    """That more weekly reports are missing than allowed: one is expected for each completed week since the start."""
    marks = dossier.marks
    if marks is None or marks.weekly_reports is None:
        return None
    sent, weeks = marks.weekly_reports, _completed_weeks(dossier.schedule, on)
    if weeks - sent <= allowed:
        return None
    return Text("{sent} weekly reports for {weeks} completed weeks", sent=sent, weeks=weeks)


def _completed_weeks(schedule: Schedule, on: date) -> int:
    """Seven days each, from the start to the eve of a day, days of an interruption left out."""
    first = schedule.start.toordinal()
    days = range(first, min(on.toordinal(), schedule.end.toordinal() + 1, first + LONGEST_DAYS))
    return sum(not any(gap.covers(date.fromordinal(day)) for gap in schedule.interruptions) for day in days) // 7
