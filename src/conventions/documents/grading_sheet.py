"""The grading sheet: how one student's grade is made, so that it can be checked by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from conventions.documents import parties
from conventions.documents.case import Case, edition
from conventions.grading import facts, grade
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Finding, Severity
from conventions.model.grading import Component, Grade, GradingSettings, State
from conventions.model.outcome import Marks
from conventions.text import Text

__all__ = ["context", "exact_places", "is_marked", "lacks", "rounding"]

_PLACES: Final = 2
"""Decimals of a mark; whatever is computed from marks can have more, and is printed exactly."""


def context(case: Case, language: Language) -> dict[str, object]:
    """What the sheet's template may print: the components, the way from them to the grade, what lies behind them."""
    dossier, house = in_force(case.dossier), case.house
    marks = dossier.marks or Marks()
    found = grade(marks, house.grading, track=dossier.track)
    return {
        "paper": {
            **edition(case.edition, language),
            "academic_year": dossier.academic_year,
            "track": dossier.track,
        },
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "student": {"name": dossier.student.name, "student_number": dossier.student.student_number},
        "host": {"name": dossier.host.name},
        **parties.supervision(dossier, house.officials),
        "placement": {"subject": dossier.placement.subject},
        "schedule": {"start": dossier.schedule.start, "end": dossier.schedule.end},
        "grade": {**_graded(found), "parts": _parts(found, dossier.track)},
        "penalties": found.penalties,
        "rule": rounding(house.grading),
        "deposits": {"report_on": marks.report_deposited_on, "weekly_reports": _count(marks.weekly_reports)},
        "defence": {"on": marks.defended_on, "panel": marks.panel, "by_video": marks.by_video},
        "facts": facts(dossier, house.profile, case.edition.on),
        "signer": parties.signers(case.signatories, case.edition.languages, language),
    }


def _graded(found: Grade) -> dict[str, object]:
    """A grade as templates print it. A 0 is a grade and no absent value: conditions ask the answers that are words."""
    return {
        "state": found.state,
        "is_draft": found.state is State.DRAFT,
        "is_final": found.state is State.FINAL,
        "is_zero_for_absence": found.state is State.ABSENT and found.final is not None,
        "session": found.session,
        "places": exact_places((found.raw, *(part.points for part in found.contributions))),
        "decimals": exact_places((found.rounded, found.taken_off, found.before_jury, found.final)),
        "raw": found.raw,
        "rounded": found.rounded,
        "taken_off": found.taken_off,
        "is_lowered": found.taken_off > 0,
        "penalty_points": found.penalty_points,
        "is_spared": found.taken_off < found.penalty_points,
        "before_jury": found.before_jury,
        "final": found.final,
        "result": found.result,
        "code": found.code,
        "needs_second_session": found.needs_second_session,
    }


def _parts(found: Grade, track: Track) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "key": part.component,
            "is_of_entrepreneurship": part.component is Component.HOST and track is Track.SNEE,
            "weight": part.weight,
            "mark": part.mark,
            "points": part.points,
            "is_missing": part.mark is None,
        }
        for part in found.contributions
    )


def exact_places(numbers: Iterable[Decimal | None]) -> int:
    """Decimals that print these numbers exactly, one below the other; two at least."""
    exponents = (number.normalize().as_tuple().exponent for number in numbers if number is not None)
    return max((_PLACES, *(-exponent for exponent in exponents if isinstance(exponent, int))))


def rounding(settings: GradingSettings) -> dict[str, object]:
    """How a department rounds, and from which grade on a student passes."""
    return {
        "quantum": settings.quantum,
        "jury_quantum": settings.jury_quantum or None,
        "pass_mark": settings.pass_mark,
    }


def _count(number: int | None) -> str:
    """A number of which 0 is one."""
    return "" if number is None else str(number)


def lacks(case: Case) -> Iterator[Finding]:
    """Nothing is marked, and the student is not marked absent: there is nothing to put on a sheet."""
    if not is_marked(case.dossier):
        yield Finding(
            "SHEET-01",
            Severity.ERROR,
            Text("no component of the grade has a mark"),
            Text("fill in marks with what is assessed already; what is missing keeps the sheet provisional"),
            field="marks",
        )


def is_marked(dossier: Dossier) -> bool:
    """Has a component a mark, or is the student marked absent?"""
    marks = dossier.marks
    return marks is not None and bool(marks.absence or any(_mark(marks, one) is not None for one in Component))


def _mark(marks: Marks, component: Component) -> Decimal | None:
    mark: Decimal | None = getattr(marks, component.value)
    return mark
