"""The public page: anybody reads how a paper is verified and has one verified; nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from playwright.sync_api import Browser, ViewportSize

from conventions import apart
from conventions.apart import ask_apart
from conventions.languages import LANGUAGES
from conventions.office import proof
from conventions.portal import verifying
from tests.web import DESKTOP, NARROW, PHONE, a_client, an_app, complaints_of, form_token, served, shot
from tests.workspaces import Bureau, a_bureau


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office with one agreement that the student has signed."""
    with a_bureau(tmp_path_factory.mktemp("held"), "0001") as bureau:
        (number,) = bureau.numbers
        bureau.run("generate", number)
        bureau.run("issue", number)
        bureau.sign(number, "student")
        yield bureau


@pytest.fixture
def app(issued: Bureau) -> Iterator[FastAPI]:
    with an_app(issued) as app:
        yield app


def hand_in(client: TestClient, data: bytes | None) -> Response:
    typed = {"form_token": form_token(client.get("/verify").text)}
    files = None if data is None else {"file": ("paper.pdf", data)}
    answer: Response = client.post("/verify", data=typed, files=files)
    return answer


def held(bureau: Bureau) -> Path:
    return bureau.paper(bureau.numbers[0])


def test_a_genuine_paper_is_valid_and_its_verdict_is_that_of_the_command(issued: Bureau, client: TestClient) -> None:
    answer = hand_in(client, held(issued).read_bytes())
    assert answer.status_code == 200
    assert "Valid: nothing is wrong with this file." in answer.text
    told = issued.run("verify", held(issued)).out.splitlines()[1:]
    assert len(told) > 2
    for line in told:
        assert line.strip().replace("'", "&#39;") in answer.text


def test_the_title_of_the_page_tells_the_verdict(issued: Bureau, client: TestClient) -> None:
    """It is what a screen reader says first, and what a tab shows."""
    for data, verdict in ((held(issued).read_bytes(), "Valid: nothing"), (b"no paper", "NOT VALID")):
        assert f"<title>{verdict}" in hand_in(client, data).text


def test_a_paper_that_was_changed_is_not_valid(issued: Bureau, client: TestClient) -> None:
    data = bytearray(held(issued).read_bytes())
    data[len(data) // 4] ^= 1
    answer = hand_in(client, bytes(data))
    assert answer.status_code == 200
    assert "NOT VALID" in answer.text
    assert "Valid: nothing" not in answer.text


@pytest.mark.parametrize("data", [b"words", b"%PDF-1.7\n%%EOF", bytes(5000)])
def test_what_is_no_paper_is_told_and_is_no_fault(client: TestClient, data: bytes) -> None:
    answer = hand_in(client, data)
    assert answer.status_code == 200
    assert "NOT VALID" in answer.text


def test_nothing_of_a_file_is_kept_and_no_paper_is_touched(issued: Bureau, client: TestClient) -> None:
    before = issued.everything()
    hand_in(client, held(issued).read_bytes())
    hand_in(client, b"words")
    assert issued.everything() == before


def test_a_file_is_wanted_and_not_an_enormous_one(client: TestClient) -> None:
    assert hand_in(client, None).status_code == 422
    assert hand_in(client, bytes(10_000_001)).status_code == 413


def test_nobody_tries_without_end(client: TestClient) -> None:
    with patch.object(verifying, "_MOST", 2):
        assert [hand_in(client, b"words").status_code for _ in range(3)] == [200, 200, 429]


def test_while_one_file_is_verified_another_one_waits_outside(client: TestClient) -> None:
    with verifying._ONE_AT_A_TIME:
        answer = hand_in(client, b"words")
    assert answer.status_code == 503
    assert "Another file is being verified" in answer.text
    assert hand_in(client, b"words").status_code == 200


def test_a_file_that_takes_too_long_keeps_neither_signers_nor_strangers_waiting(
    issued: Bureau, client: TestClient
) -> None:
    ask_apart(len, b"")
    signers = [keeper._process for keeper in apart._GATEHOUSE._keepers]
    with patch.object(proof, "_PATIENCE", 0):
        answer = hand_in(client, held(issued).read_bytes())
    assert answer.status_code == 422
    assert "takes more time to read than any paper" in answer.text
    assert [keeper._process for keeper in apart._GATEHOUSE._keepers] == signers
    assert any(process and process.poll() is None for process in signers)
    assert hand_in(client, b"words").status_code == 200


def test_a_form_from_elsewhere_is_refused(client: TestClient) -> None:
    answer = client.post("/verify", data={"form_token": "guessed"}, files={"file": ("paper.pdf", b"words")})
    assert answer.status_code == 403


def test_the_authorities_are_those_that_the_office_publishes(
    issued: Bureau, client: TestClient, tmp_path: Path
) -> None:
    issued.run("roots", tmp_path)
    answer = client.get("/verify/roots.pem")
    assert answer.content == (tmp_path / "roots.pem").read_bytes()
    prints = [line.split()[1] for line in (tmp_path / "verify.txt").read_text().splitlines() if "SHA-256" in line]
    assert prints
    page = client.get("/verify").text
    assert all(one in page for one in prints)


def test_an_office_that_believes_nobody_explains_and_takes_no_file(tmp_path: Path, issued: Bureau) -> None:
    bureau = issued.copy(tmp_path / "bureau")
    bureau.set(f'roots = ["{bureau.pki.roots.relative_to(issued.root)}"]', "roots = []")
    with an_app(bureau) as app, a_client(app) as client:
        page = client.get("/verify")
        assert page.status_code == 200
        assert 'type="file"' not in page.text
        assert client.get("/verify/roots.pem").status_code == 404


def test_the_first_page_leads_there(client: TestClient) -> None:
    assert 'href="/verify"' in client.get("/").text


@pytest.mark.parametrize("window", [DESKTOP, PHONE, NARROW])
def test_in_a_browser_with_every_language_and_no_complaint(
    app: FastAPI, issued: Bureau, browser: Browser, window: ViewportSize, tmp_path: Path
) -> None:
    with served(app) as address:
        for code in LANGUAGES:
            page = browser.new_page(viewport=window, locale=code)
            page.goto(f"{address}/verify#3f9a3f9a3f9a3f9a")
            assert page.get_attribute("html", "lang") == code
            assert complaints_of(page) == []
            page.set_input_files("#file", held(issued))
            page.click("main button")
            page.wait_for_selector("#verdict.done")
            assert complaints_of(page) == []
            shot(page, tmp_path, f"verified-{code}-{window['width']}")
            page.close()
