"""How fast dossiers are read: YAML against the parser's own time, CSV and XLSX in rows per second.

Run it with ``python bench/intake.py [DOSSIERS]``. The ratio is what counts: a ratio of 1 means that lines, checks and
the model cost nothing beside parsing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from conventions.intake import read, read_all, written
from conventions.model.dossier import Dossier

EXAMPLES = Path(__file__).parent.parent / "examples" / "dossiers"
TARGET = 2.0
"""Reading a YAML dossier takes at most this many times the parser's own time."""


def best(task: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the fastest round: the others were disturbed."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def year(count: int) -> list[Dossier]:
    """The examples again and again, each with a number of its own."""
    examples = [read(path).dossier for path in sorted(EXAMPLES.glob("*.yaml"))]
    return [examples[at % len(examples)].model_copy(update={"number": f"2026-{at:05}"}) for at in range(count)]


def yaml_ratio() -> float:
    """Our reading against the parser's composing of the same files."""
    files = sorted(EXAMPLES.glob("*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    composing = best(lambda: [YAML(typ="safe", pure=True).compose(text) for text in texts])
    loading = best(lambda: [YAML(typ="safe", pure=True).load(text) for text in texts])
    reading = best(lambda: [read(path) for path in files])
    print(f"YAML   {len(files) / reading:8.0f} dossiers/s   {reading / len(files) * 1000:6.2f} ms each")
    print(f"       {reading / composing:8.2f} × the parser's compose, {reading / loading:.2f} × its load")
    return reading / composing


def table_rate(ending: str, dossiers: list[Dossier], folder: Path) -> None:
    """Writing and reading one file of many dossiers."""
    path = folder / f"year.{ending}"
    writing = best(lambda: path.write_bytes(written(dossiers, path.name).data), rounds=1)
    reading = best(lambda: read_all(path), rounds=1)
    assert all(entry.dossier for entry in read_all(path).entries)  # noqa: S101
    size = path.stat().st_size / 1e6
    print(
        f"{ending.upper():6} {len(dossiers) / reading:8.0f} rows/s read   {len(dossiers) / writing:8.0f} rows/s written"
        f"   {size:.1f} MB"
    )


def main() -> int:
    """Print the rates; 1 when the target is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    ratio = yaml_ratio()
    dossiers = year(count)
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "xlsx", "json"):
            table_rate(ending, dossiers, Path(folder))
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
