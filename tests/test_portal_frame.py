"""What stands around every page of the portal: headers, sizes, languages, sessions, faults, figures."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, ViewportSize
from starlette.requests import Request

from conventions.portal import application
from conventions.portal.door import address_of
from conventions.portal.posting import Posted
from conventions.portal.sessions import Session, box_of, open_session
from conventions.portal.throttle import Throttle
from tests.web import DESKTOP, NARROW, PHONE, a_client, an_app, complaints_of, served
from tests.workspaces import Bureau, a_bureau

NOON = datetime(2027, 1, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("founded")) as bureau:
        yield bureau


@pytest.fixture(scope="module")
def app(founded: Bureau) -> Iterator[FastAPI]:
    with an_app(founded) as app:

        @app.post("/tests/change")
        def change(form: Posted) -> str:
            return str(form.get("what"))

        @app.get("/tests/broken")
        def broken() -> None:
            raise RuntimeError("Camille Durand")

        yield app


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/", "/nowhere", "/tests/broken", "/static/portal.css", "/api/health"])
def test_every_answer_is_shielded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert (headers["cache-control"] == "no-store") is not path.startswith("/static")
    assert "server" not in headers
    is_for_programs = path.startswith("/api")
    assert headers.get("content-disposition", "").startswith("attachment") is is_for_programs


def test_what_everybody_gets_is_packed_and_what_somebody_gets_is_not(client: TestClient) -> None:
    """What draws a paper weighs nearly two megabytes; a page holds a secret, which packing would tell of (BREACH)."""
    with client.stream("GET", "/static/pdfjs/pdf.worker.min.mjs") as packed:
        assert len(packed.read()) > 3 * packed.num_bytes_downloaded
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in client.get("/").headers


def test_behind_tls_the_browser_is_told_to_stay_there_and_cookies_never_leave_it(
    founded: Bureau, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bureau = founded.copy(tmp_path_factory.mktemp("tls") / "bureau")
    bureau.set('address = ""  ', 'address = "https://stages.univ-exemple.test"  ')
    with an_app(bureau) as app, a_client(app) as client:
        assert "max-age=31536000" in client.get("/").headers["strict-transport-security"]
        cookie = client.get("/language/de?to=/").headers["set-cookie"]
    assert cookie.startswith("__Host-language=de;")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_a_page_holds_neither_styles_nor_scripts_of_its_own(client: TestClient) -> None:
    for path in ("/", "/nowhere"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " on" not in [word[:3] for word in page.split("<")]


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "words"), [("en", "no page here"), ("fr", 'lang="fr"'), ("de", 'lang="de"')])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(
    client: TestClient, language: str, words: str
) -> None:
    answer = client.get("/nowhere", headers={"accept-language": language})
    assert answer.status_code == 404
    assert words in answer.text


def test_a_fault_is_a_page_and_tells_nothing_of_what_failed(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/tests/broken")
    assert answer.status_code == 500
    assert "Camille" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_larger_than_any_paper_is_refused_before_it_is_read(client: TestClient) -> None:
    assert client.post("/tests/change", content=b"x", headers={"content-length": "99000000"}).status_code == 413


def test_whoever_announces_no_size_is_cut_off_at_the_limit(client: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/tests/change", content=(b"x" * 1_000_000 for _ in range(40)), headers=form)
    assert answer.status_code == 413


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_that_we_did_not_show_changes_nothing(client: TestClient) -> None:
    answer = client.post("/tests/change", data={"what": "x", "form_token": "guessed"})
    assert answer.status_code == 403
    assert "Please go back and try again" in answer.text


def test_every_route_that_changes_something_wants_the_forms_token() -> None:
    # Asked of the routers: the application keeps them, and not their routes.
    changing = [
        route
        for router in application._ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and (route.methods or set()) - {"GET", "HEAD"}
        and not route.path.startswith("/api/")
    ]
    unguarded = [
        route.path
        for route in changing
        # A typed form whose session is over may be kept, for its own link, and never sent.
        if not {"posted", "typed_form"} & {getattr(one.call, "__name__", "") for one in route.dependant.dependencies}
    ]
    assert len(changing) > 15
    assert unguarded == []


# ── languages ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("de-AT,de;q=0.9", "de"), ("pt,es;q=0.8,fr;q=0.5", "es"), ("en;q=0,fr", "fr"), ("xx", "fr"), ("", "fr")],
)
def test_the_browser_says_which_language_is_read(client: TestClient, wanted: str, code: str) -> None:
    assert f'<html lang="{code}">' in client.get("/", headers={"accept-language": wanted}).text


def test_a_language_that_was_chosen_stays(client: TestClient) -> None:
    answer = client.get("/language/es?to=/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert '<html lang="es">' in client.get("/").text


@pytest.mark.parametrize("to", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "javascript:x"])
def test_a_link_to_another_language_leads_nowhere_else(client: TestClient, to: str) -> None:
    assert client.get("/language/es", params={"to": to}).headers["location"] == "/"


# ── sessions and limits ──────────────────────────────────────────────────────────────────────────────────


def test_a_session_ends_an_hour_after_its_last_page_and_is_nobody_elses() -> None:
    box, other = box_of(b"a" * 32), box_of(b"b" * 32)
    session = Session()
    session.put("link", "x")
    cookie = session.shut(box, NOON)
    assert open_session(cookie, box, NOON + timedelta(minutes=59)).get("link") == "x"
    assert open_session(cookie, box, NOON + timedelta(minutes=61)).get("link") is None
    assert open_session(cookie, other, NOON).get("link") is None
    assert open_session(cookie[:-4] + "AAAA", box, NOON).get("link") is None


def test_a_session_that_goes_on_ends_after_eight_hours() -> None:
    box, moment, session = box_of(b"a" * 32), NOON, Session({"link": "x"})
    while session.get("link") and moment < NOON + timedelta(days=1):
        session = open_session(session.shut(box, moment), box, moment := moment + timedelta(minutes=30))
    assert timedelta(hours=8) < moment - NOON <= timedelta(hours=8.5)


def test_whoever_is_typing_keeps_the_session(founded: Bureau) -> None:
    """A page that somebody types in asks for ``/health`` now and then: that is a sign of life like any page."""
    moment = NOON
    with an_app(founded, lambda: moment) as app, a_client(app) as client:
        cookie = Session({"since": int(NOON.timestamp()), "links": ["x"]}).shut(app.state.door.cookies, NOON)
        for _ in range(4):
            moment += timedelta(minutes=40)
            written = client.get("/health", headers={"cookie": f"conventions={cookie}"}).headers["set-cookie"]
            cookie = written.partition(";")[0].removeprefix("conventions=")
        assert open_session(cookie, app.state.door.cookies, moment).get("links") == ["x"]


def test_what_was_tried_too_often_must_wait() -> None:
    throttle, minute = Throttle(), timedelta(minutes=1)
    assert [throttle.allows("a", 2, minute, NOON) for _ in range(3)] == [True, True, False]
    assert throttle.allows("b", 2, minute, NOON)
    assert throttle.allows("a", 2, minute, NOON + minute)
    throttle.forget("b")
    assert all(throttle.allows("c", 0, minute, NOON) for _ in range(1000))


def test_an_address_that_asks_too_often_must_wait_and_still_gets_a_page_that_says_so(
    founded: Bureau, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bureau = founded.copy(tmp_path_factory.mktemp("busy") / "bureau")
    bureau.set("requests_per_minute = 600", "requests_per_minute = 3")
    with an_app(bureau) as app, a_client(app) as client:
        answers = [client.get("/") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert "portal.css" in answers[-1].text
        assert client.get("/static/portal.css").status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("testclient", "testclient", True),
    ],
)
def test_whoever_has_one_address_of_a_house_has_all_of_them(one: str, other: str, is_same: bool) -> None:
    first, second = (address_of(Request({"type": "http", "client": (host, 1)})) for host in (one, other))
    assert (first == second) is is_same


@pytest.mark.parametrize("path", ["/board/", "/verify/", "/sign/0123456789abcdef/"])
def test_no_answer_leads_to_the_host_that_a_request_names(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"host": "evil.test"})
    assert "evil.test" not in answer.headers.get("location", "")
    assert "evil.test" not in answer.text


# ── figures and the log ──────────────────────────────────────────────────────────────────────────────────


def test_the_portal_says_that_it_is_well(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "signs": True}


def test_figures_are_for_this_machine_or_for_a_token(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/metrics").status_code == 404
    monkeypatch.setenv("CONVENTIONS_METRICS_TOKEN", "a long one")
    assert client.get("/metrics", headers={"authorization": "Bearer short"}).status_code == 404
    assert "conventions_answers_total" in client.get("/metrics", headers={"authorization": "Bearer a long one"}).text
    monkeypatch.delenv("CONVENTIONS_METRICS_TOKEN")
    with TestClient(app, client=("127.0.0.1", 5000)) as near:
        assert near.get("/metrics").status_code == 200
        assert near.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404


def test_the_log_names_the_route_and_nobody(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "conventions.portal"):
        client.get("/language/de?to=/&name=Camille")
    assert "/language/{code} 303" in caplog.text
    assert "Camille" not in caplog.text
    assert "testclient" not in caplog.text


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW], ids=["desktop", "phone", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_is_accessible(
    app: FastAPI, browser: Browser, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    with served(app) as address, browser.new_context(viewport=size, color_scheme=scheme, locale="fr-FR") as context:
        page = context.new_page()
        for path in ("/", "/nowhere"):
            page.goto(address + path)
            assert complaints_of(page) == []
