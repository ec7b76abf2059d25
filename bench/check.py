"""How fast dossiers are checked: python -m bench.check [dossiers].

Prints dossiers per second on one core, once read, for the rules on one dossier, the rules across dossiers and both, and
how they compare with the target and with reading. A tenth of the dossiers has an amendment.

What twice the dossiers cost is told in steps of the interpreter, and of each rule that takes more than a little over
two times as many. Times would not tell: they grow faster when a large year does not fit into the processor's caches.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any, Final

from conventions import rules
from conventions.intake import read
from conventions.intake.yaml12 import parse
from conventions.model.dossier import Dossier
from conventions.rules.register import Campaign
from conventions.settings import Settings, load

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
ON: Final = date(2026, 2, 16)
TARGET: Final = 2000
"""Dossiers per second and core, rules across dossiers included."""
MORE_THAN_LINEAR: Final = 2.2
"""Times the steps of half the dossiers; sorting takes a little more than two."""
ROUNDS: Final = 3
"""The best of so many is shown: everything slower is the machine's."""


def main(count: int) -> None:
    """Measure and print."""
    settings = load(EXAMPLES).settings
    dossiers = campaign(count)
    files = [f"{dossier.number}.yaml" for dossier in dossiers]
    alone = best(lambda: each(dossiers, settings))

    def across(first: int) -> int:
        everyone = settings.people.coordinator
        found = rules.compare(dossiers[:first], files=files[:first], profile=settings.rules, coordinator=everyone)
        return sum(map(len, found))

    together, found = best(lambda: across(count)), across(count)
    samples = sorted((EXAMPLES / "dossiers").glob("*.yaml"))
    reading = best(lambda: [read(path) for path in samples]) / len(samples)
    parsing = best(lambda: [parse(path.read_bytes(), path.name) for path in samples]) / len(samples)
    print(
        f"{count} dossiers, Python {sys.version.split()[0]}, one core, best of {ROUNDS}; {found} findings across them"
    )
    tell("rules on one dossier", count / alone)
    tell("rules across dossiers", count / together)
    tell("both", count / (alone + together))
    curve(count, settings)
    print(f"{'reading YAML':28}{1 / reading:12.0f} per second    {reading / parsing:6.2f} times the parser's own time")


def curve(count: int, settings: Settings) -> None:
    """What each rule across dossiers costs in years of a quarter, a half and all of the dossiers."""
    costs: dict[str, list[int]] = {}
    for size in (count // 4, count // 2, count):
        year = together_in(campaign(size), settings)
        for one in rules.ACROSS:
            costs.setdefault(one.rule.code, []).append(steps(partial(list, one.check(year))))
    costs["across"] = [sum(column) for column in zip(*costs.values(), strict=True)]
    for name, (least, less, most) in costs.items():
        if name == "across" or most > MORE_THAN_LINEAR * less:
            shown = f"{less / least:.2f} and {most / less:.2f} times the steps (2 is linear)"
            print(f"{f'twice the dossiers, {name}':28} {shown}, {most // count} steps each")


def together_in(dossiers: list[Dossier], settings: Settings) -> Campaign:
    """Dossiers as the rules across them see them."""
    files = [f"{dossier.number}.yaml" for dossier in dossiers]
    return Campaign.of(dossiers, files=files, profile=settings.rules, coordinator=settings.people.coordinator)


def steps(work: Callable[[], Any]) -> int:
    """Calls that the interpreter makes, of Python and C: the same on every machine, however busy it is."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def tell(what: str, rate: float) -> None:
    """One line: a rate, and how it stands to the target."""
    print(f"{what:28}{rate:12.0f} per second    {rate / TARGET:6.2f} times the target of {TARGET}")


def best(work: Callable[[], Any]) -> float:
    """Seconds of the processor, for the fastest of some rounds: other programs do not count."""
    times = []
    for _ in range(ROUNDS):
        started = process_time()
        work()
        times.append(process_time() - started)
    return min(times)


def each(dossiers: list[Dossier], settings: Settings) -> None:
    """Check every dossier by itself."""
    for dossier in dossiers:
        rules.check(
            dossier,
            institution=settings.institution,
            programme=settings.programme,
            profile=settings.rules,
            on=ON,
            circuit=settings.circuit.circuit,
            officials=settings.people.by_role,
        )


def campaign(count: int) -> list[Dossier]:
    """A year of a large university: a host takes three interns, some students come back, a tenth is amended."""
    bases = [read(path).dossier for path in sorted((EXAMPLES / "dossiers").glob("*.yaml"))]
    return [_one(bases[rank % len(bases)], rank, count) for rank in range(count)]


def _one(base: Dossier, rank: int, count: int) -> Dossier:
    """Different days in every dossier, so that nothing is found in a cache that a real year would not find there."""
    host, later = rank // 3, timedelta(days=rank % 29)
    schedule = base.schedule.model_dump(include={"weekly_hours", "weekdays", "leave_terms", "planned_hours"})
    data = base.model_dump() | {
        "number": f"2026-{rank:05d}",
        "schedule": schedule | {"start": base.schedule.start + later, "end": base.schedule.end + later},
        "student": base.student.model_dump()
        | {"student_number": str(rank % max(count * 19 // 20, 1)), "last_name": f"S{rank}"},
        "host": base.host.model_dump() | {"siret": f"{host:014d}" if base.host.siret else "", "name": f"Host {host}"},
        "tutor": base.tutor.model_dump() | {"email": f"tutor{host}@host.test"},
    }
    if rank % 10 == 0:
        change = {"effective": data["schedule"]["end"], "end": data["schedule"]["end"] + timedelta(days=7)}
        data["amendments"] = [{"number": 1, "reason": "more to do", **change}]
    return Dossier.model_validate(data)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
