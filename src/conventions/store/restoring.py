"""Papers put back into a registry that was lost, from the chains that the archive keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from conventions.store.audit import no_chain, proved_chain
from conventions.store.reading import records
from conventions.store.record import PaperRecord
from conventions.store.rows import Row
from conventions.store.schema import event as event_table
from conventions.store.schema import paper as paper_table

__all__ = ["Proved", "proved", "put_back"]

Proved = tuple[Row, Sequence[Row]]
"""The rows of a paper and of its events, whose chain holds."""


def proved(chains: Sequence[Mapping[str, Any]]) -> list[Proved]:
    """The rows that chains tell.

    Raises:
        Disagreement: STORE-09, there is no chain, or one does not hold.
    """
    if not chains:
        raise no_chain()
    return [proved_chain(chain) for chain in chains]


def put_back(connection: Connection, papers: Sequence[Proved]) -> PaperRecord:
    """Insert the papers that are not held yet; the last of them, as it is held now."""
    for row, events in papers:
        _put_back(connection, row, events)
    last, _ = papers[-1]
    return records(connection, select(paper_table).where(*_is_paper(last)))[0]


def _put_back(connection: Connection, row: Row, events: Sequence[Row]) -> None:
    if connection.execute(select(paper_table.c.id).where(*_is_paper(row))).first() is None:
        paper_id = connection.execute(insert(paper_table).values(row).returning(paper_table.c.id)).scalar_one()
        if events:
            connection.execute(insert(event_table), [{**event, "paper_id": paper_id} for event in events])


def _is_paper(row: Row) -> list[ColumnElement[bool]]:
    return [paper_table.c[name] == row[name] for name in ("number", "document", "version")]
