"""The secretariat's board: the campaign, a dossier, what is done with many at once, in a real browser."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, ViewportSize, expect

from conventions.office import Office
from conventions.portal.boardframe import group_key
from tests.boards import PHRASE, a_read_app, done, post, signed_in
from tests.campaigns import a_campaign
from tests.offices import a_short_bureau
from tests.web import DESKTOP, NARROW, PHONE, an_app, complaints_of, served
from tests.workspaces import Bureau

MORNING = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
"""Two weeks after the campaign was left alone: some are late."""
COUNT = 60
expect.set_options(timeout=60_000)  # a pass-phrase is proved slowly on purpose, and more so on a busy machine


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_campaign(tmp_path_factory.mktemp("campaign") / "office", COUNT, on=date(2026, 3, 16))


@pytest.fixture(scope="module")
def app(campaign: Path) -> Iterator[FastAPI]:
    with a_read_app(campaign) as app:
        yield app


@pytest.fixture
def lou(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app) as client:
        yield client


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_board_counts_what_the_office_counts(app: FastAPI, lou: TestClient) -> None:
    page, overview = lou.get("/board").text, app.state.desk.overview()
    assert len(overview.glances) == COUNT
    assert page.count('<i class="mark') == COUNT
    for stage, held in overview.stages:
        if held:
            listed = lou.get(f"/board/dossiers?show={stage}").text
            assert f'<span class="badge">{len(held)}</span>' in listed
            assert all(one.number in listed for one in held[:50])


def test_late_ones_are_listed_first_and_by_themselves(app: FastAPI, lou: TestClient) -> None:
    late = {one.number for one in app.state.desk.overview().glances if one.is_late}
    assert late
    listed = re.findall(r'href="/board/dossiers/([\d-]+)"', lou.get("/board/dossiers?show=late").text)
    assert set(listed) == late
    everybody = re.findall(r'href="/board/dossiers/([\d-]+)"', lou.get("/board/dossiers").text)
    assert set(everybody[: len(late)]) == late


def test_every_thing_to_do_leads_to_the_dossiers_that_it_is_about(app: FastAPI, lou: TestClient) -> None:
    for todo, rows in app.state.desk.overview().today:
        listed = lou.get(f"/board/dossiers?show={group_key(todo)}").text
        assert set(re.findall(r'href="/board/dossiers/([\d-]+)"', listed)) == {row.number for row in rows[:50]}


def test_a_search_leaves_no_name_in_any_address(app: FastAPI, lou: TestClient) -> None:
    one = app.state.desk.overview().glances[7]
    found = post(lou, "/board/search", sought=one.row.student.upper())
    assert one.number in found.text
    assert f'value="{one.row.student.upper()}"' in found.text
    assert lou.get("/board/search?sought=lou").status_code == 405
    deed = app.state.desk.deeds.latest(1)[0]
    assert (deed.what, deed.about) == ("search", "")


def test_a_dossier_tells_its_facts_its_history_and_that_the_chain_is_whole(app: FastAPI, lou: TestClient) -> None:
    one = next(one for one in app.state.desk.overview().glances if one.stage == "done")
    page = lou.get(f"/board/dossiers/{one.number}").text
    assert one.row.student in page
    assert page.count('class="is-signed"') == 4
    assert "The chain is whole" in page
    assert app.state.desk.deeds.latest(1)[0].about == one.number


def test_findings_stand_with_their_remedies(app: FastAPI, lou: TestClient) -> None:
    one = next(one for one in app.state.desk.overview().glances if one.errors)
    page = lou.get(f"/board/dossiers/{one.number}").text
    assert all(f"<code>{finding.code}</code>" in page for finding in one.findings)
    assert page.count('class="remedy"') == len(one.findings)


@pytest.mark.parametrize("path", ["/board/dossiers/2026-9999", "/board/papers/2026-9999/convention/1", "/board/x"])
def test_what_is_not_there_is_said_so(lou: TestClient, path: str) -> None:
    assert lou.get(path).status_code == 404


@pytest.mark.parametrize("query", ["show=%00&page=1", "show=todo-x", "page=99", "show=../../etc"])
def test_an_odd_address_shows_a_page(lou: TestClient, query: str) -> None:
    assert lou.get(f"/board/dossiers?{query}").status_code == 200


def test_what_others_typed_is_shown_and_not_believed(campaign: Path, app: FastAPI, lou: TestClient) -> None:
    path = next((campaign / "dossiers").glob("2026-0001-*"))
    words = path.read_text(encoding="utf-8")
    try:
        path.write_text(re.sub("subject: .*", "subject: <script>alert(1)</script>", words, count=1), encoding="utf-8")
        page = lou.get("/board/dossiers/2026-0001").text
        assert "<script>alert" not in page
        found = post(lou, "/board/search", sought="<script>alert(1)</script>").text
        assert "<script>alert" not in found
    finally:
        path.write_text(words, encoding="utf-8")


def test_every_page_of_the_board_is_kept_nowhere(lou: TestClient) -> None:
    for path in ("/board", "/board/dossiers", "/board/dossiers/2026-0001", "/board/journal"):
        assert lou.get(path).headers["cache-control"] == "no-store"


# ── acting ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two dossiers whose agreements can be issued."""
    with a_short_bureau(tmp_path_factory.mktemp("drafted")) as bureau:
        yield bureau


