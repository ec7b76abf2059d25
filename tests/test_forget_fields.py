"""Every field of the model and every event says what it must forget, beside its definition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest

from conventions.intake import read
from conventions.model.dossier import Dossier
from conventions.model.event import EVENTS, Event
from conventions.model.party import Official
from conventions.model.privacy import declared, identifying, people
from conventions.model.record import Forgets, Record
from conventions.shipped import shipped

EXAMPLES = sorted((shipped("examples") / "dossiers").glob("*.yaml"))


def records_in(annotation: Any) -> set[type[Record]]:
    """The records that a field may hold, however they are wrapped."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return {annotation}
    return {kind for inner in get_args(annotation) for kind in records_in(inner)}


def reached(kind: type[Record], seen: set[type[Record]]) -> Iterator[type[Record]]:
    """A record and every other one that stands in it and is not declared as a whole."""
    if kind in seen:
        return
    seen.add(kind)
    yield kind
    fates = declared(kind)
    for name, field in kind.model_fields.items():
        if name not in {*fates.identifies, *fates.tells, *fates.general}:
            for inner in records_in(field.annotation):
                yield from reached(inner, seen)


RECORDS = [*reached(Dossier, set()), Official]


def undeclared(kind: type[Record]) -> set[str]:
    fates = declared(kind)
    told = {*fates.identifies, *fates.tells, *fates.general}
    return {name for name, field in kind.model_fields.items() if name not in told and not records_in(field.annotation)}


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_field_of_a_dossier_is_declared_once(kind: type[Record]) -> None:
    fates = declared(kind)
    told = [*fates.identifies, *fates.tells, *fates.general]
    assert undeclared(kind) == set()
    assert set(told) <= set(kind.model_fields)
    assert len(set(told)) == len(told)


def test_a_field_that_is_added_and_not_declared_is_found() -> None:
    class WithMore(Official):
        nickname: str = ""
        seen_on: date | None = None

    class Declared(WithMore):
        forgets = Forgets(identifies=("nickname",), tells=("seen_on",))

    assert undeclared(WithMore) == {"nickname", "seen_on"}
    assert undeclared(Declared) == set()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_every_event_declares_its_personal_fields_beside_them(event: type[Event]) -> None:
    """That none is missing is in test_completeness; here, that who is written to or acts is never left out."""
    names = {"to", "signer", "name", "email", "by", "reason", "message_id", "fingerprint", "answers", "signers"}
    fields = set(event.__dataclass_fields__)
    assert names & fields <= set(event.personal)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem[:9])
def test_everybody_in_a_dossier_is_found_by_name_and_address(path: Any) -> None:
    dossier = read(path).dossier
    words = identifying(dossier)
    everybody = dict(people(dossier))
    assert {"student", "host.representative", "tutor"} <= set(everybody)
    for person in everybody.values():
        assert {person.name, person.email} <= words
    assert dossier.student.student_number in words
    assert dossier.student.address.street in words
    assert dossier.host.name not in words
    assert not [word for word in words if len(word) < 5]
