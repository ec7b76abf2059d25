"""A registry of every earlier program is brought up to date with all that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, create_engine, insert, select

from conventions.store import Registry, opening
from conventions.store.rows import event_rows, paper_row
from tests.registries import NOW, issued, record, sent, signed

SCRIPTS = ScriptDirectory(str(opening._MIGRATIONS))
REVISIONS = [script.revision for script in reversed([*SCRIPTS.walk_revisions()])]
SECRET = b"of the office" * 3


def brought_to(address: str, revision: str, fill: Callable[[Any, MetaData], None]) -> None:
    """A registry as the program of that revision left it, with what ``fill`` puts into its tables."""
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    settings = Config()
    settings.set_main_option("script_location", str(opening._MIGRATIONS))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        tables = MetaData()
        tables.reflect(connection)
        fill(connection, tables)
    engine.dispose()


def known(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the table had a column for."""
    return {name: value for name, value in row.items() if name in table.c}


def two_papers(connection: Any, tables: MetaData) -> None:
    key = 0
    for number, events in (("2026-0001", [issued(), sent(), signed("student", "one")]), ("2026-0002", [issued("x")])):
        row = paper_row(record(number))
        paper, event = tables.tables["paper"], tables.tables["event"]
        key = connection.execute(insert(paper).values(known(paper, row)).returning(paper.c.id)).scalar_one()
        rows = event_rows(events, key, 0, row["genesis"])
        connection.execute(insert(event), [known(event, one) for one in rows])
    if "challenge" in tables.tables:
        used = {"mac": sha256(b"code").hexdigest(), "sent_at": "x", "expires_at": "y", "tries": 1, "used_at": "z"}
        row = {"paper_id": key, "role": "student", "sha256": sha256(b"x").hexdigest(), **used}
        connection.execute(insert(tables.tables["challenge"]), [row])


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_program_recorded_is_all_there_and_proves_itself(url: str, revision: str) -> None:
    brought_to(url, revision, two_papers)
    with Registry.open(url) as registry:
        papers = [*registry.papers(every_version=True)]
        assert [paper.number for paper in papers] == ["2026-0001", "2026-0002"]
        assert papers[0].events == (issued(), sent(), signed("student", "one"))
        assert papers[0].signatories == record().signatories
        assert [registry.verify_chain(paper) for paper in papers] == [(), ()]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_registry_that_was_brought_up_to_date_is_the_same_as_a_new_one(
    url: str,
    revision: str,
) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from conventions.store.schema import METADATA

    brought_to(url, revision, two_papers)
    with Registry.open(url) as registry, registry._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_work_goes_on_in_a_registry_of_an_earlier_program(url: str, revision: str) -> None:
    brought_to(url, revision, two_papers)
    with Registry.open(url) as registry:
        paper = registry.find("2026-0002", "convention")
        assert paper
        paper = registry.append(paper.id, [sent(word="x")], expected_head=paper.head)
        acts = registry.acts(SECRET)
        acts.record("held", paper.number, datetime(2027, 1, 1, tzinfo=UTC), {}, {"reason": "a dispute"})
        acts.destroy(acts.subject("2026-0002"), [paper.id], NOW, {}, whole=True)
        assert [one.number for one in registry.papers()] == ["2026-0001"]
        assert acts.broken() == ()


def test_a_program_that_is_interrupted_in_the_middle_of_a_migration_leaves_the_registry_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    brought_to(address, "0001", two_papers)
    monkeypatch.setattr(command, "upgrade", _interrupted(command.upgrade))
    with pytest.raises(KeyboardInterrupt):
        Registry.open(address)
    monkeypatch.undo()
    with closing(create_engine(address).connect()) as connection:
        tables = MetaData()
        tables.reflect(connection)
        assert set(tables.tables) == {"alembic_version", "event", "paper"}
        assert connection.execute(select(tables.tables["alembic_version"])).scalar() == "0001"
    with Registry.open(address) as registry:
        assert len([*registry.papers()]) == 2


def _interrupted(upgrade: Callable[..., None]) -> Callable[..., None]:
    def wrapped(*arguments: Any) -> None:
        upgrade(*arguments)
        raise KeyboardInterrupt

    return wrapped
