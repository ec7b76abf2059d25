"""How often something may be tried: counted in the memory of this process, forgotten when it ends.

For what is asked often and costs little. Codes, links and sign-ins are counted in the registry
(:mod:`conventions.store.tries`), where a restart forgets nothing and several processes count together.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

__all__ = ["Throttle"]

_MOST_KEYS: Final = 50_000


class Throttle:
    """Counts tries by a key, in a window that slides."""

    def __init__(self) -> None:
        self._tries: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def allows(self, key: str, most: int, window: timedelta, now: datetime) -> bool:
        """Count one try.

        Args:
            key: what is tried, by whom.
            most: tries within the window; 0: as many as you like.
            window: how long a try counts.
            now: aware.

        Returns:
            False when there were that many already; the refused one does not count.
        """
        if not most:
            return True
        with self._lock:
            if len(self._tries) > _MOST_KEYS:
                self._tries = {name: tries for name, tries in self._tries.items() if tries[-1] > now - window}
            tries = self._tries.setdefault(key, deque(maxlen=most))
            if len(tries) == most and tries[0] > now - window:
                return False
            tries.append(now)
            return True

    def forget(self, key: str) -> None:
        """It has succeeded: what failed before no longer counts."""
        with self._lock:
            self._tries.pop(key, None)
