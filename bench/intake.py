"""How fast dossiers are read: YAML by libyaml's events against the whole node tree, CSV and XLSX in rows per second.

Run it with ``python bench/intake.py [DOSSIERS]``. The ratio is what counts: how much cheaper a dossier is, with lines,
checks and model, than the node tree alone that is made where the quick way is not certain.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from conventions.intake import read, read_all, written
from conventions.intake.yamlevents import from_events
from conventions.intake.yamlnodes import from_nodes
from conventions.model.dossier import Dossier

EXAMPLES = Path(__file__).parent.parent / "examples" / "dossiers"
TARGET = 5.0
"""Reading a YAML dossier is at least so many times cheaper than its node tree alone."""


def best(task: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the processor, of the fastest round: the others were disturbed."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def year(count: int) -> list[Dossier]:
    """The examples again and again, each with a number of its own."""
    examples = [read(path).dossier for path in sorted(EXAMPLES.glob("*.yaml"))]
    return [examples[at % len(examples)].model_copy(update={"number": f"2026-{at:05}"}) for at in range(count)]


def yaml_ratio() -> float:
    """Our reading against the node tree of the same files."""
    files = sorted(EXAMPLES.glob("*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    whole = best(lambda: [from_nodes(text, "", 0) for text in texts])
    quick = best(lambda: [from_events(text, 0) for text in texts])
    alone = best(lambda: [list(yaml.parse(text, yaml.CBaseLoader)) for text in texts])
    reading = best(lambda: [read(path) for path in files])
    print(f"YAML   {len(files) / reading:8.0f} dossiers/s   {reading / len(files) * 1000:6.2f} ms each")
    for name, seconds in (("libyaml alone", alone), ("its events read", quick), ("the node tree", whole)):
        print(f"       {name:16} {seconds / len(files) * 1000:6.2f} ms each")
    print(f"       {whole / reading:.1f} × cheaper than the node tree alone")
    return whole / reading


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
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
