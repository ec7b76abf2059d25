"""What befalls people on the web: they press twice, leave something out, stay away too long, have very long names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from playwright.sync_api import Browser, Page

from conventions.model.event import Checked, Declined
from conventions.office import Office
from conventions.store import PaperRecord
from tests.boards import a_staffed_app, done, post, signed_in
from tests.papers import the_clock
from tests.proposals import NUMBER, WANTED, the_hosts_words, the_students_words
from tests.web import DESKTOP, NARROW, Guest, a_client, an_app, form_token, served
from tests.workspaces import Bureau, a_bureau

WHO: Final = (
    *("--first-name", WANTED.first_name, "--last-name", WANTED.last_name),
    *("--student-email", WANTED.student_email, "--contact", WANTED.contact, "--contact-email", WANTED.contact_email),
)
LEFT_OUT: Final = ("student.phone", "student.address.postal_code", "protection.health_fund.name")
LONG: Final = "Lefèvre-Nguyễn d’Wolfeschlegelsteinhausenbergerdorff"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An agreement to sign, an evaluation and a pre-agreement to fill in."""
    with a_bureau(tmp_path_factory.mktemp("asked"), "0001") as bureau:
        bureau.set('address = ""  ', 'address = "http://stages.univ-exemple.test"  ')
        (number,) = bureau.numbers
        words = bureau.file(number).read_text(encoding="utf-8")
        named = f"last_name: {bureau.dossier(number).student.last_name}"
        bureau.file(number).write_text(words.replace(named, f"last_name: {LONG}", 1), encoding="utf-8")
        bureau.run("issue", "--all")
        bureau.run("issue", "--document", "evaluation_host", number)
        bureau.run("propose", NUMBER, *WHO)
        yield bureau


@pytest.fixture
def bureau(asked: Bureau, tmp_path: Path) -> Bureau:
    return asked.copy(tmp_path / "bureau")


@pytest.fixture
def number(bureau: Bureau) -> str:
    (number,) = bureau.numbers
    return number


@pytest.fixture
def app(bureau: Bureau) -> Iterator[FastAPI]:
    with a_staffed_app(bureau) as app:
        yield app


def opened(client: TestClient, bureau: Bureau, step: str) -> str:
    """The path of the pre-agreement's page that the newest letter leads to."""
    return str(client.get(bureau.link_sent(NUMBER, step)).headers["location"])


def sent(client: TestClient, path: str, to: str = "", **words: str) -> Response:
    """A form that is sent from a page."""
    token = form_token(client.get(path).text)
    answer: Response = client.post(f"{path}{to}", data={"form_token": token, **words})
    return answer


def proposed(client: TestClient, bureau: Bureau) -> Response:
    path = opened(client, bureau, "fill-company")
    return sent(client, path, action="send", **the_hosts_words(the_clock().date()))


def let_in(client: TestClient, bureau: Bureau, step: str, role: str) -> str:
    path = opened(client, bureau, step)
    assert sent(client, path, "/code", action="send").status_code == 200
    assert sent(client, path, "/code", action="enter", code=bureau.code_sent(NUMBER, role)).status_code == 303
    return path


def confirmed(client: TestClient, bureau: Bureau) -> str:
    """The coordinator's page, once host and student have done their parts."""
    assert proposed(client, bureau).status_code == 303
    path = let_in(client, bureau, "confirm-student", "student")
    assert sent(client, path, action="send", **the_students_words()).status_code == 303
    return let_in(client, bureau, "decide-coordinator", "coordinator")


def pre_agreement(bureau: Bureau) -> PaperRecord:
    with Office.open(bureau.root) as office:
        paper = office.registry.find(NUMBER, "pre_agreement")
        assert paper
        return paper


def heading(answer: Response) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", answer.text)
    assert found, answer.text
    return unescape(found[1])


# ── pressed twice ────────────────────────────────────────────────────────────────────────────────────────


def test_who_approves_twice_sees_that_it_is_approved(client: TestClient, bureau: Bureau) -> None:
    path = confirmed(client, bureau)
    token = form_token(client.get(path).text)
    answers = [client.post(f"{path}/decide", data={"form_token": token, "action": "approve"}) for _ in range(2)]
    assert [answer.headers.get("location") for answer in answers] == [path, path]
    assert "is approved" in client.get(path).text
    assert sum(isinstance(event, Checked) for event in pre_agreement(bureau).events) == 1


