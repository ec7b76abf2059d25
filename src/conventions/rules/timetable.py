"""Rules across dossiers: nobody and no room is wanted in two defences at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from conventions.model.finding import Severity
from conventions.model.outcome import Defence
from conventions.rules.example import Example, another, in_france
from conventions.rules.register import Campaign, CampaignRule, Remark, Stint, across, crowded, folded
from conventions.text import Text

__all__ = ["RULES"]

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MINE: Final[dict[str, object]] = {
    "start": "2026-06-29T09:30",
    "place": "M5, 204",
    "panel": ["Inès Marchetti", "Paul Okafor-Delattre"],
}
_EARLIER: Final[dict[str, object]] = {"start": "2026-06-29T09:45", "panel": ["Noor Devos", "Bo Klein"]}


def _second(**changes: object) -> dict[str, object]:
    """The defence of the student beside the first: elsewhere, from ten o'clock."""
    return {**_MINE, "start": "2026-06-29T10:00", "place": "M5, 206", **changes}


@dataclass(frozen=True)
class _Clash:
    """A person or a room in one defence, and the dossiers of the others that want it at the same time."""

    name: str
    rank: int
    defence: Defence
    others: tuple[int, ...] = ()

    @property
    def stint(self) -> Stint:
        """In whole minutes; the one in which it ends is free for the next."""
        first = int((self.defence.start - _EPOCH).total_seconds()) // 60
        return Stint(self.rank, first, first + self.defence.minutes - 1)


@across(
    "COURSE-CAMPAIGN-02",
    Severity.WARNING,
    Text("nobody hears two defences at once"),
    Text("A person on two panels at the same time, known by first and last name, will be missing from one of them."),
    example=Example(
        in_france(defence=_MINE, beside=(another(102, defence=_second()),)),
        in_france(defence=_MINE, beside=(another(102, defence=_second(start="2026-06-29T09:55")),)),
    ),
)
def one_panel_at_a_time(campaign: Campaign) -> Iterator[Remark]:
    for clash in _clashes(campaign, _panel):
        yield Remark(
            clash.rank,
            Text(
                "{name} is wanted on {start} in another defence too: {others}",
                name=clash.name,
                start=clash.defence.start,
                others=campaign.numbers(clash.others),
            ),
            Text("move defence.start in one of the dossiers, or change defence.panel"),
            "defence.panel",
        )


@across(
    "COURSE-CAMPAIGN-03",
    Severity.WARNING,
    Text("a room has one defence at a time"),
    Text("Two defences in the same room at the same time."),
    example=Example(
        in_france(defence=_MINE, beside=(another(102, defence=_second(place="M5, 204")),)),
        in_france(defence=_MINE, beside=(another(102, defence=_second(place="m5 204", **_EARLIER)),)),
    ),
)
def one_defence_in_a_room(campaign: Campaign) -> Iterator[Remark]:
    for clash in _clashes(campaign, _room):
        yield Remark(
            clash.rank,
            Text(
                "{place} is taken on {start}: {others}",
                place=clash.name,
                start=clash.defence.start,
                others=campaign.numbers(clash.others),
            ),
            Text("move defence.start in one of the dossiers, or change defence.place"),
            "defence.place",
        )


def _panel(defence: Defence) -> Iterable[str]:
    return defence.panel


def _room(defence: Defence) -> Iterable[str]:
    """The place where the panel sits, whether the student is there or on a screen."""
    return (defence.place,)


def _clashes(campaign: Campaign, named: Callable[[Defence], Iterable[str]]) -> Iterator[_Clash]:
    """What is wanted twice at once, each time in the defence that begins later."""
    wanted: dict[str, dict[int, _Clash]] = {}
    for rank, filed in enumerate(campaign.dossiers):
        if defence := filed.dossier.defence:
            for name in filter(folded, named(defence)):
                wanted.setdefault(folded(name), {})[rank] = _Clash(name, rank, defence)
    for several in wanted.values():
        for stint, others, _ in crowded((one.stint for one in several.values()), 1):
            yield replace(several[stint.rank], others=others)


RULES: Final[tuple[CampaignRule, ...]] = (one_panel_at_a_time, one_defence_in_a_room)
"""Rules on what is wanted twice at the same time."""
