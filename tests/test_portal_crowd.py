"""Several people at the same moment: on papers of their own, and on one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from tests.web import Guest, a_client, an_app, form_token
from tests.workspaces import Bureau, a_bureau


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("issued"), "0001", "0002", "0003") as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", "--all")
        yield bureau


def sign_at_once(guests: list[Guest]) -> list[int]:
    """Everybody has the page open and presses the button when all are ready."""
    forms = [{"form_token": form_token(one.look().text), "name": one.name, "agree": "yes"} for one in guests]
    together = Barrier(len(guests))

    def press(guest: Guest, form: dict[str, str]) -> int:
        together.wait()
        return int(guest.client.post(f"/sign/{guest.handle}/sign", data=form).status_code)

    with ThreadPoolExecutor(len(guests)) as pool:
        return list(pool.map(press, guests, forms))


def test_everybody_signs_a_paper_of_their_own_at_the_same_moment(bureau: Bureau) -> None:
    with an_app(bureau) as app, ExitStack() as clients:
        guests = [
            Guest.comes(bureau, clients.enter_context(a_client(app)), number, "student").enters()
            for number in bureau.numbers
        ]
        assert sign_at_once(guests) == [303] * 3
        assert all("You have signed" in guest.look().text for guest in guests)
    assert [bureau.kinds(number).count("signed") for number in bureau.numbers] == [1, 1, 1]
    bureau.run("audit")


def test_one_person_signs_in_four_windows_at_once_and_has_signed_once(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    with an_app(bureau) as app, ExitStack() as clients:
        first = Guest.comes(bureau, clients.enter_context(a_client(app)), number, "student").enters()
        guests = [first]
        for _ in range(3):
            client = clients.enter_context(a_client(app))
            client.cookies = first.client.cookies
            guests.append(Guest(bureau, client, number, "student", first.handle))
        assert sign_at_once(guests) == [303] * 4
        assert all("You have signed" in guest.look().text for guest in guests)
    assert bureau.kinds(number).count("signed") == 1
    bureau.run("audit")
