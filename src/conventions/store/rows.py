"""Records and events as rows, and back. What is personal is kept apart, so that it can be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from secrets import token_hex
from typing import Any, Final

from conventions.errors import DiskError
from conventions.model.event import EVENTS, Event, event_from
from conventions.model.roles import Circuit, Signatory, Step
from conventions.store.chain import commitment, genesis, instant, link
from conventions.store.record import PaperRecord
from conventions.text import Text

__all__ = [
    "Row",
    "event_rows",
    "frozen_facts",
    "is_same",
    "newer_program",
    "paper_row",
    "plain_chain",
    "record_from",
    "rows_from_chain",
]

Row = Mapping[str, Any]

_PLAIN: Final = ("number", "document", "version", "language", "dossier_digest", "template_digest", "abroad")
_PERSONAL: Final = {event.kind: event.personal for event in EVENTS}


def paper_row(record: PaperRecord) -> dict[str, Any]:
    """A new row, with its own salt and the digest that its first event extends."""
    people = [_plain_person(person) for person in record.signatories]
    row: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN}
    row["starts_on"] = record.starts_on
    row["circuit"] = [_plain_step(step) for step in record.circuit.steps]
    row["signatories"] = people
    row["salt"] = token_hex(16)
    row["people"] = commitment(row["salt"], people)
    row["genesis"] = genesis(frozen_facts(row), row["people"])
    return row


def _plain_person(person: Signatory) -> dict[str, str]:
    return {
        name: value
        for name, value in asdict(person).items()
        if value or name not in {"issuer", "subject", "by_delegation"}
    }


def _plain_step(step: Step) -> dict[str, Any]:
    """As JSON; what is as it mostly is stays unsaid, and older papers keep the digest they were issued with."""
    plain = {"roles": list(step.roles), "days": step.days}
    usual = Step(step.roles, step.days)
    return plain | {
        name: getattr(step, name) for name in ("needs", "acts") if getattr(step, name) != getattr(usual, name)
    }


def _step(plain: Row) -> Step:
    return Step(tuple(plain["roles"]), plain["days"], plain.get("needs", "all"), plain.get("acts", "sign"))


def frozen_facts(row: Row) -> dict[str, Any]:
    """What was frozen at issue and is not personal, as plain JSON values."""
    facts = {name: row[name] for name in _PLAIN}
    return {**facts, "starts_on": row["starts_on"].isoformat(), "circuit": row["circuit"]}


def event_rows(events: Iterable[Event], paper_id: int, position: int, previous: str) -> list[dict[str, Any]]:
    """New rows for events that follow ``previous``, the first of them at ``position``."""
    rows = []
    for rank, event in enumerate(events, start=position):
        facts = event.facts()
        personal = {name: facts.pop(name) for name in event.personal}
        # Where nothing is personal there is nothing to hide: the same fact always has the same link, and can be
        # told again by an archive that outlived the registry.
        salt, at = token_hex(16) if personal else "", instant(event.at)
        people = commitment(salt, personal)
        digest = link(previous, rank, event.kind, at, facts, people)
        rows.append(
            {
                "paper_id": paper_id,
                "position": rank,
                "kind": event.kind,
                "at": at,
                "facts": facts,
                "personal": personal,
                "salt": salt,
                "people": people,
                "sha256": facts["sha256"],
                "previous": previous,
                "digest": digest,
            }
        )
        previous = digest
    return rows


def plain_chain(paper: Row, events: Iterable[Row]) -> dict[str, Any]:
    """A paper and its events as plain JSON values, salts and digests included: what :func:`rows_from_chain` reads."""
    facts = {name: value for name, value in paper.items() if name != "id"}
    facts["starts_on"] = facts["starts_on"].isoformat()
    mine = [{name: value for name, value in event.items() if name not in {"id", "paper_id"}} for event in events]
    return {"paper": facts, "events": mine}


def rows_from_chain(chain: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rows of a chain, without the numbers that a registry gives.

    Raises:
        ValueError, LookupError, TypeError: it is no chain.
    """
    paper = {**chain["paper"], "starts_on": date.fromisoformat(chain["paper"]["starts_on"])}
    return paper, [dict(event) for event in chain["events"]]


def is_same(event: Event, row: Row) -> bool:
    """The row records the same fact, whenever it was first told. What was forgotten is not compared."""
    told = {**row["facts"], **row["personal"]}
    facts = event.facts()
    return event.kind == row["kind"] and all(facts[name] == told.get(name, facts[name]) for name in facts)


def record_from(row: Row, events: Sequence[Row]) -> PaperRecord:
    """The record of a paper row and its event rows, first to last.

    Raises:
        DiskError: STORE-05, an event of a kind that this program does not know.
    """
    return PaperRecord(
        **{name: row[name] for name in _PLAIN},
        starts_on=row["starts_on"],
        circuit=Circuit(tuple(_step(step) for step in row["circuit"])),
        signatories=tuple(Signatory(**person) for person in row["signatories"]),
        events=tuple(_event(event) for event in events),
        links=tuple(event["digest"] for event in events),
        head=events[-1]["digest"] if events else row["genesis"],
        id=row["id"],
    )


def _event(row: Row) -> Event:
    try:
        forgotten = dict.fromkeys(_PERSONAL[row["kind"]], "")
        facts = {**forgotten, **row["facts"], **row["personal"]}
        return event_from(row["kind"], datetime.fromisoformat(row["at"]), facts)
    except KeyError as unknown:
        raise newer_program(str(unknown.args[0])) from None


def newer_program(what: str) -> DiskError:
    """The registry holds something that only a later version of this program can have written."""
    return DiskError(
        "STORE-05",
        Text("the registry was written by a newer program: “{what}” is not known here", what=what),
        Text("install the newer version of conventions; this one changed nothing"),
    )
