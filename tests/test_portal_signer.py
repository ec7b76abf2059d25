"""The signer's pages, asked without a browser: links, codes, limits, refusals; what is told and what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO

import pikepdf
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from conventions.model.drawing import Drawing
from conventions.model.event import Declined, Opened, Signed
from conventions.office import Office
from conventions.store import office_secret
from tests.conformance import faults
from tests.web import Guest, a_client, an_app, form_token
from tests.workspaces import WEB, Bureau, a_bureau


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One agreement whose letters hold links."""
    with a_bureau(tmp_path_factory.mktemp("issued"), "0001") as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", "--all")
        yield bureau


@pytest.fixture
def student(bureau: Bureau, client: TestClient, number: str) -> Guest:
    return Guest.comes(bureau, client, number, "student")


# ── signing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_student_with_nothing_but_the_letter_signs(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    desk = student.look().text
    dossier = bureau.dossier(number)
    for words in (dossier.host.name, dossier.tutor.name, "per hour", "SHA-256"):
        assert words in desk
    assert student.signs().status_code == 303
    assert "You have signed" in student.look().text
    signed = [event for event in bureau.events(number) if isinstance(event, Signed)]
    assert [(event.role, event.level) for event in signed] == [("student", "simple")]
    assert f"{number}.receipt-student" in " ".join(bureau.letters())
    assert f"{number}.turn-company" in " ".join(bureau.letters())
    evidence = next((bureau.root / "papers" / number).glob("*.evidence.json")).read_text(encoding="utf-8")
    assert '"channel": "web"' in evidence


def test_the_evidence_keeps_the_wording_that_was_read(student: Guest, bureau: Bureau, number: str) -> None:
    student.client.headers["accept-language"] = "de"
    shown = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", student.enters().look().text, re.DOTALL)
    student.signs()
    (evidence,) = (bureau.root / "papers" / number).glob("*.evidence.json")
    assert shown is not None
    assert shown[1].startswith("Ich, ")
    assert json.loads(evidence.read_text(encoding="utf-8"))["consent"] == unescape(shown[1])


