"""Who may open the board: local accounts, and persons for whom an identity provider answers.

A pass-phrase is kept as its scrypt digest with its own salt. Whoever guesses is slowed down by name, whether anybody
has that name or not, so that neither an answer nor the time it takes tells which names exist.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from conventions.errors import NeverOverwrite, WrongPassphrase
from conventions.store.chain import instant
from conventions.store.opening import in_plain_words, writing
from conventions.store.passphrases import hashed, is_right, require_strong
from conventions.store.schema import account, guess, sitting
from conventions.text import Text

__all__ = ["Account", "Accounts"]

_FREE: Final = 5
"""Failures in a row before a name has to wait."""
_LONGEST_PAUSE_MIN: Final = 15
_PROVIDED: Final = "oidc:"
"""Before the names of persons for whom a provider answers; no local name can begin with it."""
_LOCAL: Final = re.compile(r"[\w.@-]{1,80}")


@dataclass(frozen=True)
class Account:
    """A person who may open the board."""

    id: int
    name: str
    """Unique, in small letters; of a provider's person what the provider calls it."""
    label: str
    """What people are shown."""
    role: str
    """``secretariat`` may do everything, ``reader`` may look."""
    is_local: bool
    """Has a pass-phrase here; else an identity provider answers for the person."""


@dataclass(frozen=True)
class Accounts:
    """The accounts of one registry."""

    engine: Engine
    secret: bytes
    """Of the office: names that were tried are kept under it, never as they are."""

    def add(self, name: str, role: str, passphrase: str, now: datetime) -> Account:
        """A new local account; one that was closed is opened again, with the role and pass-phrase that are given.

        Raises:
            NeverOverwrite: ACCOUNT-01, the name is taken.
            WrongPassphrase: ACCOUNT-02, it is too short, too long, or holds the name; ACCOUNT-03, that is no name.
        """
        _require_name(name)
        require_strong(_plain(name), passphrase)
        if self.find(name):
            raise NeverOverwrite(
                "ACCOUNT-01",
                Text("there is an account {name} already", name=name),
                Text("choose another name, or give it a new pass-phrase: `conventions accounts passphrase {name}`",
                     name=name),
            )  # fmt: skip
        opened = self._open(name, name.strip(), role, hashed(passphrase), now)
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(delete(guess).where(guess.c.mac == self._mac(name)))
        return opened

    def change(self, name: str, passphrase: str) -> bool:
        """A new pass-phrase; every session of the account ends. False when there is no such local account.

        Raises:
            WrongPassphrase: ACCOUNT-02, as :meth:`add`.
        """
        require_strong(_plain(name), passphrase)
        found = self.find(name)
        if found is None or not found.is_local:
            return False
        with in_plain_words(self.engine), writing(self.engine) as connection:
            same = account.c.id == found.id
            connection.execute(update(account).where(same).values(hash=hashed(passphrase)))
            connection.execute(delete(sitting).where(sitting.c.account_id == found.id))
            connection.execute(delete(guess).where(guess.c.mac == self._mac(name)))
        return True

    def close(self, name: str, now: datetime) -> bool:
        """Nobody signs in with it any more, and its sessions end. False when there is no such account."""
        found = self.find(name)
        if found is None:
            return False
        with in_plain_words(self.engine), writing(self.engine) as connection:
            same = account.c.id == found.id
            connection.execute(update(account).where(same).values(hash="", closed_at=instant(now)))
            connection.execute(delete(sitting).where(sitting.c.account_id == found.id))
        return True

    def every(self) -> tuple[Account, ...]:
        """Those that are open, by name."""
        wanted = select(account).where(account.c.closed_at == "").order_by(account.c.name)
        with in_plain_words(self.engine), self.engine.connect() as connection:
            return tuple(_account(row) for row in connection.execute(wanted).mappings())

    def find(self, name: str) -> Account | None:
        """The open account of that name, whatever its capitals."""
        with in_plain_words(self.engine), self.engine.connect() as connection:
            row = _row(connection, name)
        return _account(row) if row and not row["closed_at"] else None

    def of_provider(self, subject: str, label: str, role: str, now: datetime) -> Account | None:
        """The account of a person for whom an identity provider answers, made at the first sign-in.

        Args:
            subject: what the provider calls the person; it never changes and is given to nobody else.
            label: what people are shown.
            role: which the provider's groups give today; it replaces yesterday's.
            now: aware.

        Returns:
            None when the office has closed the account.
        """
        with in_plain_words(self.engine), self.engine.connect() as connection:
            row = _row(connection, _PROVIDED + subject)
        is_closed = row is not None and bool(row["closed_at"])
        return None if is_closed else self._open(_PROVIDED + subject, label, role, "", now)

    def sign_in(self, name: str, passphrase: str, now: datetime) -> Account | None:
        """The account, if the pass-phrase is its own and the name has not been guessed at too often.

        A failure counts before anything is compared, so that many at once cannot share one.
        """
        with in_plain_words(self.engine), writing(self.engine) as connection:
            if not self._may_guess(connection, name, now):
                return None
            row = _row(connection, name)
        is_open = row is not None and bool(row["hash"]) and not row["closed_at"]
        matches = is_right(row["hash"] if row is not None and is_open else "", passphrase)
        if row is None or not (is_open and matches):
            return None
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(delete(guess).where(guess.c.mac == self._mac(name)))
        return _account(row)

    def _may_guess(self, connection: Connection, name: str, now: datetime) -> bool:
        same = guess.c.mac == self._mac(name)
        connection.execute(delete(guess).where(guess.c.last_at < instant(now - timedelta(days=1))))
        row = connection.execute(select(guess).where(same).with_for_update()).mappings().first()
        if row is None:
            connection.execute(insert(guess), [{"mac": self._mac(name), "failures": 1, "last_at": instant(now)}])
            return True
        if now < datetime.fromisoformat(row["last_at"]) + _pause(row["failures"]):
            return False
        connection.execute(update(guess).where(same).values(failures=row["failures"] + 1, last_at=instant(now)))
        return True

    def _open(self, name: str, label: str, role: str, digest: str, now: datetime) -> Account:
        with in_plain_words(self.engine), writing(self.engine) as connection:
            row = _row(connection, name)
            values = {"name": _plain(name), "label": label, "role": role, "hash": digest, "closed_at": ""}
            if row:
                connection.execute(update(account).where(account.c.id == row["id"]).values(values))
            else:
                connection.execute(insert(account), [values | {"created_at": instant(now)}])
            found = _row(connection, name)
        assert found is not None  # noqa: S101 - written above, in the same transaction
        return _account(found)

    def _mac(self, name: str) -> str:
        return hmac.new(self.secret, b"account\n" + _plain(name).encode(), sha256).hexdigest()


def _plain(name: str) -> str:
    return name.strip().casefold()


def _row(connection: Connection, name: str) -> RowMapping | None:
    return connection.execute(select(account).where(account.c.name == _plain(name))).mappings().first()


def _account(row: RowMapping) -> Account:
    return Account(row["id"], row["name"], row["label"], row["role"], is_local=bool(row["hash"]))


def _pause(failures: int) -> timedelta:
    """Nothing at first, then 1, 2, 4, 8 and at most 15 minutes: about a hundred guesses a day."""
    minutes = 2.0 ** min(failures - _FREE, 10) if failures >= _FREE else 0.0
    return timedelta(minutes=min(minutes, _LONGEST_PAUSE_MIN))


def _require_name(name: str) -> None:
    if not _LOCAL.fullmatch(name.strip()):
        raise WrongPassphrase(
            "ACCOUNT-03",
            Text("“{name}” cannot be the name of an account", name=name),
            Text("use letters, digits, dots, hyphens and @, at most 80 of them"),
        )
