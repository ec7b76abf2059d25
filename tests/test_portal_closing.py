"""Sealing and archiving from the board: one paper, or all that are ready."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from conventions.portal import create_app
from conventions.settings import load
from conventions.store import Registry
from tests.boards import PHRASE, SOMETIME, a_staffed_app, done, post, signed_in
from tests.offices import a_short_bureau
from tests.web import PHONE, chromium, complaints_of, served
from tests.workspaces import Bureau

ROLES = ("student", "company", "coordinator", "dean")


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The first agreement is complete, the second waits for its student."""
    with a_short_bureau(tmp_path_factory.mktemp("complete")) as bureau:
        bureau.run("issue", *bureau.numbers)
        bureau.sign(bureau.numbers[0], *ROLES)
        yield bureau


@pytest.fixture
def bureau(complete: Bureau, tmp_path: Path) -> Bureau:
    return complete.copy(tmp_path / "office")


@pytest.fixture
def app(bureau: Bureau) -> Iterator[FastAPI]:
    with a_staffed_app(bureau) as app:
        yield app


@pytest.fixture
def lou(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app) as client:
        yield client


def deeds(app: FastAPI, *actions: str) -> list[tuple[str, str, str, str]]:
    """Of these actions, the oldest first."""
    latest = reversed(app.state.desk.deeds.latest(100))
    return [(one.who, one.what, one.about, one.outcome) for one in latest if one.what in actions]


def hidden(page: str, name: str) -> str:
    (value,) = re.findall(f'name="{name}" value="([^"]+)"', page)
    return str(value)


def confirmed(client: TestClient, action: str, names: str) -> str:
    """Asked, confirmed with what the page says, and done."""
    asked = post(client, "/board/actions/confirm", action=action, numbers=names).text
    fields = {name: hidden(asked, name) for name in ("action", "numbers", "key")}
    return done(client, post(client, "/board/actions", **fields))


def test_a_paper_is_sealed_and_archived_from_the_board_and_verifies(
    app: FastAPI, lou: TestClient, bureau: Bureau
) -> None:
    number, waiting = bureau.numbers
    page = confirmed(lou, "seal", number)
    assert page.count('<span class="badge good">') == 1
    sealed = lou.get(f"/board/papers/{number}/convention/1").content
    path = bureau.root.with_name("sealed.pdf")
    path.write_bytes(sealed)
    (told,) = bureau.run("verify", path, "--json").json
    assert (told["ok"], told["sealed"], len(told["signatures"])) == (
        True,
        True,
        6,
    )  # the office, four people, the timestamp
    assert set(bureau.letters(f"{number}.complete*"))  # everybody has it
    page = confirmed(lou, "archive", number)
    assert page.count('<span class="badge good">') == 1
    assert bureau.kinds(number)[-1] == "archived"
    assert bureau.run("audit", number).code == 0
    assert bureau.kinds(waiting) == ["issued", "sent"]
    assert deeds(app, "seal", "archive") == [("lou", "seal", number, "done"), ("lou", "archive", number, "done")]


def test_each_page_offers_the_next_step_to_whoever_may_take_it(app: FastAPI, lou: TestClient, bureau: Bureau) -> None:
    number, waiting = bureau.numbers
    for action in ("seal", "archive"):
        button = f'name="action" value="{action}"'
        assert button in lou.get("/board").text
        assert lou.get(f"/board/dossiers/{number}").text.count(button) == 2  # for the dossier, and beside the paper
        assert button not in lou.get(f"/board/dossiers/{waiting}").text
        assert f'value="{number}/convention"' in lou.get(f"/board/dossiers/{number}").text
        with signed_in(app, "kim") as kim:
            assert button not in kim.get("/board").text + kim.get(f"/board/dossiers/{number}").text
        confirmed(lou, action, f"{number}/convention")
    page = lou.get(f"/board/dossiers/{number}").text
    assert 'name="action"' not in page


def test_what_is_not_ready_is_left_out_and_the_office_says_why(app: FastAPI, lou: TestClient, bureau: Bureau) -> None:
    number, waiting = bureau.numbers
    asked = post(lou, "/board/actions/confirm", action="seal", number=[*bureau.numbers, f"{waiting}/convention"])
    assert hidden(asked.text, "numbers").split() == [f"{number}/convention"]
    assert asked.text.count("will be left out") == 2
    names = f"{number} {waiting} {waiting}/convention {waiting}/amendment-1 {waiting}/../../x"
    page = done(lou, post(lou, "/board/actions", action="archive", numbers=names, key="early"))
    assert page.count("TURN-05") == 3
    page = done(lou, post(lou, "/board/actions", action="seal", numbers=waiting, key="early too"))
    assert "TURN-04" in page
    assert deeds(app, "seal") == [("lou", "seal", waiting, "TURN-04")]
    assert bureau.kinds(number)[-1] == "signed"