@pytest.fixture
def bureau(drafted: Bureau, tmp_path: Path) -> Bureau:
    return drafted.copy(tmp_path / "office")


@pytest.fixture
def acting(bureau: Bureau) -> Iterator[TestClient]:
    with an_app(bureau) as app:
        app.state.desk.accounts.add("lou", "secretariat", PHRASE, MORNING)
        with signed_in(app) as client:
            yield client


def test_agreements_are_issued_after_a_question_and_once(bureau: Bureau, acting: TestClient) -> None:
    asked = post(acting, "/board/actions/confirm", action="issue", number=list(bureau.numbers))
    assert all(number in asked.text for number in bureau.numbers)
    assert bureau.kinds(bureau.numbers[0]) == []
    (key,) = re.findall('name="key" value="([^"]+)"', asked.text)
    fields = {"action": "issue", "numbers": " ".join(bureau.numbers), "key": key}
    begun = post(acting, "/board/actions", **fields)
    again = post(acting, "/board/actions", **fields)
    assert begun.headers["location"] == again.headers["location"]
    page = done(acting, begun)
    assert page.count('<span class="badge good">') == len(bureau.numbers)
    other = done(acting, post(acting, "/board/actions", **fields | {"key": "another"}))
    assert other.count('<span class="badge good">') == len(bureau.numbers)
    for number in bureau.numbers:
        assert bureau.kinds(number) == ["issued", "sent"]
        assert len(bureau.letters(f"{number}.*")) == 1
    deeds = [(one.what, one.about) for one in acting.app.state.desk.deeds.latest(50)]  # type: ignore[attr-defined]
    assert [deeds.count(("issue", number)) for number in bureau.numbers] == [2, 2]  # of three times asked, twice begun


def test_agreements_are_made_by_the_worker_of_the_workspace(bureau: Bureau, acting: TestClient) -> None:
    number = bureau.numbers[0]
    shutil.rmtree(bureau.root / "papers" / number)  # of its draft nothing would have to be made
    worker = bureau.start("worker")
    try:
        assert worker.stderr is not None
        assert "ready" in worker.stderr.readline()
        post(acting, "/board/actions", action="issue", numbers=number, key="made")
        jobs = acting.app.state.desk.jobs  # type: ignore[attr-defined]
        while not jobs.find("made").is_done:  # LibreOffice takes longer than anybody may go on asking the page
            time.sleep(0.05)
    finally:
        worker.terminate()
        _, told = worker.communicate()
    assert told == f"{number}  internship agreement made\n"
    assert bureau.kinds(number) == ["issued", "sent"]


def test_the_paper_that_is_downloaded_is_the_paper(bureau: Bureau, acting: TestClient) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    answer = acting.get(f"/board/papers/{number}/convention/1")
    assert answer.content == bureau.paper(number).read_bytes()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    bureau.paper(number).write_bytes(b"changed")
    assert acting.get(f"/board/papers/{number}/convention/1").status_code == 500


def test_reminders_wait_until_it_is_time(bureau: Bureau, acting: TestClient) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    asked = post(acting, "/board/actions/confirm", action="remind", numbers=" ".join(bureau.numbers))
    assert asked.text.count("will be left out") == len(bureau.numbers) - 1
    page = done(acting, post(acting, "/board/actions", action="remind", numbers=number, key="a", force="yes"))
    assert "nobody is reminded today" in page
    assert bureau.kinds(number) == ["issued", "sent"]


@pytest.mark.parametrize("number", ["/etc/passwd", "../conventions.toml", "2099-0001", "conventions.toml", ""])
def test_nothing_but_a_dossier_of_the_office_reaches_the_office(
    acting: TestClient, bureau: Bureau, number: str
) -> None:
    assert post(acting, "/board/actions", action="issue", numbers=number, key="x").status_code == 422
    assert "Nothing was selected" in post(acting, "/board/actions/confirm", action="issue", number=number).text


def test_a_file_that_is_no_dossier_cannot_be_chosen(acting: TestClient, bureau: Bureau) -> None:
    (bureau.root / "dossiers" / "2099-0001-broken.yaml").write_text("number: [", encoding="utf-8")
    assert "2099-0001-broken" in acting.get("/board/dossiers").text
    assert post(acting, "/board/actions", action="issue", numbers="2099-0001-broken", key="x").status_code == 422


