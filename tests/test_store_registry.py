"""The registry: a notebook that two people can use at once and that nobody can change unseen."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions.errors import ConventionsError, DiskError, NeverOverwrite, ServiceError, SettingsError
from conventions.model.event import (
    Archived,
    Bounced,
    Declined,
    Event,
    Expired,
    Issued,
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
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit, Signatory, Step
from conventions.store import PaperRecord, Registry, write_new

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PEOPLE = (
    Signatory("student", "Camille Lefèvre-Nguyễn", "", "camille@etu.univ-exemple.test", "fr"),
    Signatory("company", "Hélène Vasseur", "Directrice", "helene@atelier-nord.test", "fr", "ab" * 32),
)


def digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()


def record(number: str = "2026-0001", version: int = 1, document: str = "convention") -> PaperRecord:
    return PaperRecord(
        number=number,
        document=document,
        version=version,
        language="fr",
        dossier_digest=digest("dossier"),
        template_digest=digest("template"),
        starts_on=date(2026, 4, 13),
        abroad=False,
        circuit=DEFAULT_CIRCUIT,
        signatories=PEOPLE,
    )


def issued(word: str = "issued") -> Issued:
    return Issued(NOW, digest(word), 1000, f"papers/{word}.pdf")


def sent(role: str = "student", to: str = "camille@etu.univ-exemple.test", word: str = "issued") -> Sent:
    return Sent(NOW, role, to, f"<{role}@univ-exemple.test>", digest(word))


def signed(role: str, word: str) -> Signed:
    at = NOW + timedelta(days=1)
    return Signed(at, role, "Camille", "cd" * 32, at.isoformat(), digest(word), 2000, f"papers/{word}.pdf")


def server_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a private server on loopback, made for these tests and gone after them."""
    programs = server_bin()
    if programs is None:
        pytest.fail("PostgreSQL is not installed: run setup/system.sh tests")
    # The server refuses to run as root.
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="conventions-postgresql-") as home:
        if other:
            shutil.chown(home, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = f"{home}/data"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [*other, str(programs / program), "-D", data, *arguments],
                check=True,
                cwd=home,
                stdout=subprocess.DEVNULL,
            )

        run("initdb", "-A", "trust", "-U", "office", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run("pg_ctl", "-l", f"{home}/log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://office@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    import psycopg

    server: str = request.getfixturevalue("postgresql")
    name = f"t{digest(str(tmp_path))[:16]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server}/{name}"


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    with Registry.open(url) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite3"


def only(rows: Iterator[PaperRecord]) -> PaperRecord:
    (paper,) = rows
    return paper


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


# ── interrupted ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_command_killed_between_file_and_event_can_be_run_again(tmp_path: Path, file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        paper = registry.add_paper(record(), [issued()])
    write_new(tmp_path / "papers/one.pdf", b"one")  # the file was written, then the power went
    with Registry.open(f"sqlite:///{file}") as registry:
        assert only(registry.papers()) == paper
        write_new(tmp_path / "papers/one.pdf", b"one")
        after = registry.append(paper.id, [signed("student", "one")], expected_head=paper.head)
    assert after.signed_roles == ("student",)


def test_a_process_killed_inside_an_append_leaves_the_paper_as_it_was(file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        before = registry.add_paper(record(), [issued()])
    program = (
        "import os, signal, sys; sys.path[:0] = sys.argv[2:]\n"
        "from test_store_registry import *\n"
        "from sqlalchemy import event\n"
        "registry = Registry.open(sys.argv[1])\n"
        "paper = next(registry.papers())\n"
        "@event.listens_for(registry._engine, 'commit')\n"
        "def die(connection): os.kill(os.getpid(), signal.SIGKILL)\n"
        "registry.append(paper.id, [sent(), signed('student', 'one')], expected_head=paper.head)\n"
    )
    arguments = [f"sqlite:///{file}", str(Path(__file__).parent), *sys.path]
    ended = subprocess.run([sys.executable, "-c", program, *arguments])
    assert ended.returncode == -signal.SIGKILL
    with Registry.open(f"sqlite:///{file}") as registry:
        assert only(registry.papers()) == before
        after = registry.append(before.id, [sent(), signed("student", "one")], expected_head=before.head)
        assert registry.verify_chain(after) == ()


def test_a_full_disk_is_said_in_plain_words_and_the_registry_lives_on(tmp_path: Path) -> None:
    place = tmp_path / "tiny"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this user may not mount a tmpfs")
    try:
        with Registry.open(f"sqlite:///{place}/registry.sqlite3") as registry:
            paper = registry.add_paper(record(), [issued()])
            many = [changed(sent(), role=f"{rank}", to="x" * 200) for rank in range(2000)]
            with pytest.raises(DiskError) as caught:
                registry.append(paper.id, many, expected_head=paper.head)
            assert caught.value.code == "DISK-01"
            assert only(registry.papers()) == paper
    finally:
        subprocess.run(["umount", str(place)], check=True)


# ── what was tampered with ───────────────────────────────────────────────────────────────────────────────


TAMPERING = {
    "STORE-10": [
        "UPDATE paper SET starts_on = '2026-05-04'",
        "UPDATE paper SET circuit = '[]'",
        "UPDATE paper SET signatories = '[]'",
        "UPDATE paper SET dossier_digest = template_digest",
    ],
    "STORE-11": [
        "UPDATE event SET at = '2026-01-01T00:00:00.000000+00:00' WHERE position = 0",
        "UPDATE event SET kind = 'sealed' WHERE position = 0",
        "UPDATE event SET facts = json_set(facts, '$.length', 1) WHERE position = 0",
        "UPDATE event SET personal = json_set(personal, '$.signer', 'Mallory') WHERE position = 2",
        "UPDATE event SET personal = '{}' WHERE position = 1",
        "UPDATE event SET sha256 = digest WHERE position = 2",
    ],
    "STORE-12": [
        "DELETE FROM event WHERE position = 1",
        "UPDATE event SET position = position + 10 WHERE position = 2",
        "UPDATE event SET previous = digest WHERE position = 1",
    ],
    "STORE-13": ["DELETE FROM event WHERE position = 2", "DELETE FROM event", "DELETE FROM paper"],
}


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, many in TAMPERING.items() for change in many])
def test_a_change_behind_the_programs_back_is_found(file: Path, code: str, change: str) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        paper = registry.add_paper(record(), [issued(), sent(), signed("student", "one")])
        assert registry.verify_chain(paper) == ()
        with sqlite3.connect(file) as connection:
            connection.execute(change)
        assert code in {finding.code for finding in registry.verify_chain(paper)}


def test_a_forged_event_at_the_end_is_found(file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        paper = registry.add_paper(record(), [issued()])
        with sqlite3.connect(file) as connection:
            same = "paper_id, at, facts, personal, salt, people, sha256"
            forged = f"SELECT {same}, 1, 'sealed', digest, 'f00' FROM event"  # noqa: S608
            connection.execute(f"INSERT INTO event ({same}, position, kind, previous, digest) {forged}")
        assert {finding.code for finding in registry.verify_chain(paper)} == {"STORE-11"}


# ── what is forgotten ────────────────────────────────────────────────────────────────────────────────────


SECRET = b"of the office" * 3


def test_a_purge_takes_one_paper_with_all_that_happened_to_it_and_leaves_the_others(registry: Registry) -> None:
    paper = registry.add_paper(record(), [issued(), sent(), signed("student", "one")])
    registry.challenges(SECRET).new(paper.id, "student", "camille@etu.univ-exemple.test", digest("issued"), NOW)
    other = registry.add_paper(record("2026-0002"), [issued("other")])
    acts = registry.acts(SECRET)
    registry.links(SECRET).new("sign", paper.id, "student", "camille@etu.univ-exemple.test", NOW, timedelta(1))
    for about in (paper.number, f"{paper.number}/amendment-1", other.number):
        registry.deeds().note("looked", NOW, account_id=None, about=(about,))
    gone = acts.subject(paper.number)
    proof = acts.destroy(gone, [paper.id], NOW, {"heads": [paper.head]}, whole=True, number=paper.number)
    acts.compact()
    assert only(registry.papers()) == other
    assert [deed.about for deed in registry.deeds().latest(9)] == [other.number, "", ""]
    assert registry.by_digest(digest("issued")) is None
    assert acts.all() == (proof,)
    assert (acts.broken(), registry.verify_chain(other)) == ((), ())


def test_after_a_purge_no_personal_word_is_left_in_the_file(file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        paper = registry.add_paper(record(), [issued(), sent(), signed("student", "one")])
        acts = registry.acts(SECRET)
        acts.record("held", paper.number, NOW, {}, {"number": paper.number, "reason": "Camille disputes it"})
        assert all(word in file.read_bytes() for word in (b"camille@", b"disputes", b"2026-0001"))
        acts.destroy(acts.subject(paper.number), [paper.id], NOW, {}, whole=True)
        assert acts.broken() == ()
    rest = file.read_bytes()
    words = (b"camille@", b"Vasseur", b"Camille", b"cdcdcd", b"abab", b"disputes", b"2026-0001")
    assert not [word for word in words if word in rest]


def test_a_copy_is_the_registry_at_one_instant_with_no_page_that_holds_what_went(file: Path, tmp_path: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        with sqlite3.connect(file) as connection:  # a program that did not overwrite what it deleted
            connection.execute("PRAGMA secure_delete = OFF")
            connection.execute("CREATE TABLE old (word TEXT)")
            connection.executemany("INSERT INTO old VALUES (?)", [("a forgotten word" * 50,)] * 50)
            connection.execute("DELETE FROM old")
        paper = registry.add_paper(record(), [issued()])
        assert b"forgotten" in file.read_bytes()
        copy = registry.snapshot()
        registry.acts(SECRET).compact()
    assert copy
    assert b"forgotten" not in copy
    assert b"forgotten" not in file.read_bytes()
    (tmp_path / "copy.sqlite3").write_bytes(copy)
    with Registry.open(f"sqlite:///{tmp_path / 'copy.sqlite3'}") as again:
        assert only(again.papers()) == paper


def test_what_acts_say_of_people_is_emptied_in_time_but_for_a_hold(registry: Registry) -> None:
    acts = registry.acts(SECRET)
    for kind, number in (("exported", "2026-0001"), ("held", "2026-0002"), ("held", "2026-0003")):
        acts.record(kind, number, NOW, {}, {"by": "secretary"})
    acts.record("lifted", "2026-0003", NOW + timedelta(days=1), {}, {"by": "secretary"})
    assert acts.blank(NOW + timedelta(hours=1)) == 2
    assert [act.personal for act in acts.all()] == [{}, {"by": "secretary"}, {}, {"by": "secretary"}]
    assert acts.broken() == ()


def test_what_stands_for_a_number_cannot_be_guessed_without_the_secret(registry: Registry) -> None:
    assert registry.acts(SECRET).subject("2026-0001") == registry.acts(SECRET).subject("2026-0001")
    assert registry.acts(SECRET).subject("2026-0001") != registry.acts(b"another").subject("2026-0001")
    assert registry.acts(SECRET).subject("2026-0001") != sha256(b"2026-0001").hexdigest()


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────


def test_opening_twice_changes_nothing(url: str) -> None:
    with Registry.open(url) as registry:
        paper = registry.add_paper(record(), [issued()])
    with Registry.open(url) as registry:
        assert only(registry.papers()) == paper


def test_the_migrations_make_the_tables_that_the_program_expects(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from conventions.store.schema import HEAD, METADATA

    with Registry.open(url) as registry, registry._engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, METADATA) == []


def test_the_revision_of_the_program_is_the_last_migration() -> None:
    from alembic.script import ScriptDirectory

    from conventions.store import opening, schema

    assert ScriptDirectory(str(opening._MIGRATIONS)).get_current_head() == schema.HEAD


def test_a_registry_of_a_newer_program_is_left_alone(url: str) -> None:
    from sqlalchemy import text

    with Registry.open(url) as registry, registry._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DiskError) as caught:
        Registry.open(url)
    assert caught.value.code == "STORE-05"
    assert "9999" in str(caught.value.message)


def test_an_event_of_an_older_program_lacks_what_was_not_recorded_then(file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        registry.add_paper(record(), [issued(), signed("student", "one")])
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE event SET facts = json_remove(facts, '$.received') WHERE kind = 'signed'")
        paper = registry.find("2026-0001", "convention")
    assert paper is not None
    assert paper.events[-1] == signed("student", "one")


def test_an_event_of_a_newer_program_is_not_misread(file: Path) -> None:
    with Registry.open(f"sqlite:///{file}") as registry:
        registry.add_paper(record(), [issued()])
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE event SET kind = 'delegated'")
        with pytest.raises(DiskError) as caught:
            registry.find("2026-0001", "convention")
    assert caught.value.code == "STORE-05"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "registry.sqlite3",
        "mysql://office@localhost/x",
        "oracle://x",
        "nonsense://x",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_a_remedy(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Registry.open(address)
    assert caught.value.code == "STORE-04"


def test_a_file_that_is_no_database_is_not_touched(file: Path) -> None:
    file.write_bytes(b"a letter to my mother " * 100)
    with pytest.raises(DiskError) as caught:
        Registry.open(f"sqlite:///{file}")
    assert caught.value.code == "STORE-06"
    assert file.read_bytes() == b"a letter to my mother " * 100


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(DiskError) as caught:
        Registry.open(f"sqlite:///{tmp_path}/nowhere/registry.sqlite3")
    assert caught.value.code == "STORE-06"
    assert "nowhere" in caught.value.place


def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    pytest.importorskip("psycopg", reason="the driver of conventions[postgresql] is not installed")
    with pytest.raises(ServiceError) as caught:
        Registry.open("postgresql://office:correct-horse@127.0.0.1:1/registry")
    told = f"{caught.value.message} {caught.value.fix} {caught.value.place}"
    assert caught.value.code == "STORE-07"
    assert "correct-horse" not in told


def test_naming_the_hand_does_not_load_the_database_library() -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]; from conventions.store import PaperRecord, archive, write_new\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('sqlalchemy', 'alembic')])"
    )
    told = subprocess.run([sys.executable, "-c", program, *sys.path], check=True, capture_output=True, text=True)
    assert json.loads(told.stdout) == []
