"""What the office did with people's data: holds, exports, purges. One chain, which outlives the papers themselves.

A dossier's number is a name for its student: here it is a digest under the office's secret. Whoever has number and
secret can show that a dossier was destroyed; whoever has the registry alone cannot tell whose it was.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from conventions.errors import NeverOverwrite
from conventions.model.finding import Finding, Severity
from conventions.store.chain import commitment, instant, link
from conventions.store.opening import compact, in_plain_words, writing
from conventions.store.rows import Row
from conventions.store.schema import act as table
from conventions.store.schema import challenge, deed, event, paper, statistic
from conventions.store.schema import link as link_table
from conventions.text import Text

__all__ = ["Act", "Acts", "Statistic"]

_FIRST: Final = sha256(b"conventions acts").hexdigest()
"""What the first act goes on from."""
_HELD: Final = ("held", "lifted")


@dataclass(frozen=True)
class Act:
    """One thing that was done."""

    kind: str
    """held, lifted, exported, saved, planned, destroyed."""
    at: datetime
    subject: str
    """Digest of the number or address that it was about."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Nothing personal: it is kept for good."""
    personal: Mapping[str, Any] = field(default_factory=dict)
    """By whom, about whom, why; emptied with the dossier, or after the time that the settings say."""
    digest: str = ""
    """Of its link of the chain."""


Statistic = tuple[str, str, str]
"""Academic year, what is counted, its value: one dossier counts once for each."""