def test_what_nobody_can_ask_for_is_refused(acting: TestClient, bureau: Bureau) -> None:
    assert post(acting, "/board/actions", action="delete", numbers=bureau.numbers[0], key="x").status_code == 422
    assert post(acting, "/board/actions", action="issue", numbers=bureau.numbers[0]).status_code == 422
    foreign = acting.post("/board/actions", data={"action": "issue", "numbers": bureau.numbers[0], "key": "x"})
    assert foreign.status_code == 403


def test_a_job_is_shown_to_whoever_asked_for_it_alone(bureau: Bureau, acting: TestClient) -> None:
    begun = post(acting, "/board/actions", action="remind", numbers=bureau.numbers[0], key="mine")
    assert begun.status_code == 303
    acting.app.state.desk.accounts.add("kim", "secretariat", PHRASE, MORNING)  # type: ignore[attr-defined]
    with signed_in(acting.app, "kim") as other:  # type: ignore[arg-type]
        assert other.get(begun.headers["location"]).status_code == 404
    assert acting.get("/board/jobs/unknown").status_code == 404


def test_a_job_that_breaks_says_so_and_the_next_one_runs(
    bureau: Bureau, acting: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Office, "issue", lambda *_, **__: 1 / 0)
        page = done(acting, post(acting, "/board/actions", action="issue", numbers=bureau.numbers[0], key="broken"))
    assert "wrong on our side" in page
    page = done(acting, post(acting, "/board/actions", action="issue", numbers=bureau.numbers[0], key="whole"))
    assert '<span class="badge good">' in page


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/board")
    page.get_by_role("textbox").first.fill("lou")
    page.locator("#passphrase").fill(PHRASE)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/board")


WINDOWS = [("fr", DESKTOP, "light"), ("en", PHONE, "light"), ("es", NARROW, "light"), ("de", PHONE, "dark")]


@pytest.mark.parametrize(("language", "size", "scheme"), WINDOWS, ids=["desktop", "phone", "narrow", "dark"])
def test_every_page_is_accessible_and_fits(
    browser: Browser, address: str, language: str, size: ViewportSize, scheme: str
) -> None:
    context = browser.new_context(viewport=size, locale=language, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/board")
    complaints = {"sign-in": complaints_of(page)}
    enter(page, address)
    late = page.locator(".names a").first.get_attribute("href") or ""
    for path in ("/board", "/board/dossiers", "/board/dossiers?show=late", late, "/board/journal"):
        page.goto(address + path)
        complaints[path] = complaints_of(page)
    page.goto(f"{address}/board/dossiers?show=turn-dean")
    page.locator("input[name=number]").first.check()
    page.locator("button[value=remind]").click()
    complaints["confirm"] = complaints_of(page)
    page.locator("main form button").click()
    page.wait_for_selector('#job[data-running="no"]')
    complaints["job"] = complaints_of(page)
    assert {name: told for name, told in complaints.items() if told} == {}
    assert faults == []
    assert page.locator("html").get_attribute("lang") == language
    context.close()


def test_a_pass_phrase_can_be_looked_at_and_is_sent_hidden(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{address}/board")
    box, field = page.get_by_role("checkbox"), page.locator("#passphrase")
    expect(field).to_have_attribute("type", "password")
    box.check()
    expect(field).to_have_attribute("type", "text")
    page.locator("main form").evaluate("form => form.addEventListener('submit', event => event.preventDefault())")
    page.locator("#name").fill("lou")
    field.fill(PHRASE)
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("type", "password")
    context.close()


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_the_places_stand_side_by_side_in_windows_of_every_width(browser: Browser, address: str, language: str) -> None:
    page = browser.new_context(locale=language).new_page()
    enter(page, address)
    page.goto(f"{address}/board/dossiers")
    for width in (1280, 1024, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        tops = page.locator(".places a").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert (len(tops), len(set(tops))) == (3, 1), width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_the_board_works_without_scripts(browser: Browser, address: str, app: FastAPI) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    enter(page, address)
    name = app.state.desk.overview().glances[3].row.student
    page.locator("#sought").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator("table.dossiers")).to_contain_text(name)
    page.locator("input[name=number]").first.check()
    page.locator("button[value=remind]").click()
    expect(page.locator("h1")).to_contain_text("Remind of these papers?")
    context.close()


def test_the_board_works_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    page = browser.new_context(locale="en").new_page()
    enter(page, address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href')"))
    assert {"sought", "/board/dossiers", "/board/dossiers?show=late"} <= reached
    page.context.close()


def test_whoever_is_about_to_be_signed_out_is_told_in_time_and_stays(browser: Browser, address: str) -> None:
    page = browser.new_context(locale="en").new_page()
    page.clock.install()
    enter(page, address)
    page.locator("#sought").fill("half a wo")
    expect(page.locator("#ending")).to_be_hidden()
    page.clock.fast_forward("28:30")
    expect(page.locator("#ending")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#ending")).to_be_hidden()
    expect(page.locator("#sought")).to_have_value("half a wo")
    page.context.close()
