"""The notebook of the office: which papers were issued, and what has happened to each.

Rows are only ever added. The one exception is the end of their retention: see :mod:`conventions.store.acts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Engine, Select, and_, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from conventions.model.event import Event, Issued, Sealing, Signed
from conventions.model.finding import Finding
from conventions.store.accounts import Accounts
from conventions.store.acts import Acts
from conventions.store.adding import add_events, add_paper, assert_same, moved_on
from conventions.store.audit import broken_links
from conventions.store.challenges import Challenges
from conventions.store.deeds import Deeds
from conventions.store.links import Links
from conventions.store.opening import in_plain_words, open_engine, snapshot, writing
from conventions.store.reading import events_of, has_later_version, records, row_of
from conventions.store.record import PaperRecord
from conventions.store.restoring import proved, put_back
from conventions.store.rows import plain_chain
from conventions.store.schema import act as act_table
from conventions.store.schema import event as event_table
from conventions.store.schema import paper as paper_table
from conventions.store.sittings import Sittings
from conventions.store.tries import Tries

__all__ = ["Pulse", "Registry"]

_PAGE: Final = 200
"""Papers fetched at a time: a year of them never stands in memory at once."""
_STATES: Final = tuple(kind.kind for kind in (Issued, Signed, Sealing))


class Pulse(NamedTuple):
    """How far the notebook has been written."""

    event: int
    """Number of the last event."""
    papers: int
    destroyed: int
    """How often papers were taken out of it."""


class Registry:
    """The papers and events of one workspace, in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take a database that :meth:`open` has prepared."""
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Connect, and create or migrate the tables.

        Args:
            url: ``sqlite:///registry.sqlite3`` or ``postgresql+psycopg://user@host/name``.

        Raises:
            SettingsError: STORE-04, not an address that can be used.
            DiskError: STORE-05 the registry is newer than this program, STORE-06 the file cannot be used.
            ServiceError: STORE-07, the database server does not answer.
        """
        return cls(open_engine(url))

    def challenges(self, secret: bytes) -> Challenges:
        """The codes that were sent by mail, kept under the office's secret."""
        return Challenges(self._engine, secret)

    def acts(self, secret: bytes) -> Acts:
        """What was done with people's data, and the purge of whole papers; numbers are told under the secret."""
        return Acts(self._engine, secret)

    def snapshot(self) -> bytes | None:
        """The whole registry at this instant, while others write; None when it is not a file (PostgreSQL).

        Raises:
            DiskError: STORE-06, it cannot be read.
        """
        with in_plain_words(self._engine):
            return snapshot(self._engine)

    def links(self, secret: bytes) -> Links:
        """The links that were sent by mail, kept under the office's secret."""
        return Links(self._engine, secret)

    def accounts(self, secret: bytes) -> Accounts:
        """Who may open the board; names that were tried are kept under the office's secret."""
        return Accounts(self._engine, secret)

    def tries(self, secret: bytes) -> Tries:
        """How often something was tried on the web, kept under the office's secret."""
        return Tries(self._engine, secret)

    def sittings(self, *, idle: timedelta, longest: timedelta) -> Sittings:
        """The sessions of the board, and how long one lasts."""
        return Sittings(self._engine, idle, longest)

    def deeds(self) -> Deeds:
        """Who did what through the board."""
        return Deeds(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_paper(self, record: PaperRecord, first_events: Sequence[Event]) -> PaperRecord:
        """Remember a new paper and its first events. The same paper twice is remembered once.

        Returns:
            The paper as the registry holds it, with every event so far.

        Raises:
            NeverOverwrite: STORE-02, another paper has that number, document and version.
        """
        with in_plain_words(self._engine):
            try:
                with writing(self._engine) as connection:
                    return add_paper(connection, record, first_events)
            except IntegrityError:
                held = self.find(*record.key)
        return assert_same(held, record, first_events)

    def append(self, paper_id: int, events: Sequence[Event], *, expected_head: str) -> PaperRecord:
        """Add what has happened, all of it or nothing; facts that are already recorded are not recorded again.

        Args:
            paper_id: ``id`` of a record that the registry gave.
            events: what is new, first to last.
            expected_head: ``head`` of that record. Somebody else's events since then stop this one.

        Raises:
            NeverOverwrite: STORE-03, the paper has moved on since it was read.
            KeyError: no such paper.
        """
        with in_plain_words(self._engine):
            try:
                with writing(self._engine) as connection:
                    # The row lock makes PostgreSQL take turns; SQLite's transaction has done so already.
                    held = select(paper_table).where(paper_table.c.id == paper_id).with_for_update()
                    row = connection.execute(held).mappings().first()
                    if row is None:
                        raise KeyError(paper_id)
                    return add_events(connection, row_of(row), events, expected_head)
            except IntegrityError:
                raise moved_on() from None

    def find(self, number: str, document: str, version: int | None = None) -> PaperRecord | None:
        """One paper; without a version, the latest one. None when there is none."""
        same = and_(paper_table.c.number == number, paper_table.c.document == document)
        if version is not None:
            same = and_(same, paper_table.c.version == version)
        return self._first(select(paper_table).where(same).order_by(paper_table.c.version.desc()).limit(1))

    def paper(self, paper_id: int) -> PaperRecord | None:
        """The paper of an ``id`` that the registry gave; None when there is none."""
        return self._first(select(paper_table).where(paper_table.c.id == paper_id))

    def by_digest(self, sha256: str) -> PaperRecord | None:
        """The paper that has, or once had, exactly these bytes (issued, signed or sealed); None when none had."""
        of_these_bytes = and_(event_table.c.sha256 == sha256, event_table.c.kind.in_(_STATES))
        ids = select(event_table.c.paper_id).where(of_these_bytes)
        return self._first(select(paper_table).where(paper_table.c.id.in_(ids)).order_by(paper_table.c.id).limit(1))

    def papers(
        self, *, number: str | None = None, document: str | None = None, every_version: bool = False
    ) -> Iterator[PaperRecord]:
        """Papers by number, document and version, a page at a time; nothing is locked between two pages.

        Args:
            number: only those of one dossier.
            document: only those of one type.
            every_version: also those that a later version has replaced.
        """
        wanted = select(paper_table)
        if number is not None:
            wanted = wanted.where(paper_table.c.number == number)
        if document is not None:
            wanted = wanted.where(paper_table.c.document == document)
        if not every_version:
            wanted = wanted.where(~has_later_version())
        key = tuple_(paper_table.c.number, paper_table.c.document, paper_table.c.version)
        page = self._page(wanted.order_by(*key).limit(_PAGE))
        while page:
            yield from page
            page = self._page(wanted.where(key > page[-1].key).order_by(*key).limit(_PAGE))

    def pulse(self) -> Pulse:
        """What has changed when anything has; cheap, whatever the number of papers."""
        wanted = select(
            select(func.coalesce(func.max(event_table.c.id), 0)).scalar_subquery(),
            select(func.count()).select_from(paper_table).scalar_subquery(),
            select(func.count()).select_from(act_table).where(act_table.c.kind == "destroyed").scalar_subquery(),
        )
        with in_plain_words(self._engine), self._engine.connect() as connection:
            return Pulse(*connection.execute(wanted).one())

    def moved_since(self, last: Pulse) -> Iterator[PaperRecord]:
        """Papers, of every version, to which something has happened since; a purge leaves no event."""
        ids = select(event_table.c.paper_id).where(event_table.c.id > last.event)
        wanted = select(paper_table).where(paper_table.c.id.in_(ids)).order_by(paper_table.c.id).limit(_PAGE)
        page = self._page(wanted)
        while page:
            yield from page
            page = self._page(wanted.where(paper_table.c.id > page[-1].id))

    def verify_chain(self, paper: PaperRecord) -> tuple[Finding, ...]:
        """What was changed, removed or put in behind the program's back; empty when nothing was.

        The rows are read again. A chain that was cut at its end is found when ``paper`` was read before the cut.
        """
        with in_plain_words(self._engine), self._engine.connect() as connection:
            same = select(paper_table).where(paper_table.c.id == paper.id)
            row = connection.execute(same).mappings().first()
            events = events_of(connection, [paper.id]).get(paper.id, [])
        return broken_links(paper, row_of(row) if row else None, events)

    def chain(self, paper: PaperRecord) -> dict[str, Any]:
        """The paper and its events up to ``head``, as plain JSON values from which a registry can be rebuilt."""
        with in_plain_words(self._engine), self._engine.connect() as connection:
            same = select(paper_table).where(paper_table.c.id == paper.id)
            row = row_of(connection.execute(same).mappings().one())
            events = events_of(connection, [paper.id]).get(paper.id, [])
        return plain_chain(row, events[: len(paper.events)])

    def restore(self, chains: Sequence[Mapping[str, Any]]) -> PaperRecord:
        """Take papers back as :meth:`chain` told them, with every salt and digest: all of them, or none.

        Returns:
            The last of them; one that is held already stays as it is.

        Raises:
            Disagreement: STORE-09, there is no chain, or one does not hold.
        """
        papers = proved(chains)
        with in_plain_words(self._engine), writing(self._engine) as connection:
            return put_back(connection, papers)

    def forget(self, paper_id: int) -> None:
        """Blank what is personal in one paper and its events, for good; facts, digests and the chain stay.

        This ends the retention of a paper whose internship is over (art. 5(1)(e) GDPR).
        """
        with in_plain_words(self._engine), writing(self._engine) as connection:
            same = event_table.c.paper_id == paper_id
            connection.execute(update(event_table).where(same).values(personal={}, salt=""))
            mine = paper_table.c.id == paper_id
            connection.execute(update(paper_table).where(mine).values(signatories=[], salt=""))

    def _first(self, wanted: Select[tuple[object, ...]]) -> PaperRecord | None:
        return next(iter(self._page(wanted)), None)

    def _page(self, wanted: Select[tuple[object, ...]]) -> list[PaperRecord]:
        with in_plain_words(self._engine), self._engine.connect() as connection:
            return records(connection, wanted)
