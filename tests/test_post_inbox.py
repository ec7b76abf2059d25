"""What comes in by mail: papers at any depth, letters that came back, answers of programs; and when to try again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.errors import ConventionsError, DiskError, ForeignPaper, ServiceError
from conventions.languages import LANGUAGES, Language
from conventions.post import (
    Imap,
    Inbox,
    Message,
    Request,
    Smtp,
    compose,
    letters,
    paper_complete,
    paper_void,
    please_check,
    please_fill_in,
    proposals,
    read_mail,
    requests,
    sent_back,
    try_again_at,
    your_code,
    your_turn,
)
from conventions.post.incoming import MAX_MAIL_BYTES
from conventions.text import Text
from tests.letters import NOW, OFFICE, PAPER, STUDENT
from tests.mailboxes import Mailbox, a_certificate, a_mail_server, a_mailbox, free_port
from tests.mails import PDF, a_bounce, a_mail, a_note

# ── when to try again ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (1, timedelta(minutes=5)),
        (2, timedelta(minutes=30)),
        (3, timedelta(hours=2)),
        (4, timedelta(hours=12)),
        (5, timedelta(days=1)),
        (50, timedelta(days=1)),
    ],
)
def test_each_pause_is_longer_up_to_a_day(failures: int, pause: timedelta) -> None:
    assert try_again_at(NOW, failures, "MAIL-02") == NOW + pause


@given(failures=st.integers(1, 1000), code=st.sampled_from(["MAIL-02", "MAIL-04", "MAIL-06", "MAIL-09"]))
def test_no_pause_is_shorter_than_the_one_before(failures: int, code: str) -> None:
    first, second = (try_again_at(NOW, count, code) for count in (failures, failures + 1))
    assert first is not None
    assert second is not None
    assert NOW < first <= second <= NOW + timedelta(days=1)


@pytest.mark.parametrize("code", ["MAIL-01", "MAIL-05"])
def test_a_wrong_address_is_not_tried_again(code: str) -> None:
    assert try_again_at(NOW, 1, code) is None


def test_a_server_says_whether_it_refuses_for_now_or_for_good() -> None:
    email = compose(every_letter("fr")[0], OFFICE, NOW)
    with a_mail_server() as (sink, port):
        for answer, code in (("450 greylisted", "MAIL-09"), ("550 no such mailbox", "MAIL-05")):
            sink.answer = answer
            with pytest.raises(ServiceError) as caught:
                Smtp("127.0.0.1", port, "none").deliver(email)
            assert caught.value.code == code
        assert sink.letters == []


# ── nothing personal in a subject ────────────────────────────────────────────────────────────────────────


LINK = "https://stages.univ-exemple.test/l/secret"


def every_letter(language: str) -> list[Message]:
    """One letter of each kind, about a person whose every word could be told from the others."""
    person, reply_to = replace(STUDENT, language=language), OFFICE.email
    first = Request(date(2026, 3, 31), reply_to)
    return [
        your_turn(PAPER, person, first, command="conventions sign x.pdf"),
        your_turn(PAPER, person, replace(first, reminder=2), command="conventions sign x.pdf"),
        your_code(PAPER, person, code="98765432", minutes=10, reply_to=reply_to),
        please_check(PAPER, person, first),
        please_check(PAPER, person, replace(first, reminder=1)),
        please_fill_in(PAPER, person, first),
        paper_void(PAPER, person, state=Text("recalled"), reason=Text("wrong dates")),
        sent_back(PAPER, person, reason=Text("printed"), fix=Text("sign"), reply_to=reply_to, refused="a" * 64),
        paper_complete(PAPER, person),
        letters.copy_of_answers(PAPER, person, reply_to=reply_to, digest="b" * 64),
        letters.your_receipt(PAPER, person, reply_to=reply_to),
        letters.not_the_person(
            PAPER,
            to=(person.name, person.email, person.language),
            role=person.role,
            reason=Text("wrong dates"),
            words=Text("Camille moved"),
        ),
        letters.code_for_page(PAPER, person, code="98765432", minutes=10, reply_to=reply_to),
        proposals.please_propose(PAPER, person, replace(first, link=LINK)),
        proposals.please_confirm(PAPER, person, replace(first, link=LINK)),
        proposals.please_decide(PAPER, person, replace(first, reminder=1)),
        proposals.proposal_approved(PAPER, person),
        proposals.proposal_refused(PAPER, person, reason=Text("wrong dates"), reply_to=reply_to),
    ]


def test_every_kind_of_letter_is_looked_at() -> None:
    functions = {name for name in (*requests.__all__, *letters.__all__, *proposals.__all__) if name[0].islower()}
    assert functions <= set(every_letter.__code__.co_names)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_subject_holds_the_document_and_its_number_and_nothing_of_a_person(code: str) -> None:
    language = Language(code)
    for letter in every_letter(code):
        assert set(letter.subject.values) == {"document", "number"}
        said = language.say(letter.subject)
        assert "2026-0001" in said
        for secret in (LINK, "Camille", "Lefèvre", "Nguyễn", "camille", "98765432", "wrong dates"):
            assert secret not in said


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pdf_is_found_whatever_it_is_called() -> None:
    for kind, subtype in (("application", "pdf"), ("application", "octet-stream"), ("image", "x-unknown")):
        assert read_mail(a_mail(PDF, kind=kind, subtype=subtype)).papers == (PDF,)


def test_a_pdf_is_found_inside_a_forwarded_mail_and_beside_another() -> None:
    inner = a_mail(PDF)
    assert read_mail(a_mail(PDF + b"second", forwarded=a_mail(PDF, forwarded=inner))).papers.count(PDF) == 2


def test_words_and_pictures_are_no_papers() -> None:
    assert read_mail(a_note("Merci, je signe demain. %PDF-1.7 dit mon lecteur.")).papers == ()
    assert read_mail(a_mail(b"\x89PNG\r\n", kind="image", subtype="png")).papers == ()


def test_a_letter_that_came_back_names_the_letter_and_brings_no_paper() -> None:
    for returned in ("message/rfc822", "text/rfc822-headers"):
        mail = read_mail(a_bounce("<2026-0001.turn-student.abc@univ-exemple.test>", returned=returned))
        assert mail.papers == ()
        assert mail.bounce is not None
        assert "<2026-0001.turn-student.abc@univ-exemple.test>" in mail.bounce.message_ids
        assert mail.bounce.reason == "5.1.1 smtp; 550 no such mailbox"


def test_news_of_a_delay_is_no_failure() -> None:
    mail = read_mail(a_bounce("<a@b.test>", action="delayed"))
    assert (mail.bounce, mail.is_automatic) == (None, True)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "auto-replied; owner-email=x@y.test"),
        ("Auto-Submitted", "Auto-Replied"),
        ("X-Autoreply", "yes"),
        ("Precedence", "auto_reply"),
    ],
)
def test_an_answer_of_a_program_is_no_paper_even_if_it_quotes_one(header: str, value: str) -> None:
    mail = read_mail(a_mail(PDF, headers={header: value}))
    assert (mail.papers, mail.is_automatic) == ((), True)


def test_a_signing_service_may_send_papers_by_itself() -> None:
    assert read_mail(a_mail(PDF, headers={"Auto-Submitted": "auto-generated"})).papers == (PDF,)


@given(data=st.binary(max_size=400))
def test_no_mail_is_too_strange_to_be_looked_at(data: bytes) -> None:
    read_mail(data)
    read_mail(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + data + b"\r\n--x--\r\n")
    read_mail(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + data + b"\r\n--x--\r\n")


def test_a_mail_nested_without_end_is_refused() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(5000)
    )
    with pytest.raises(ForeignPaper) as caught:
        read_mail(deep)
    assert caught.value.code == "MAIL-20"


# ── the folder ───────────────────────────────────────────────────────────────────────────────────────────


def put(folder: Path, name: str, data: bytes = PDF, *, age_s: float = 60) -> Path:
    path = folder / name
    path.write_bytes(data)
    written = NOW.timestamp() - age_s
    os.utime(path, (written, written))
    return path


def names(folder: Path) -> list[str]:
    return [file.name for file in Inbox(folder).files(NOW)]


def test_only_whole_regular_files_are_taken(tmp_path: Path) -> None:
    for name in ("b.pdf", "A.PDF", "mail.eml", ".hidden.pdf", "c.pdf.part", "notes.txt"):
        put(tmp_path, name)
    put(tmp_path, "growing.pdf", age_s=1)
    (tmp_path / "link.pdf").symlink_to(tmp_path / "b.pdf")
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    assert names(tmp_path) == ["A.PDF", "b.pdf", "mail.eml"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert names(tmp_path / "nowhere") == []


def test_what_is_done_moves_on_and_the_same_file_twice_is_one(tmp_path: Path) -> None:
    for _ in range(2):
        put(tmp_path, "a.pdf")
        (file,) = Inbox(tmp_path).files(NOW)
        assert file.read() == PDF
        file.set_done()
    (done,) = (tmp_path / "done").iterdir()
    assert done.read_bytes() == PDF
    put(tmp_path, "a.pdf", PDF + b"other")
    (file,) = Inbox(tmp_path).files(NOW)
    file.read()
    file.set_refused()
    assert [path.read_bytes() for path in (tmp_path / "refused").iterdir()] == [PDF + b"other"]
    assert names(tmp_path) == []


def test_a_file_that_changes_while_it_is_taken_stays(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf")
    (file,) = Inbox(tmp_path).files(NOW)
    file.read()
    put(tmp_path, "a.pdf", PDF + b"more")
    with pytest.raises(DiskError) as caught:
        file.set_done()
    assert caught.value.code == "MAIL-22"
    assert (tmp_path / "a.pdf").read_bytes() == PDF + b"more"


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.txt", b"secret")
    path = put(tmp_path, "a.pdf")
    (file,) = Inbox(tmp_path).files(NOW)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(DiskError):
        file.read()


def test_a_file_larger_than_any_paper_is_refused_and_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf")
    os.truncate(path, MAX_MAIL_BYTES + 1)
    os.utime(path, (0, 0))
    (file,) = Inbox(tmp_path).files(NOW)
    with pytest.raises(ForeignPaper) as caught:
        file.read()
    assert caught.value.code == "MAIL-23"
    file.set_refused()
    assert len(list((tmp_path / "refused").iterdir())) == 1


# ── the mailbox ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with a_mailbox() as box:
        yield box


@pytest.fixture
def box(running: Mailbox) -> Mailbox:
    running.clear()
    return running


def imap(box: Mailbox, **options: Any) -> Imap:
    wanted = {"port": box.port, "security": "none", "user": box.user, "password": lambda: box.password, **options}
    return Imap("127.0.0.1", **wanted)


def test_unread_mails_are_fetched_and_stay_unread_until_they_are_done(box: Mailbox) -> None:
    box.put(a_mail(PDF), a_note("bonjour"))
    first, second = [mail.read() for mail in imap(box).mails()]
    assert (read_mail(first).papers, read_mail(second).papers) == ((PDF,), ())
    assert box.flags() == [set(), set()]


@pytest.mark.parametrize("done", ["Done", "Traités & classés", 'with "quotes" in it', "日本"])
def test_what_is_done_is_moved_to_its_folder_whatever_it_is_called(box: Mailbox, done: str) -> None:
    box.put(a_mail(PDF), a_mail(PDF))
    for mail in imap(box, done=done).mails():
        mail.set_done()
    assert box.flags() == []
    again = imap(box, folder=done, done="INBOX")
    found = list(again.mails())
    assert len(found) == 2
    for mail in again.mails():
        mail.set_done()


def test_what_is_refused_stays_flagged_and_is_not_fetched_again(box: Mailbox) -> None:
    box.put(a_mail(PDF))
    for mail in imap(box).mails():
        mail.set_refused()
    assert box.flags() == [{r"\Seen", r"\Flagged"}]
    assert list(imap(box).mails()) == []


@pytest.mark.parametrize(("capability", "left"), [("IMAP4rev1 UIDPLUS", []), ("IMAP4rev1", [{r"\Seen", r"\Deleted"}])])
def test_a_server_that_cannot_move_copies_and_deletes_only_what_is_ours(capability: str, left: list[set[str]]) -> None:
    with a_mailbox(capability=capability) as box:
        box.put(a_mail(PDF), a_note("somebody marked this one"))
        with box.session() as owner:
            owner.select("INBOX")
            owner.store("2", "+FLAGS", r"(\Deleted)")
        for mail in imap(box).mails():
            mail.set_done()
        assert box.flags() == [*left, {r"\Deleted"}]
        assert len(box.flags("Done")) == 1


def test_a_mail_larger_than_any_paper_is_not_fetched(box: Mailbox) -> None:
    box.put(b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * (MAX_MAIL_BYTES // 1000 + 1))
    refused = 0
    for mail in imap(box).mails():
        with pytest.raises(ForeignPaper) as caught:
            mail.read()
        assert caught.value.code == "MAIL-23"
        refused += 1
    assert refused == 1


@pytest.mark.parametrize(("security", "port"), [("tls", "tls_port"), ("starttls", "port")])
def test_a_mailbox_is_read_through_tls_and_its_certificate_is_looked_at(
    security: str, port: str, tmp_path: Path
) -> None:
    believing = a_certificate(tmp_path)
    with a_mailbox(tmp_path) as box:
        box.put(a_mail(PDF))
        safe = imap(box, security=security, port=getattr(box, port), context=believing)
        assert [read_mail(mail.read()).papers for mail in safe.mails()] == [(PDF,)]
        assert failure(replace(safe, context=None)).code == "MAIL-12"


def failure(mailbox: Imap) -> ConventionsError:
    with pytest.raises(ServiceError) as caught:
        list(mailbox.mails())
    assert "wrong" not in str(caught.value.message)
    return caught.value


def test_what_is_wrong_with_a_mailbox_is_said(box: Mailbox) -> None:
    assert failure(imap(box, port=free_port())).code == "MAIL-11"
    assert failure(imap(box, security="starttls")).code == "MAIL-12"
    assert failure(imap(box, password=lambda: "wrong")).code == "MAIL-13"
    assert failure(imap(box, folder="Nowhere")).code == "MAIL-14"


def test_a_mailbox_password_is_never_asked_for_an_open_connection() -> None:
    def password() -> str:
        pytest.fail("the password was asked for")

    open_box = Imap("imap.univ-exemple.test", 143, "none", "stages", password=password)
    assert failure(open_box).code == "MAIL-08"
    assert "correct horse" not in repr(replace(open_box, password=lambda: "correct horse"))
