"""The way to a database: its address, its locks, its migrations, and its failures in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from conventions.errors import ConventionsError, DiskError, ServiceError, SettingsError
from conventions.store.rows import newer_program
from conventions.store.schema import HEAD
from conventions.text import Text, quoted

__all__ = ["compact", "in_plain_words", "open_engine", "snapshot", "writing"]

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PATIENCE_S: Final = 20
"""How long a command waits for another one that is writing."""
_WRITING: Final = Lock()
_MIGRATION_LOCK: Final = 7_366_128_504
"""Any number that no other program takes for its PostgreSQL advisory lock."""


def open_engine(address: str) -> Engine:
    """Connect and bring the tables to this program's revision.

    Raises:
        SettingsError: STORE-04, not the address of a database that can be used here.
        DiskError: STORE-05 the registry is newer than this program, STORE-06 the file cannot be used.
        ServiceError: STORE-07, the database server does not answer.
    """
    engine = _engine(address)
    try:
        with in_plain_words(engine):
            with engine.connect() as connection:
                current = _revision(connection)
            if current != HEAD:
                _migrate(engine)
    except ConventionsError:
        engine.dispose()
        raise
    return engine


def _engine(address: str) -> Engine:
    try:
        url = make_url(address)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in {"sqlite", "postgresql"} or _is_in_memory(url):
            raise _wrong_address(Text("only an SQLite file or a PostgreSQL database can hold the registry"))
        waiting = "timeout" if url.get_backend_name() == "sqlite" else "connect_timeout"
        engine = create_engine(url, connect_args={waiting: _PATIENCE_S})
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The address may hold a password: its own words are not repeated.
        raise _wrong_address(Text("it cannot be understood: {kind}", kind=type(error).__name__)) from None
    except ModuleNotFoundError as error:
        raise _wrong_address(Text("the Python package “{name}” is not installed", name=error.name)) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _is_in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}


def _wrong_address(reason: Text) -> SettingsError:
    return SettingsError(
        "STORE-04",
        Text("the address of the registry cannot be used: {reason}", reason=reason),
        Text(
            'write `registry = "sqlite:///registry.sqlite3"`, or install conventions[postgresql] and give its address'
        ),
    )


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions behind our back
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten must not linger in free pages


def _on_begin(connection: Connection) -> None:
    # A transaction that will write takes its lock at once: two that only read first could both wait for the other.
    options = connection.get_execution_options()
    if options.get("is_alone"):
        return  # VACUUM wants no transaction around it
    is_writing = options.get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it or nothing."""
    with _turn_to_write(engine), engine.connect().execution_options(is_writing=True) as connection, connection.begin():
        yield connection


def compact(engine: Engine) -> None:
    """Give free pages back to the disk, so that nothing deleted lingers in them; what waits in a log is written first.

    SQLite's pages are overwritten as they are freed (``secure_delete``). PostgreSQL rewrites its tables; what its
    write-ahead log and its own backups still hold goes as whoever runs the server keeps them.
    """
    is_file = engine.dialect.name == "sqlite"
    commands = ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM") if is_file else ("VACUUM FULL",)
    options = {"is_alone": True} if is_file else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(**options) as connection:
        for command in commands:
            connection.exec_driver_sql(command)


def snapshot(engine: Engine) -> bytes | None:
    """The whole SQLite database at one instant, while others write; None for PostgreSQL, which has its own tools.

    It is copied page by page into memory (SQLite's online backup), so that no second file ever lies on a disk.
    """
    if engine.dialect.name != "sqlite":
        return None
    raw = engine.raw_connection()
    try:
        source = raw.driver_connection
        with closing(sqlite3.connect(":memory:")) as copy:
            assert isinstance(source, sqlite3.Connection)  # noqa: S101  # for the type checker
            source.backup(copy)
            copy.execute("VACUUM")
            return copy.serialize()
    except sqlite3.Error as error:
        raise DBAPIError(None, None, error) from error  # as SQLAlchemy would, had it been asked
    finally:
        raw.close()


def _turn_to_write(engine: Engine) -> AbstractContextManager[object]:
    """SQLite lets whoever asks in the right instant go first: one of many threads may ask in vain until it gives up.

    Threads of one process take turns before they ask; other processes still wait for one another there.
    """
    return _WRITING if engine.dialect.name == "sqlite" else nullcontext()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    """Bring the tables to HEAD; of two programs that start at once, the second finds it done."""
    # Alembic is slow to load and needed once in a registry's life.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        current = _revision(connection)
        if current is not None and current not in known:
            raise newer_program(current)
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


@contextmanager
def in_plain_words(engine: Engine) -> Iterator[None]:
    """Turn a failure of the database into an error that says what to do.

    Raises:
        DiskError: DISK-01 the disk is full; STORE-06 the SQLite file cannot be used.
        ServiceError: STORE-07, PostgreSQL does not answer or refuses.
    """
    try:
        yield
    except DBAPIError as error:
        if engine.dialect.name == "sqlite":
            raise _of_the_file(error, engine) from error
        raise ServiceError(
            "STORE-07",
            Text("the registry's database does not answer: {reason}", reason=quoted(_first_line(error))),
            Text("check that PostgreSQL runs and that `registry` in conventions.toml names it, then run it again"),
            place=engine.url.render_as_string(hide_password=True),
        ) from error


def _of_the_file(error: DBAPIError, engine: Engine) -> DiskError:
    place = str(engine.url.database)
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DiskError(
            "DISK-01",
            Text("there is no room left to write the registry"),
            Text("free some space or raise the quota, then run the command again: nothing was half written"),
            place=place,
        )
    return DiskError(
        "STORE-06",
        Text("the registry cannot be used: {reason}", reason=quoted(_first_line(error))),
        Text("check that its folder exists and is writable, that it is not a damaged file, and that no command hangs"),
        place=place,
    )


def _first_line(error: DBAPIError) -> str:
    """What the database itself says; the statement and its values, which may be personal, stay out."""
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
