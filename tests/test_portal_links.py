"""Links that the office ends: what was opened by them is shut at the next click, and another letter opens it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from conventions.settings import load
from conventions.store import Registry, office_secret
from tests.boards import a_staffed_app, done, post, signed_in
from tests.offices import a_short_bureau
from tests.web import Guest, a_client
from tests.workspaces import Bureau

ENDED = "This link has ended"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two agreements whose students have links."""
    with a_short_bureau(tmp_path_factory.mktemp("issued")) as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", *bureau.numbers)
        yield bureau


@pytest.fixture
def app(bureau: Bureau) -> Iterator[FastAPI]:
    with a_staffed_app(bureau) as app:
        yield app


@pytest.fixture
def student(app: FastAPI, bureau: Bureau, number: str) -> Iterator[Guest]:
    """Has given a code and may read and sign."""
    with a_client(app) as client:
        yield Guest.comes(bureau, client, number, "student").enters()


def assert_shut_out(guest: Guest, token: str) -> None:
    """Whatever the browser asks for, it gets the one page, and nothing happens."""
    before = guest.bureau.kinds(guest.number)
    answers = [guest.look(), guest.client.get(f"/sign/{guest.handle}/paper.pdf")]
    typed = {"form_token": token, "name": guest.name, "agree": "yes", "reason": "dates", "mistake": "left"}
    ways = ("code", "enter", "sign", "refuse", "not-me")
    answers += [guest.client.post(f"/sign/{guest.handle}/{way}", data=typed) for way in ways]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert all(ENDED in answer.text and "ask for a new one" in answer.text for answer in answers)
    assert guest.bureau.kinds(guest.number) == before


def token_of(guest: Guest) -> str:
    (token,) = set(re.findall(r'name="form_token" value="([^"]+)"', guest.look().text))
    return str(token)


def test_whoever_has_entered_is_shut_out_at_the_next_click(student: Guest, bureau: Bureau, number: str) -> None:
    token, letter = token_of(student), bureau.link_sent(number, "turn-student")
    told = bureau.run("links", "end", number).out
    assert "one link has ended" in told
    assert_shut_out(student, token)
    assert student.client.get(letter).headers["location"] == "/link"


def test_a_forced_reminder_of_the_same_day_opens_the_paper_again(
    student: Guest, app: FastAPI, bureau: Bureau, number: str
) -> None:
    assert "nobody is reminded" in bureau.run("remind", "--force", number).out
    bureau.run("links", "end", number)
    assert "nobody is reminded" in bureau.run("remind", number).out
    bureau.run("remind", "--force", number)
    assert "nobody is reminded" in bureau.run("remind", "--force", number).out  # it has a link again
    with a_client(app) as client:
        answer = client.get(bureau.link_sent(number, "reminder-1-student"))
        again = Guest(bureau, client, number, "student", answer.headers["location"].rpartition("/")[2])
        assert "I have read the paper" not in again.look().text  # the code that was given before is not enough
        again.enters()
        assert again.signs().status_code == 303
    assert bureau.kinds(number).count("signed") == 1


def test_only_the_dossier_that_is_named_is_shut(app: FastAPI, bureau: Bureau) -> None:
    first, second = bureau.numbers
    with a_client(app) as client:
        others = {name: Guest.comes(bureau, client, name, "student").enters() for name in (first, second)}
        bureau.run("links", "end", first)
        assert others[first].look().status_code == 404
        assert "I have read the paper" in others[second].look().text
        assert {row["number"] for row in bureau.run("links", "list", "--json").json} == {second}
        bureau.run("links", "end", "--all")
        assert others[second].look().status_code == 404
    assert bureau.run("links", "list", "--json").json == []


def test_links_are_listed_without_anything_that_opens_them(bureau: Bureau, number: str) -> None:
    (row,) = bureau.run("links", "list", number, "--json").json
    assert (row["number"], row["document"], row["role"], row["purpose"]) == (number, "convention", "student", "sign")
    with Registry.open(load(bureau.root).registry_url) as registry:
        paper = registry.find(number, "convention")
        assert paper is not None
        (link,) = registry.links(office_secret(bureau.root)).alive(paper.id, datetime.now(UTC))  # noqa: TID251
    assert link.handle not in str(row)
    out = bureau.run("links", "list").out
    assert all(name in out for name in bureau.numbers)


def test_what_is_not_named_or_not_there_is_told(bureau: Bureau) -> None:
    assert "--all" in bureau.run("links", "end", expect=2).err
    assert "PAPER-01" in bureau.run("links", "end", "2099-0001", expect=3).err
    bureau.run("links", "end", "--all")
    assert "no link is open" in bureau.run("links", "end", bureau.numbers[0]).out
    assert "no link is open" in bureau.run("links", "list").err


@pytest.mark.parametrize("email", ["zoe.kim@univ-exemple.test", "the same"])
def test_replacing_a_person_ends_what_that_person_has_opened(
    student: Guest, bureau: Bureau, number: str, email: str
) -> None:
    """Two persons may share an address: the second must not be signed for by whoever the first has let in."""
    token, before = token_of(student), bureau.people(number)["student"].email
    other = ("--name", "Zoé Kim", "--email", before if email == "the same" else email)
    told = bureau.run("replace", number, "--as", "student", *other, "--reason", "other").out
    if email == "the same":
        assert "remind --force" in told
        assert_shut_out(student, token)
    else:
        page = student.look()
        assert "Somebody else acts in your place" in page.text
        typed = {"form_token": token, "name": "Zoé Kim", "agree": "yes"}
        assert student.client.post(f"/sign/{student.handle}/sign", data=typed).status_code in {303, 409}
    assert "signed" not in bureau.kinds(number)


def test_a_link_that_has_run_out_is_not_counted(bureau: Bureau, number: str) -> None:
    with Registry.open(load(bureau.root).registry_url) as registry:
        paper = registry.find(number, "convention")
        assert paper is not None
        links = registry.links(office_secret(bureau.root))
        later = datetime.now(UTC) + timedelta(days=61)  # noqa: TID251
        assert (links.end(paper.id, later), links.alive(paper.id, later)) == (0, ())


# ── from the board ───────────────────────────────────────────────────────────────────────────────────────


def test_the_secretariat_ends_links_from_the_board(app: FastAPI, student: Guest, bureau: Bureau, number: str) -> None:
    token = token_of(student)
    with signed_in(app) as lou:
        page = lou.get(f"/board/dossiers/{number}").text
        assert "Links of letters that are open: 1" in page
        assert 'name="action" value="end-links"' in page
        asked = post(lou, "/board/actions/confirm", action="end-links", number=number).text
        assert "End the links to the papers of these dossiers?" in asked
        assert student.look().status_code == 200
        told = done(lou, post(lou, "/board/actions", action="end-links", numbers=number, key="x"))
        assert "one link has ended" in told
        assert "Links of letters that are open" not in lou.get(f"/board/dossiers/{number}").text
        asked = post(lou, "/board/actions/confirm", action="end-links", number=number).text
        assert "no link is open" in asked
    assert_shut_out(student, token)
    deeds = [(one.who, one.about, one.outcome) for one in app.state.desk.deeds.latest(9) if one.what == "end-links"]
    assert deeds == [("lou", number, "done")]


def test_whoever_only_reads_ends_nothing(app: FastAPI, student: Guest, number: str) -> None:
    with signed_in(app, "kim") as kim:
        assert "Links of letters that are open: 1" in kim.get(f"/board/dossiers/{number}").text
        assert post(kim, "/board/actions", action="end-links", numbers=number, key="x").status_code == 403
    assert student.look().status_code == 200
