"""Links for people who have nothing else: each is for one purpose, one paper, one role and one person.

Only a keyed digest of the token is kept, and one of the person's address. Whoever reads the registry can open nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Final

from sqlalchemy import ColumnElement, Engine, RowMapping, Select, insert, select, update

from conventions.store.chain import instant
from conventions.store.opening import in_plain_words, writing
from conventions.store.schema import link as table

__all__ = ["Link", "Links"]

_TOKEN_BYTES: Final = 32
_HANDLE_BYTES: Final = 8


@dataclass(frozen=True)
class Link:
    """What a link is for."""

    handle: str
    """Names it in addresses of pages and in sessions. Whoever knows the handle alone can open nothing."""
    purpose: str
    """``sign``, ``fill`` …: what it opens, and nothing else."""
    paper_id: int
    role: str
    person: str
    """Keyed digest of the address that it was sent to."""
    expires_at: datetime
    is_revoked: bool

    def is_alive(self, now: datetime) -> bool:
        """Neither expired nor taken back."""
        return not self.is_revoked and now < self.expires_at


@dataclass(frozen=True)
class Links:
    """The links of one registry."""

    engine: Engine
    secret: bytes
    """Of the office; without it the kept digests tell nothing."""

    def new(self, purpose: str, paper_id: int, role: str, to: str, now: datetime, life: timedelta) -> str:
        """A fresh token; those that were sent before stay good, since a letter may have been sent twice.

        Args:
            purpose: what it opens.
            paper_id: of a paper that the registry holds.
            role: of the person in that paper.
            to: address that it is sent to.
            now: aware.
            life: how long it is good.
        """
        token = token_urlsafe(_TOKEN_BYTES)
        row = {
            "handle": token_hex(_HANDLE_BYTES),
            "purpose": purpose,
            "paper_id": paper_id,
            "role": role,
            "token": self._mac("token", token),
            "person": self.person(to),
            "made_at": instant(now),
            "expires_at": instant(now + life),
            "revoked_at": "",
        }
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(insert(table), [row])
        return token

    def behind(self, token: str) -> Link | None:
        """The link of a token, dead ones included; None when there is none.

        What is looked up is the digest: how long it takes says nothing of any token.
        """
        return self._first(select(table).where(table.c.token == self._mac("token", token)))

    def named(self, handle: str) -> Link | None:
        """The link of a handle, dead ones included; None when there is none."""
        return self._first(select(table).where(table.c.handle == handle))

    def revoke(self, paper_id: int, role: str, now: datetime) -> int:
        """Take back what was sent to a role of a paper; how many links that were."""
        return self._take_back((table.c.paper_id == paper_id) & (table.c.role == role), now)

    def end(self, paper_id: int, now: datetime) -> int:
        """Take back what was sent to anybody about a paper; how many links were still good."""
        return self._take_back((table.c.paper_id == paper_id) & (table.c.expires_at > instant(now)), now)

    def alive(self, paper_id: int, now: datetime) -> tuple[Link, ...]:
        """The links of a paper that are good now, in the order in which they were made."""
        is_good = (table.c.revoked_at == "") & (table.c.expires_at > instant(now))
        return self._every(select(table).where((table.c.paper_id == paper_id) & is_good))

    def were_ended(self, paper_id: int, role: str, now: datetime) -> bool:
        """Did a role of a paper have links, of which none is good because the last was taken back?"""
        sent = self._every(select(table).where((table.c.paper_id == paper_id) & (table.c.role == role)))
        return bool(sent) and sent[-1].is_revoked and not any(link.is_alive(now) for link in sent)

    def is_for(self, link: Link, address: str) -> bool:
        """Was it sent to this address?"""
        return hmac.compare_digest(link.person, self.person(address))

    def person(self, address: str) -> str:
        """What is kept of an address."""
        return self._mac("person", address)

    def _first(self, wanted: Select[tuple[object, ...]]) -> Link | None:
        with in_plain_words(self.engine), self.engine.connect() as connection:
            row = connection.execute(wanted.limit(1)).mappings().first()
        return _link(row) if row else None

    def _every(self, wanted: Select[tuple[object, ...]]) -> tuple[Link, ...]:
        with in_plain_words(self.engine), self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(table.c.id)).mappings().all()
        return tuple(map(_link, rows))

    def _take_back(self, which: ColumnElement[bool], now: datetime) -> int:
        still = which & (table.c.revoked_at == "")
        with in_plain_words(self.engine), writing(self.engine) as connection:
            return connection.execute(update(table).where(still).values(revoked_at=instant(now))).rowcount

    def _mac(self, kind: str, words: str) -> str:
        return hmac.new(self.secret, f"link\n{kind}\n{words}".encode(), sha256).hexdigest()


def _link(row: RowMapping) -> Link:
    return Link(
        handle=row["handle"],
        purpose=row["purpose"],
        paper_id=row["paper_id"],
        role=row["role"],
        person=row["person"],
        expires_at=datetime.fromisoformat(row["expires_at"]),
        is_revoked=bool(row["revoked_at"]),
    )
