"""The pre-agreement on the web: a host proposes, a student confirms, the coordinator decides; it is a dossier then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, ViewportSize

from conventions.languages import LANGUAGES
from conventions.model.event import Declined, Returned
from conventions.model.life import State
from conventions.office import Office
from conventions.store import PaperRecord
from tests.papers import the_clock
from tests.proposals import NUMBER, WANTED, the_hosts_words, the_students_words
from tests.web import DESKTOP, NARROW, PHONE, a_client, complaints_of, form_token, served, shot
from tests.workspaces import Bureau, a_bureau

WHO: Final = (
    *("--first-name", WANTED.first_name, "--last-name", WANTED.last_name),
    *("--student-email", WANTED.student_email, "--contact", WANTED.contact, "--contact-email", WANTED.contact_email),
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("proposed"), "0001") as bureau:
        bureau.open_to_the_web()
        bureau.run("propose", NUMBER, *WHO)
        yield bureau


@pytest.fixture
def bureau(asked: Bureau, tmp_path: Path) -> Bureau:
    return asked.copy(tmp_path / "bureau")


def opened(client: TestClient, bureau: Bureau, step: str) -> str:
    return str(client.get(bureau.link_sent(NUMBER, step)).headers["location"])


def let_in(client: TestClient, bureau: Bureau, step: str, role: str) -> str:
    """The path of a page that a code has opened."""
    path = opened(client, bureau, step)
    tokens = {"form_token": form_token(client.get(path).text)}
    client.post(f"{path}/code", data=tokens | {"action": "send"})
    answer = client.post(f"{path}/code", data=tokens | {"action": "enter", "code": bureau.code_sent(NUMBER, role)})
    assert answer.status_code == 303
    return path


def paper_of(bureau: Bureau) -> PaperRecord:
    with Office.open(bureau.root) as office:
        paper = office.registry.find(NUMBER, "pre_agreement")
        assert paper is not None
        return paper


def sent(client: TestClient, path: str, words: Mapping[str, str]) -> tuple[int, str]:
    page = client.get(path).text
    answer = client.post(path, data={**words, "form_token": form_token(page), "action": "send"})
    return answer.status_code, answer.text


def proposed(client: TestClient, bureau: Bureau, **own: str) -> tuple[int, str]:
    return sent(client, opened(client, bureau, "fill-company"), the_hosts_words(the_clock().date(), **own))


# ── without scripts ──────────────────────────────────────────────────────────────────────────────────────


def test_what_host_and_student_agree_on_and_the_coordinator_approves_is_a_dossier(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        assert proposed(client, bureau)[0] == 303
    with a_client(app, "de") as student:
        path = let_in(student, bureau, "confirm-student", "student")
        assert "Ateliers du Port" in student.get(path).text
        assert sent(student, path, the_students_words())[0] == 303
    with a_client(app, "fr") as coordinator:
        path = let_in(coordinator, bureau, "decide-coordinator", "coordinator")
        page = coordinator.get(path).text
        assert "3 rue des Lilas" in page
        tokens = {"form_token": form_token(page)}
        assert coordinator.post(f"{path}/decide", data=tokens | {"action": "approve"}).status_code == 303
        assert coordinator.get(f"{path}/copy.pdf").content.startswith(b"%PDF-")
        assert NUMBER in coordinator.get(path).text
    assert paper_of(bureau).state is State.COMPLETE
    told = bureau.try_to("check", NUMBER, "--json").json
    assert [one["code"] for one in told[0]["findings"] if one["code"].startswith(("DATA", "COURSE-FILE-08"))] == []


def test_what_breaks_a_rule_can_be_sent_nevertheless_and_the_coordinator_sees_it(app: FastAPI, bureau: Bureau) -> None:
    low = {"allowance.amount": "1,50"}
    with a_client(app) as client:
        status, page = proposed(client, bureau, **low)
        assert status == 422
        assert 'href="#q-allowance-amount"' in page
        assert 'name="insist"' in page
        assert paper_of(bureau).last(Returned) is None
        assert proposed(client, bureau, **low, insist="yes")[0] == 303


def test_what_cannot_stand_in_a_dossier_cannot_be_sent_at_all(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        for wrong in ({"tutor.email": "nobody"}, {"host.name": ""}, {"schedule.start": "31/02/2027"}):
            status, page = proposed(client, bureau, **wrong, insist="yes")
            assert (status, 'name="insist"' in page) == (422, False)
            assert f'href="#q-{next(iter(wrong)).replace(".", "-")}"' in page
    assert paper_of(bureau).last(Returned) is None


def test_the_host_may_correct_until_the_student_has_confirmed(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        proposed(client, bureau)
        path = opened(client, bureau, "fill-company")
        again = client.get(f"{path}?again=true").text
        words = the_hosts_words(the_clock().date(), **{"allowance.amount": "6"})
        tokens = {"form_token": form_token(again), "action": "send"}
        assert client.post(path, data=words | tokens).status_code == 303
    with a_client(app) as student:
        path = let_in(student, bureau, "confirm-student", "student")
        sent(student, path, the_students_words())
    with a_client(app) as client:
        path = opened(client, bureau, "fill-company")
        client.post(path, data=words | {"allowance.amount": "7", "form_token": "x", "action": "send"})
    returned = [event for event in paper_of(bureau).events if isinstance(event, Returned) and event.role == "company"]
    assert [event.answers["allowance.amount"] for event in returned] == ["5,20", "6"]


def test_the_link_alone_shows_neither_student_nor_coordinator_anything(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        proposed(client, bureau)
    with a_client(app) as stranger:
        path = opened(stranger, bureau, "confirm-student")
        page = stranger.get(path).text
        assert "Ateliers du Port" not in page
        assert stranger.get(f"{path}/copy.pdf").status_code == 404
        assert sent(stranger, path, the_students_words())[0] == 404
        assert stranger.post(f"{path}/decide", data={"form_token": form_token(page)}).status_code == 404
    assert set(paper_of(bureau).done) == {"company"}


def test_a_student_who_does_not_agree_ends_it_with_a_reason(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        proposed(client, bureau)
    with a_client(app) as student:
        path = let_in(student, bureau, "confirm-student", "student")
        tokens = {"form_token": form_token(student.get(path).text)}
        student.post(f"{path}/decline", data=tokens | {"reason": "The dates are others."})
        assert "has ended" in student.get(path).text
    last = paper_of(bureau).last(Declined)
    assert last is not None
    assert (last.role, last.reason) == ("student", "The dates are others.")


def test_a_refusal_says_why_and_asking_again_begins_with_the_same_words(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        proposed(client, bureau)
    with a_client(app) as student:
        sent(student, let_in(student, bureau, "confirm-student", "student"), the_students_words())
    with a_client(app) as coordinator:
        path = let_in(coordinator, bureau, "decide-coordinator", "coordinator")
        tokens = {"form_token": form_token(coordinator.get(path).text), "action": "refuse"}
        assert coordinator.post(f"{path}/decide", data=tokens).status_code == 422, "a reason is missing"
        coordinator.post(f"{path}/decide", data=tokens | {"reasons": ["unpaid", "own_company"], "comment": "Sorry."})
    last = paper_of(bureau).last(Declined)
    assert last is not None
    assert last.codes == "unpaid,own_company"
    letter = bureau.newest(NUMBER, "void-company").read_text(encoding="utf-8", errors="replace")
    assert "unpaid" not in letter.partition("application/pdf")[0], "codes are for programs"
    bureau.run("propose", NUMBER)
    with a_client(app) as client:
        assert "Ateliers du Port" in client.get(opened(client, bureau, "fill-company")).text


def test_whoever_was_replaced_sees_nothing_of_the_pre_agreement(app: FastAPI, bureau: Bureau) -> None:
    with a_client(app) as client:
        path = opened(client, bureau, "fill-company")
        assert client.get(f"{path}/form.pdf").status_code == 200
        other = ("--name", "Ada Roe", "--email", "ada@hote.test", "--reason", "other")
        bureau.run("replace", f"{NUMBER}/pre_agreement", "--as", "company", *other)
        assert "Somebody else" in client.get(path).text
        assert client.get(f"{path}/form.pdf").status_code == 404


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────────


def typed_by_hand(page: Page, words: Mapping[str, str]) -> None:
    for name, value in words.items():
        place = page.locator(f'[name="{name}"]')
        kind = place.first.get_attribute("type")
        if kind == "radio":
            page.check(f'[name="{name}"][value="{value}"]')
        elif kind == "checkbox":
            place.check()
        elif kind == "date" and "/" in value:
            place.fill("-".join(reversed(value.split("/"))))
        else:
            place.fill(value)


def enter(page: Page, bureau: Bureau, role: str) -> None:
    assert complaints_of(page) == []
    page.click('button[value="send"]')
    page.wait_for_selector("#code")
    page.fill("#code", bureau.code_sent(NUMBER, role))
    page.click('button[value="enter"]')


@pytest.mark.parametrize(
    ("code", "size"), [("fr", DESKTOP), ("en", PHONE), ("es", NARROW), ("de", DESKTOP)], ids=LANGUAGES
)
def test_a_pre_agreement_goes_its_whole_way(
    app: FastAPI, bureau: Bureau, browser: Browser, tmp_path: Path, code: str, size: ViewportSize
) -> None:
    with served(app) as address, browser.new_context(viewport=size, locale=code) as context:
        page = context.new_page()
        page.goto(address + bureau.link_sent(NUMBER, "fill-company"))
        assert complaints_of(page) == []
        page.click('form.questions button[value="send"]')
        page.wait_for_selector("#problems:focus")
        assert complaints_of(page) == []
        shot(page, tmp_path, f"propose-{code}")
        typed_by_hand(page, the_hosts_words(the_clock().date()))
        page.click('form.questions button[value="send"]')
        page.wait_for_selector(".done")
        assert complaints_of(page) == []
        shot(page, tmp_path, f"proposed-{code}")
        page.goto(address + bureau.link_sent(NUMBER, "confirm-student"))
        enter(page, bureau, "student")
        page.wait_for_selector("form.questions")
        assert complaints_of(page) == []
        typed_by_hand(page, the_students_words())
        shot(page, tmp_path, f"confirm-{code}")
        page.click('form.questions button[value="send"]')
        page.wait_for_selector(".done")
        page.goto(address + bureau.link_sent(NUMBER, "decide-coordinator"))
        enter(page, bureau, "coordinator")
        page.wait_for_selector("#reasons")
        assert complaints_of(page) == []
        shot(page, tmp_path, f"decide-{code}")
        page.click('button[value="approve"]')
        page.wait_for_selector(".done")
        assert complaints_of(page) == []
    assert (bureau.root / "dossiers" / f"{NUMBER}.yaml").is_file()
