"""Whether a paper's chain still holds: each way in which it can be broken has its own finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conventions.errors import Disagreement
from conventions.model.finding import Finding, Severity
from conventions.store.chain import commitment, genesis, link
from conventions.store.record import PaperRecord
from conventions.store.rows import Row, frozen_facts, record_from, rows_from_chain
from conventions.text import Text

__all__ = ["broken_links", "no_chain", "proved_chain"]


def broken_links(paper: PaperRecord, row: Row | None, events: Sequence[Row]) -> tuple[Finding, ...]:
    """Every break between what the rows say and what their digests say; STORE-10 to STORE-13."""
    if row is None:
        return (_finding("STORE-13", Text("the paper {number} is gone from the registry", number=paper.number)),)
    return (*_paper(row), *_events(row, events), *_cut(paper, row, events))


def proved_chain(chain: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rows of a paper and its events, as an archive tells them, if every digest of the chain is right.

    Raises:
        Disagreement: STORE-09, it is no chain, or does not hold.
        DiskError: STORE-05, an event of a kind that this program does not know.
    """
    try:
        row, events = rows_from_chain(chain)
        broken = broken_links(record_from({**row, "id": 0}, events), row, events)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise no_chain() from None
    if broken:
        raise no_chain(broken)
    return row, events


def no_chain(broken: Sequence[Finding] = ()) -> Disagreement:
    """What an archive tells is not the whole of what happened (STORE-09)."""
    return Disagreement(
        "STORE-09",
        Text("what the archive tells of a paper is no whole chain of events"),
        Text("restore the registry from a backup"),
        findings=broken,
    )


def _paper(row: Row) -> Iterator[Finding]:
    is_known = not row["salt"] or commitment(row["salt"], row["signatories"]) == row["people"]
    if not is_known or genesis(frozen_facts(row), row["people"]) != row["genesis"]:
        problem = Text("what was frozen at the issue of {number} has been changed", number=row["number"])
        yield _finding("STORE-10", problem)


def _events(row: Row, events: Sequence[Row]) -> Iterator[Finding]:
    previous = row["genesis"]
    for rank, event in enumerate(events):
        place = {"number": row["number"], "rank": rank + 1}
        if event["position"] != rank or event["previous"] != previous:
            problem = Text("before event {rank} of {number}, events were removed or put in", **place)
            yield _finding("STORE-12", problem, rank)
        if not _is_intact(event):
            yield _finding("STORE-11", Text("event {rank} of {number} has been changed", **place), rank)
        previous = event["digest"]


def _is_intact(event: Row) -> bool:
    people = event["people"]
    # Without a salt nothing personal can be there: it was forgotten, or there was none.
    if (event["salt"] or event["personal"]) and commitment(event["salt"], event["personal"]) != people:
        return False
    if event["sha256"] != event["facts"].get("sha256"):
        return False
    again = link(event["previous"], event["position"], event["kind"], event["at"], event["facts"], people)
    return bool(again == event["digest"])


def _cut(paper: PaperRecord, row: Row, events: Sequence[Row]) -> Iterator[Finding]:
    if paper.head not in {row["genesis"], *(event["digest"] for event in events)}:
        yield _finding("STORE-13", Text("events that were recorded for {number} are gone", number=row["number"]))


def _finding(code: str, message: Text, rank: int | None = None) -> Finding:
    return Finding(
        code,
        Severity.ERROR,
        message,
        Text("restore the registry from a backup; the signed papers themselves still prove who signed"),
        field="" if rank is None else f"events.{rank}",
    )
