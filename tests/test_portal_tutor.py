"""The supervisors' pages: an evaluation typed in a browser, kept as one goes, sent; the students of a supervisor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, ViewportSize

from conventions.languages import LANGUAGES, Language
from conventions.model.event import Returned
from conventions.model.form import FieldKind, FormField
from conventions.office import Office, filling
from conventions.store import PaperRecord
from tests.papers import the_clock
from tests.web import DESKTOP, NARROW, PHONE, a_client, an_app, complaints_of, form_token, served, shot
from tests.workspaces import Bureau, a_bureau

WORDS: Final = "Très bien : « ł’œuvre », Nguyễn\nune deuxième ligne"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two forms were sent: the host's and the academic supervisor's."""
    with a_bureau(tmp_path_factory.mktemp("asked"), "0001", "0002") as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", "--document", "evaluation_host", bureau.numbers[0])
        bureau.run("issue", "--document", "evaluation_referent", *bureau.numbers)
        yield bureau


@pytest.fixture
def bureau(asked: Bureau, tmp_path: Path) -> Bureau:
    return asked.copy(tmp_path / "bureau")


def opened(client: TestClient, bureau: Bureau, step: str = "fill-tutor", number: str = "") -> str:
    """The page that the link of a letter leads to."""
    answer = client.get(bureau.link_sent(number or bureau.numbers[0], step))
    assert answer.status_code == 303
    return str(answer.headers["location"])


def paper_of(bureau: Bureau, document: str = "evaluation_host") -> PaperRecord:
    with Office.open(bureau.root) as office:
        paper = office.registry.find(bureau.numbers[0], document)
        assert paper is not None
        return paper


def fields(bureau: Bureau, document: str = "evaluation_host", language: str = "en") -> tuple[FormField, ...]:
    with Office.open(bureau.root) as office:
        paper = office.registry.find(bureau.numbers[0], document)
        assert paper is not None
        return filling.open_sheet(office.workspace, paper, Language(language), the_clock()).fields


def good_answers(bureau: Bureau, document: str = "evaluation_host", **own: str) -> dict[str, str]:
    given = {
        FieldKind.NUMBER: "16",
        FieldKind.DATE: "2027-06-30",
        FieldKind.LONG_TEXT: WORDS,
        FieldKind.TEXT: "Karim Benali",
    }
    answers = {
        field.name: field.options[0].value if field.options else given[field.kind] for field in fields(bureau, document)
    }
    return answers | own


def the_mark(bureau: Bureau) -> str:
    return next(field.name for field in fields(bureau) if field.kind is FieldKind.NUMBER)


def hidden(page: str) -> dict[str, str]:
    found = re.search(r'name="keep_token" value="([^"]+)"', page)
    assert found
    return {"form_token": form_token(page), "keep_token": found[1]}


# ── without scripts ──────────────────────────────────────────────────────────────────────────────────────


def test_the_form_is_asked_in_the_readers_language(app: FastAPI, bureau: Bureau) -> None:
    for code in LANGUAGES:
        with a_client(app, code) as client:
            page = unescape(client.get(opened(client, bureau)).text)
        assert f'<html lang="{code}">' in page
        assert all(field.label in page for field in fields(bureau, language=code))


