"""Signing in to the board: pass-phrases, a provider, roles, and what ends a session."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from joserfc.jwk import RSAKey

from conventions.portal import application, create_app, signin
from tests.campaigns import a_campaign
from tests.providers import FakeProvider, a_provider
from tests.web import a_client, form_token

PHRASE = "otter lantern quince harbour"
MORNING = datetime(2026, 3, 16, 7, 30, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_campaign(tmp_path_factory.mktemp("campaign") / "office", 4, on=date(2026, 3, 16))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(campaign: Path, clock: Clock) -> Iterator[FastAPI]:
    app = create_app(campaign, clock=clock)
    for name, role in (("lou", "secretariat"), ("kim", "reader")):
        if not app.state.desk.accounts.find(name):
            app.state.desk.accounts.add(name, role, PHRASE, clock())
    yield app
    app.state.door.office.registry.close()


def sign_in(client: TestClient, name: str = "lou", passphrase: str = PHRASE, **fields: str) -> Response:
    token = form_token(client.get("/board/sign-in").text)
    data = {"form_token": token, "name": name, "passphrase": passphrase, "to": "/board", **fields}
    answer: Response = client.post("/board/sign-in", data=data)
    return answer


def deeds(app: FastAPI) -> list[tuple[str, str, str]]:
    return [(one.who, one.what, one.outcome) for one in app.state.desk.deeds.latest(50)]


# ── local accounts ───────────────────────────────────────────────────────────────────────────────────────


OPEN = {"/board/sign-in", "/board/oidc", "/board/oidc/back"}
"""What is there for whoever is not signed in."""


def board_routes() -> list[APIRoute]:
    """Asked of the routers: the application keeps them, and not their routes."""
    found = [route for router in application._ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith("/board")]


def test_every_form_of_the_board_must_be_ours() -> None:
    changing = [route for route in board_routes() if route.methods != {"GET"}]
    assert len(changing) > 4
    for route in changing:
        assert "posted" in [getattr(one.call, "__name__", "") for one in route.dependant.dependencies], route.path


def test_nobody_sees_or_does_anything_without_signing_in(client: TestClient) -> None:
    routes = [route for route in board_routes() if route.path not in OPEN]
    ways = [(method, route.path) for route in routes for method in sorted(route.methods or ())]
    assert len(ways) > 8
    for method, path in ways:
        answer = client.request(method, path.replace("{", "").replace("}", "").replace("version", "1"))
        if method == "GET":
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/board/sign-in"), path
        else:
            assert 'action="/board/sign-in"' in answer.text, path


def test_whoever_signs_in_comes_to_the_page_that_was_wanted(client: TestClient, app: FastAPI) -> None:
    wanted = client.get("/board/dossiers/2026-0001").headers["location"]
    page = client.get(wanted).text
    assert 'value="/board/dossiers/2026-0001"' in page
    answer = sign_in(client, to="/board/dossiers/2026-0001")
    assert (answer.status_code, answer.headers["location"]) == (303, "/board/dossiers/2026-0001")
    assert client.get("/board").status_code == 200
    assert ("lou", "sign-in", "done") in deeds(app)


@pytest.mark.parametrize("to", ["https://elsewhere.test", "//elsewhere.test", "/board//x", "/boards", "/board/\\x"])
def test_nobody_is_led_elsewhere_by_signing_in(client: TestClient, to: str) -> None:
    assert sign_in(client, to=to).headers["location"] == "/board"


def test_an_unknown_name_and_a_wrong_pass_phrase_get_the_same_answer(client: TestClient, app: FastAPI) -> None:
    answers = [sign_in(client, name, "not this one at all") for name in ("kim", "nobody")]
    assert {answer.status_code for answer in answers} == {422}
    plain = [re.sub('value="[^"]*"', "", answer.text) for answer in answers]
    assert plain[0] == plain[1]
    assert ("", "sign-in", "refused") in deeds(app)
    assert client.get("/board").status_code == 303


def test_a_name_that_is_guessed_at_must_wait_even_with_the_right_pass_phrase(
    client: TestClient, app: FastAPI, clock: Clock
) -> None:
    app.state.desk.accounts.add("guessed", "reader", PHRASE, clock())
    refused = [sign_in(client, "guessed", "wrong wrong wrong") for _ in range(5)]
    waiting = sign_in(client, "guessed")
    assert {answer.status_code for answer in [*refused, waiting]} == {422}
    clock.now += timedelta(minutes=2)
    assert sign_in(client, "guessed").status_code == 303


def test_a_crowd_that_guesses_does_not_take_the_threads_of_those_who_sign(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = BoundedSemaphore(1)
    monkeypatch.setattr(signin, "_WAITING", full)
    with full:
        answer = sign_in(client)
    assert (answer.status_code, "wait some minutes" in answer.text) == (422, True)
    assert sign_in(client).status_code == 303


def test_a_flood_of_guesses_from_one_address_does_not_fill_the_registry(app: FastAPI) -> None:
    with a_client(app, address="192.0.2.9") as client:
        noted = app.state.desk.deeds.latest
        before = len(noted(1_000))
        token = form_token(client.get("/board/sign-in").text)
        for rank in range(35):
            typed = {"form_token": token, "name": f"nobody{rank}", "passphrase": "x"}
            assert client.post("/board/sign-in", data=typed).status_code == 422
        assert len(noted(1_000)) - before == 30


def test_the_session_is_another_one_after_signing_in(client: TestClient) -> None:
    before = form_token(client.get("/board/sign-in").text)
    sign_in(client)
    after = form_token(client.get("/board").text)
    assert before != after
    assert client.post("/board/sign-out", data={"form_token": before}).status_code == 403


def test_signing_in_needs_a_form_of_ours(client: TestClient) -> None:
    client.get("/board/sign-in")
    answer = client.post("/board/sign-in", data={"name": "lou", "passphrase": PHRASE, "form_token": "x"})
    assert answer.status_code == 403


def test_signing_out_ends_the_session_for_a_stolen_cookie_too(client: TestClient) -> None:
    sign_in(client)
    token, stolen = form_token(client.get("/board").text), dict(client.cookies)
    left = client.post("/board/sign-out", data={"form_token": token})
    assert (left.status_code, left.headers["clear-site-data"]) == (303, '"cache"')
    client.cookies.clear()
    client.cookies.update(stolen)
    assert client.get("/board").status_code == 303


def test_a_session_ends_after_half_an_hour_without_anything(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.now += timedelta(minutes=29)
    assert client.get("/board").status_code == 200
    clock.now += timedelta(minutes=31)
    assert client.get("/board").status_code == 303


def test_somebody_who_types_stays_signed_in_and_at_the_latest_for_a_day_of_work(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    token = form_token(client.get("/board").text)
    for _ in range(19):
        clock.now += timedelta(minutes=25)
        answer = client.post("/board/stay", data={"form_token": token})
        assert answer.status_code == 200
        assert 0 < answer.json()["seconds_left"] <= 1800
    clock.now += timedelta(minutes=25)
    assert client.get("/board").status_code == 303


def test_what_was_typed_is_carried_through_the_sign_in(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    token = form_token(client.get("/board").text)
    clock.now += timedelta(minutes=45)
    typed = {"form_token": token, "sought": "Léa & <Zoé>"}
    late = client.post("/board/search", data=typed, headers={"sec-fetch-site": "same-origin"})
    carried = re.search('name="carried" value="([^"]+)"', late.text)
    assert carried
    resumed = sign_in(client, to="/board/search", carried=html.unescape(carried[1]))
    assert 'action="/board/search"' in resumed.text
    assert 'name="sought" value="Léa &amp; &lt;Zoé&gt;"' in resumed.text
    found = client.post("/board/search", data={"form_token": form_token(resumed.text), "sought": "Léa"})
    assert found.status_code == 200


def test_a_form_from_elsewhere_is_not_carried(client: TestClient) -> None:
    late = client.post("/board/actions", data={"action": "issue"}, headers={"sec-fetch-site": "cross-site"})
    assert 'name="carried"' not in late.text


def test_a_closed_account_is_out_at_once(client: TestClient, app: FastAPI, clock: Clock) -> None:
    app.state.desk.accounts.add("leaving", "secretariat", PHRASE, clock())
    sign_in(client, "leaving")
    assert client.get("/board").status_code == 200
    app.state.desk.accounts.close("leaving", clock())
    assert client.get("/board").status_code == 303


@pytest.mark.parametrize("path", ["/board/actions/confirm", "/board/actions"])
def test_a_reader_looks_and_changes_nothing(client: TestClient, app: FastAPI, path: str) -> None:
    sign_in(client, "kim")
    page = client.get("/board").text
    assert "/board/actions" not in page
    data = {"form_token": form_token(page), "action": "remind", "numbers": "2026-0001", "key": "x"}
    assert client.post(path, data=data).status_code == 403
    assert ("kim", "denied", "done") in deeds(app)
    assert client.get("/board/journal").status_code == 403


# ── an identity provider ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture
def provided(campaign: Path, tmp_path: Path, provider: FakeProvider) -> Iterator[FastAPI]:
    """A workspace whose settings name the provider."""
    provider.claims, provider.signing_key, provider.algorithm = {"groups": ["stages"]}, None, "RS256"
    root = tmp_path / "office"
    shutil.copytree(campaign, root)
    settings = root / "conventions.toml"
    words = settings.read_text(encoding="utf-8").replace('address = ""', 'address = "http://testserver"')
    table = f"""
