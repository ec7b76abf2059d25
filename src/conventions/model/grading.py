"""How a department grades: weights by track, rounding, absences, codes for the registrar; and a grade with its parts.

A missing component always keeps the grade a draft: that is no setting. Marks and grades are Decimal, out of 20.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from conventions.model.dossier import Track
from conventions.model.outcome import Penalty
from conventions.model.record import Record, complaint
from conventions.text import Text

__all__ = [
    "TOP",
    "Codes",
    "Component",
    "Contribution",
    "Grade",
    "GradingSettings",
    "Result",
    "State",
    "TrackWeights",
    "Weights",
]

TOP: Final = Decimal(20)
"""The best mark: every component and the grade are out of 20."""

_JURY: Final = (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal(1))


def _reaches_the_top(step: Decimal) -> Decimal:
    """A step that does not divide 20 would round the best grade to more than 20, or never reach it."""
    if TOP % step:
        raise complaint(Text("{top} is not a whole number of steps of {step}", top=TOP, step=step))
    return step


def _of_a_jury(step: Decimal) -> Decimal:
    if step not in _JURY:
        raise complaint(Text("it is none of {known}", known=_JURY))
    return step


Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Step = Annotated[Decimal, Field(gt=0, le=1, decimal_places=3), AfterValidator(_reaches_the_top)]
Code = Annotated[str, Field(max_length=10, pattern=r"^[^\s;,]*$")]


class Weights(Record):
    """Percent of the grade that each component makes; a component of weight 0 is not asked for."""

    professionalism: Percent = Decimal(10)
    host: Percent = Decimal(20)
    report: Percent = Decimal(35)
    defence: Percent = Decimal(35)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.professionalism + self.host + self.report + self.defence
        if total != 100:
            raise complaint(Text("the weights add up to {total} percent, not to 100", total=total))
        return self


class TrackWeights(Record):
    """The weights of each track; a track without weights of its own has the standard ones."""

    standard: Weights = Weights()
    meef: Weights | None = None
    """Preparation for teaching: the host is a school."""
    snee: Weights | None = None
    """The student's own start-up: the host's mark comes from the entrepreneurship tutor."""
    work_study: Weights | None = None

    def of(self, track: Track) -> Weights:
        """Those that a dossier of this track is graded with."""
        own = {Track.MEEF: self.meef, Track.SNEE: self.snee, Track.WORK_STUDY: self.work_study}.get(track)
        return own or self.standard


class Codes(Record):
    """What the registrar's files say in place of a sentence: ten characters at most, without blanks."""

    passed: Code = "ADM"
    failed: Code = "AJ"
    absent: Code = "ABI"
    """Absent without justification."""
    excused: Code = "ABJ"
    """Absent with justification."""
    draft: Code = ""


class GradingSettings(Record):
    """``[grading]`` of conventions.toml: what the course does not say about the grade, and a department decides."""

    weights: TrackWeights = TrackWeights()
    quantum: Step = Decimal("0.01")
    """Step to which the weighted mean is rounded, half up; it must divide 20."""
    jury_quantum: Annotated[Decimal, AfterValidator(_of_a_jury)] = Decimal(0)
    """Step to which the jury rounds in the end, half up: 0.25, 0.5 or 1; 0 when it does not round."""
    pass_mark: Annotated[Decimal, Field(ge=0, le=20, decimal_places=2)] = Decimal(10)
    """Least grade out of 20 that passes."""
    penalties_at_most: Annotated[Decimal, Field(ge=0, le=20, decimal_places=2)] | None = None
    """Most points that penalties take off together; without it, all of them."""
    unjustified_absence: Literal["no_grade", "zero"] = "no_grade"
    """Who is absent without justification fails: without a grade, or with 0."""
    second_session: bool = True
    """Is there one for those who failed or were excused in the first?"""
    codes: Codes = Codes()


class Component(StrEnum):
    """The parts of a grade, as the marks and the weights name them, in the order of a grading sheet."""

    PROFESSIONALISM = "professionalism"
    HOST = "host"
    REPORT = "report"
    DEFENCE = "defence"


class State(StrEnum):
    """How far a grade has come."""

    DRAFT = "draft"
    """A component is missing."""
    FINAL = "final"
    ABSENT = "absent"
    """Absent without justification."""
    EXCUSED = "excused"
    """Absent with justification: neither a grade nor a failure."""


class Result(StrEnum):
    """What a grade means for the student."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class Contribution:
    """One component's line on the grading sheet."""

    component: Component
    label: Text
    weight: Decimal
    """Percent, above 0."""
    mark: Decimal | None
    """None while it is missing."""

    @property
    def points(self) -> Decimal | None:
        """What it brings to the grade, not rounded: the lines of a sheet add up to its raw grade."""
        return None if self.mark is None else self.mark * self.weight / 100


@dataclass(frozen=True)
class Grade:
    """A grade with its parts: ``raw``, ``rounded``, less ``taken_off``: ``before_jury``, then ``final``.

    Each step starts from what the step before prints, so that a sheet can be checked by hand.
    """

    state: State
    session: int
    """1, or 2 for the second chance."""
    contributions: tuple[Contribution, ...]
    """The components that count in this track."""
    penalties: tuple[Penalty, ...]
    """By day, in whatever order they were recorded."""
    taken_off: Decimal
    """Points of all penalties, or the most that the department takes off."""
    raw: Decimal | None
    """Weighted mean, exact; like the next two, None unless the grade is final."""
    rounded: Decimal | None
    """The same, to the department's step."""
    before_jury: Decimal | None
    """After the penalties, 0 at least."""
    final: Decimal | None
    """None for a draft and an excused student, and for an absent one unless the department counts 0."""
    result: Result | None
    """None while nothing is decided."""
    code: str
    """For the registrar, as the settings write it."""
    needs_second_session: bool
    """Failed or excused in the first session, where the department has a second one."""

    @property
    def missing(self) -> tuple[Component, ...]:
        """The components without a mark."""
        return tuple(part.component for part in self.contributions if part.mark is None)

    @property
    def penalty_points(self) -> Decimal:
        """Points of all penalties, whatever the most is that is taken off."""
        return sum((penalty.points for penalty in self.penalties), Decimal(0))
