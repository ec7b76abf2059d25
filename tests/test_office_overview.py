"""The campaign at a glance: read once, judged each day, true after every change."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from inspect import signature
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from conventions import pipeline
from conventions.model.event import EVENTS, Archived, Declined, Event, Issued, Recalled, Sealing, Sent, Signed
from conventions.office import Lookout, Office, Overview, chronicle
from conventions.signers import circuit_of, signatories
from conventions.store import PaperRecord
from tests.builders import EXAMPLES

ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The examples, of which nothing is issued yet."""
    root = tmp_path / "office"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("wrong"))
    with Office.open(root) as opened:
        yield opened


def look(office: Office, on: date = ON) -> Overview:
    return Lookout(office.workspace, office.registry).look(on, at_most=100)


def issue(office: Office, number: str, *roles: str) -> PaperRecord:
    """Its agreement is on its way, and these roles have signed."""
    source = pipeline.read(next(office.workspace.path("dossiers").glob(f"{number}-*")))
    settings, dossier = office.workspace.settings, source.dossier
    course = circuit_of(dossier, settings.circuit.circuit)
    people = signatories(dossier, course, settings.people.by_role)
    facts = ("convention", 1, "fr", digest("dossier"), digest("template"), dossier.schedule.start, dossier.is_abroad)
    record = PaperRecord(number, *facts, course, people)
    paper = office.registry.add_paper(record, (Issued(NOW, digest(number), 1, f"papers/{number}.pdf"),))
    for role in roles:
        paper = sign(office, paper, role)
    return paper


def sign(office: Office, paper: PaperRecord, role: str) -> PaperRecord:
    bytes_ = digest(paper.number + role)
    signed = Signed(NOW, role, "Somebody", "", NOW.isoformat(), bytes_, 2, f"papers/{paper.number}-{role}.pdf")
    return office.registry.append(paper.id, (signed,), expected_head=paper.head)


def stages(overview: Overview) -> dict[str, list[str]]:
    return {stage: sorted(one.number for one in held) for stage, held in overview.stages}


def test_every_dossier_stands_in_the_stage_that_its_agreement_has_reached(office: Office) -> None:
    issue(office, "2026-0001")
    issue(office, "2026-0002", "student")
    everybody = ("student", "company", "coordinator", "dean")
    issue(office, "2026-0003", *everybody)
    paper = issue(office, "2026-0004", *everybody)
    sealed = (Sealing(NOW, digest("sealed"), 3, "papers/sealed.pdf"), Archived(NOW, digest("sealed"), "archive/x"))
    office.registry.append(paper.id, sealed, expected_head=paper.head)
    paper = issue(office, "2026-0005")
    office.registry.append(paper.id, (Recalled(NOW, "wrong", digest("x")),), expected_head=paper.head)
    found = stages(look(office))
    assert found["student"] == ["2026-0001"]
    assert found["company"] == ["2026-0002"]
    assert found["coordinator"] == found["dean"] == []
    assert found["seal"] == ["2026-0003"]
    assert found["done"] == ["2026-0004"]
    assert found["again"] == ["2026-0005"]
    assert "2026-0007" in found["issue"]
    assert look(office).signed == 2


def test_the_stages_come_in_the_order_of_a_papers_life(office: Office) -> None:
    issue(office, "2026-0001")
    order = [stage for stage, _ in look(office).stages if stage != "correct"]
    assert order == ["issue", "student", "company", "coordinator", "dean", "seal", "archive", "done"]


def test_nothing_is_read_or_judged_twice_while_nothing_changes(office: Office) -> None:
    lookout = Lookout(office.workspace, office.registry)
    first = lookout.look(ON, at_most=100)
    assert lookout.look(ON, at_most=100) is first
    (path,) = office.workspace.path("dossiers").glob("2026-0001-*")
    os.utime(path, ns=(1, 1))
    again = lookout.look(ON, at_most=100)
    kept = [one for one in again.glances if any(one is other for other in first.glances)]
    assert {one.number for one in first.glances} - {one.number for one in kept} == {"2026-0001"}


def test_what_the_registry_records_shows_at_the_next_look(office: Office) -> None:
    lookout = Lookout(office.workspace, office.registry)
    assert (before := lookout.look(ON, at_most=100).of("2026-0001"))
    assert before.stage == "issue"
    paper = issue(office, "2026-0001")
    assert (turn := lookout.look(ON, at_most=100).of("2026-0001"))
    assert turn.stage == "student"
    sign(office, paper, "student")
    assert (later := lookout.look(ON, at_most=100).of("2026-0001"))
    assert later.stage == "company"


def test_another_day_is_judged_anew(office: Office) -> None:
    issue(office, "2026-0001")
    lookout = Lookout(office.workspace, office.registry)
    assert (early := lookout.look(ON, at_most=100).of("2026-0001"))
    assert not early.is_late
    assert (late := lookout.look(early.row.start, at_most=100).of("2026-0001"))
    assert late.is_late
    assert late.row in lookout.look(early.row.start, at_most=100).late


def test_a_purge_leaves_nothing_on_the_board(office: Office) -> None:
    lookout = Lookout(office.workspace, office.registry)
    paper = issue(office, "2026-0001")
    assert (before := lookout.look(ON, at_most=100).of("2026-0001"))
    assert before.row.waiting_for
    acts = office.registry.acts(b"of the office")
    acts.destroy(acts.subject(paper.number), [paper.id], NOW, {}, whole=True, number=paper.number)
    assert (after := lookout.look(ON, at_most=100).of("2026-0001"))
    assert after.papers == ()


