"""How often something was tried, counted where every process of the web sees it: a restart forgets nothing."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Engine, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conventions.store.chain import instant
from conventions.store.opening import in_plain_words, writing
from conventions.store.schema import guess

__all__ = ["Tries"]

_INSERT: Final[Mapping[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Tries:
    """The tries of one registry, beside those of the accounts."""

    engine: Engine
    secret: bytes
    """Of the office: what was tried, and from where, is kept under it, never as it is."""

    def allows(self, key: str, most: int, window: timedelta, now: datetime) -> bool:
        """Count one try.

        Args:
            key: what is tried, by whom.
            most: tries within a window; 0: as many as you like.
            window: how long they count from the first of them; a day at most, after which the accounts sweep.
            now: aware.

        Returns:
            False when there were that many already; the refused one does not count.
        """
        if not most:
            return True
        mac = self._mac(key)
        same = guess.c.mac == mac
        begun = _INSERT[self.engine.dialect.name](guess).on_conflict_do_nothing()
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(delete(guess).where(same & (guess.c.last_at <= instant(now - window))))
            connection.execute(begun, [{"mac": mac, "failures": 0, "last_at": instant(now)}])
            tried: int = connection.execute(select(guess.c.failures).where(same).with_for_update()).scalar_one()
            if tried < most:
                connection.execute(update(guess).where(same).values(failures=tried + 1))
        return tried < most

    def forgive(self, key: str) -> None:
        """A try that succeeded does not count: a whole office may come from one address."""
        mine = (guess.c.mac == self._mac(key)) & (guess.c.failures > 0)
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(update(guess).where(mine).values(failures=guess.c.failures - 1))

    def _mac(self, key: str) -> str:
        return hmac.new(self.secret, f"try\n{key}".encode(), sha256).hexdigest()
