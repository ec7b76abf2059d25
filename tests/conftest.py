"""What several test files share: the papers, made once, and the authority behind the keys."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from demo.pki import TestPki
from tests.papers import PAPERS, Bench, frozen_papers, the_clock
from tests.tokens import Reader
from tests.workspaces import Bureau, a_bureau

# A busy machine is slow, which proves nothing; on the machine that decides, the same examples are tried every time.
settings.register_profile("steady", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("steady")


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
    """Of its agreement."""
    (number,) = bureau.numbers
    return number


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
