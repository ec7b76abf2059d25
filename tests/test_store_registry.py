"""The registry: a notebook that two people can use at once and that nobody can change unseen."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace as changed
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions.errors import ConventionsError, NeverOverwrite
from conventions.model.event import (
    Archived,
    Bounced,
    Declined,
    Event,
    Expired,
    Opened,
    Recalled,
    Refusal,
    Reminded,
    Replaced,
    Sealing,
    Sent,
    Signed,
    Superseded,
    Undelivered,
)
from conventions.model.roles import Circuit, Step
from conventions.store import PaperRecord, Registry
from tests.registries import NOW, PEOPLE, digest, issued, only, record, sent, signed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite3"


# ── what is remembered ───────────────────────────────────────────────────────────────────────────────────


def test_a_paper_comes_back_as_it_was_told(registry: Registry) -> None:
    told = registry.add_paper(record(), [issued(), sent()])
    read = registry.find("2026-0001", "convention")
    assert read == told
    assert read == changed(record(), events=(issued(), sent()), links=told.links, head=told.head, id=told.id)
    assert told.links[-1] == told.head


def test_every_kind_of_event_comes_back_equal(registry: Registry) -> None:
    events: tuple[Event, ...] = (
        issued(),
        sent(),
        Opened(NOW, "student", digest("issued")),
        Reminded(NOW, "student", "camille@etu.univ-exemple.test", "<r@univ-exemple.test>", 1, digest("issued")),
        Undelivered(NOW, "student", "camille@etu.univ-exemple.test", "MAIL-02", digest("issued")),
        Bounced(NOW, "student", "camille@etu.univ-exemple.test", "<r@univ-exemple.test>", "5.1.1", digest("issued")),
        Refusal(NOW, "GATE-02", digest("bad"), "refused/Lefèvre.pdf"),
        signed("student", "one"),
        Replaced(NOW, "company", "Zoé Kim", "PDG", "zoe@hote.test", "fr", "", "congé", "", digest("one")),
        *(signed(role, role) for role in ("company", "coordinator", "dean")),
        Sealing(NOW, digest("sealed"), 5000, "papers/sealed.pdf"),
        Archived(NOW, digest("sealed"), "archive/2025-2026/2026-0001/convention-v1"),
    )
    paper = registry.add_paper(record(), events[:1])
    paper = registry.append(paper.id, events[1:], expected_head=paper.head)
    assert registry.find("2026-0001", "convention") == paper
    assert paper.events == events
    assert (paper.state, paper.signed_roles) == ("archived", ("student", "company", "coordinator", "dean"))
    assert paper.signatory("company").name == "Zoé Kim"


def test_the_present_bytes_are_those_of_the_last_event_that_changed_them(registry: Registry) -> None:
    paper = registry.add_paper(record(), [issued()])
    assert paper.current == issued()
    paper = registry.append(paper.id, [signed("student", "one"), sent("company")], expected_head=paper.head)
    assert paper.current is not None
    assert paper.current.file == "papers/one.pdf"
    assert (paper.state, paper.last(Sent)) == ("waiting", sent("company"))


def test_a_paper_before_its_issue_has_no_bytes_and_no_state() -> None:
    assert record().current is None
    assert record().state == "draft"
    assert record().last(Signed) is None


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (Declined(NOW, "student", "autre offre", digest("issued")), "declined"),
        (Recalled(NOW, "dates", digest("issued")), "recalled"),
        (Expired(NOW, digest("issued")), "expired"),
    ],
)
def test_a_paper_that_has_ended_takes_no_signature_any_more(registry: Registry, ending: Event, state: str) -> None:
    paper = registry.add_paper(record(), [issued()])
    paper = registry.append(paper.id, [ending], expected_head=paper.head)
    assert (paper.state, paper.has_ended) == (state, True)
    with pytest.raises(NeverOverwrite) as caught:
        registry.append(paper.id, [signed("student", "one")], expected_head=paper.head)
    assert caught.value.code == "STORE-08"
    paper = registry.append(paper.id, [Superseded(NOW, 2, digest("issued"))], expected_head=paper.head)
    assert paper.state == "superseded"


def test_nothing_is_recorded_of_several_events_when_one_of_them_cannot_be(registry: Registry) -> None:
    paper = registry.add_paper(record(), [issued()])
    with pytest.raises(NeverOverwrite):
        registry.append(
            paper.id,
            [signed("student", "one"), Archived(NOW, digest("one"), "archive")],
            expected_head=paper.head,
        )
    assert only(registry.papers()).events == (issued(),)


def test_an_instant_from_another_time_zone_is_the_same_instant(registry: Registry) -> None:
    summer = timezone(timedelta(hours=2))
    paper = registry.add_paper(record(), [changed(issued(), at=NOW.astimezone(summer))])
    assert only(registry.papers()).events[0].at == NOW
    assert registry.verify_chain(paper) == ()


def test_a_naive_instant_is_a_fault_of_the_caller(registry: Registry) -> None:
    with pytest.raises(ValueError, match="aware"):
        registry.add_paper(record(), [changed(issued(), at=NOW.replace(tzinfo=None))])
    assert list(registry.papers()) == []


def test_the_circuit_of_a_paper_is_the_one_it_was_issued_with(registry: Registry) -> None:
    five = Circuit((Step(("student", "legal_representative"), 3), Step(("company", "tutor"), 5), Step(("dean",), 2)))
    registry.add_paper(changed(record(), circuit=five), [issued()])
    assert only(registry.papers()).circuit == five


def test_without_a_version_the_latest_is_found(registry: Registry) -> None:
    for version in (1, 2, 3):
        registry.add_paper(record(version=version), [issued(f"v{version}")])
    latest = registry.find("2026-0001", "convention")
    first = registry.find("2026-0001", "convention", 1)
    assert latest is not None
    assert first is not None
    assert (latest.version, first.version) == (3, 1)
    assert registry.find("2026-0001", "amendment") is None
    assert registry.find("2026-0001", "convention", 4) is None


def test_a_paper_is_found_by_any_bytes_it_ever_had_but_not_by_refused_ones(registry: Registry) -> None:
    registry.add_paper(record("2026-0009"), [issued("other")])
    paper = registry.add_paper(record(), [issued()])
    refusal = Refusal(NOW, "GATE-02", digest("bad"), "refused/bad.pdf")
    paper = registry.append(paper.id, [refusal, signed("student", "one")], expected_head=paper.head)
    assert registry.by_digest(digest("issued")) == paper
    assert registry.by_digest(digest("one")) == paper
    assert registry.by_digest(digest("bad")) is None
    assert registry.by_digest(digest("never seen")) is None


def test_papers_come_in_order_page_by_page_while_others_are_written(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conventions.store.registry._PAGE", 2)
    for rank in (5, 3, 1, 4, 2):
        registry.add_paper(record(f"2026-000{rank}"), [issued(str(rank)), sent()])
    seen = []
    for paper in registry.papers():
        registry.append(paper.id, [sent("company")], expected_head=paper.head)
        seen.append(paper.number)
    assert seen == [f"2026-000{rank}" for rank in (1, 2, 3, 4, 5)]
    assert all(len(paper.events) == 3 for paper in registry.papers())


def test_papers_that_a_later_version_replaced_are_told_only_when_asked_for(registry: Registry) -> None:
    registry.add_paper(record("2026-0001", 1), [issued("a")])
    registry.add_paper(record("2026-0001", 2), [issued("b")])
    registry.add_paper(record("2026-0002", 1), [issued("c")])
    registry.add_paper(record("2026-0001", 1, "amendment"), [issued("d")])
    keys = [paper.key for paper in registry.papers()]
    assert keys == [("2026-0001", "amendment", 1), ("2026-0001", "convention", 2), ("2026-0002", "convention", 1)]
    assert len(list(registry.papers(every_version=True))) == 4
    assert [paper.key for paper in registry.papers(number="2026-0002")] == [("2026-0002", "convention", 1)]
    assert [paper.document for paper in registry.papers(document="amendment")] == ["amendment"]


# ── again, and against each other ────────────────────────────────────────────────────────────────────────


def test_the_same_paper_told_twice_is_remembered_once(registry: Registry) -> None:
    first = registry.add_paper(record(), [issued()])
    first = registry.append(first.id, [sent()], expected_head=first.head)
    again = registry.add_paper(record(), [changed(issued(), at=NOW + timedelta(hours=1))])
    assert again == first
    assert only(registry.papers()) == first


@pytest.mark.parametrize(
    "other",
    [
        (changed(record(), dossier_digest=digest("changed dossier")), [issued()]),
        (changed(record(), starts_on=date(2026, 5, 4)), [issued()]),
        (changed(record(), signatories=PEOPLE[:1]), [issued()]),
    ],
)
def test_another_paper_under_the_same_number_is_refused(
    registry: Registry, other: tuple[PaperRecord, list[Event]]
) -> None:
    first = registry.add_paper(record(), [issued()])
    with pytest.raises(NeverOverwrite) as caught:
        registry.add_paper(*other)
    assert caught.value.code == "STORE-02"
    assert only(registry.papers()) == first


def test_of_two_people_who_issue_the_same_paper_at_once_the_second_is_told_to_look_again(registry: Registry) -> None:
    first = registry.add_paper(record(), [issued()])
    with pytest.raises(NeverOverwrite) as caught:
        registry.add_paper(record(), [issued("a moment later")])
    assert caught.value.code == "STORE-03"
    assert only(registry.papers()) == first


def test_the_same_event_told_twice_is_recorded_once(registry: Registry) -> None:
    paper = registry.add_paper(record(), [issued()])
    first = registry.append(paper.id, [sent()], expected_head=paper.head)
    later = changed(sent(), at=NOW + timedelta(hours=1))
    assert registry.append(paper.id, [later], expected_head=first.head) == first
    assert registry.append(paper.id, [later], expected_head=paper.head) == first


def test_an_append_that_has_not_seen_the_last_event_is_refused(registry: Registry) -> None:
    paper = registry.add_paper(record(), [issued()])
    ahead = registry.append(paper.id, [signed("student", "one")], expected_head=paper.head)
    with pytest.raises(NeverOverwrite) as caught:
        registry.append(paper.id, [signed("student", "two")], expected_head=paper.head)
    assert caught.value.code == "STORE-03"
    assert "run it again" in str(caught.value.fix)
    assert only(registry.papers()) == ahead


def test_an_append_to_no_paper_is_a_fault_of_the_caller(registry: Registry) -> None:
    with pytest.raises(KeyError):
        registry.append(4711, [sent()], expected_head="")


def _sign_as(url: str, start: object, number: int) -> str:
    with Registry.open(url) as registry:
        paper = registry.find("2026-0001", "convention")
        assert paper is not None
        start.wait()  # type: ignore[attr-defined]
        try:
            registry.append(paper.id, [signed("student", f"by {number}")], expected_head=paper.head)
        except ConventionsError as error:
            return error.code
    return "signed"


def test_two_secretaries_at_once_cannot_advance_the_same_paper_twice(url: str) -> None:
    with Registry.open(url) as registry:
        registry.add_paper(record(), [issued()])
    processes = multiprocessing.get_context("spawn")
    with processes.Manager() as manager, processes.Pool(4) as pool:
        start = manager.Barrier(4)
        outcomes = pool.starmap(_sign_as, [(url, start, number) for number in range(4)], chunksize=1)
    assert sorted(outcomes) == ["STORE-03", "STORE-03", "STORE-03", "signed"]
    with Registry.open(url) as registry:
        paper = only(registry.papers())
        assert paper.signed_roles == ("student",)
        assert registry.verify_chain(paper) == ()


def _open_and_add(url: str, start: object, number: int) -> int:
    start.wait()  # type: ignore[attr-defined]
    with Registry.open(url) as registry:
        registry.add_paper(record(), [issued()])
        return registry.add_paper(record(f"2026-{number:04}"), [issued(str(number))]).id


def test_programs_that_start_at_once_make_one_registry(url: str) -> None:
    processes = multiprocessing.get_context("spawn")
    with processes.Manager() as manager, processes.Pool(4) as pool:
        start = manager.Barrier(4)
        ids = pool.starmap(_open_and_add, [(url, start, number) for number in range(2, 6)], chunksize=1)
    assert len(set(ids)) == 4
    with Registry.open(url) as registry:
        assert [paper.number for paper in registry.papers()] == [f"2026-{number:04}" for number in range(1, 6)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=6), repeats=st.integers(1, 2))
def test_however_often_facts_are_told_each_is_recorded_once_and_the_chain_holds(
    tmp_path: Path, batches: list[list[int]], repeats: int
) -> None:
    place = tmp_path / "any.sqlite3"
    place.unlink(missing_ok=True)
    with Registry.open(f"sqlite:///{place}") as registry:
        paper = registry.add_paper(record(), [issued()])
        for batch in batches * repeats:
            events = [sent(f"role{rank}") for rank in dict.fromkeys(batch)]
            paper = registry.append(paper.id, events, expected_head=paper.head)
        told = dict.fromkeys(rank for batch in batches for rank in batch)
        assert paper.events == (issued(), *(sent(f"role{rank}") for rank in told))
        assert registry.verify_chain(paper) == ()
