"""A whole circuit on the web, in a real browser: four signers in four languages, on a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.web import DESKTOP, NARROW, PHONE, an_app, complaints_of, served, shot
from tests.workspaces import Bureau, a_bureau

Scheme = Literal["light", "dark"]
SIGNERS: Final[tuple[tuple[str, str, ViewportSize, Scheme], ...]] = (
    ("student", "fr-FR", PHONE, "light"),
    ("company", "de-DE", DESKTOP, "light"),
    ("coordinator", "en-GB", DESKTOP, "dark"),
    ("dean", "es-ES", PHONE, "dark"),
)
PICTURES = Path(os.environ.get("CONVENTIONS_PICTURES", "/nonexistent"))
"""Where pictures of the pages are put for whoever wants to look at them; by default none are."""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("issued"), "0001") as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", "--all")
        yield bureau


@contextmanager
def a_window(
    browser: Browser, locale: str = "en-GB", size: ViewportSize = DESKTOP, scheme: Scheme = "light"
) -> Iterator[Page]:
    """A person of their own; whatever a page complains about on its console is a fault."""
    told: list[str] = []
    with browser.new_context(viewport=size, locale=locale, color_scheme=scheme) as context:
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        yield page
    assert [words for words in told if "status of 4" not in words] == []


def looked_at(page: Page, name: str) -> None:
    """No complaint of axe, and a picture for whoever wants one."""
    assert complaints_of(page) == []
    if PICTURES.is_dir():
        shot(page, PICTURES, name)


def enters(page: Page, bureau: Bureau, number: str, role: str, address: str, name: str = "") -> None:
    page.goto(address + bureau.link_sent(number, f"turn-{role}"))
    if name:
        looked_at(page, f"{name}-1-start")
    page.locator("form[action$='/code'] button").click()
    page.locator("#code").wait_for()
    if name:
        looked_at(page, f"{name}-2-code")
    page.locator("#code").fill(bureau.code_sent(number, role))
    page.locator("form[action$='/enter'] button").click()
    page.locator("#pages[data-ready]").wait_for()


def fills_in(page: Page, bureau: Bureau, number: str, role: str) -> None:
    page.locator("#name").fill(bureau.people(number)[role].name)
    page.locator("#agree").check()


def draws(page: Page) -> None:
    page.locator("#draw summary").click()
    page.locator("#draw-canvas").scroll_into_view_if_needed()
    box = page.locator("#draw-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] * 0.6)
    page.mouse.down()
    for step in range(1, 40):
        wave = 0.5 + 0.35 * (-1) ** step * (1 - step / 60)
        page.mouse.move(box["x"] + 20 + step * 6, box["y"] + box["height"] * wave, steps=3)
    page.mouse.up()
    assert ";" not in page.locator("#drawing").input_value()
    assert page.locator("#drawing").input_value().count(" ") > 20


def test_four_people_sign_on_the_web_in_four_languages(bureau: Bureau, number: str, browser: Browser) -> None:
    with an_app(bureau) as app, served(app) as address:
        for role, locale, size, scheme in SIGNERS:
            with a_window(browser, locale, size, scheme) as page:
                enters(page, bureau, number, role, address, role)
                assert page.locator("html").get_attribute("lang") == locale[:2]
                expect(page.locator("#pages canvas[data-drawn]").first).to_be_visible()
                looked_at(page, f"{role}-3-paper")
                fills_in(page, bureau, number, role)
                if role == "coordinator":
                    draws(page)
                    looked_at(page, f"{role}-3-drawn")
                page.locator("#sign button:not([type=button])").click()
                page.locator(".done").wait_for()
                looked_at(page, f"{role}-4-done")
                with page.expect_download() as download:
                    page.locator("a[download]").click()
                assert Path(download.value.path()).read_bytes() == bureau.paper(number).read_bytes()
    assert bureau.kinds(number).count("signed") == 4
    assert bureau.status(number)["state"] == "complete"
    bureau.process("seal", number)  # the browser's driver holds the event loop of this process
    bureau.process("verify", bureau.paper(number))


def test_a_paper_is_refused_on_the_web(bureau: Bureau, number: str, browser: Browser) -> None:
    with an_app(bureau) as app, served(app) as address, a_window(browser, size=NARROW) as page:
        enters(page, bureau, number, "student", address)
        page.get_by_text("I do not want to sign").click()
        page.locator("#reason-pay").check()
        page.locator("#words").fill("We said 5.20 an hour.")
        looked_at(page, "refusal-1")
        page.get_by_role("button", name="Refuse the paper").click()
        expect(page.locator("h1")).to_have_text("You have refused the paper")
        looked_at(page, "refusal-2")
    assert bureau.kinds(number)[-2:] == ["declined", "sent"]


def test_a_file_that_was_signed_with_an_own_certificate_comes_back_by_the_page(
    bureau: Bureau, number: str, browser: Browser
) -> None:
    signed = bureau.saved(number, "turn-student")
    bureau.process("sign", signed, "--as", "student", "--key", bureau.key(number, "student"))
    signed = signed.with_name(f"{signed.stem}-signed-student.pdf")
    with an_app(bureau) as app, served(app) as address, a_window(browser) as page:
        enters(page, bureau, number, "student", address)
        page.get_by_text("Sign with my own certificate").click()
        page.locator("#file").set_input_files(bureau.paper(number))  # the very paper, not signed
        page.get_by_role("button", name="Hand in the file").click()
        expect(page.locator("#problems")).to_be_focused()
        looked_at(page, "own-1-refused")
        page.locator("#file").set_input_files(signed)
        page.get_by_role("button", name="Hand in the file").click()
        expect(page.locator("h1")).to_have_text("You have signed")
    assert bureau.kinds(number).count("signed") == 1


def test_who_works_without_a_mouse_gets_through(bureau: Bureau, number: str, browser: Browser) -> None:
    with an_app(bureau) as app, served(app) as address, a_window(browser) as page:
        enters(page, bureau, number, "student", address)
        page.locator("#name").focus()
        page.keyboard.type(bureau.people(number)["student"].name)
        while page.evaluate("document.activeElement.id") != "agree":
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("You have signed")


def test_who_runs_no_scripts_gets_through(bureau: Bureau, number: str, browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="en-GB", viewport=PHONE)
    with an_app(bureau) as app, served(app) as address, plain as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(number, "turn-student"))
        page.locator("form[action$='/code'] button").click()
        page.locator("#code").fill(bureau.code_sent(number, "student"))
        page.locator("form[action$='/enter'] button").click()
        expect(page.get_by_text("it is the paper that you sign")).to_be_visible()
        fills_in(page, bureau, number, "student")
        page.get_by_role("button", name="Sign the paper").click()
        expect(page.locator("h1")).to_have_text("You have signed")


def test_two_browsers_at_once_sign_once(bureau: Bureau, number: str, browser: Browser) -> None:
    """Both have entered with the code of the same letter and press the button at the same moment."""
    with an_app(bureau) as app, served(app) as address, a_window(browser) as one, a_window(browser) as other:
        enters(one, bureau, number, "student", address)
        held = one.context.cookies()
        other.context.add_cookies([{"name": it["name"], "value": it["value"], "url": address} for it in held])
        other.goto(one.url)
        for page in (one, other):
            fills_in(page, bureau, number, "student")
        for page in (one, other):
            page.evaluate("document.getElementById('sign').requestSubmit()")
        for page in (one, other):
            expect(page.locator("h1")).to_have_text("You have signed")
    assert bureau.kinds(number).count("signed") == 1


def test_whoever_presses_twice_signs_once(bureau: Bureau, number: str, browser: Browser) -> None:
    with an_app(bureau) as app, served(app) as address, a_window(browser) as page:
        enters(page, bureau, number, "student", address)
        fills_in(page, bureau, number, "student")
        page.locator("#sign button:not([type=button])").dblclick(no_wait_after=True)
        expect(page.locator("h1")).to_have_text("You have signed")
    assert bureau.kinds(number).count("signed") == 1
