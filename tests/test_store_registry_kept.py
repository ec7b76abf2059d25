"""The registry when things go wrong: interrupted, tampered with, purged, opened by another program."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace as changed
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from conventions.errors import DiskError, ServiceError, SettingsError
from conventions.store import Registry, write_new
from tests.registries import NOW, digest, issued, only, record, sent, signed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite3"


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