[portal.oidc]
issuer = "{provider.issuer}"
client_id = "board"
secretariat = ["stages"]
readers = ["Paul@univ-exemple.test"]
"""
    settings.write_text(words + table, encoding="utf-8")
    app = create_app(root)
    yield app
    app.state.door.office.registry.close()


def there_and_back(client: TestClient, **changed: str) -> Response:
    """To the provider as a browser goes, and back, with what a test changes on the way."""
    there = client.get("/board/oidc").headers["location"]
    back = httpx.get(there).headers["location"]
    wanted = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    answer: Response = client.get("/board/oidc/back", params=wanted | changed)
    return answer


def test_a_person_of_the_house_signs_in_at_the_provider(provided: FastAPI) -> None:
    with a_client(provided) as client:
        assert "/board/oidc" in client.get("/board/sign-in").text
        assert there_and_back(client).headers["location"] == "/board"
        page = client.get("/board").text
        assert "Lou Marin" in page
        assert client.get("/board/journal").status_code == 200


def test_the_provider_is_asked_with_a_challenge_a_state_and_a_nonce(provided: FastAPI) -> None:
    with a_client(provided) as client:
        asked = [parse_qs(urlsplit(client.get("/board/oidc").headers["location"]).query) for _ in range(2)]
    for one in asked:
        assert one["code_challenge_method"] == ["S256"]
        assert one["redirect_uri"] == ["http://testserver/board/oidc/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 40


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x"},
    "for another client": {"aud": "other"},
    "of another issuer": {"iss": "http://elsewhere.test"},
    "too old": {"exp": 1},
    "passed on by another client": {"azp": "other"},
    "of nobody": {"sub": None},
    "in no group": {"groups": []},
    "in another group": {"groups": "students"},
    "with an address that is not verified": {"groups": [], "email": "paul@univ-exemple.test"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_statement_that_is_not_for_us_opens_nothing(
    provided: FastAPI, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    provider.claims = {"groups": ["stages"]} | claims
    with a_client(provided) as client:
        assert there_and_back(client).status_code == 403
        assert client.get("/board").status_code == 303
    assert provided.state.desk.deeds.latest(1)[0].outcome == "refused"


def test_a_statement_that_another_key_has_signed_opens_nothing(provided: FastAPI, provider: FakeProvider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    with a_client(provided) as client:
        assert there_and_back(client).status_code == 403


@pytest.mark.parametrize("changed", [{"state": "x"}, {"code": ""}, {"code": "code-unknown"}, {"state": "é"}])
def test_a_way_back_that_nobody_was_sent_on_leads_nowhere(provided: FastAPI, changed: dict[str, str]) -> None:
    with a_client(provided) as client:
        assert there_and_back(client, **changed).status_code == 403
        assert client.get("/board/oidc/back", params={"state": "", "code": "code-0"}).status_code == 403


def test_a_verified_address_may_open_the_board_to_look(provided: FastAPI, provider: FakeProvider) -> None:
    provider.claims = {"email": "paul@univ-exemple.test", "email_verified": True}
    with a_client(provided) as client:
        assert there_and_back(client).status_code == 303
        assert client.get("/board").status_code == 200
        assert client.get("/board/journal").status_code == 403


def test_a_provider_that_does_not_answer_is_said_so(provided: FastAPI, provider: FakeProvider) -> None:
    provided.state.desk.provider.settings = provided.state.desk.provider.settings.model_copy(
        update={"issuer": "http://127.0.0.1:9"}
    )
    with a_client(provided) as client:
        assert client.get("/board/oidc").status_code == 503


def test_without_a_provider_there_is_no_such_page(client: TestClient) -> None:
    assert client.get("/board/oidc").status_code == 404
    assert client.get("/board/oidc/back").status_code == 404