def test_a_student_who_confirms_twice_is_thanked(client: TestClient, bureau: Bureau) -> None:
    proposed(client, bureau)
    path = let_in(client, bureau, "confirm-student", "student")
    words = {"form_token": form_token(client.get(path).text), "action": "send", **the_students_words()}
    answers = [client.post(path, data=words) for _ in range(2)]
    assert [answer.headers.get("location") for answer in answers] == [path, path]


def test_a_host_who_takes_it_back_twice_is_told_that_it_has_ended(client: TestClient, bureau: Bureau) -> None:
    path = opened(client, bureau, "fill-company")
    words = {"form_token": form_token(client.get(path).text), "reason": "the project was dropped"}
    answers = [client.post(f"{path}/decline", data=words) for _ in range(2)]
    assert [answer.headers.get("location") for answer in answers] == [path, path]
    assert heading(client.get(path)) == "This pre-agreement has ended"


# ── left out ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_host_who_does_not_say_why_is_asked_and_nothing_ends(client: TestClient, bureau: Bureau, reason: str) -> None:
    answer = sent(client, opened(client, bureau, "fill-company"), "/decline", reason=reason)
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert "<details open>" in answer.text
    assert not any(isinstance(event, Declined) for event in pre_agreement(bureau).events)


def test_a_refusal_that_comes_back_keeps_what_was_typed(client: TestClient, bureau: Bureau) -> None:
    path = confirmed(client, bureau)
    answer = sent(client, path, "/decide", action="refuse", comment="Raise the allowance.")
    assert answer.status_code == 422
    assert "Raise the allowance.</textarea>" in answer.text


