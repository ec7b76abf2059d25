"""Who did or looked at what through the board, and when. Rows are only ever added; nothing in them is personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, insert, select

from conventions.store.chain import instant
from conventions.store.opening import in_plain_words, writing
from conventions.store.schema import account, deed

__all__ = ["Deed", "Deeds"]

_LONGEST: Final = 120


@dataclass(frozen=True)
class Deed:
    """One thing that somebody did."""

    at: datetime
    who: str
    """What people are shown of the account; empty where nobody had signed in."""
    what: str
    about: str
    """Number of a dossier or a paper; empty where it is about neither."""
    outcome: str
    """``done``, or the code of what went wrong."""


@dataclass(frozen=True)
class Deeds:
    """The deeds of one registry."""

    engine: Engine

    def note(
        self, what: str, now: datetime, *, account_id: int | None, about: Sequence[str] = ("",), outcome: str = "done"
    ) -> None:
        """Remember it, once for each thing that it was about."""
        rows = [
            {
                "at": instant(now),
                "account_id": account_id,
                "what": what,
                "about": one[:_LONGEST],
                "outcome": outcome,
            }
            for one in about
        ]
        with in_plain_words(self.engine), writing(self.engine) as connection:
            connection.execute(insert(deed), rows)

    def latest(self, most: int, *, about: str = "", skip: int = 0) -> tuple[Deed, ...]:
        """The newest first, without the first ``skip``; of one dossier only, where its number is given."""
        wanted = select(deed, account.c.label).join(account, account.c.id == deed.c.account_id, isouter=True)
        if about:
            wanted = wanted.where((deed.c.about == about) | deed.c.about.startswith(f"{about}/", autoescape=True))
        with in_plain_words(self.engine), self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(deed.c.id.desc()).limit(most).offset(skip)).mappings().all()
        return tuple(
            Deed(datetime.fromisoformat(row["at"]), row["label"] or "", row["what"], row["about"], row["outcome"])
            for row in rows
        )
