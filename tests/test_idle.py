"""A command that finds nothing to do says so in one line, where it tells what it has done, and leaves with success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.workspaces import Bureau, a_bureau

NOTHING: Final = {
    "check": "the workspace has no dossiers",
    "generate --all": "the workspace has no dossiers",
    "issue --all": "the workspace has no dossiers",
    "collect": "nothing has come in",
    "remind": "no paper waits for anybody",
    "post": "no letter waits to be sent",
    "today": "Nothing must be done today.",
    "seal": "no paper waits to be sealed",
    "archive": "no sealed paper waits to be archived",
    "audit": "there is no paper to audit",
    "renew": "the archive holds no paper to renew",
    "renew --preview": "the archive holds no paper to renew",
    "forget": "nothing has been kept long enough to go",
    "forget --now": "nothing has been kept long enough to go",
    "acts": "nothing was held, handed over or destroyed yet",
    "accounts list": "there is no account yet",
    "links end --all": "no link is open",
    "calendar --person nobody": "there is no date to show",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A workspace in which nothing has happened yet."""
    with a_bureau(tmp_path_factory.mktemp("idle")) as bureau:
        yield bureau


@pytest.mark.parametrize("command", NOTHING)
def test_that_there_is_nothing_to_do_is_said(office: Bureau, command: str) -> None:
    answer = office.run(*command.split())
    assert answer.out == f"{NOTHING[command]}\n"
    assert answer.err == ""


@pytest.mark.parametrize("command", NOTHING)
def test_programs_are_told_that_there_is_nothing(office: Bureau, command: str) -> None:
    told = office.run(*command.split(), "--json").json
    assert told in ([], {"acts": [], "statistics": []})
