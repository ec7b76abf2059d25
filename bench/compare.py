"""Two saved results beside each other: python -m bench.compare OLD NEW.

What is compared are ratios: each way against the slowest of its own run, so that a busy machine or another one does not
count as a change. Leaves with 1 when one of ours has become slower, or holds more memory, by more than a tenth.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["changes"]

_TOLERATED: Final = 1.10
_OURS: Final = "conventions"
_WHOLE: Final = {
    "campaign": "conventions, campaign of {}",
    "issue": "conventions, issue of {}",
    "issue in French": "conventions, issue of {} in French",
    "single": "single paper, {}",
}
"""What is measured against LibreOffice alone, and how it is named: by its size, or by its way."""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What both results have, and by what factor it has grown: above 1 is worse."""
    for title in ("rendering", "converting", "signing"):
        before, after = _shares(old.get(title, {})), _shares(new.get(title, {}))
        yield from ((f"{title}: {name}", after[name] / before[name]) for name in before.keys() & after.keys())
    for title, label in _WHOLE.items():
        for way in old.get(title, {}).keys() & new.get(title, {}).keys():
            for name in ("× LibreOffice alone", "MB, command", "MB, together"):
                before, after = (result[title][way].get(name) for result in (old, new))
                if before and after:
                    yield f"{label.format(way)}: {name}", after / before


def _shares(figures: Mapping[str, float]) -> Mapping[str, float]:
    return {name: value / max(figures.values()) for name, value in figures.items()}


def main(first: Path, second: Path) -> int:
    """Print the changes; 1 when one of ours is for the worse."""
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (first, second))
    worse = 0
    for name, factor in sorted(changes(old, new)):
        is_worse = factor > _TOLERATED and _OURS in name
        worse += is_worse
        print(f"{factor:7.2f} ×  {name}{'   ← worse' if is_worse else ''}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