def test_no_code_at_all_is_no_wrong_code(client: TestClient, bureau: Bureau) -> None:
    proposed(client, bureau)
    path = opened(client, bureau, "confirm-student")
    sent(client, path, "/code", action="send")
    answers = [sent(client, path, "/code", action="enter", code=" ") for _ in range(6)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Type the code from the letter" in answers[-1].text
    right = bureau.code_sent(NUMBER, "student")
    assert sent(client, path, "/code", action="enter", code=right).status_code == 303


def test_what_is_left_out_is_named_as_the_form_names_it(client: TestClient, bureau: Bureau) -> None:
    proposed(client, bureau)
    path = let_in(client, bureau, "confirm-student", "student")
    said = {name: words for name, words in the_students_words().items() if name not in LEFT_OUT}
    page = unescape(sent(client, path, action="send", **said).text)
    assert "protection." not in re.sub(r'(name|id|for|href|aria-describedby)="[^"]*"', "", page)
    assert "“”" not in page
    assert "“student: postal code” has no answer" in page
    assert "“health insurance fund” has no answer" in page


# ── away for too long ────────────────────────────────────────────────────────────────────────────────────


def test_whoever_was_away_too_long_is_led_to_the_letter(bureau: Bureau, number: str) -> None:
    moment = the_clock()

    def clock() -> datetime:
        return moment

    with an_app(bureau, clock) as app, a_client(app) as client:
        student = Guest.comes(bureau, client, number, "student").enters()
        token = form_token(student.look().text)
        moment += timedelta(hours=2)
        answer = client.post(f"/sign/{student.handle}/refuse", data={"form_token": token, "reason": "dates"})
        assert answer.status_code == 403
        assert "open the link of your letter once more" in answer.text
        assert "go back" not in answer.text


def test_answers_that_were_kept_are_no_failure(bureau: Bureau, number: str) -> None:
    moment = the_clock()

    def clock() -> datetime:
        return moment

    with an_app(bureau, clock) as app, a_client(app) as client:
        path = str(client.get(bureau.link_sent(number, "fill-tutor")).headers["location"])
        page = client.get(path).text
        keep = re.search(r'name="keep_token" value="([^"]+)"', page)
        assert keep
        moment += timedelta(hours=2)
        answer = client.post(path, data={"form_token": form_token(page), "keep_token": keep[1], "action": "send"})
        assert heading(answer) == "What you typed is kept"


def test_a_form_that_was_taken_back_says_so_and_not_that_something_failed(
    client: TestClient, bureau: Bureau, number: str
) -> None:
    path = str(client.get(bureau.link_sent(number, "fill-tutor")).headers["location"])
    bureau.run("recall", f"{number}/evaluation_host", "--reason", "the wrong supervisor")
    answer = client.get(path)
    assert (answer.status_code, heading(answer)) == (200, "This form has ended")


def test_a_text_that_its_field_has_room_for_is_not_too_long(client: TestClient, bureau: Bureau, number: str) -> None:
    """A browser counts a line break once, and sends two characters for it."""
    path = str(client.get(bureau.link_sent(number, "fill-tutor")).headers["location"])
    found = re.search(r'<textarea name="([^"]+)"[^>]*maxlength="(\d+)"', client.get(path).text)
    assert found
    lines = ["x" * 9] * (int(found[2]) // 10)
    page = sent(client, path, action="send", **{found[1]: "\r\n".join(lines)}).text
    assert "is too long" not in page
    assert "x" * 9 in page


def test_the_reason_of_a_refusal_is_not_cut_where_its_field_had_room(
    client: TestClient, bureau: Bureau, number: str
) -> None:
    student = Guest.comes(bureau, client, number, "student").enters()
    words = "\r\n".join(["x" * 9] * 99 + ["the end"])
    student.post("refuse", reason="other", words=words)
    with Office.open(bureau.root) as office:
        paper = office.registry.find(number, "convention")
    assert paper
    declined = paper.last(Declined)
    assert declined
    assert declined.reason.endswith("the end")
    assert declined.reason.startswith("un autre motif\N{NO-BREAK SPACE}: xxx")  # as French is written


def test_what_is_saved_half_done_is_not_reproached(client: TestClient, bureau: Bureau) -> None:
    said = the_hosts_words(the_clock().date(), **{"allowance.amount": "2,10"})
    path = opened(client, bureau, "fill-company")
    page = sent(client, path, action="keep", **{"host.name": "Ateliers du Port"}).text
    assert "has no answer" not in page
    assert "field-problem" not in page
    page = sent(client, path, action="keep", **said).text
    assert "field-problem" in page  # what was said below the floor


def test_a_code_that_does_not_open_is_not_on_its_way(client: TestClient, bureau: Bureau, number: str) -> None:
    student = Guest.comes(bureau, client, number, "student")
    student.post("code")
    assert "is on its way" in student.look().text
    assert "is on its way" not in student.post("enter", code="1234").text


def test_a_phone_offers_the_keys_that_an_address_needs_and_what_it_knows(client: TestClient, bureau: Bureau) -> None:
    proposed(client, bureau)
    page = client.get(let_in(client, bureau, "confirm-student", "student")).text
    asked = {found[1]: found[0] for found in re.finditer(r'<input type="text" name="([^"]+)"[^>]*>', page)}
    assert 'inputmode="email"' in asked["student.email"]
    assert 'inputmode="tel"' in asked["student.phone"]
    assert 'autocomplete="address-line1"' in asked["student.address.street"]  # the whole address has several lines
    assert "inputmode" not in asked["student.last_name"]


@pytest.mark.parametrize(
    "quirk", ["lefevre-nguyen d'wolf", "LEFÈVRE NGUYÊN D’WOLF", "Lefe\u0300vre-Nguye\u0302\u0303n d´Wolf"]
)
def test_a_name_may_be_typed_with_the_keys_that_one_has(
    client: TestClient, bureau: Bureau, number: str, quirk: str
) -> None:
    """Nobody has every accent and every apostrophe on a keyboard."""
    student = Guest.comes(bureau, client, number, "student").enters()
    first, _, last = student.name.partition(" ")
    name = f"{first} {quirk}{last.partition('Wolf')[2]}"
    assert student.post("sign", name=name, agree="yes").status_code == 303
    assert "You have signed" in student.look().text


@pytest.mark.parametrize("name", ["", "-", "Camille", "Camille Lefevre"])
def test_another_name_does_not_sign(client: TestClient, bureau: Bureau, number: str, name: str) -> None:
    student = Guest.comes(bureau, client, number, "student").enters()
    assert student.post("sign", name=name, agree="yes").status_code == 422


# ── what the secretariat is told ─────────────────────────────────────────────────────────────────────────


def test_a_form_is_called_what_it_is_and_nobody_waits_for_its_signatures(app: FastAPI, number: str) -> None:
    with signed_in(app) as lou:
        assert "evaluation form for the host: workplace supervisor to fill it in" in lou.get("/board/dossiers").text
        page = lou.get(f"/board/dossiers/{number}").text
    assert "waiting for answers" in page
    assert page.count("waiting for signatures") == 1  # the agreement


def test_the_board_tells_for_whom_a_pre_agreement_waits_until_it_is_a_dossier(
    client: TestClient, app: FastAPI, bureau: Bureau
) -> None:
    with signed_in(app) as lou:
        assert f"waits for {WANTED.contact} since" in lou.get("/board").text
        path = confirmed(client, bureau)
        assert "waits for Inès Marchetti since" in lou.get("/board").text
        sent(client, path, "/decide", action="approve")
        assert "Pre-agreements on their way" not in lou.get("/board").text


def test_whoever_reminds_too_early_is_told_before_and_not_after(app: FastAPI, number: str) -> None:
    with signed_in(app) as lou:
        page = post(lou, "/board/actions/confirm", action="remind", number=number).text
    assert '<span class="badge">not time yet</span>' in page
    assert "<button>Yes, do it (1)</button>" in page  # it can be insisted upon


def test_the_heading_of_a_job_is_a_sentence_in_french(app: FastAPI, number: str) -> None:
    with signed_in(app) as lou:
        lou.headers["accept-language"] = "fr"
        page = done(lou, post(lou, "/board/actions", action="remind", numbers=number, key="once"))
    assert "<h1>Envoyer un rappel : Terminé</h1>" in page.replace("\u00a0", " ").replace("\u202f", " ")


# ── what is kept of it ───────────────────────────────────────────────────────────────────────────────────


def test_the_receipt_names_who_has_signed_and_as_whom(client: TestClient, bureau: Bureau, number: str) -> None:
    student = Guest.comes(bureau, client, number, "student").enters()
    student.signs()
    assert f"{student.name} (student)" in unescape(student.look().text)


def test_the_empty_form_and_the_answers_have_different_names(client: TestClient, bureau: Bureau) -> None:
    assert proposed(client, bureau).status_code == 303
    path = opened(client, bureau, "fill-company")
    names = {client.get(f"{path}/{one}.pdf").headers["content-disposition"] for one in ("form", "copy")}
    assert len(names) == 2


def test_a_page_is_named_as_its_heading(client: TestClient, bureau: Bureau, number: str) -> None:
    page = client.get(client.get(bureau.link_sent(number, "fill-tutor")).headers["location"])
    assert f"<title>{heading(page)} – " in page.text


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_typed_last_is_kept_by_whoever_leaves_at_once(
    app: FastAPI, bureau: Bureau, number: str, browser: Browser
) -> None:
    """Another language is chosen before the pause after which what is typed is kept."""
    with served(app) as address, browser.new_context(locale="en") as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(number, "fill-tutor"))
        page.locator("textarea").first.fill("careful and cheerful")
        with page.expect_navigation():
            page.locator("a[hreflang=de]").click()
        page.wait_for_timeout(2_000)
        page.reload()
        assert page.locator("textarea").first.input_value() == "careful and cheerful"


def the_paper(page: Page, bureau: Bureau, number: str, address: str) -> None:
    page.goto(address + bureau.link_sent(number, "turn-student"))
    page.locator("form[action$='/code'] button").click()
    page.locator("#code").fill(bureau.code_sent(number, "student"))
    page.locator("form[action$='/enter'] button").click()
    page.locator("#pages[data-ready]").wait_for()


def test_a_paper_is_read_on_a_page_that_ends_where_it_ends(
    app: FastAPI, bureau: Bureau, number: str, browser: Browser
) -> None:
    """Neither long names nor the words for those who listen make it wider or longer than what is seen of it."""
    with served(app) as address, browser.new_context(viewport=NARROW, locale="fr") as context:
        page = context.new_page()
        the_paper(page, bureau, number, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        foot, whole = page.evaluate(
            "[document.querySelector('footer').getBoundingClientRect().bottom + scrollY,"
            " document.documentElement.scrollHeight]"
        )
        assert whole <= foot + 1


def test_what_is_wrong_is_marked_where_it_stands(app: FastAPI, bureau: Bureau, number: str, browser: Browser) -> None:
    with served(app) as address, browser.new_context(viewport=DESKTOP, locale="en") as context:
        page = context.new_page()
        the_paper(page, bureau, number, address)
        usual = page.locator("#name").evaluate("one => getComputedStyle(one).borderColor")
        page.locator("#name").fill("Somebody Else")
        page.locator("#agree").check()
        with page.expect_navigation():
            page.locator("#sign > button").click()
        wrong = page.locator("#name").evaluate("one => getComputedStyle(one).borderColor")
        marked = page.locator("[aria-invalid='true']").evaluate_all("all => all.map(one => one.id)")
        assert (wrong != usual, marked) == (True, ["name"])
