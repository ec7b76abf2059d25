"""A backup is a whole office at one instant; restored, it agrees with itself; nothing is ever overwritten."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from conventions.store import Registry, alone
from tests.offices import a_short_bureau, cut_off, papers_of
from tests.purges import live
from tests.workspaces import Bureau

NOT_SAVED = ("registry.sqlite3", ".keeping.lock")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office with one archived agreement and one that waits; no test changes it."""
    with a_short_bureau(tmp_path_factory.mktemp("saved")) as bureau:
        live(bureau)
        yield bureau


def test_what_is_restored_is_what_was_saved_and_the_audit_says_so(bureau: Bureau, tmp_path: Path) -> None:
    answer = bureau.run("backup", tmp_path / "one.tar")
    assert "files saved" in answer.out
    answer = bureau.run("restore", tmp_path / "one.tar", tmp_path / "again")
    assert answer.out.count("everything agrees") == 2
    again = Bureau(tmp_path / "again", bureau.pki)
    assert again.everything(*NOT_SAVED) == bureau.everything(*NOT_SAVED)
    assert papers_of(again) == papers_of(bureau)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "one.tar"]


def test_a_folder_that_is_named_instead_of_a_backup_is_what_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    source = tmp_path / "backups"
    source.mkdir()
    told = bureau.run("restore", source, tmp_path / "again", expect=12)
    assert f"{source}  DISK-02" in told.err
    assert not (tmp_path / "again").exists()


def test_a_backup_in_a_folder_is_named_by_its_instant_and_only_its_owner_reads_it(
    bureau: Bureau, tmp_path: Path
) -> None:
    (row,) = bureau.run("backup", tmp_path, "--json").json
    (made,) = tmp_path.iterdir()
    assert row["file"] == str(made)
    assert made.name.startswith("conventions-2")
    assert made.stat().st_mode & 0o777 == 0o600


def test_a_backup_inside_the_workspace_does_not_save_itself(bureau: Bureau, tmp_path: Path) -> None:
    bureau = bureau.copy(tmp_path / "bureau")
    bureau.run("backup", bureau.root / "one.tar")
    with tarfile.open(bureau.root / "one.tar") as packed:
        names = packed.getnames()
    assert "one.tar" not in names
    assert not [name for name in names if ".backup-" in name]
    assert names[0] == "registry.sqlite3"
    assert names[-1] == "BACKUP.json"


