"""With the registry in PostgreSQL: the documented way to back up and restore, and a purge that leaves no row."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.offices import a_short_bureau, papers_of
from tests.purges import forget, found, names_of
from tests.registries import server_bin
from tests.workspaces import Bureau


def made(server: str, name: str) -> str:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server}/{name}"


def words_in(address: str) -> str:
    """Every row of every table."""
    with psycopg.connect(address) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f'SELECT * FROM "{name}"'.encode()).fetchall() for (name,) in tables]  # noqa: S608
    return str(rows)


def test_what_was_saved_by_both_tools_agrees_and_what_was_forgotten_is_gone(
    postgresql: str,
    tmp_path: Path,
) -> None:
    programs = server_bin()
    if programs is None:
        pytest.fail("PostgreSQL is not installed: run setup/system.sh tests")
    first_database, second_database = made(postgresql, "office"), made(postgresql, "office_again")
    with a_short_bureau(tmp_path) as bureau:
        bureau.set('registry = "sqlite:///registry.sqlite3"', f'registry = "{first_database}"')
        bureau.run("issue", "--all")
        bureau.sign(bureau.numbers[0], "student")

        dump = tmp_path / "registry.dump"
        subprocess.run(
            [programs / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={first_database}"], check=True
        )
        assert "BACKUP-10" in bureau.run("backup", tmp_path / "one.tar").out
        subprocess.run([programs / "pg_restore", f"--dbname={second_database}", dump], check=True)
        shutil.unpack_archive(tmp_path / "one.tar", tmp_path / "again", filter="data")
        again = Bureau(tmp_path / "again", bureau.pki)
        again.set(f'registry = "{first_database}"', f'registry = "{second_database}"')
        again.run("audit")
        assert papers_of(again) == papers_of(bureau)

        first, names = bureau.numbers[0], names_of(bureau, bureau.numbers[0])
        shutil.rmtree(bureau.root / "wrong")
        (bureau.root / "registry.sqlite3").unlink()
        forget(bureau, first)
        assert found(bureau.root, names) == []
        assert not [name for name in names if name in words_in(first_database)]
        assert [name for name in names if name in words_in(second_database)]
        bureau.run("acts", "--verify")