@dataclass(frozen=True)
class Acts:
    """The acts of one registry."""

    engine: Engine
    secret: bytes
    """Of the office."""

    def subject(self, name: str) -> str:
        """What stands for a number or an address."""
        return hmac.new(self.secret, f"subject\n{name}".encode(), sha256).hexdigest()

    def record(
        self,
        kind: str,
        name: str,
        now: datetime,
        facts: Mapping[str, Any],
        personal: Mapping[str, Any],
        statistics: Sequence[Statistic] = (),
    ) -> Act:
        """Add one act about a dossier or a person, and count what is counted with it: all of it or nothing.

        Raises:
            NeverOverwrite: STORE-03, somebody else's act came in between.
        """
        with _alone(self.engine) as connection:
            for one in statistics:
                _count(connection, one)
            return _added(connection, Act(kind, now, self.subject(name), facts, personal))

    def destroy(
        self,
        subject: str,
        papers: Sequence[int],
        now: datetime,
        facts: Mapping[str, Any],
        *,
        whole: bool,
        number: str = "",
    ) -> Act:
        """Take papers out of the registry with all their events, and say so: all of it or nothing.

        SQLite overwrites the pages that become free; :meth:`compact` gives them back.

        Args:
            subject: of the dossier.
            papers: ``id`` of each record.
            now: aware.
            facts: of the proof; nothing personal.
            whole: nothing of the dossier is left: what earlier acts say of people goes, too.
            number: of the dossier; what was done with it on the board is told without it from now on.
        """
        with _alone(self.engine) as connection:
            for rows in (challenge.c.paper_id, link_table.c.paper_id, event.c.paper_id, paper.c.id):
                connection.execute(delete(rows.table).where(rows.in_(papers)))
            if whole:
                connection.execute(update(table).where(table.c.subject == subject).values(personal={}, salt=""))
            if whole and number:
                of_it = (deed.c.about == number) | deed.c.about.startswith(f"{number}/", autoescape=True)
                connection.execute(update(deed).where(of_it).values(about=""))
            return _added(connection, Act("destroyed", now, subject, facts))

    def compact(self) -> None:
        """Give the pages that became free back to the disk; to be done once after every purge.

        Raises:
            DiskError: STORE-06, another command is using the registry; no page of SQLite's holds anything even so.
        """
        with in_plain_words(self.engine):
            compact(self.engine)

    def blank(self, before: datetime) -> int:
        """Empty what acts say of people that are older; a hold that is not lifted is kept. How many were emptied."""
        kept = [act.digest for act in self.holds().values()]
        old = (table.c.at < instant(before)) & (table.c.salt != "") & table.c.digest.not_in(kept)
        with in_plain_words(self.engine), writing(self.engine) as connection:
            return connection.execute(update(table).where(old).values(personal={}, salt="")).rowcount

    def all(self) -> tuple[Act, ...]:
        """Every act, first to last."""
        return tuple(_act(row) for row in self._rows())

    def holds(self) -> Mapping[str, Act]:
        """By subject, the hold that keeps a dossier from being forgotten."""
        last = {act.subject: act for act in self.all() if act.kind in _HELD}
        return {subject: act for subject, act in last.items() if act.kind == "held"}

    def unfinished(self) -> tuple[Act, ...]:
        """Purges that were begun and not ended."""
        begun: dict[tuple[str, object], Act] = {}
        for act in self.all():
            key = (act.subject, act.facts.get("rule"))
            if act.kind == "planned":
                begun[key] = act
            elif act.kind == "destroyed":
                begun.pop(key, None)
        return tuple(begun.values())

    def statistics(self) -> Mapping[Statistic, int]:
        """What is still counted of the dossiers that are gone."""
        with in_plain_words(self.engine), self.engine.connect() as connection:
            rows = connection.execute(select(statistic)).mappings()
            return {(row["academic_year"], row["measure"], row["value"]): row["count"] for row in rows}

    def broken(self) -> tuple[Finding, ...]:
        """Acts that were changed (ACT-01), removed or put in (ACT-02) behind the program's back."""
        return tuple(_broken(self._rows()))

    def _rows(self) -> list[Row]:
        with in_plain_words(self.engine), self.engine.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.position)).mappings()
            return [{str(name): value for name, value in row.items()} for row in rows]


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that adds one act; of two at once, one is told to come again."""
    try:
        with in_plain_words(engine), writing(engine) as connection:
            yield connection
    except IntegrityError:
        raise NeverOverwrite(
            "STORE-14",
            Text("somebody else has recorded an act at the same moment"),
            Text("run it again: it starts from what is recorded now"),
        ) from None


def _added(connection: Connection, act: Act) -> Act:
    last = connection.execute(select(table).order_by(table.c.position.desc()).limit(1)).mappings().first()
    position, previous = (last["position"] + 1, last["digest"]) if last else (0, _FIRST)
    salt, personal = token_hex(16), dict(act.personal)
    row = {
        "position": position,
        "kind": act.kind,
        "at": instant(act.at),
        "subject": act.subject,
        "facts": dict(act.facts),
        "personal": personal,
        "salt": salt,
        "people": commitment(salt, personal),
        "previous": previous,
    }
    row["digest"] = _digest(row)
    connection.execute(insert(table), [row])
    return _act(row)


def _act(row: Row) -> Act:
    at = datetime.fromisoformat(row["at"])
    return Act(row["kind"], at, row["subject"], row["facts"], row["personal"], row["digest"])


def _digest(row: Row) -> str:
    facts = {**row["facts"], "subject": row["subject"]}
    return link(row["previous"], row["position"], row["kind"], row["at"], facts, row["people"])


def _count(connection: Connection, one: Statistic) -> None:
    year, measure, value = one
    columns = statistic.c
    same = (columns.academic_year == year) & (columns.measure == measure) & (columns.value == value)
    changed = connection.execute(update(statistic).where(same).values(count=columns.count + 1))
    if not changed.rowcount:
        row = {"academic_year": year, "measure": measure, "value": value, "count": 1}
        connection.execute(insert(statistic), [row])


def _broken(rows: Sequence[Row]) -> Iterator[Finding]:
    previous = _FIRST
    for rank, row in enumerate(rows):
        if row["position"] != rank or row["previous"] != previous:
            yield _finding("ACT-02", Text("before act {rank}, acts were removed or put in", rank=rank + 1))
        is_known = not row["salt"] or commitment(row["salt"], row["personal"]) == row["people"]
        if not is_known or _digest(row) != row["digest"]:
            yield _finding("ACT-01", Text("act {rank} has been changed", rank=rank + 1))
        previous = row["digest"]


def _finding(code: str, message: Text) -> Finding:
    fix = Text("compare with the list that was printed or exported last; restore the registry from a backup")
    return Finding(code, Severity.ERROR, message, fix)
