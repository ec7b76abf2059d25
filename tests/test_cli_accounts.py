"""``conventions accounts``: who may open the board."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workspaces import Bureau, a_bureau

PHRASE = {"CONVENTIONS_ACCOUNT_PASSPHRASE": "otter lantern quince harbour"}


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("bureau")) as bureau:
        yield bureau


def test_accounts_are_added_listed_changed_and_closed(bureau: Bureau) -> None:
    bureau.run("accounts", "add", "Lou", expect=0, **PHRASE)
    bureau.run("accounts", "add", "kim", "--role", "reader", expect=0, **PHRASE)
    bureau.run("accounts", "passphrase", "lou", CONVENTIONS_ACCOUNT_PASSPHRASE="another one altogether")
    listed = bureau.run("accounts", "list", "--json").json
    assert [(one["name"], one["role"], one["local"]) for one in listed] == [
        ("kim", "reader", True),
        ("lou", "secretariat", True),
    ]
    bureau.run("accounts", "close", "kim")
    assert "kim" not in bureau.run("accounts", "list").out
    assert "Lou" in bureau.run("accounts", "list").out


@pytest.mark.parametrize("command", ["passphrase", "close"])
def test_an_account_that_is_not_there_is_a_wrong_command_line(bureau: Bureau, command: str) -> None:
    assert "nobody" in bureau.run("accounts", command, "nobody", expect=2, **PHRASE).err


def test_a_weak_pass_phrase_is_refused_and_not_repeated(bureau: Bureau) -> None:
    answer = bureau.run("accounts", "add", "lou", expect=10, CONVENTIONS_ACCOUNT_PASSPHRASE="tulip")
    assert "ACCOUNT-02" in answer.err
    assert "tulip" not in answer.err
    assert bureau.run("accounts", "list", "--json").json == []


def test_a_name_that_is_taken_is_refused(bureau: Bureau) -> None:
    bureau.run("accounts", "add", "lou", expect=0, **PHRASE)
    assert "ACCOUNT-01" in bureau.run("accounts", "add", "LOU", expect=7, **PHRASE).err
