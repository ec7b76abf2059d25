"""JUDGEMENT: what the grades of a campaign come to, as a whole, by host and by academic supervisor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, median, pstdev, quantiles
from typing import Final, Literal

from conventions.model.dossier import Dossier
from conventions.model.grading import TOP, Grade, Result, State

__all__ = ["Bin", "Group", "Statistics", "statistics"]

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Bin:
    """One bar of the histogram: grades from ``low`` to below ``high``; the last bar holds 20 too."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Group:
    """The students of one host or of one academic supervisor."""

    name: str
    """As first met; empty for those without an academic supervisor."""
    count: int
    graded: int
    """Those with a final grade. The mean of one is that student's grade: show it to nobody who may not know it."""
    mean: Decimal | None


@dataclass(frozen=True)
class Statistics:
    """What a campaign comes to: half up to 0.01, None where there is nothing to measure.

    The measures are over the final grades: the absent are counted, and have no part in the mean even where they get 0.
    """

    count: int
    graded: int
    drafts: int
    absents: int
    excused: int
    passed: int
    failed: int
    """The absent included."""
    pass_rate: Decimal | None
    """Percent of those with a result, passed or failed."""
    mean: Decimal | None
    median: Decimal | None
    lower_quartile: Decimal | None
    """A quarter of the grades lie below; interpolated between the two nearest, the campaign being the whole."""
    upper_quartile: Decimal | None
    deviation: Decimal | None
    """Standard deviation of the population."""
    lowest: Decimal | None
    highest: Decimal | None
    histogram: tuple[Bin, ...]
    """Every bar from 0 to 20, the empty ones too."""
    by_host: tuple[Group, ...]
    by_referent: tuple[Group, ...]
    """Both by name."""


_Line = tuple[Dossier, Grade]


def statistics(campaign: Iterable[_Line], *, bin_points: Literal[1, 2] = 1) -> Statistics:
    """What the grades of a campaign come to; hosts are told apart by SIRET, else by name, supervisors by address.

    Args:
        campaign: each dossier in force with its grade.
        bin_points: width of a bar of the histogram.
    """
    lines = tuple(campaign)
    states, results = Counter(one.state for _, one in lines), Counter(one.result for _, one in lines)
    passed, failed, grades = results[Result.PASSED], results[Result.FAILED], _final_grades(lines)
    return Statistics(
        count=len(lines),
        graded=len(grades),
        drafts=states[State.DRAFT],
        absents=states[State.ABSENT],
        excused=states[State.EXCUSED],
        passed=passed,
        failed=failed,
        pass_rate=_rounded(Decimal(100 * passed) / (passed + failed)) if passed + failed else None,
        mean=_measured(mean, grades),
        median=_measured(median, grades),
        lower_quartile=_measured(lambda some: _quartiles(some)[0], grades),
        upper_quartile=_measured(lambda some: _quartiles(some)[2], grades),
        deviation=_measured(pstdev, grades),
        lowest=_measured(min, grades),
        highest=_measured(max, grades),
        histogram=_histogram(grades, bin_points),
        by_host=_groups(lines, _host),
        by_referent=_groups(lines, _referent),
    )


def _final_grades(lines: Iterable[_Line]) -> tuple[Decimal, ...]:
    return tuple(one.final for _, one in lines if one.state is State.FINAL and one.final is not None)


def _measured(measure: Callable[[Sequence[Decimal]], Decimal], grades: Sequence[Decimal]) -> Decimal | None:
    return _rounded(measure(grades)) if grades else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def _quartiles(grades: Sequence[Decimal]) -> list[Decimal]:
    """The three of them; a single grade is all of its own."""
    return quantiles(grades, n=4, method="inclusive") if len(grades) > 1 else [*grades] * 3


def _histogram(grades: Sequence[Decimal], points: int) -> tuple[Bin, ...]:
    lows = range(0, int(TOP), points)
    counts = Counter(min(int(one // points) * points, lows[-1]) for one in grades)
    return tuple(Bin(low, low + points, counts[low]) for low in lows)


def _groups(lines: Iterable[_Line], named: Callable[[Dossier], tuple[Hashable, str]]) -> tuple[Group, ...]:
    found: dict[Hashable, tuple[str, list[_Line]]] = {}
    for line in lines:
        key, name = named(line[0])
        found.setdefault(key, (name, []))[1].append(line)
    groups = (_group(name, members) for name, members in found.values())
    return tuple(sorted(groups, key=lambda group: group.name.casefold()))


def _group(name: str, members: Sequence[_Line]) -> Group:
    grades = _final_grades(members)
    return Group(name, len(members), len(grades), _measured(mean, grades))


def _host(dossier: Dossier) -> tuple[Hashable, str]:
    name = dossier.host.name
    return "".join(filter(str.isdigit, dossier.host.siret)) or name.casefold(), name


def _referent(dossier: Dossier) -> tuple[Hashable, str]:
    person = dossier.referent
    return (person.email.casefold(), person.name) if person else ("", "")
