"""Codes sent by mail: only a keyed digest is kept, each lives for minutes, is tried a few times and used once."""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from secrets import randbelow, token_bytes
from typing import Final

from sqlalchemy import Engine, insert, select, update

from conventions.errors import NeverOverwrite
from conventions.store.chain import instant
from conventions.store.files import disk, write_new
from conventions.store.opening import in_plain_words, writing
from conventions.store.schema import challenge as table

__all__ = ["CODE_MINUTES", "Answer", "Challenges", "office_secret"]

CODE_MINUTES: Final = 10
"""How long a code lives."""
_DIGITS: Final = 8
_LIFE: Final = timedelta(minutes=CODE_MINUTES)
_MOST_TRIES: Final = 5
_FILE: Final = ".office-secret"


class Answer(StrEnum):
    """What became of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"
    """None was sent for these bytes, or it was used, tried too often, or is too old."""


@dataclass(frozen=True)
class Challenges:
    """The codes of one registry."""

    engine: Engine
    secret: bytes
    """Of the office; without it the kept digests tell nothing."""

    def new(self, paper_id: int, role: str, to: str, sha256_: str, now: datetime) -> str:
        """A fresh code for one role, the address it goes to and these very bytes; earlier ones no longer count."""
        code = f"{randbelow(10**_DIGITS):0{_DIGITS}d}"
        mine = (table.c.paper_id == paper_id) & (table.c.role == role) & (table.c.used_at == "")
        row = {
            "paper_id": paper_id,
            "role": role,
            "sha256": sha256_,
            "mac": self._mac(paper_id, role, to, sha256_, code),
            "sent_at": instant(now),
            "expires_at": instant(now + _LIFE),
            "tries": 0,
            "used_at": "",
        }
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(update(table).where(mine).values(used_at=instant(now)))
            connection.execute(insert(table), [row])
        return code

    def answer(
        self, paper_id: int, role: str, to: str, sha256_: str, code: str, now: datetime, *, use_up: bool = True
    ) -> tuple[Answer, datetime | None]:
        """Try a code; a right one is used up, unless it is only to open a page. With it, when it was sent.

        A code that went to somebody else, who acted in the role before, is wrong.
        Every try counts before it is compared, so that two at once cannot share one.
        """
        wanted = (
            select(table)
            .where((table.c.paper_id == paper_id) & (table.c.role == role) & (table.c.sha256 == sha256_))
            .where((table.c.used_at == "") & (table.c.tries < _MOST_TRIES) & (table.c.expires_at > instant(now)))
            .order_by(table.c.id.desc())
            .limit(1)
            .with_for_update()  # PostgreSQL lets others read what is about to change; SQLite has one writer at a time
        )
        with in_plain_words(self.engine), writing(self.engine) as connection:
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return Answer.NONE, None
            is_right = hmac.compare_digest(row["mac"], self._mac(paper_id, role, to, sha256_, code.strip()))
            changed = {"tries": row["tries"] + 1, "used_at": instant(now) if is_right and use_up else ""}
            connection.execute(update(table).where(table.c.id == row["id"]).values(changed))
        return (Answer.RIGHT if is_right else Answer.WRONG), datetime.fromisoformat(row["sent_at"])

    def _mac(self, paper_id: int, role: str, to: str, sha256_: str, code: str) -> str:
        words = f"{paper_id}\n{role}\n{to}\n{sha256_}\n{code}".encode()
        return hmac.new(self.secret, words, sha256).hexdigest()


def office_secret(root: Path) -> bytes:
    """The workspace's own secret, made when it is first needed; only its owner can read the file.

    Of two commands that need it first, one makes it for both.

    Raises:
        DiskError: it cannot be read or written.
    """
    path = root / _FILE
    if not path.is_file():
        with suppress(NeverOverwrite):
            write_new(path, token_bytes(32))
    with disk(path):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_bytes()
