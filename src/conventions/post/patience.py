"""When a letter that could not be handed over is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

__all__ = ["try_again_at"]

_PAUSES: Final = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
_DAILY: Final = timedelta(days=1)
_FOR_GOOD: Final = frozenset({"MAIL-01", "MAIL-05"})
"""The address itself is wrong: another try would fail as well, and servers distrust whoever goes on trying."""


def try_again_at(failed_at: datetime, failures: int, code: str) -> datetime | None:
    """The instant from which a letter may be tried again; None when no try will help before the address is corrected.

    Args:
        failed_at: of the last failure.
        failures: how often this very letter has failed, 1 or more; each pause is longer, up to a day.
        code: why it failed last.
    """
    if code in _FOR_GOOD:
        return None
    return failed_at + (_PAUSES[failures - 1] if failures <= len(_PAUSES) else _DAILY)
