"""Rows of the registry as they are read: papers with their events, in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Exists, RowMapping, Select, exists, select

from conventions.store.record import PaperRecord
from conventions.store.rows import Row, record_from
from conventions.store.schema import event as event_table
from conventions.store.schema import paper as paper_table

__all__ = ["events_of", "has_later_version", "records", "row_of"]


def records(connection: Connection, wanted: Select[tuple[Any, ...]]) -> list[PaperRecord]:
    """The papers of a query over the table of papers, with every event of each."""
    rows = [row_of(row) for row in connection.execute(wanted).mappings()]
    events = events_of(connection, [row["id"] for row in rows])
    return [record_from(row, events.get(row["id"], [])) for row in rows]


def row_of(row: RowMapping) -> Row:
    """A row by the names of its columns."""
    return {str(name): value for name, value in row.items()}


def events_of(connection: Connection, papers: Sequence[int]) -> dict[int, list[Row]]:
    """The events of some papers, by ``id`` and in order; a paper without events is left out."""
    if not papers:
        return {}
    columns = event_table.c
    wanted = select(event_table).where(columns.paper_id.in_(papers)).order_by(columns.paper_id, columns.position)
    rows = [row_of(row) for row in connection.execute(wanted).mappings()]
    return {paper_id: list(events) for paper_id, events in groupby(rows, key=lambda row: int(row["paper_id"]))}


def has_later_version() -> Exists:
    """Of a paper: a corrected one was issued under the same number."""
    later = paper_table.alias("later")
    return exists().where(
        later.c.number == paper_table.c.number,
        later.c.document == paper_table.c.document,
        later.c.version > paper_table.c.version,
    )
