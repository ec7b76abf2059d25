"""Sessions of the board: a random token at the browser, its digest here, an end after idleness and at the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from sqlalchemy import Engine, delete, insert, select, update

from conventions.store.accounts import Account
from conventions.store.chain import instant
from conventions.store.opening import in_plain_words, writing
from conventions.store.schema import account, sitting

__all__ = ["Sitting", "Sittings"]

_TOUCH: Final = timedelta(seconds=20)
"""What was seen less long ago is not written down again: most pages only read."""


@dataclass(frozen=True)
class Sitting:
    """A session that has not ended."""

    account: Account
    ends_at: datetime
    """If nothing more is asked for."""


@dataclass(frozen=True)
class Sittings:
    """The sessions of one registry."""

    engine: Engine
    idle: timedelta
    """How long one lasts in which nothing is asked for."""
    longest: timedelta
    """How long one lasts at most."""

    def begin(self, person: Account, now: datetime) -> str:
        """A fresh token, for the browser alone; sessions that ended are swept out."""
        token = token_urlsafe(32)
        row = {"sha256": _digest(token), "account_id": person.id, "began_at": instant(now), "seen_at": instant(now)}
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(delete(sitting).where(sitting.c.seen_at <= instant(now - self.idle)))
            connection.execute(insert(sitting), [row])
        return token

    def find(self, token: str, now: datetime) -> Sitting | None:
        """The session of a token, which counts as being used now; None when it has ended or never was."""
        same = sitting.c.sha256 == _digest(token)
        wanted = (
            select(sitting.c.began_at, sitting.c.seen_at, account)
            .join(account, account.c.id == sitting.c.account_id)
            .where(same & (account.c.closed_at == ""))
            .where((sitting.c.seen_at > instant(now - self.idle)) & (sitting.c.began_at > instant(now - self.longest)))
        )
        with in_plain_words(self.engine), self.engine.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            return None
        if datetime.fromisoformat(row["seen_at"]) < now - _TOUCH:
            with in_plain_words(self.engine), writing(self.engine) as connection:
                connection.execute(update(sitting).where(same).values(seen_at=instant(now)))
        person = Account(row["id"], row["name"], row["label"], row["role"], is_local=bool(row["hash"]))
        return Sitting(person, min(now + self.idle, datetime.fromisoformat(row["began_at"]) + self.longest))

    def end(self, token: str) -> None:
        """Sign out."""
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(delete(sitting).where(sitting.c.sha256 == _digest(token)))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