def test_sealing_twice_is_sealing_once(lou: TestClient, bureau: Bureau) -> None:
    number = bureau.numbers[0]
    confirmed(lou, "seal", number)
    before = bureau.kinds(number)
    page = done(lou, post(lou, "/board/actions", action="seal", numbers=f"{number}/convention", key="again"))
    assert "was sealed before" in page
    assert bureau.kinds(number) == before


def test_a_server_whose_seal_is_not_open_closes_papers_too(bureau: Bureau) -> None:
    app = create_app(bureau.root)
    app.state.desk.accounts.add("lou", "secretariat", PHRASE, SOMETIME)
    with signed_in(app) as lou:
        assert '<span class="badge good">' in confirmed(lou, "seal", bureau.numbers[0])
    app.state.door.registry.close()


@pytest.mark.parametrize("action", ["seal", "archive"])
def test_whoever_only_reads_neither_seals_nor_archives(app: FastAPI, bureau: Bureau, action: str) -> None:
    number = bureau.numbers[0]
    with signed_in(app, "kim") as kim:
        for path in ("/board/actions/confirm", "/board/actions"):
            assert post(kim, path, action=action, numbers=number, key="x").status_code == 403
    assert ("kim", "denied", "/board/actions", "done") in deeds(app, "denied")
    assert bureau.kinds(number)[-1] == "signed"


@pytest.mark.parametrize("action", ["seal", "archive"])
def test_a_form_of_somebody_else_closes_nothing(lou: TestClient, bureau: Bureau, action: str) -> None:
    foreign = lou.post("/board/actions", data={"action": action, "numbers": bureau.numbers[0], "key": "x"})
    assert foreign.status_code == 403


def test_a_service_that_is_away_is_told_and_the_paper_stays_as_it_was(
    lou: TestClient, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bureau.numbers[0]
    with monkeypatch.context() as patch:
        patch.setattr(bureau.pki, "answer", lambda *_: None)
        page = confirmed(lou, "seal", number)
    assert '<span class="badge bad">' in page
    assert "sealed" not in bureau.kinds(number)
    assert '<span class="badge good">' in confirmed(lou, "seal", number)


def test_a_dossier_means_all_its_papers_and_a_paper_means_itself(lou: TestClient, bureau: Bureau) -> None:
    number = bureau.numbers[0]
    with Registry.open(load(bureau.root).registry_url) as registry:
        paper = registry.find(number, "convention")
        assert paper is not None
        other = registry.add_paper(replace(paper, document="amendment-1", events=()), paper.events[:1])
        registry.append(other.id, paper.events[1:], expected_head=other.head)
    for names, meant in (
        (number, {f"{number}/convention", f"{number}/amendment-1"}),
        (f"{number}/convention", {f"{number}/convention"}),
        (f"{number}/amendment-1 {number}/amendment-1", {f"{number}/amendment-1"}),
    ):
        asked = post(lou, "/board/actions/confirm", action="seal", numbers=names)
        listed = hidden(asked.text, "numbers").split()
        assert (set(listed), len(listed)) == (meant, len(meant))


def test_all_that_are_ready_are_sealed_in_a_browser_on_a_phone(app: FastAPI, bureau: Bureau) -> None:
    number = bureau.numbers[0]
    with chromium() as browser, served(app) as address:
        page = browser.new_context(viewport=PHONE, locale="en").new_page()
        page.goto(f"{address}/board/dossiers/{number}")
        page.locator("#name").fill("lou")
        page.locator("#passphrase").fill(PHRASE)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=re.compile("^Seal"))).to_have_count(2)
        assert complaints_of(page) == []
        page.goto(f"{address}/board")
        page.get_by_role("button", name=re.compile("^Seal")).click()
        expect(page.locator("h1")).to_contain_text("Seal these papers?")
        assert complaints_of(page) == []
        page.get_by_role("button", name=re.compile("^Yes")).click()
        expect(page.locator('#job[data-running="no"] .badge.good')).to_have_count(1)
        assert complaints_of(page) == []
    assert "sealed" in bureau.kinds(number)
