"""The board's lists when they are long: turning pages, ticking all, coming back to the same place; and lost ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from conventions.portal.boardframe import group_key
from tests.boards import PHRASE, a_read_app, post, signed_in
from tests.campaigns import a_campaign
from tests.test_template_colours import contrast
from tests.web import DESKTOP, NARROW, a_client, form_token, served

MORNING: Final = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
COUNT: Final = 60
LONG: Final = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
PAGE: Final = 50
"""Dossiers on one page of a list."""
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    root: Path = a_campaign(tmp_path_factory.mktemp("campaign") / "office", COUNT, on=date(2026, 3, 16))
    path = next((root / "dossiers").glob("2026-0001-*"))
    words = path.read_text(encoding="utf-8")
    path.write_text(re.sub("last_name: .*", f"last_name: {LONG}", words, count=1), encoding="utf-8")
    with a_read_app(root) as app:
        yield app


@pytest.fixture
def lou(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app) as client:
        yield client


def numbers(page: str) -> list[str]:
    return re.findall(r'href="/board/dossiers/([\d-]+)"', page)


# ── turning pages ────────────────────────────────────────────────────────────────────────────────────────


def test_whatever_a_search_has_found_can_be_reached(app: FastAPI, lou: TestClient) -> None:
    first = post(lou, "/board/search", sought="2026").text
    second = post(lou, "/board/search", sought="2026", page="2").text
    assert 'name="page" value="2"' in first
    assert (len(numbers(first)), len(numbers(second))) == (PAGE, COUNT - PAGE)
    assert set(numbers(first) + numbers(second)) == {one.number for one in app.state.desk.overview().glances}


@pytest.mark.parametrize("page", ["", "0", "99", "-1", "²", "x"])
def test_an_odd_page_of_a_search_is_a_page(lou: TestClient, page: str) -> None:
    assert post(lou, "/board/search", sought="2026", page=page).status_code == 200


def test_turning_the_page_is_one_search(app: FastAPI, lou: TestClient) -> None:
    post(lou, "/board/search", sought="2026")
    post(lou, "/board/search", sought="2026", page="2")
    assert [deed.what for deed in app.state.desk.deeds.latest(2)] == ["search", "sign-in"]


def test_the_journal_goes_back_to_its_beginning(app: FastAPI, lou: TestClient) -> None:
    app.state.desk.deeds.note("look", MORNING, account_id=None, about=[f"2020-{rank:04}" for rank in range(450)])
    assert "2020-0449" in (newest := lou.get("/board/journal").text)
    assert "page=2" in newest
    assert "2020-0000" in (oldest := lou.get("/board/journal?page=3").text)
    assert "page=4" not in oldest


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_refused_is_told_in_the_readers_words(app: FastAPI, lou: TestClient) -> None:
    app.state.desk.note(None, "sign-in", outcome="refused")
    assert "<td>refused</td>" in lou.get("/board/journal").text


def test_the_source_of_a_finding_is_told_in_the_readers_words(app: FastAPI, lou: TestClient) -> None:
    one = next(one for one in app.state.desk.overview().glances if any("course" in f.source for f in one.findings))
    page = unescape(lou.get(f"/board/dossiers/{one.number}", headers={"accept-language": "de"}).text)
    assert "Regel des Studiengangs" in page
    assert "course rule" not in page


def test_everybody_whom_a_dossier_waits_for_can_be_written_to(app: FastAPI, lou: TestClient) -> None:
    one = app.state.desk.overview().glances[0]
    page = unescape(lou.get(f"/board/dossiers/{one.number}").text)
    for person in (one.dossier.student, one.dossier.host.representative, one.dossier.tutor):
        assert f'href="mailto:{person.email}"' in page


def test_days_of_the_weeks_stand_as_the_reader_writes_them(lou: TestClient) -> None:
    shown = {
        code: lou.get("/board", headers={"accept-language": code}).text.partition('class="week-day">')[2][:6]
        for code in ("fr", "de")
    }
    assert shown["fr"].startswith("30/03")
    assert shown["de"].startswith("30.3.")


def test_a_list_says_what_it_is_about(app: FastAPI, lou: TestClient) -> None:
    overview = app.state.desk.overview()
    for show, words in (
        ("turn-dean", "Whose turn it is: dean"),
        (group_key(overview.today[0][0]), overview.today[0][0]),
    ):
        assert f'<p class="lead">{words}</p>' in unescape(lou.get(f"/board/dossiers?show={show}").text)
    assert 'class="lead"' not in lou.get("/board/dossiers?show=done").text


# ── the same place again ─────────────────────────────────────────────────────────────────────────────────


def test_another_language_shows_the_same_list(lou: TestClient) -> None:
    page = lou.get("/board/dossiers?show=done&page=1").text
    (to,) = set(re.findall(r'href="/language/de\?to=([^"]+)"', page))
    there = lou.get(f"/language/de?to={to}").headers["location"]
    assert there == "/board/dossiers?show=done&page=1"
    assert 'href="/board/dossiers?show=done" aria-current="page"' in lou.get(there).text


def test_whoever_signs_in_comes_to_the_list_that_was_wanted_in_any_language(app: FastAPI) -> None:
    with a_client(app) as client:
        asked = client.get("/board/dossiers?show=late").headers["location"]
        page = client.get(asked).text
        (to,) = set(re.findall(r'href="/language/fr\?to=([^"]+)"', page))
        page = client.get(client.get(f"/language/fr?to={to}").headers["location"]).text
        wanted = re.search(r'name="to" value="([^"]+)"', page)
        assert wanted
        words = {"form_token": form_token(page), "name": "lou", "passphrase": PHRASE, "to": unescape(wanted[1])}
        assert client.post("/board/sign-in", data=words).headers["location"] == "/board/dossiers?show=late"


def test_a_page_of_the_board_that_is_not_there_leads_back_to_the_board(lou: TestClient) -> None:
    page = lou.get("/board/dossiers/2026-9999").text
    assert 'href="/board"' in page
    assert "letter" not in page
    assert 'href="/board"' not in lou.get("/nowhere").text


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


@contextmanager
def a_window(app: FastAPI, browser: Browser, address: str, **own: Any) -> Iterator[Page]:
    """Of somebody who has signed in, without a wait for the pass-phrase to be proved."""
    with browser.new_context(**own) as context, signed_in(app) as client:
        context.add_cookies([{"name": "conventions", "value": client.cookies["conventions"], "url": address}])
        yield context.new_page()


def test_on_a_phone_one_box_ticks_all(app: FastAPI, browser: Browser, address: str) -> None:
    with a_window(app, browser, address, viewport=NARROW, locale="en") as page:
        page.goto(f"{address}/board/dossiers")
        page.get_by_role("checkbox", name="Select all on this page").check(timeout=5_000)
        assert page.locator("input[name=number]:checked").count() == PAGE
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("width", [1280, 768])
def test_what_has_the_focus_is_never_behind_the_buttons_for_many(
    app: FastAPI, browser: Browser, address: str, width: int
) -> None:
    """WCAG 2.4.11: the bar at the foot of the window covers what lies below it."""
    with a_window(app, browser, address, viewport={"width": width, "height": 900}, locale="de") as page:
        page.goto(f"{address}/board/dossiers")
        page.locator("input[name=number]").first.focus()
        covered = []
        for _ in range(60):
            page.keyboard.press("Tab")
            covered.append(page.evaluate(_IS_COVERED))
        assert not any(covered)


_IS_COVERED: Final = """() => {
  const one = document.activeElement.getBoundingClientRect(), bar = document.querySelector(".bulk");
  return !bar.contains(document.activeElement) && one.bottom > bar.getBoundingClientRect().top
    && one.top < bar.getBoundingClientRect().bottom;
}"""


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_long_names_leave_the_board_as_wide_as_its_window(
    app: FastAPI, browser: Browser, address: str, width: int
) -> None:
    with a_window(app, browser, address, viewport={"width": width, "height": 800}) as page:
        place = [one.number for one in app.state.desk.overview().glances].index("2026-0001")
        for path in (f"/board/dossiers?page={place // PAGE + 1}", "/board/dossiers/2026-0001", "/board"):
            page.goto(address + path)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_what_the_search_is_for_can_be_read_in_the_dark(app: FastAPI, browser: Browser, address: str) -> None:
    """No browser's own colour for words in an empty field is sure to stand out (WCAG 1.4.3)."""
    with a_window(app, browser, address, color_scheme="dark") as page:
        page.goto(f"{address}/board")
        words, ground = page.locator("#sought").evaluate(
            "one => [getComputedStyle(one, '::placeholder').color, getComputedStyle(one).backgroundColor]"
        )
        assert contrast(hexadecimal(words), hexadecimal(ground)) >= 4.5


def hexadecimal(colour: str) -> str:
    return "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def test_the_page_numbers_look_like_page_numbers(app: FastAPI, browser: Browser, address: str) -> None:
    """Not like the sheet on which a paper is shown."""
    with a_window(app, browser, address, viewport=DESKTOP, locale="en") as page:
        page.goto(f"{address}/board/dossiers")
        box = page.get_by_role("navigation", name="Pages").bounding_box()
        assert box
        assert box["height"] < 60
