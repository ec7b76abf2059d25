"""The notebook of the office: which papers were issued, and what has happened to each.

Rows are only ever added. The one exception is the end of their retention: see :mod:`conventions.store.acts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Exists,
    RowMapping,
    Select,
    and_,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from conventions.errors import NeverOverwrite
from conventions.model.event import Event, Issued, Replaced, Sealing, Signed
from conventions.model.finding import Finding
from conventions.model.life import STATE_LABELS, allows
from conventions.store.accounts import Accounts
from conventions.store.acts import Acts
from conventions.store.audit import broken_links, no_chain, proved_chain
from conventions.store.challenges import Challenges
from conventions.store.deeds import Deeds
from conventions.store.links import Links
from conventions.store.opening import in_plain_words, open_engine, snapshot, writing
from conventions.store.record import PaperRecord
from conventions.store.rows import Row, event_rows, is_same, paper_row, plain_chain, record_from
from conventions.store.schema import act as act_table
from conventions.store.schema import event as event_table
from conventions.store.schema import paper as paper_table
from conventions.store.sittings import Sittings
from conventions.text import Text

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
                    return _insert(connection, record, first_events)
            except IntegrityError:
                held = self.find(*record.key)
        if held is None or not _is_issued_as(held, record, first_events):
            same = held is not None and _is_frozen_as(held, record)
            raise _moved_on() if same else _taken(record)
        return held

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
                    return _append(connection, _row(row), events, expected_head)
            except IntegrityError:
                raise _moved_on() from None

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
            wanted = wanted.where(~_has_later_version())
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
            events = _events_of(connection, [paper.id]).get(paper.id, [])
        return broken_links(paper, _row(row) if row else None, events)

    def chain(self, paper: PaperRecord) -> dict[str, Any]:
        """The paper and its events up to ``head``, as plain JSON values from which a registry can be rebuilt."""
        with in_plain_words(self._engine), self._engine.connect() as connection:
            same = select(paper_table).where(paper_table.c.id == paper.id)
            row = _row(connection.execute(same).mappings().one())
            events = _events_of(connection, [paper.id]).get(paper.id, [])
        return plain_chain(row, events[: len(paper.events)])

    def restore(self, chains: Sequence[Mapping[str, Any]]) -> PaperRecord:
        """Take papers back as :meth:`chain` told them, with every salt and digest: all of them, or none.

        Returns:
            The last of them; one that is held already stays as it is.

        Raises:
            Disagreement: STORE-09, there is no chain, or one does not hold.
        """
        proved = [proved_chain(chain) for chain in chains]
        if not proved:
            raise no_chain()
        with in_plain_words(self._engine), writing(self._engine) as connection:
            for paper, events in proved:
                _put_back(connection, paper, events)
            row = connection.execute(select(paper_table).where(*_is_paper(proved[-1][0]))).mappings().one()
            return record_from(_row(row), _events_of(connection, [row["id"]]).get(row["id"], []))

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
            rows = [_row(row) for row in connection.execute(wanted).mappings()]
            events = _events_of(connection, [row["id"] for row in rows])
        return [record_from(row, events.get(row["id"], [])) for row in rows]


def _row(row: RowMapping) -> Row:
    return {str(name): value for name, value in row.items()}


def _events_of(connection: Connection, papers: Sequence[int]) -> dict[int, list[Row]]:
    if not papers:
        return {}
    columns = event_table.c
    wanted = select(event_table).where(columns.paper_id.in_(papers)).order_by(columns.paper_id, columns.position)
    rows = [_row(row) for row in connection.execute(wanted).mappings()]
    return {paper_id: list(events) for paper_id, events in groupby(rows, key=lambda row: int(row["paper_id"]))}


def _is_paper(row: Row) -> list[ColumnElement[bool]]:
    return [paper_table.c[name] == row[name] for name in ("number", "document", "version")]


def _put_back(connection: Connection, row: Row, events: Sequence[Row]) -> None:
    if connection.execute(select(paper_table.c.id).where(*_is_paper(row))).first() is None:
        paper_id = connection.execute(insert(paper_table).values(row).returning(paper_table.c.id)).scalar_one()
        if events:
            connection.execute(insert(event_table), [{**event, "paper_id": paper_id} for event in events])


def _insert(connection: Connection, record: PaperRecord, events: Sequence[Event]) -> PaperRecord:
    row = paper_row(record)
    paper_id = connection.execute(insert(paper_table).returning(paper_table.c.id), row).scalar_one()
    rows = event_rows(events, paper_id, 0, row["genesis"])
    if rows:
        connection.execute(insert(event_table), rows)
    return record_from({**row, "id": paper_id}, rows)


def _append(connection: Connection, paper: Row, events: Sequence[Event], expected_head: str) -> PaperRecord:
    held = _events_of(connection, [paper["id"]]).get(paper["id"], [])
    new = [event for event in events if not _is_recorded(event, held)]
    if not new:
        return record_from(paper, held)
    head = held[-1]["digest"] if held else paper["genesis"]
    if head != expected_head:
        raise _moved_on()
    _require_allowed(record_from(paper, held), new)
    rows = event_rows(new, paper["id"], len(held), head)
    connection.execute(insert(event_table), rows)
    return record_from(paper, [*held, *rows])


def _is_recorded(event: Event, held: Sequence[Row]) -> bool:
    """Told before. Of replacements in a role only the last one counts: after another, the first may come again."""
    if isinstance(event, Replaced):
        held = [row for row in held if row["kind"] == event.kind and row["facts"]["role"] == event.role][-1:]
    return any(is_same(event, row) for row in held)


def _require_allowed(paper: PaperRecord, events: Sequence[Event]) -> None:
    """What the life of a paper does not know cannot be recorded, whoever asks."""
    for event in events:
        if not allows(paper.state, event):
            raise NeverOverwrite(
                "STORE-08",
                Text(
                    "the paper {number} is {state}: this can no longer be done",
                    number=paper.number,
                    state=STATE_LABELS[paper.state],
                ),
                Text("look at it with `conventions status {number}`", number=paper.number),
            )
        paper = replace(paper, events=(*paper.events, event))


def _has_later_version() -> Exists:
    later = paper_table.alias("later")
    return exists().where(
        later.c.number == paper_table.c.number,
        later.c.document == paper_table.c.document,
        later.c.version > paper_table.c.version,
    )


def _is_issued_as(held: PaperRecord, record: PaperRecord, events: Sequence[Event]) -> bool:
    """Telling a paper again: the same frozen facts, and its first events begin what the registry holds."""
    told = [(event.kind, event.facts()) for event in events]
    known = [(event.kind, event.facts()) for event in held.events[: len(told)]]
    return told == known and _is_frozen_as(held, record)


def _is_frozen_as(held: PaperRecord, record: PaperRecord) -> bool:
    """Made from the same data: two people who issue at once differ only in the moment of the seal."""
    frozen = ("language", "dossier_digest", "template_digest", "starts_on", "abroad", "circuit", "signatories")
    return all(getattr(held, name) == getattr(record, name) for name in frozen)


def _taken(record: PaperRecord) -> NeverOverwrite:
    return NeverOverwrite(
        "STORE-02",
        Text(
            "the registry already holds another {document} {number}, version {version}",
            document=record.document,
            number=record.number,
            version=record.version,
        ),
        Text("issue the corrected paper as the next version"),
    )


def _moved_on() -> NeverOverwrite:
    return NeverOverwrite(
        "STORE-03",
        Text("somebody else has advanced this paper in the meantime"),
        Text("run it again: it starts from what is recorded now"),
    )
