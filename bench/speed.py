"""How fast papers are made: python -m bench.speed [options], or make bench.

Every figure is the median of interleaved rounds of one run, in milliseconds a document, beside its ratio to the slowest
way of the same run; a busy machine changes the figures and hardly the ratios. What cannot be had on this machine
(unoserver, carbone) is left out and named. Results are saved as JSON; bench/compare.py tells two of them apart.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from bench import routes, signatures
from bench.campaign import campaign
from bench.material import EXAMPLE_NUMBERS, FRENCH_NUMBERS, Sheet, machine, rendered, sheets
from bench.rendering import plainly
from bench.single import single

__all__: list[str] = []

_SIZES: Final = (1, 10, 500)
_LARGE: Final = 5_000
_ISSUED: Final = 500
Way = Callable[[], object]


def main(arguments: Sequence[str]) -> int:
    """Measure, print, save."""
    asked = _parser().parse_args(arguments)
    result: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    for name, value in result["machine"].items():
        print(f"{name:20}{value}")
    with TemporaryDirectory(prefix="conventions-bench-") as folder:
        place = Path(folder)
        result["rendering"] = _told("rendering one document", _rendering(asked.rounds, asked.documents))
        result["converting"] = _told("Word to PDF/A", _converting(place, asked.rounds, asked.documents))
        result["signing"] = _told("one signature", timed(signatures.ways(place), asked.rounds, 1))
        result["single"] = _single(_own(place, "single"), -(-asked.rounds // 3))
        result["campaign"] = {str(size): _whole(place, size, "generate") for size in _sizes(asked)}
        issued = [size for size in _sizes(asked) if size <= _ISSUED]
        result["issue"] = {str(size): _whole(place, size, "issue") for size in issued}
        result["issue in French"] = {str(size): _whole(place, size, "issue", FRENCH_NUMBERS) for size in issued[-1:]}
    if asked.save:
        asked.save.write_text(json.dumps(result, indent=1), encoding="utf-8")
        print(f"saved in {asked.save}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.speed")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--documents", type=int, default=10, help="in one round of one way")
    parser.add_argument("--large", action="store_true", help="5,000 dossiers as well")
    parser.add_argument("--sizes", help="other numbers of dossiers, with commas; 0: none")
    parser.add_argument("--save", type=Path, help="file for the results, JSON")
    return parser


def _sizes(asked: argparse.Namespace) -> list[int]:
    sizes = [int(size) for size in asked.sizes.split(",")] if asked.sizes else [*_SIZES]
    return [size for size in [*sizes, *([_LARGE] if asked.large else [])] if size]


def _whole(place: Path, size: int, command: str, numbers: Sequence[str] = EXAMPLE_NUMBERS) -> Mapping[str, float]:
    name = command if numbers == EXAMPLE_NUMBERS else f"{command}, French"
    figures = campaign(_own(place, f"{name}-{size}"), size, command, numbers)
    print(f"{name:14} {size:>6}  " + "  ".join(f"{name} {value:.2f}" for name, value in figures.items()), flush=True)
    return figures


def _single(place: Path, rounds: int) -> Mapping[str, Mapping[str, float]]:
    ways = single(place, rounds)
    print("\none single paper")
    for name, figures in ways.items():
        ratio = figures["× LibreOffice alone"]
        print(f"  {name:44}{figures['ms']:10.1f} ms{ratio:8.2f} × LibreOffice alone", flush=True)
    return ways


def _rendering(rounds: int, count: int) -> Mapping[str, float]:
    some = sheets(count)
    ways: dict[str, Way] = {
        "docxtpl, from the file": lambda: [plainly(sheet) for sheet in some],
        "conventions": lambda: [rendered(sheet) for sheet in some],
    }
    return timed(ways, rounds, count)


def _converting(place: Path, rounds: int, count: int) -> Mapping[str, float]:
    some, cores = sheets(count), os.cpu_count() or 1
    source, target = place / "word", place / "pdf"
    source.mkdir()
    target.mkdir()
    files = [source / f"{rank:05d}.docx" for rank in range(count)]
    for file, sheet in zip(files, some, strict=True):
        file.write_bytes(rendered(sheet))
    with ExitStack() as stack:
        ports = stack.enter_context(routes.unoservers(_own(place, "unoservers"), 2))
        found: dict[str, routes.Convert | None] = {
            "one soffice process per document": routes.each(_own(place, "each")),
            "soffice once, all files": routes.once(_own(place, "once")),
            "unoserver ×1": routes.through(ports[:1], same_options=False),
            "unoserver ×1, our options": routes.through(ports[:1], same_options=True),
            "unoserver ×2": routes.through(ports, same_options=False),
            "unoserver ×2, our options": routes.through(ports, same_options=True),
            "carbone ×1, our options": stack.enter_context(routes.carbone(_own(place, "carbone-home"))),
        }
        found |= {f"conventions ×{many}": stack.enter_context(routes.ours(many)) for many in sorted({1, 2, cores})}
        ways = {name: _way(convert, files, target) for name, convert in found.items() if convert}
        for name in found.keys() - ways.keys():
            print(f"{name}: cannot be had on this machine")
        return timed(ways | dict(_together(ways, some)), rounds, count)


def _together(ways: Mapping[str, Way], some: Sequence[Sheet]) -> Iterator[tuple[str, Way]]:
    """Rendering as well: others with docxtpl."""
    yield "docxtpl + process per document", _both(ways["one soffice process per document"], some, plainly)
    for name, way in ways.items():
        if name.startswith("unoserver"):
            yield f"docxtpl + {name}", _both(way, some, plainly)
        if name.startswith("conventions"):
            yield f"{name}, render and convert", _both(way, some, rendered)


def _own(place: Path, name: str) -> Path:
    (place / name).mkdir()
    return place / name


def _way(convert: routes.Convert, files: Sequence[Path], target: Path) -> Way:
    def work() -> None:
        for old in target.iterdir():
            old.unlink()
        convert(files, target)
        made = sum(1 for _ in target.iterdir())
        if made != len(files):
            raise RuntimeError(f"{made} of {len(files)} came out")

    return work


def _both(convert: Way, some: Sequence[Sheet], render: Callable[[Sheet], bytes]) -> Way:
    def work() -> None:
        for sheet in some:
            render(sheet)
        convert()

    return work


def timed(ways: Mapping[str, Way], rounds: int, count: int) -> dict[str, float]:
    """Milliseconds a document: every way once in each round; the first round, which warms up, does not count."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            started = perf_counter()
            way()
            times[name].append((perf_counter() - started) / count * 1e3)
    return {name: median(measured[1:]) for name, measured in times.items()}


def _told(title: str, figures: Mapping[str, float]) -> Mapping[str, float]:
    slowest = max(figures.values())
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:44}{value:10.1f} ms{slowest / value:8.2f} ×")
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