def test_a_dossier_that_was_removed_is_gone_and_a_new_one_is_there(office: Office) -> None:
    lookout = Lookout(office.workspace, office.registry)
    before = {one.number for one in lookout.look(ON, at_most=100).glances}
    (path,) = office.workspace.path("dossiers").glob("2026-0001-*")
    aside = path.rename(path.with_suffix(".aside"))
    assert {one.number for one in lookout.look(ON, at_most=100).glances} == before - {"2026-0001"}
    aside.rename(path)
    assert {one.number for one in lookout.look(ON, at_most=100).glances} == before


def test_a_year_is_read_a_piece_at_a_time(office: Office) -> None:
    lookout = Lookout(office.workspace, office.registry)
    every = len(office.files(()))
    first = lookout.look(ON, at_most=4)
    assert (len(first.glances), first.unread) == (4, every - 4)
    while (overview := lookout.look(ON, at_most=4)).unread:
        pass
    assert len(overview.glances) == every
    assert {one.number for one in overview.glances} == {one.number for one in look(office).glances}


def test_a_file_that_cannot_be_read_says_so(office: Office) -> None:
    shutil.copy(EXAMPLES / "wrong" / "2026-0803-cannot-be-read.yaml", office.workspace.path("dossiers"))
    (broken,) = dict(look(office).stages)["unreadable"]
    assert broken.row.todo
    assert broken.dossier is None


def test_findings_that_come_of_comparing_are_among_a_dossiers_own(office: Office) -> None:
    (path,) = office.workspace.path("dossiers").glob("2026-0001-*")
    twin = path.with_name("2026-0901-twin.yaml")
    twin.write_text(path.read_text(encoding="utf-8").replace("2026-0001", "2026-0901"), encoding="utf-8")
    overview = look(office)
    assert (one := overview.of("2026-0901"))
    alone = pipeline.check(pipeline.read(twin), office.workspace.settings, ON)
    assert {finding.code for finding in one.findings} > {finding.code for finding in alone}
    assert (one.stage, {finding.code for finding in one.errors}) == ("correct", {"LAW-CAMPAIGN-01"})


@pytest.mark.parametrize("words", ["2026-0001", "lefevre", "LEFÈVRE camille", "Lefèvre 2026"])
def test_a_dossier_is_found_whatever_capitals_and_accents(office: Office, words: str) -> None:
    assert [one.number for one in look(office).find(words)] == ["2026-0001"]


@pytest.mark.parametrize("words", ["", "  ", "nobody-of-that-name"])
def test_a_search_for_nothing_finds_nothing(office: Office, words: str) -> None:
    assert look(office).find(words) == ()


def test_what_must_be_done_stands_together(office: Office) -> None:
    overview = look(office)
    rows = [row for _, of_todo in overview.today for row in of_todo]
    assert sorted(row.number for row in rows) == sorted(row.number for row in overview.rows if row.todo)
    assert len({str(todo) for todo, _ in overview.today}) == len(overview.today)


def test_each_date_is_due_in_its_week(office: Office) -> None:
    issue(office, "2026-0001")
    overview = look(office)
    weeks = overview.weeks(60)
    dated = [row for row in overview.rows if row.sign_by and row.sign_by >= weeks[0].monday]
    assert sum(week.due for week in weeks) == len(dated)
    assert sum(week.to_sign for week in weeks) == 1
    assert all(week.monday.weekday() == 0 for week in weeks)
    assert {after.monday - before.monday for before, after in pairwise(weeks)} == {timedelta(7)}


def test_turns_name_the_roles_that_keep_papers_waiting(office: Office) -> None:
    issue(office, "2026-0001")
    issue(office, "2026-0002", "student")
    issue(office, "2026-0003", "student")
    assert [(role, len(rows)) for role, rows in look(office).turns] == [("company", 2), ("student", 1)]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.kind)
def test_every_event_is_told_in_a_sentence(kind: type[Event]) -> None:
    facts: dict[str, Any] = {
        name: 1 if "int" in str(field.annotation) else "word" for name, field in signature(kind).parameters.items()
    }
    told = chronicle.told(kind(**facts | {"at": NOW}))
    assert str(told) != kind.kind
    assert "{" not in str(told)


@pytest.fixture
def far_away() -> Iterator[None]:
    """A machine whose clock is ten hours ahead of Paris."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Pacific/Noumea")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_a_signature_on_paper_is_of_the_day_beside_it_wherever_the_office_is(office: Office) -> None:
    paper = issue(office, "2026-0001")
    day = paper.starts_on
    signed = Signed(NOW, "student", "Somebody", "", day.isoformat(), digest("scan"), 2, "papers/x.pdf", level="paper")
    office.registry.append(paper.id, (signed,), expected_head=paper.head)
    (row,) = office.status(office.files([paper.number]), on=ON)
    assert f"signed on {day}" in str(row.todo)


def test_a_declined_paper_tells_why() -> None:
    assert "the dates" in str(chronicle.told(Declined(NOW, "company", "the dates", digest("x"))))
    assert "student" in str(chronicle.told(Sent(NOW, "student", "a@b.test", "<1>", digest("x"))))