def test_that_the_paper_was_looked_at_is_remembered_once(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    student.enters()
    assert len([event for event in bureau.events(number) if isinstance(event, Opened)]) == 1


def test_signing_twice_signs_once_and_says_so_both_times(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    form = {"form_token": form_token(student.look().text), "name": student.name, "agree": "yes"}
    for _ in range(2):
        assert student.client.post(f"/sign/{student.handle}/sign", data=form).status_code == 303
        assert "You have signed" in student.look().text
    assert bureau.kinds(number).count("signed") == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": "Somebody Else", "agree": "yes"}, "The name is not the one"),
        ({"agree": ""}, "Say that you have read"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    student: Guest, bureau: Bureau, number: str, typed: dict[str, str], problem: str
) -> None:
    student.enters()
    answer = student.posts("sign", {"name": student.name, **typed})
    assert answer.status_code == 422
    assert problem in answer.text
    assert typed.get("name", student.name).split()[-1] in answer.text
    assert "signed" not in bureau.kinds(number)


def test_who_knows_the_link_alone_sees_nothing_of_the_paper(student: Guest, bureau: Bureau, number: str) -> None:
    page = student.look().text
    dossier = bureau.dossier(number)
    for words in (dossier.student.last_name, dossier.student.email, dossier.host.name):
        assert words not in page
    assert student.client.get(f"/sign/{student.handle}/paper.pdf").status_code == 404


def test_who_has_entered_gets_the_paper_as_it_stands(student: Guest, bureau: Bureau, number: str) -> None:
    answer = student.enters().client.get(f"/sign/{student.handle}/paper.pdf")
    assert answer.content == bureau.paper(number).read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"


def test_what_was_drawn_is_seen_in_the_paper_which_stays_what_it_is(
    student: Guest, bureau: Bureau, number: str
) -> None:
    student.enters()
    answer = student.post("sign", name=student.name, agree="yes", drawing="10,200 300,20 600,380;700,90 9999,9999")
    assert answer.status_code == 303
    signed = bureau.paper(number).read_bytes()
    assert faults(signed) == []
    with pikepdf.open(BytesIO(signed)) as pdf:
        (field,) = [one for one in pdf.Root.AcroForm.Fields if one.T == "student"]
        content = field.AP.N.read_bytes()
    assert b"10 200 m 300 380 l 600 20 l 700 310 m 1000 0 l S" in content
    bureau.sign(number, "company")  # the gate finds nothing wrong with it


@pytest.mark.parametrize("words", ["", "1,2", "1,2 3,4 Q", "1,2 3,4;", "<svg>", "1,2 3,4" * 20_000])
def test_what_is_no_drawing_is_left_out(words: str) -> None:
    assert Drawing.read(words) is None


# ── codes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_opening_the_link_sends_nothing(student: Guest, bureau: Bureau, number: str) -> None:
    for _ in range(3):
        student.look()
    assert not bureau.letters(f"{number}.code-*")


def test_a_wrong_code_does_not_open_and_five_kill_the_right_one(student: Guest, bureau: Bureau, number: str) -> None:
    student.post("code")
    right = bureau.code_sent(number, "student")
    wrong = "00000000" if right != "00000000" else "11111111"
    for _ in range(5):
        answer = student.post("enter", code=wrong)
        assert answer.status_code == 422
        assert "CONSENT" not in answer.text
    assert student.post("enter", code=right).status_code == 422


def test_codes_are_sent_only_so_often(student: Guest) -> None:
    answers = [student.post("code").status_code for _ in range(7)]
    assert answers == [303] * 6 + [429]


def test_codes_are_tried_only_so_often(student: Guest) -> None:
    answers = [student.post("enter", code="12345678").status_code for _ in range(17)]
    assert answers == [422] * 15 + [429] * 2


def test_a_code_that_has_grown_old_does_not_sign(bureau: Bureau, number: str) -> None:
    began, late = datetime.now(UTC), timedelta(0)  # noqa: TID251
    with an_app(bureau, lambda: began + late) as app, a_client(app) as client:
        guest = Guest.comes(bureau, client, number, "student").enters()
        late = timedelta(minutes=11)
        answer = guest.post("sign", name=guest.name, agree="yes")
        assert answer.status_code == 422
        assert "no longer good" in answer.text
        assert "signed" not in bureau.kinds(number)
        assert guest.enters().signs().status_code == 303
    assert bureau.kinds(number).count("signed") == 1


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_registry_holds_no_token_and_no_address(bureau: Bureau, number: str) -> None:
    token = bureau.link_sent(number, "turn-student").rpartition("/")[2]
    data = (bureau.root / "registry.sqlite3").read_bytes()
    assert len(token) >= 43
    assert token.encode() not in data
    with Office.open(bureau.root) as office:
        link = office.registry.links(office_secret(bureau.root)).behind(token)
    assert link is not None
    assert link.person.encode() in data
    assert "@" not in link.person


def test_the_letter_holds_the_link_as_text_and_to_follow_and_its_headers_do_not(bureau: Bureau, number: str) -> None:
    path = bureau.link_sent(number, "turn-student")
    (letter,) = bureau.letters(f"{number}.turn-student*").values()
    page = letter.get_body(("html",))
    assert page is not None
    address = f"{WEB}{path}"
    assert f'<a href="{address}">{address}</a>' in page.get_content()
    token = path.rpartition("/")[2]
    assert not any(token in str(value) for value in letter.values())
    assert not any(token in name for name in bureau.letters())


def test_an_unknown_link_and_a_dead_one_look_the_same(bureau: Bureau, number: str) -> None:
    link = bureau.link_sent(number, "turn-student")
    later = datetime.now(UTC) + timedelta(days=61)  # noqa: TID251
    pages = []
    with an_app(bureau, lambda: later) as app, a_client(app) as client:
        for path in (link, "/l/" + "x" * 43):
            answer = client.get(path)
            pages.append((answer.status_code, answer.headers["location"], client.get("/link").text))
    assert pages[0] == pages[1]
    assert "not known here, or its time is over" in pages[0][2]


def test_links_are_not_guessed_for_long(client: TestClient) -> None:
    places = [client.get(f"/l/guess{rank}").headers["location"] for rank in range(32)]
    assert places == ["/link"] * 30 + ["/link/often"] * 2
    assert client.get("/link/often").status_code == 429


def test_the_pages_of_a_link_are_for_the_browser_that_opened_it(student: Guest, app: FastAPI) -> None:
    with a_client(app) as other:
        assert other.get(f"/sign/{student.handle}").status_code == 404


def test_who_opens_more_links_than_a_cookie_has_room_for_keeps_the_newest(
    app: FastAPI, client: TestClient, bureau: Bureau, number: str
) -> None:
    registry, now = app.state.door.registry, app.state.door.now()
    paper = registry.find(number, "convention")
    links = registry.links(office_secret(bureau.root))
    for _ in range(15):
        email = paper.signatory("student").email
        token = links.new("sign", paper.id, "student", email, now, timedelta(days=1))
        handle = client.get(f"/l/{token}").headers["location"].rpartition("/")[2]
        newest = Guest(bureau, client, number, "student", handle).enters()
        assert len(client.cookies["conventions"]) < 4_000
        assert "I have read the paper" in newest.look().text


def test_a_link_that_was_made_for_signing_opens_nothing_else(student: Guest) -> None:
    for place in ("fill", "pre-agreement"):
        assert student.client.get(f"/{place}/{student.handle}").status_code == 404


def test_a_link_ends_when_somebody_else_is_named(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    name = ("--name", "Zoé Kim", "--email", "zoe.kim@univ-exemple.test")
    bureau.run("replace", number, "--as", "student", *name, "--reason", "other")
    page = student.look().text
    assert "Somebody else acts in your place" in page
    assert "Kim" not in page
    assert student.client.get(f"/sign/{student.handle}/paper.pdf").status_code == 409


def test_a_link_says_that_there_is_a_newer_version_and_nothing_of_it(
    student: Guest, bureau: Bureau, number: str
) -> None:
    student.enters()
    bureau.run("recall", number, "--reason", "a mistake in the dates")
    page = student.look().text
    assert "This paper has ended" in page
    assert "recalled" in page
    bureau.run("issue", number)
    page = student.look().text
    assert "There is a newer version" in page
    assert bureau.dossier(number).host.name not in page


def test_who_comes_before_the_turn_is_told_so(student: Guest, bureau: Bureau, client: TestClient, number: str) -> None:
    student.enters().signs()
    company = Guest.comes(bureau, client, number, "company")
    assert company.enters().signs().status_code == 303
    assert "You have signed" in company.look().text


def test_a_signer_of_another_day_is_told_that_it_is_done(student: Guest, app: FastAPI, bureau: Bureau) -> None:
    link = bureau.link_sent(student.number, "turn-student")
    student.enters().signs()
    with a_client(app) as other:
        page = other.get(other.get(link).headers["location"])
    assert "You have signed already" in page.text


# ── refusing, and not being meant ────────────────────────────────────────────────────────────────────────


def test_a_refusal_ends_the_paper_with_its_reason(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    assert student.post("refuse").status_code == 422
    assert "own words" in student.post("refuse", reason="other").text
    answer = student.post("refuse", reason="dates", words="It begins in May.")
    assert "You have refused" in answer.text
    declined = [event for event in bureau.events(number) if isinstance(event, Declined)]
    assert [event.reason.endswith(": It begins in May.") for event in declined] == [True]
    assert "This paper has ended" in student.look().text


def test_whoever_is_not_meant_tells_the_office_and_the_link_ends(student: Guest, bureau: Bureau, number: str) -> None:
    answer = student.post("not-me", mistake="left", mistake_words="She works in Lyon now.")
    assert "The office knows" in answer.text
    (letter,) = bureau.letters(f"{number}.not-the-person*").values()
    assert letter["To"].addresses[0].addr_spec == "stages@univ-exemple.test"
    body = letter.get_body(("plain",))
    assert body is not None
    assert "She works in Lyon now." in body.get_content()
    assert student.look().status_code == 404


def test_a_refusal_needs_the_code(student: Guest, bureau: Bureau, number: str) -> None:
    student.post("refuse", reason="dates")
    assert "declined" not in bureau.kinds(number)


# ── signed elsewhere ─────────────────────────────────────────────────────────────────────────────────────


def test_a_file_signed_with_an_own_certificate_is_handed_in(student: Guest, bureau: Bureau, number: str) -> None:
    data = bureau.signed_elsewhere(number, "student").read_bytes()
    answer = student.enters().post("file", file=data)
    assert answer.status_code == 303, answer.text
    assert "You have signed" in student.look().text
    assert bureau.kinds(number).count("signed") == 1


def test_what_the_gate_refuses_is_told_with_its_remedy(student: Guest, bureau: Bureau, number: str) -> None:
    student.enters()
    answer = student.post("file", file=bureau.paper(number).read_bytes())
    assert answer.status_code == 422
    assert "What to do:" in answer.text
    assert "signed" not in bureau.kinds(number)


@pytest.mark.parametrize("data", [b"", b"no PDF at all", b"%PDF-1.7\n%broken"])
def test_what_is_no_paper_of_ours_is_refused(student: Guest, bureau: Bureau, number: str, data: bytes) -> None:
    answer = student.enters().post("file", file=data)
    assert answer.status_code == 422
    assert "signed" not in bureau.kinds(number)


# ── what is written down ─────────────────────────────────────────────────────────────────────────────────


def test_the_log_holds_neither_token_nor_person(
    student: Guest, bureau: Bureau, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        Guest.comes(bureau, student.client, number, "student").enters().signs()
    told = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("conventions"))
    assert "/l/{token}" in told
    assert bureau.link_sent(number, "turn-student") not in told
    assert student.handle not in told
    assert student.name not in told
