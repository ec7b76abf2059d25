"""Rules across dossiers: who comes after whom."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from conventions.in_force import signed
from conventions.model.finding import Severity
from conventions.rules.example import Example, another, in_france
from conventions.rules.register import Campaign, CampaignRule, Filed, Remark, across, folded, in_order, shared
from conventions.rules.rule import later
from conventions.text import Text, typed

__all__ = ["RULES", "waiting_days"]

_LOOKED_AT: Final = 20
"""Predecessors on one department's posts that are looked at, latest first: enough for people, and linear in time."""
_LONGEST_WAIT: Final = timedelta(days=122)
"""A third of a year, rounded up."""
_SHORT_WORD: Final = 3
_ELSEWHERE: Final = {"siret": "333 333 334 00014", "name": "Cartes pour Tous"}


@across(
    "COURSE-CAMPAIGN-01",
    Severity.WARNING,
    Text("one internship at a time"),
    Text("The internships of one student do not overlap, unless the department knows why."),
    example=Example(
        in_france(
            beside=(
                {
                    "number": "2026-0102",
                    "host": _ELSEWHERE,
                    "schedule": {"start": date(2026, 8, 1), "end": date(2026, 8, 31)},
                },
            )
        ),
        in_france(
            beside=(
                {
                    "number": "2026-0102",
                    "host": _ELSEWHERE,
                    "schedule": {"start": date(2026, 7, 31), "end": date(2026, 8, 31)},
                },
            )
        ),
    ),
)
def one_at_a_time(campaign: Campaign) -> Iterator[Remark]:
    for several in shared(campaign.dossiers, lambda one: one.student):
        longest, *others = in_order(several)
        for one in others:
            if one.dossier.schedule.start <= longest.dossier.schedule.end:
                yield Remark(
                    one.rank,
                    Text(
                        "it starts on {start}; the internship of {student} in {other} ends on {end}",
                        start=one.dossier.schedule.start,
                        student=one.dossier.student.name,
                        other=longest.dossier.number,
                        end=longest.dossier.schedule.end,
                    ),
                    Text(
                        "set schedule.start after {end}, or ask the coordinator",
                        end=typed(longest.dossier.schedule.end),
                    ),
                    "schedule.start",
                )
            longest = max(longest, one, key=lambda filed: filed.dossier.schedule.end)


@across(
    "LAW-CAMPAIGN-05",
    Severity.WARNING,
    Text("a third of the time between two interns"),
    Text(
        "Between two interns on the same post in France lies a third of the duration of the first internship, unless "
        "the first intern ended it. Days of the calendar are counted. A post is taken to be the same when host and "
        "department are, and half of the words of the subjects: a person decides."
    ),
    "art. L124-11 Code de l'éducation",
    example=Example(
        in_france(beside=(another(102, schedule={"start": date(2025, 12, 1), "end": date(2026, 2, 27)}),)),
        in_france(beside=(another(102, schedule={"start": date(2025, 12, 1), "end": date(2026, 3, 31)}),)),
    ),
)
def waiting_period(campaign: Campaign) -> Iterator[Remark]:
    in_france = (one for one in campaign.dossiers if not one.dossier.is_abroad)
    for several in shared(in_france, lambda one: (one.host, folded(one.dossier.workplace.department))):
        ended = sorted(several, key=lambda one: (one.dossier.schedule.end, one.rank))
        ends = [one.dossier.schedule.end for one in ended]
        for one in several:
            start = one.dossier.schedule.start
            until = bisect_left(ends, start)
            for previous in reversed(ended[max(until - _LOOKED_AT, 0) : until]):
                if start - previous.dossier.schedule.end > _LONGEST_WAIT:
                    break
                if (remark := _too_soon(one, previous)) is not None:
                    yield remark
                    break


def waiting_days(days: int) -> int:
    """A third of the days of the previous internship, rounded up (art. L124-11)."""
    return -(-days // 3)


def _too_soon(one: Filed, previous: Filed) -> Remark | None:
    start, before = one.dossier.schedule.start, previous.dossier.schedule
    wait = waiting_days((before.end - before.start).days + 1)
    free = later(before.end, wait + 1)
    if start >= free or _left(previous) or not _alike(one, previous):
        return None
    return Remark(
        one.rank,
        Text(
            "it starts on {start}; the internship {other} on what seems to be the same post ended on {end}, and {wait} "
            "days must lie between",
            start=start,
            other=previous.dossier.number,
            end=before.end,
            wait=wait,
        ),
        Text("set schedule.start to {free} or later, unless it is another post", free=typed(free)),
        "schedule.start",
    )


def _left(filed: Filed) -> bool:
    """Did the intern end it? Then nobody has to wait."""
    return any(one.termination and one.termination.asked_by == "student" for one in signed(filed.written))


def _alike(one: Filed, other: Filed) -> bool:
    mine, theirs = _words(one.dossier.placement.subject), _words(other.dossier.placement.subject)
    return bool(mine) and 2 * len(mine & theirs) >= len(mine | theirs)


@lru_cache(maxsize=65536)
def _words(subject: str) -> frozenset[str]:
    return frozenset(folded(word) for word in re.findall(r"\w+", subject) if len(word) > _SHORT_WORD)


RULES: Final[tuple[CampaignRule, ...]] = (
    one_at_a_time,
    waiting_period,
)
"""Rules on what follows what."""
