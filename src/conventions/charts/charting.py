"""What a chart says, in words and numbers, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import mean
from typing import Final

from conventions.languages import Language
from conventions.measures import Group, Statistics
from conventions.text import Text, counted

__all__ = ["Bar", "Chart", "grades_chart", "hosts_chart"]

_LONGEST: Final = 48
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Bar:
    """One bar with what is written at its ends."""

    name: str
    value: Decimal
    label: str
    """Empty where there is nothing to draw."""


@dataclass(frozen=True)
class Chart:
    """Bars that stand side by side, or lie one below the other."""

    title: str
    description: str
    """The same in words, for who cannot see it."""
    bars: tuple[Bar, ...]
    across: str
    """What the names are."""
    along: str
    """What the values are."""
    lies: bool = False
    most: Decimal | None = None
    """End of the scale; None: the highest bar."""


def grades_chart(found: Statistics, year: str, language: Language) -> Chart:
    """How many students have which grade."""
    say = language.say
    bars = tuple(
        Bar(f"{one.low}–{one.high}", Decimal(one.count), language.number(one.count) if one.count else "")
        for one in found.histogram
    )
    parts = [
        counted("one from {low} to {high}", "{n} from {low} to {high}", n=one.count, low=one.low, high=one.high)
        for one in found.histogram
        if one.count
    ]
    told = counted("One final grade: {parts}.", "{n} final grades: {parts}.", n=found.graded, parts=tuple(parts))
    return Chart(
        say(Text("Final grades, {year}", year=year)),
        say(told) if parts else say(Text("No grade is final.")),
        bars,
        across=say(Text("grade out of 20")),
        along=say(Text("students")),
    )


def hosts_chart(found: Statistics, year: str, language: Language) -> Chart:
    """The mean of each host with two final grades or more; the others together: their means are persons' grades."""
    say = language.say
    bars = [_host(group, language) for group in found.by_host if group.graded > 1]
    alone = [group.mean for group in found.by_host if group.graded == 1 and group.mean is not None]
    if alone:
        name = counted("one host with one grade", "{n} hosts with one grade each", n=len(alone))
        together = Group(say(name), len(alone), len(alone), mean(alone).quantize(_CENT))
        bars.append(_host(together, language))
    parts = tuple(Text("{name}: {label}", name=bar.name, label=bar.label) for bar in bars)
    return Chart(
        say(Text("Mean of the final grades by host organisation, {year}", year=year)),
        say(Text("{parts}.", parts=parts)) if bars else say(Text("No grade is final.")),
        tuple(bars),
        across="",
        along=say(Text("mean grade out of 20")),
        lies=True,
        most=Decimal(20),
    )


def _host(group: Group, language: Language) -> Bar:
    value = group.mean or Decimal(0)
    label = counted("{mean} (one grade)", "{mean} ({n} grades)", n=group.graded, mean=language.number(value, 2))
    name = group.name if len(group.name) <= _LONGEST else f"{group.name[:_LONGEST]}…"
    return Bar(name, value, language.say(label))
