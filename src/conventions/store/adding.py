"""How a paper and what has happened to it get into the registry: each fact once, in the order of a paper's life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert

from conventions.errors import NeverOverwrite
from conventions.model.event import Event, Replaced
from conventions.model.life import STATE_LABELS, allows
from conventions.store.reading import events_of
from conventions.store.record import PaperRecord
from conventions.store.rows import Row, event_rows, is_same, paper_row, record_from
from conventions.store.schema import event as event_table
from conventions.store.schema import paper as paper_table
from conventions.text import Text

__all__ = ["add_events", "add_paper", "assert_same", "moved_on"]


def add_paper(connection: Connection, record: PaperRecord, events: Sequence[Event]) -> PaperRecord:
    """Insert a new paper with its first events.

    Raises:
        IntegrityError: that number, document and version are taken.
    """
    row = paper_row(record)
    paper_id = connection.execute(insert(paper_table).returning(paper_table.c.id), row).scalar_one()
    rows = event_rows(events, paper_id, 0, row["genesis"])
    if rows:
        connection.execute(insert(event_table), rows)
    return record_from({**row, "id": paper_id}, rows)


def add_events(connection: Connection, paper: Row, events: Sequence[Event], expected_head: str) -> PaperRecord:
    """Insert what is new of some events, all of it or nothing.

    Raises:
        NeverOverwrite: STORE-03, the paper has moved on; STORE-08, its life does not know such an event.
        IntegrityError: somebody else adds at this very moment.
    """
    held = events_of(connection, [paper["id"]]).get(paper["id"], [])
    new = [event for event in events if not _is_recorded(event, held)]
    if not new:
        return record_from(paper, held)
    head = held[-1]["digest"] if held else paper["genesis"]
    if head != expected_head:
        raise moved_on()
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


def assert_same(held: PaperRecord | None, record: PaperRecord, events: Sequence[Event]) -> PaperRecord:
    """What the registry holds, when the paper and its first events are told again.

    Raises:
        NeverOverwrite: STORE-02, it holds another paper; STORE-03, the same one, issued by somebody else meanwhile.
    """
    if held is None or not _is_frozen_as(held, record):
        raise _taken(record)
    told = [(event.kind, event.facts()) for event in events]
    known = [(event.kind, event.facts()) for event in held.events[: len(told)]]
    if told != known:
        raise moved_on()
    return held


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


def moved_on() -> NeverOverwrite:
    """Somebody else was faster (STORE-03)."""
    return NeverOverwrite(
        "STORE-03",
        Text("somebody else has advanced this paper in the meantime"),
        Text("run it again: it starts from what is recorded now"),
    )
