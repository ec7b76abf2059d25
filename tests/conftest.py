"""What several test files share: the papers, made once, and the authority behind the keys."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from conventions.store import Registry, passphrases
from demo.pki import TestPki
from tests.papers import PAPERS, Bench, frozen_papers, the_clock
from tests.questionnaires import PLACES, a_template, exported, frozen
from tests.registries import CHEAP, DEAR, digest, server_bin
from tests.tokens import Reader
from tests.workspaces import Bureau, a_bureau

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser

# A busy machine is slow, which proves nothing; on the machine that decides, the same examples are tried every time.
settings.register_profile("steady", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("steady")


_LONG = (
    "story", "archive_office", "portal_board", "portal_tutor", "killed", "portal_circuit", "crew", "restart",
    "portal_host", "cli_documents", "gate_attacks", "portal_verify", "cli_templates", "lint", "cli_exchange", "worker",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take long come first, so that at the end no processor waits for the other."""
    ranks = {f"test_{name}": rank for rank, name in enumerate(_LONG)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


@pytest.fixture(scope="session", autouse=True)
def _cheap_passphrases() -> Iterator[None]:
    """What makes guessing dear would make every account of the tests dear; a test of its own looks at the real cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrases, "_COST", CHEAP)
        patch.setattr(passphrases, "_NOBODYS", passphrases._NOBODYS.replace(str(DEAR), str(CHEAP)))
        yield


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The frozen papers; whichever worker comes first makes them for all."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "papers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = {name: shared / f"paper-{name}.pdf" for name in PAPERS}
        if not all(file.exists() for file in files.values()):
            for name, data in frozen_papers(tmp_path_factory.mktemp("templates")).items():
                files[name].write_bytes(data)
        return {name: file.read_bytes() for name, file in files.items()}


@pytest.fixture(scope="session")
def bench(papers: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Papers, people and keys; the services answer until the last test."""
    with TestPki(tmp_path_factory.mktemp("keys"), now=the_clock()) as pki:
        yield Bench(pki, papers)


@pytest.fixture(scope="session")
def impostors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPki]:
    """Another authority whose certificates bear the same names, and whom nobody believes."""
    with TestPki(tmp_path_factory.mktemp("impostors"), now=the_clock()) as pki:
        yield pki


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office with one agreement that waits for the student; it may also be signed on paper."""
    with a_bureau(tmp_path_factory.mktemp("issued"), "0001") as bureau:
        bureau.set("on_paper = false", "on_paper = true")
        bureau.run("issue", "--all")
        yield bureau


@pytest.fixture
def bureau(issued: Bureau, tmp_path: Path) -> Bureau:
    """That office, for one test alone."""
    return issued.copy(tmp_path / "bureau")


@pytest.fixture
def number(bureau: Bureau) -> str:
    """Of its first agreement."""
    return bureau.numbers[0]


@pytest.fixture
def app(bureau: Bureau) -> Iterator[FastAPI]:
    """The portal of an office, its seal open."""
    from tests.web import an_app

    with an_app(bureau) as app:
        yield app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Somebody's browser, as far as a page without a script needs one."""
    from tests.web import a_client

    with a_client(app) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one."""
    from tests.web import chromium

    with chromium() as browser:
        yield browser


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


@pytest.fixture(scope="session")
def form_exports() -> Mapping[str, bytes]:
    """What LibreOffice makes of a questionnaire, of another one, and of a text without questions."""
    return exported(
        {
            "sound": a_template([*PLACES.items()]),
            "other": a_template([*PLACES.items()], words="Évaluation du tuteur"),
            "plain": a_template([]),
        }
    )


@pytest.fixture(scope="session")
def form(form_exports: Mapping[str, bytes]) -> bytes:
    """The questionnaire, ready to be filled in."""
    return frozen(form_exports["sound"])


@pytest.fixture(scope="module")
def half_issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two dossiers: the first is issued, the second only has its draft."""
    with a_bureau(tmp_path_factory.mktemp("half"), "0001", "0002") as bureau:
        bureau.run("generate", "--all")
        bureau.run("issue", bureau.numbers[0])
        yield bureau


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder for key files, far from the project."""
    return tmp_path


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Tokens for PKCS#11; the library that serves them looks once where they lie."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")  # the reader sets it
        yield Reader(tmp_path_factory.mktemp("reader"))
