"""Receipts of signatures on the web: they wait and go out as every other letter does, and each once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from conventions.model.event import Event, Sent, Signed, Undelivered
from conventions.office import Office, receipts
from conventions.store import Registry
from tests.mailboxes import MoodySink, a_mail_server
from tests.offices import a_short_bureau
from tests.web import Guest, a_client, an_app
from tests.workspaces import Bureau

BUSY = "451 try again later"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The student of the first agreement has a link."""
    with a_short_bureau(tmp_path_factory.mktemp("issued")) as bureau:
        bureau.open_to_the_web()
        bureau.run("issue", bureau.numbers[0])
        yield bureau


@pytest.fixture
def sink(bureau: Bureau) -> Iterator[MoodySink]:
    with a_mail_server() as (sink, port):
        bureau.set("# [delivery.smtp]\n", f'[delivery.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
        yield sink


def letters(sink: MoodySink) -> list[EmailMessage]:
    """What has been taken."""
    found = []
    for envelope in sink.letters:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        found.append(letter)
    return found


def to(sink: MoodySink) -> list[str]:
    return [str(letter["To"].addresses[0].addr_spec) for letter in letters(sink)]


@contextmanager
def a_student(bureau: Bureau, number: str, sink: MoodySink) -> Iterator[Guest]:
    """Has given the code that came by mail; what came until now is forgotten."""
    with an_app(bureau) as app, a_client(app) as client:
        guest = Guest.comes(bureau, client, number, "student")
        guest.post("code")
        letter = sink.letters[-1].content
        assert isinstance(letter, bytes)
        (code,) = re.findall(rb"\b(\d{8})\b", letter.partition(b"text/html")[0])
        assert guest.post("enter", code=code.decode()).status_code == 303
        sink.letters.clear()
        yield guest


def lost(bureau: Bureau, number: str) -> list[Undelivered]:
    return [event for event in bureau.events(number) if isinstance(event, Undelivered)]


def posted(bureau: Bureau, *, after: timedelta) -> list[str]:
    """What `conventions post` says when so much time has passed since the last failure."""
    with Office.open(bureau.root) as office:
        moment = max(event.at for number in bureau.numbers for event in bureau.events(number)) + after
        return [str(outcome.note or outcome.error) for outcome in office.post([], now=moment)[1]]


def test_a_receipt_waits_for_the_mail_server_and_goes_out_once(bureau: Bureau, number: str, sink: MoodySink) -> None:
    person, host = (bureau.people(number)[role].email for role in ("student", "company"))
    with a_student(bureau, number, sink) as student:
        sink.answer = BUSY
        assert student.signs().status_code == 303
        assert "You have signed" in student.look().text
    assert [(event.step, event.code) for event in lost(bureau, number)] == [
        ("turn-company", "MAIL-09"),
        ("receipt-student", "MAIL-09"),
    ]
    sink.answer = ""
    (patience,) = posted(bureau, after=timedelta(minutes=4))
    assert "waits until" in patience
    assert to(sink) == []
    posted(bureau, after=timedelta(minutes=5))
    assert to(sink) == [host, person]
    assert posted(bureau, after=timedelta(days=1)) == []
    (receipt,) = (letter for letter in letters(sink) if person in str(letter["To"]))
    (attachment,) = receipt.iter_attachments()
    (signed,) = (event for event in bureau.events(number) if isinstance(event, Signed))
    assert attachment.get_content() == (bureau.root / signed.file).read_bytes()


def test_a_receipt_that_waits_goes_out_with_the_next_signature_and_is_the_same_letter(
    bureau: Bureau, number: str, sink: MoodySink
) -> None:
    person = bureau.people(number)["student"].email
    with a_student(bureau, number, sink) as student:
        sink.answer = BUSY
        student.signs()
    (signed,) = (event for event in bureau.events(number) if isinstance(event, Signed))
    sink.answer = ""
    bureau.run("sign", number, "--as", "company", "--key", bureau.key(number, "company"))
    assert person not in to(sink)  # its pause is not over
    posted(bureau, after=timedelta(minutes=5))
    assert to(sink).count(person) == 1
    receipt = next(letter for letter in letters(sink) if person in str(letter["To"]))
    (attachment,) = receipt.iter_attachments()
    assert attachment.get_content() == (bureau.root / signed.file).read_bytes()
    assert posted(bureau, after=timedelta(days=1)) == []


def test_a_crash_before_the_letters_loses_no_receipt(
    bureau: Bureau, number: str, sink: MoodySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = bureau.people(number)["student"].email
    with a_student(bureau, number, sink) as student, monkeypatch.context() as patch:
        patch.setattr(receipts, "post", lambda *_, **__: 1 / 0)
        assert student.signs().status_code == 500
    assert bureau.kinds(number)[-2:] == ["signed", "sent"]
    assert person not in to(sink)
    assert person in bureau.run("audit", number, expect=16).err
    bureau.run("post")
    assert to(sink).count(person) == 1
    bureau.run("audit", number)
    assert bureau.run("post", "--json").json == []


def test_a_crash_between_delivery_and_record_sends_the_very_same_receipt_again(
    bureau: Bureau, number: str, sink: MoodySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, person = Registry.append, bureau.people(number)["student"].email

    def interrupted(self: Registry, paper_id: int, events: tuple[Event, ...], *, expected_head: str) -> object:
        if isinstance(events[0], Sent) and events[0].role == "student":
            raise RuntimeError
        return append(self, paper_id, events, expected_head=expected_head)

    with a_student(bureau, number, sink) as student, monkeypatch.context() as patch:
        patch.setattr(Registry, "append", interrupted)
        assert student.signs().status_code == 500
    for _ in range(2):
        bureau.run("post")
    same = [str(letter["Message-ID"]) for letter in letters(sink) if person in str(letter["To"])]
    assert (len(same), len(set(same))) == (2, 1)


def test_an_address_that_is_refused_for_good_is_left_in_peace(bureau: Bureau, number: str, sink: MoodySink) -> None:
    with a_student(bureau, number, sink) as student:
        sink.answer = "550 no such mailbox"
        assert student.signs().status_code == 303
    sink.answer = ""
    posted(bureau, after=timedelta(days=1))
    bureau.run("replace", number, "--as", "company", "--name", "Ada Roe", "--email", "ada@hote.test", "--reason", "x")
    assert posted(bureau, after=timedelta(days=1)) == []
    assert to(sink) == ["ada@hote.test"]


def test_once_the_original_has_come_no_receipt_follows(bureau: Bureau, number: str, sink: MoodySink) -> None:
    people = {person.email for person in bureau.people(number).values()}
    with a_student(bureau, number, sink) as student:
        sink.answer = BUSY
        student.signs()
    bureau.sign(number, "company", "coordinator", "dean")
    sink.answer = ""
    bureau.run("seal", number)
    posted(bureau, after=timedelta(days=1))
    assert sorted(to(sink)) == sorted(people)


def test_whoever_signs_without_the_web_gets_no_receipt(bureau: Bureau, number: str, sink: MoodySink) -> None:
    bureau.sign(number, "student")
    assert to(sink) == [bureau.people(number)["company"].email]
    assert bureau.run("post", "--json").json == []