def test_a_folder_for_backups_inside_the_workspace_is_made_and_no_backup_holds_another(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau = bureau.copy(tmp_path / "bureau")
    bureau.run("backup", bureau.root / "by-hand.tar")
    bureau.run("backup", f"{bureau.root}/backups/")  # as the README shows it; the folder is not there yet
    bureau.run("backup", bureau.root / "backups" / "again.tar")
    for path in (bureau.root / "backups").iterdir():
        with tarfile.open(path) as packed:
            assert [name for name in packed.getnames() if name.endswith(".tar")] == ["by-hand.tar"]
    bureau.run("backup", bureau.root / "second.tar")
    with tarfile.open(bureau.root / "second.tar") as packed:
        assert not [name for name in packed.getnames() if "by-hand" in name or "backups/conventions-" in name]


def test_a_folder_is_no_backup_and_is_not_blamed_on_the_workspace_to_be(bureau: Bureau, tmp_path: Path) -> None:
    assert f"{bureau.root}  DISK-02" in bureau.run("restore", bureau.root, tmp_path / "again", expect=12).err
    assert not (tmp_path / "again").exists()


def test_a_backup_that_was_killed_leaves_no_backup_and_is_tidied_up_by_a_later_one(
    bureau: Bureau, tmp_path: Path
) -> None:
    folder = bureau.copy(tmp_path / "bureau").root / "backups"
    folder.mkdir()
    inside = Bureau(folder.parent, bureau.pki)
    writes = cut_off(inside, 0, "backup", folder / "whole.tar").writes
    cut_off(inside, len(writes) - 3, "backup", folder / "cut.tar")
    (left,) = folder.glob(".backup-*")
    assert not (folder / "cut.tar").exists()
    os.utime(left, (left.stat().st_mtime - 2 * 86400,) * 2)
    inside.run("backup", folder / "next.tar")
    assert sorted(path.name for path in folder.iterdir()) == ["next.tar", "whole.tar"]


def test_neither_a_backup_nor_a_workspace_is_overwritten(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "one.tar").write_bytes(b"older")
    assert "BACKUP-01" in bureau.run("backup", tmp_path / "one.tar", expect=7).err
    assert (tmp_path / "one.tar").read_bytes() == b"older"
    bureau.run("backup", tmp_path / "two.tar")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "note").write_bytes(b"mine")
    assert "BACKUP-02" in bureau.run("restore", tmp_path / "two.tar", tmp_path / "taken", expect=7).err
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["note"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "missing"])
def test_a_damaged_backup_restores_nothing(bureau: Bureau, tmp_path: Path, damage: str) -> None:
    bureau.run("backup", tmp_path / "one.tar")
    data = bytearray((tmp_path / "one.tar").read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        with tarfile.open(fileobj=BytesIO(data)) as packed:
            data[packed.getmembers()[3].offset_data] ^= 1
    elif damage == "foreign":
        data = bytearray(b"no backup at all" * 1000)
    (tmp_path / "two.tar").write_bytes(data)
    name = "none.tar" if damage == "missing" else "two.tar"
    answer = bureau.run("restore", tmp_path / name, tmp_path / "again", expect=12)
    assert "Traceback" not in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.tar", "two.tar"]


def test_a_backup_that_leads_out_of_its_folder_restores_nothing(bureau: Bureau, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as packed:
        member = tarfile.TarInfo("../out")
        member.size = 2
        packed.addfile(member, BytesIO(b"no"))
    bureau.run("restore", tmp_path / "bad.tar", tmp_path / "again", expect=12)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tar"]


WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=20)
connection.execute("CREATE TABLE IF NOT EXISTS noise (word TEXT)")
print("ready", flush=True)
for n in range(100_000):
    with connection:
        connection.execute("INSERT INTO noise VALUES (?)", (str(n) * 500,))
    time.sleep(0.005)  # leaves the others a moment, as people do
"""


def test_a_backup_is_whole_while_others_write(bureau: Bureau, tmp_path: Path) -> None:
    bureau = bureau.copy(tmp_path / "bureau")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, bureau.root / "registry.sqlite3"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
        for rank in range(3):
            bureau.run("backup", tmp_path / f"{rank}.tar")
    finally:
        writer.kill()
        writer.wait()
    for rank in range(3):
        bureau.run("restore", tmp_path / f"{rank}.tar", tmp_path / f"again-{rank}")
        with closing(sqlite3.connect(tmp_path / f"again-{rank}" / "registry.sqlite3")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_came_after_the_copy_of_the_registry_is_taken_in_by_a_repair(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the copy of the registry and that of the files somebody signs."""
    bureau = bureau.copy(tmp_path / "bureau")
    second = bureau.numbers[1]
    key, first_copy = bureau.key(second, "student"), Registry.snapshot

    def then_signed(registry: Registry) -> bytes | None:
        copy = first_copy(registry)
        bureau.run("sign", second, "--as", "student", "--key", key)
        return copy

    monkeypatch.setattr(Registry, "snapshot", then_signed)
    bureau.run("backup", tmp_path / "one.tar")
    monkeypatch.undo()
    assert "AUDIT-04" in bureau.run("restore", tmp_path / "one.tar", tmp_path / "again", expect=16).err
    again = Bureau(tmp_path / "again", bureau.pki)
    again.run("audit", "--repair")
    assert again.kinds(second) == bureau.kinds(second)


def test_a_purge_and_a_backup_do_not_meet(bureau: Bureau, tmp_path: Path) -> None:
    with alone(bureau.root):
        assert "KEEP-01" in bureau.run("backup", tmp_path / "one.tar", expect=12).err
        assert "KEEP-01" in bureau.run("forget", "--now", expect=12).err
    bureau.run("backup", tmp_path / "one.tar")


def test_what_lies_outside_of_the_workspace_is_told(bureau: Bureau, tmp_path: Path) -> None:
    bureau = bureau.copy(tmp_path / "bureau")
    bureau.set('refused = "refused"', f'refused = "{tmp_path / "elsewhere"}"')
    answer = bureau.run("backup", tmp_path / "one.tar")
    assert "BACKUP-10" in answer.out
