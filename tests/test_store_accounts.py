"""Who may open the board: pass-phrases, guesses, sessions, deeds."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conventions.errors import ConventionsError
from conventions.store import Registry, passphrases
from conventions.store.accounts import Accounts
from conventions.store.sittings import Sittings
from tests.registries import DEAR

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
PHRASE = "otter lantern quince harbour"
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry.open(f"sqlite:///{tmp_path / 'registry.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def accounts(registry: Registry) -> Accounts:
    return registry.accounts(b"office secret")


@pytest.fixture
def sittings(registry: Registry) -> Sittings:
    return registry.sittings(idle=IDLE, longest=LONGEST)


def kept(tmp_path: Path, table: str) -> str:
    with sqlite3.connect(tmp_path / "registry.sqlite3") as database:
        return repr(database.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_a_person_signs_in_with_her_pass_phrase_and_no_other(accounts: Accounts, tmp_path: Path) -> None:
    made = accounts.add("Lou.Marin", "secretariat", PHRASE, NOW)
    assert accounts.sign_in("lou.marin", PHRASE, NOW) == made
    assert made.label == "Lou.Marin"
    assert accounts.sign_in("lou.marin", PHRASE + "x", NOW) is None
    assert accounts.sign_in("lou.marin", "", NOW) is None
    assert accounts.sign_in("nobody", PHRASE, NOW) is None
    assert PHRASE not in kept(tmp_path, "account")


def test_a_guess_is_as_dear_as_the_standard_asks() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrases, "_COST", DEAR)
        kept_of_it = passphrases.hashed(PHRASE)
        assert kept_of_it.startswith("scrypt$131072$")
        assert passphrases.is_right(kept_of_it, PHRASE)
    shown = "from conventions.store import passphrases as one; print(one._COST, one._NOBODYS.split('$')[1])"
    shipped = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    assert shipped.stdout.split() == [str(DEAR), str(DEAR)]


def test_a_name_that_is_guessed_at_has_to_wait_whether_anybody_has_it_or_not(
    accounts: Accounts, tmp_path: Path
) -> None:
    accounts.add("lou", "secretariat", PHRASE, NOW)
    for name in ("lou", "nobody"):
        for _ in range(5):
            assert accounts.sign_in(name, "wrong", NOW) is None
    assert accounts.sign_in("lou", PHRASE, NOW + minutes(0.9)) is None
    assert "nobody" not in kept(tmp_path, "guess")
    assert accounts.sign_in("lou", PHRASE, NOW + minutes(1.1)) is not None
    assert accounts.sign_in("lou", PHRASE, NOW + minutes(1.1)) is not None


def test_the_pause_grows_with_every_failure(accounts: Accounts) -> None:
    accounts.add("lou", "reader", PHRASE, NOW)
    for _ in range(5):
        accounts.sign_in("lou", "wrong", NOW)
    accounts.sign_in("lou", "wrong", NOW + minutes(1.1))
    assert accounts.sign_in("lou", PHRASE, NOW + minutes(1.1 + 1.9)) is None
    assert accounts.sign_in("lou", PHRASE, NOW + minutes(1.1 + 2.1)) is not None


def test_a_closed_account_signs_in_no_more_and_its_sessions_end(accounts: Accounts, sittings: Sittings) -> None:
    person = accounts.add("lou", "reader", PHRASE, NOW)
    token = sittings.begin(person, NOW)
    assert accounts.close("LOU", NOW)
    assert accounts.sign_in("lou", PHRASE, NOW) is None
    assert sittings.find(token, NOW) is None
    assert accounts.every() == ()
    assert not accounts.close("lou", NOW)
    assert accounts.add("lou", "secretariat", PHRASE, NOW).id == person.id
    assert sittings.find(token, NOW) is None


def test_a_new_pass_phrase_ends_every_session(accounts: Accounts, sittings: Sittings) -> None:
    person = accounts.add("lou", "reader", PHRASE, NOW)
    token = sittings.begin(person, NOW)
    assert accounts.change("lou", "another one altogether")
    assert sittings.find(token, NOW) is None
    assert accounts.sign_in("lou", PHRASE, NOW) is None
    assert accounts.sign_in("lou", "another one altogether", NOW)
    assert not accounts.change("nobody", PHRASE)


@pytest.mark.parametrize(
    "phrase",
    [
        "short",
        "x" * 129,
        "my lou is a good cat",
        "",
        "a" + " " * 12 + "b",
        "a" * 20,
        "12121212121212",
        "12345678901234",
        "Azertyuiopqsd",
        "mlkjhgfdsqpoi",
    ],
)
def test_a_pass_phrase_that_is_easily_guessed_is_refused(accounts: Accounts, phrase: str) -> None:
    with pytest.raises(ConventionsError) as refused:
        accounts.add("lou", "reader", phrase, NOW)
    assert refused.value.code == "ACCOUNT-02"
    assert phrase == "" or phrase not in str(refused.value)


@pytest.mark.parametrize("name", ["", "oidc:1234", "a b", "x" * 81, "a/b"])
def test_what_is_no_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(ConventionsError) as refused:
        accounts.add(name, "reader", PHRASE, NOW)
    assert refused.value.code == "ACCOUNT-03"


def test_a_name_is_given_once(accounts: Accounts) -> None:
    accounts.add("lou", "reader", PHRASE, NOW)
    with pytest.raises(ConventionsError) as refused:
        accounts.add("LOU", "secretariat", PHRASE, NOW)
    assert refused.value.code == "ACCOUNT-01"
    assert [one.role for one in accounts.every()] == ["reader"]


def test_a_session_ends_when_nothing_is_asked_for_and_at_the_latest(accounts: Accounts, sittings: Sittings) -> None:
    person = accounts.add("lou", "reader", PHRASE, NOW)
    token, moment = sittings.begin(person, NOW), NOW
    assert sittings.find(token, NOW + IDLE) is None
    token = sittings.begin(person, NOW)
    while (moment := moment + minutes(25)) < NOW + LONGEST:
        assert (sitting := sittings.find(token, moment)) is not None
        assert sitting.ends_at <= NOW + LONGEST
    assert sittings.find(token, NOW + LONGEST) is None


def test_a_session_is_nobodys_without_its_token_which_is_not_kept(
    accounts: Accounts, sittings: Sittings, tmp_path: Path
) -> None:
    token = sittings.begin(accounts.add("lou", "reader", PHRASE, NOW), NOW)
    other = sittings.begin(accounts.add("kim", "secretariat", PHRASE, NOW), NOW)
    assert (mine := sittings.find(token, NOW)) is not None
    assert mine.account.name == "lou"
    assert token not in kept(tmp_path, "sitting")
    assert sittings.find("", NOW) is None
    sittings.end(token)
    assert sittings.find(token, NOW) is None
    assert sittings.find(other, NOW) is not None


def test_a_providers_person_has_no_pass_phrase_and_todays_role(accounts: Accounts) -> None:
    accounts.add("lou", "reader", PHRASE, NOW)
    first = accounts.of_provider("lou", "Lou Marin", "secretariat", NOW)
    again = accounts.of_provider("lou", "Lou Marin", "reader", NOW)
    assert first is not None
    assert again is not None
    assert (first.id, first.role, again.role, again.is_local) == (again.id, "secretariat", "reader", False)
    assert accounts.sign_in(first.name, "", NOW) is None
    assert accounts.close(first.name, NOW)
    assert accounts.of_provider("lou", "Lou Marin", "reader", NOW) is None
    assert accounts.sign_in("lou", PHRASE, NOW) is not None


def test_deeds_say_who_did_what_about_which_dossier(registry: Registry, accounts: Accounts, tmp_path: Path) -> None:
    person, deeds = accounts.add("lou", "reader", PHRASE, NOW), registry.deeds()
    deeds.note("look", NOW, account_id=person.id, about=("2027-0001", "2027-0002"))
    deeds.note("download", NOW, account_id=person.id, about=("2027-0001/convention v1",), outcome="DISK-04")
    deeds.note("sign-in", NOW, account_id=None, outcome="refused")
    assert [(one.who, one.what, one.outcome) for one in deeds.latest(10, about="2027-0001")] == [
        ("lou", "download", "DISK-04"),
        ("lou", "look", "done"),
    ]
    assert [one.what for one in deeds.latest(2)] == ["sign-in", "download"]
    assert [one.what for one in deeds.latest(2, skip=1)] == ["download", "look"]
    assert deeds.latest(10, about="2027-000") == ()
    assert "lou" not in kept(tmp_path, "deed")


def test_many_threads_write_and_none_gives_up(registry: Registry) -> None:
    deeds = registry.deeds()

    def write(rank: int) -> None:
        for _ in range(5):
            deeds.note("look", NOW, account_id=None, about=(str(rank),))

    with ThreadPoolExecutor(max_workers=24) as threads:
        list(threads.map(write, range(24)))
    assert len(deeds.latest(1000)) == 120