def test_answers_that_are_sent_are_recorded_and_can_be_downloaded(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        path = opened(client, bureau)
        typed = good_answers(bureau) | hidden(client.get(path).text) | {"action": "send"}
        answer = client.post(path, data=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert "Thank you" in client.get(path).text
        copy = client.get(f"{path}/copy.pdf")
        assert copy.content.startswith(b"%PDF-")
    last = paper_of(bureau).last(Returned)
    assert last is not None
    assert last.answers[the_mark(bureau)] == "16"
    assert copy.content == (bureau.root / last.file).read_bytes()


def test_sending_twice_is_one_return_and_a_correction_another(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        path = opened(client, bureau)
        typed = good_answers(bureau) | hidden(client.get(path).text) | {"action": "send"}
        client.post(path, data=typed)
        client.post(path, data=typed)
        again = client.get(f"{path}?again=true").text
        assert 'value="16"' in again
        client.post(path, data=typed | {the_mark(bureau): "17,5"})
    events = [event for event in paper_of(bureau).events if isinstance(event, Returned)]
    assert [event.answers[the_mark(bureau)] for event in events] == ["16", "17,5"]


def test_two_windows_that_send_at_once_make_one_return(app: FastAPI, bureau: Bureau) -> None:
    def press(client: TestClient) -> object:
        path = opened(client, bureau)
        return client.post(
            path, data=good_answers(bureau) | hidden(client.get(path).text) | {"action": "send"}
        ).status_code

    with a_client(app) as one, a_client(app) as other, ThreadPoolExecutor(2) as hands:
        assert [*hands.map(press, (one, other))] == [303, 303]
    assert [event.kind for event in paper_of(bureau).events].count("returned") == 1


def test_what_is_wrong_stands_in_a_summary_and_at_its_question(app: FastAPI, bureau: Bureau) -> None:
    mark = the_mark(bureau)
    with a_client(app) as client:
        path = opened(client, bureau)
        typed = good_answers(bureau, **{mark: "21"}) | hidden(client.get(path).text) | {"action": "send"}
        answer = client.post(path, data=typed)
    assert answer.status_code == 422
    name = f"q-{mark.replace('.', '-')}"
    assert f'href="#{name}"' in answer.text
    described = re.search(rf'id="{name}"[^>]*aria-describedby="([^"]+)"[^>]*aria-invalid="true"', answer.text)
    assert described
    assert all(f'id="{one}"' in answer.text for one in described[1].split())
    assert paper_of(bureau).last(Returned) is None


def test_what_was_saved_is_there_with_the_same_link_on_another_day(app: FastAPI, bureau: Bureau) -> None:
    mark = the_mark(bureau)
    with a_client(app) as client:
        path = opened(client, bureau)
        page = client.post(path, data={mark: "13"} | hidden(client.get(path).text) | {"action": "keep"}).text
        assert "Saved." in page
    with a_client(app) as other:
        assert 'value="13"' in other.get(opened(other, bureau)).text


def test_a_session_that_is_over_loses_nothing_that_was_typed(bureau: Bureau) -> None:
    moment = [the_clock()]
    mark = the_mark(bureau)
    long = next(field.name for field in fields(bureau) if field.kind is FieldKind.LONG_TEXT)
    with an_app(bureau, lambda: moment[0]) as app, a_client(app) as client:
        path = opened(client, bureau)
        page = client.get(path).text
        moment[0] += timedelta(hours=20)
        typed = good_answers(bureau, **{mark: "11", long: "x" * 90_000})
        answer = client.post(path, data=typed | hidden(page) | {"action": "send"})
        assert answer.status_code == 200
        assert "<h1>What you typed is kept</h1>" in answer.text, "nothing has failed"
        assert paper_of(bureau).last(Returned) is None, "nothing is sent without a session"
        assert 'value="11"' in client.get(opened(client, bureau)).text
    (kept,) = bureau.root.rglob("*.typed.json")
    assert kept.stat().st_size < 50_000, "no answer is longer than what a page takes"


def test_nobody_writes_into_a_form_without_having_opened_it(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        path = opened(client, bureau)
        tokens = hidden(client.get(path).text)
    mine = {the_mark(bureau): "20", "action": "keep"}
    with a_client(app) as stranger:
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, data=mine).status_code == 403
        assert stranger.post(path, data=mine | {"keep_token": "x"}).status_code == 403
        assert stranger.post(path, data=mine | tokens, headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert stranger.get(f"{path}/copy.pdf").status_code == 404
    assert not list(bureau.root.rglob("*.typed.json"))


def test_a_form_that_was_taken_back_is_closed(app: FastAPI, bureau: Bureau) -> None:
    bureau.run("recall", f"{bureau.numbers[0]}/evaluation_host", "--reason", "wrong supervisor")
    with a_client(app) as client:
        page = client.get(opened(client, bureau)).text
    assert "<h1>This form has ended</h1>" in page, "nothing has failed"
    assert "no longer needed" in page


def test_links_that_the_office_ends_shut_the_form_and_the_list(app: FastAPI, bureau: Bureau) -> None:
    first, second = bureau.numbers
    with a_client(app) as client:
        form, students = opened(client, bureau), f"{opened(client, bureau, 'fill-referent')}/students"
        tokens = hidden(client.get(form).text)
        client.post(f"{students}/code", data=tokens | {"action": "send"})
        client.post(f"{students}/code", data=tokens | {"action": "enter", "code": bureau.code_sent(first, "referent")})
        assert bureau.dossier(second).student.name in client.get(students).text
        bureau.run("links", "end", first)
        typed = good_answers(bureau) | tokens | {"action": "send"}
        answers = [client.get(form), client.post(form, data=typed), client.get(f"{form}/form.pdf")]
        answers += [client.get(students), client.post(f"{students}/open", data=tokens | {"number": second})]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert all("This link has ended" in answer.text for answer in answers)
    assert paper_of(bureau).last(Returned) is None


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


def typed_by_hand(page: Page, bureau: Bureau, document: str = "evaluation_host") -> None:
    for field in fields(bureau, document):
        value, place = good_answers(bureau, document)[field.name], f'[name="{field.name}"]'
        if field.kind is FieldKind.CHOICE:
            page.check(f'{place}[value="{value}"]')
        else:
            page.fill(place, value)


@pytest.mark.parametrize(
    ("code", "size"), [("fr", DESKTOP), ("en", PHONE), ("es", NARROW), ("de", DESKTOP)], ids=LANGUAGES
)
def test_a_supervisor_fills_in_a_form(
    app: FastAPI, bureau: Bureau, browser: Browser, tmp_path: Path, code: str, size: ViewportSize
) -> None:
    with served(app) as address, browser.new_context(viewport=size, locale=code) as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(bureau.numbers[0], "fill-tutor"))
        assert complaints_of(page) == []
        shot(page, tmp_path, f"fill-{code}")
        page.click('button[value="send"]')
        page.wait_for_selector("#problems:focus")
        assert complaints_of(page) == []
        shot(page, tmp_path, f"wrong-{code}")
        typed_by_hand(page, bureau)
        page.click('button[value="send"]')
        page.wait_for_selector(".done")
        assert complaints_of(page) == []
        shot(page, tmp_path, f"filled-{code}")
    assert paper_of(bureau).last(Returned) is not None


def test_what_is_typed_is_kept_without_any_button(app: FastAPI, bureau: Bureau, browser: Browser) -> None:
    mark = the_mark(bureau)
    with served(app) as address, browser.new_context(locale="en") as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(bureau.numbers[0], "fill-tutor"))
        page.fill(f'[name="{mark}"]', "14")
        page.wait_for_selector("#kept:not(:empty)")
        assert page.inner_text("#kept").startswith("Saved")
        page.reload()
        assert page.input_value(f'[name="{mark}"]') == "14"


def test_the_form_works_without_scripts(app: FastAPI, bureau: Bureau, browser: Browser) -> None:
    with served(app) as address, browser.new_context(java_script_enabled=False, locale="en") as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(bureau.numbers[0], "fill-tutor"))
        typed_by_hand(page, bureau)
        page.click('button[value="send"]')
        page.wait_for_selector(".done")
    assert paper_of(bureau).last(Returned) is not None


# ── the academic supervisor's students ───────────────────────────────────────────────────────────────────


def test_the_students_are_shown_for_a_code_only(app: FastAPI, bureau: Bureau) -> None:
    first, second = bureau.numbers
    with a_client(app) as client:
        path = f"{opened(client, bureau, 'fill-referent')}/students"
        page = client.get(path).text
        assert bureau.dossier(second).student.name not in page
        tokens = {"form_token": form_token(page)}
        client.post(f"{path}/code", data=tokens | {"action": "send"})
        wrong = client.post(f"{path}/code", data=tokens | {"action": "enter", "code": "123"})
        assert (wrong.status_code, "the code is wrong" in wrong.text) == (422, True)
        right = client.post(
            f"{path}/code", data=tokens | {"action": "enter", "code": bureau.code_sent(first, "referent")}
        )
        assert right.status_code == 303
        shown = client.get(path).text
        assert all(bureau.dossier(number).student.name in shown for number in bureau.numbers)


def test_the_tutor_of_the_host_has_no_list_of_students(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        path = opened(client, bureau)
        token = form_token(client.get(path).text)
        assert client.get(f"{path}/students").status_code == 404
        assert client.post(f"{path}/students/code", data={"form_token": token, "action": "send"}).status_code == 404


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["wide", "narrow"])
def test_a_supervisor_gives_marks_from_the_list(
    app: FastAPI, bureau: Bureau, browser: Browser, tmp_path: Path, size: ViewportSize
) -> None:
    first, second = bureau.numbers
    with served(app) as address, browser.new_context(viewport=size, locale="en") as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(first, "fill-referent"))
        page.click('a[href$="/students"]')
        assert complaints_of(page) == []
        page.click('button[value="send"]')
        page.wait_for_selector("#code")
        assert complaints_of(page) == []
        page.fill("#code", bureau.code_sent(first, "referent"))
        page.click('button[value="enter"]')
        page.wait_for_selector("article")
        assert complaints_of(page) == []
        shot(page, tmp_path, "students")
        name = bureau.dossier(second).student.name
        page.get_by_role("article", name=name).get_by_role("button").click()
        page.wait_for_selector("form.questions")
        typed_by_hand(page, bureau, "evaluation_referent")
        page.click('button[value="send"]')
        page.wait_for_selector(".done")
        page.click('a[href$="/students"]')
        page.wait_for_selector("article")
    with Office.open(bureau.root) as office:
        paper = office.registry.find(second, "evaluation_referent")
        assert paper is not None
        assert paper.last(Returned) is not None
        assert office.registry.find(first, "evaluation_referent").last(Returned) is None  # type: ignore[union-attr]
