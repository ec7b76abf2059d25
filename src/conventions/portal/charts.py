"""Geometry of the board's pictures: numbers that templates draw as SVG, coloured by the style sheet alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from conventions.office import Overview, Progress

__all__ = ["Arc", "Column", "Curve", "arcs", "columns", "curve"]

_TOP = 100
"""Every picture is drawn in a square of this side and stretched by the style sheet."""


@dataclass(frozen=True)
class Arc:
    """A part of a ring, whose circumference is 100."""

    kind: str
    length: float
    start: float
    count: int


def arcs(counts: Sequence[tuple[str, int]]) -> tuple[Arc, ...]:
    """A ring of these parts, in order; nothing when there is nothing to show."""
    total = sum(count for _, count in counts)
    found, start = [], 0.0
    for kind, count in counts:
        if count:
            length = _TOP * count / total
            found.append(Arc(kind, round(length, 3), round(start, 3), count))
            start += length
    return tuple(found)


@dataclass(frozen=True)
class Column:
    """A week: what is due in it, from the ground up."""

    monday: date
    to_issue: float
    to_sign: float
    """Heights."""
    issue_count: int
    sign_count: int
    starts: int


def columns(overview: Overview, count: int) -> tuple[Column, ...]:
    """The weeks to come; the fullest one is as high as the picture."""
    weeks = overview.weeks(count)
    most = max((week.due for week in weeks), default=0) or 1
    return tuple(
        Column(
            week.monday,
            round(_TOP * week.to_issue / most, 2),
            round(_TOP * week.to_sign / most, 2),
            week.to_issue,
            week.to_sign,
            week.starts,
        )
        for week in weeks
    )


@dataclass(frozen=True)
class Curve:
    """The campaign so far: two outlines that rise."""

    issued: str
    signed: str
    """Points of a polygon that stands on the ground."""
    first: date
    last: Progress


def curve(progress: Sequence[Progress], total: int) -> Curve | None:
    """From the first week to this one; None while there is no rise to see."""
    if len(progress) < 2:
        return None
    issued = _outline([one.issued for one in progress], total)
    signed = _outline([one.signed for one in progress], total)
    return Curve(issued, signed, progress[0].monday, progress[-1])


def _outline(counts: Sequence[int], total: int) -> str:
    step = _TOP / (len(counts) - 1)
    points = [f"{rank * step:.2f},{_TOP - _TOP * count / (total or 1):.2f}" for rank, count in enumerate(counts)]
    return " ".join((f"0,{_TOP}", *points, f"{_TOP},{_TOP}"))
