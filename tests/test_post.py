"""The post: the right words to the right person, the PDF unharmed, nothing lost and nothing sent twice."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conventions.errors import DiskError, ServiceError
from conventions.languages import LANGUAGES, Language
from conventions.model.roles import ROLE_LABELS
from conventions.post import Message, Outbox, Sender, compose, paper_complete, sent_back
from conventions.text import Text
from tests.letters import NOW, OFFICE, PAPER, PDF, STUDENT, a_letter


def again(email: EmailMessage) -> EmailMessage:
    """The mail as its reader's program sees it."""
    read = message_from_bytes(email.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def words(email: EmailMessage, kind: str = "plain") -> str:
    body = again(email).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# ── what is written ──────────────────────────────────────────────────────────────────────────────────────


def test_the_mail_reads_back_with_the_pdf_unharmed() -> None:
    read = again(compose(a_letter(), OFFICE, NOW))
    (attachment,) = read.iter_attachments()
    assert attachment.get_content() == PDF
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "convention-2026-0001.pdf"
    assert read["From"].addresses[0].addr_spec == OFFICE.email
    assert read["To"].addresses[0].display_name == "Camille Lefèvre-Nguyễn"
    assert read["To"].addresses[0].addr_spec == STUDENT.email
    assert read["Reply-To"].addresses[0].addr_spec == OFFICE.email
    assert parsedate_to_datetime(read["Date"]) == NOW
    assert (read["Auto-Submitted"], read["Content-Language"]) == ("auto-generated", "fr")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_turn_says_until_when_how_and_where_to_in_the_readers_language(code: str) -> None:
    language = Language(code)
    email = compose(a_letter(replace(STUDENT, language=code)), OFFICE, NOW)
    told = words(email)
    for needed in (
        language.date(date(2026, 3, 31)),
        language.date(date(2026, 4, 13)),
        language.say(ROLE_LABELS["student"]),
        "conventions sign convention-2026-0001.pdf",
        OFFICE.email,
        "PAdES",
        "2026-0001",
    ):
        assert needed in told
    assert again(email)["Content-Language"] == code


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.add(tag)
        if tag == "p":
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1] += data


def test_the_page_says_what_the_plain_text_says_and_loads_nothing() -> None:
    email = compose(a_letter(replace(STUDENT, name="<script>alert('x')</script> & <img src=x>")), OFFICE, NOW)
    page = _Paragraphs()
    page.feed(words(email, "html"))
    assert [said.strip() for said in page.found] == [said.strip() for said in words(email).split("\n\n")]
    assert page.tags == {"html", "head", "meta", "title", "body", "p"}


def test_no_subject_names_a_person() -> None:
    for message in (a_letter(), a_letter(reminder=1), paper_complete(PAPER, STUDENT), refusal("a" * 64)):
        subject = again(compose(message, OFFICE, NOW))["Subject"]
        assert "2026-0001" in subject
        assert "Camille" not in subject
        assert "Lefèvre" not in subject


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_subject_begins_with_a_capital_and_so_does_the_title_of_the_page(code: str) -> None:
    email = compose(a_letter(replace(STUDENT, language=code)), OFFICE, NOW)
    subject = " ".join(str(email["Subject"]).split())
    assert subject[0].isupper()
    assert f"<title>{subject}</title>" in " ".join(words(email, "html").split())


def refusal(digest: str) -> Message:
    return sent_back(
        PAPER,
        STUDENT,
        reason=Text("the file was printed to a new PDF"),
        fix=Text("sign the very file that was sent"),
        reply_to=OFFICE.email,
        refused=digest,
    )


def test_a_refusal_says_why_and_what_to_do() -> None:
    told = words(compose(replace(refusal("a" * 64), language="en"), OFFICE, NOW))
    assert "the file was printed to a new PDF" in told
    assert "sign the very file that was sent" in told


def test_a_complete_paper_goes_to_everybody_with_the_file() -> None:
    email = compose(paper_complete(PAPER, replace(STUDENT, role="dean", language="de")), OFFICE, NOW)
    (attachment,) = again(email).iter_attachments()
    assert attachment.get_content() == PDF
    assert Language("de").date(PAPER.starts_on) in words(email)


# ── the same letter is the same letter ───────────────────────────────────────────────────────────────────


def test_the_same_letter_at_another_moment_differs_only_in_its_date() -> None:
    first, later = (compose(a_letter(), OFFICE, NOW + timedelta(hours=hour)) for hour in (0, 5))
    del first["Date"], later["Date"]
    assert first.as_bytes() == later.as_bytes()


def test_another_person_step_or_file_is_another_letter_of_the_same_conversation() -> None:
    messages = [
        a_letter(),
        a_letter(reminder=1),
        a_letter(reminder=2),
        a_letter(replace(STUDENT, role="company")),
        a_letter(replace(STUDENT, email="other@etu.univ-exemple.test")),
        replace(a_letter(), attachment=PDF + b"signed"),
        paper_complete(PAPER, STUDENT),
        refusal("a" * 64),
        refusal("b" * 64),
    ]
    emails = [again(compose(message, OFFICE, NOW)) for message in messages]
    assert len({email["Message-ID"] for email in emails}) == len(messages)
    assert len({email["References"] for email in emails}) == 1
    assert all(email["In-Reply-To"] == email["References"] for email in emails)
    elsewhere = compose(replace(a_letter(), number="2026-0002"), OFFICE, NOW)
    assert again(elsewhere)["References"] != emails[0]["References"]


def test_the_message_id_does_not_give_the_person_away() -> None:
    identity = str(compose(a_letter(), OFFICE, NOW)["Message-ID"])
    assert "camille" not in identity
    assert identity.endswith("@univ-exemple.test>")


# ── nothing gets into a header ───────────────────────────────────────────────────────────────────────────

ANY = st.text(max_size=60) | st.sampled_from(
    [
        "a\r\nBcc: spy@evil.test",
        "a\nX: y",
        'a" <spy@evil.test>, "b',
        "a\u2028Bcc: spy@evil.test",
        "=?utf-8?q?a=0ABcc:_b?=",
        "=??Q?=0A0",
    ]
)


@settings(max_examples=100, deadline=None)
@given(name=ANY, file=ANY, word=ANY, sender=ANY)
def test_no_word_ends_a_header_or_adds_a_reader(name: str, file: str, word: str, sender: str) -> None:
    message = replace(
        a_letter(),
        to_name=name,
        attachment_name=file,
        subject=Text("about {word}", word=word),
        paragraphs=(Text("Hello"),),
    )
    email = compose(message, Sender(sender, OFFICE.email), NOW)
    read = again(email)
    wanted = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"}
    wanted |= {"Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"}
    assert sorted(read.keys()) == sorted(wanted)
    assert [address.addr_spec for address in read["To"].addresses] == [STUDENT.email]
    assert [address.addr_spec for address in read["From"].addresses] == [OFFICE.email]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camille",
        "@x.test",
        "a@",
        "a b@x.test",
        "a@x.test\r\nBcc: b@x.test",
        "a@x.test, b@x.test",
        "é@x.test",
        "a@-x-.test",
    ],
)
def test_an_address_that_no_server_would_take_is_named(address: str) -> None:
    with pytest.raises(ServiceError) as caught:
        compose(a_letter(replace(STUDENT, email=address)), OFFICE, NOW)
    assert caught.value.code == "MAIL-01"


def test_a_domain_with_accents_is_written_as_servers_know_it() -> None:
    email = compose(a_letter(replace(STUDENT, email="a@université.test")), OFFICE, NOW)
    assert again(email)["To"].addresses[0].domain == "xn--universit-j4a.test"


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_outbox_holds_each_letter_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    place = Path(outbox.deliver(compose(a_letter(), OFFICE, NOW)))
    before = place.read_bytes()
    assert outbox.deliver(compose(a_letter(), OFFICE, NOW + timedelta(hours=5))) == str(place)
    assert place.read_bytes() == before
    outbox.deliver(compose(a_letter(reminder=1), OFFICE, NOW))
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_an_eml_file_is_what_the_library_writes(tmp_path: Path) -> None:
    email = compose(a_letter(), OFFICE, NOW)
    assert Path(Outbox(tmp_path).deliver(email)).read_bytes() == email.as_bytes()


def test_an_eml_file_reads_back(tmp_path: Path) -> None:
    place = Path(Outbox(tmp_path).deliver(compose(a_letter(), OFFICE, NOW)))
    assert place.suffix == ".eml"
    assert place.name.startswith("2026-0001.turn-student.")
    read = message_from_bytes(place.read_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    assert next(read.iter_attachments()).get_content() == PDF


def test_an_outbox_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_bytes(b"")
    with pytest.raises(DiskError) as caught:
        Outbox(tmp_path / "outbox").deliver(compose(a_letter(), OFFICE, NOW))
    assert caught.value.code == "MAIL-07"


def test_a_full_disk_leaves_no_half_letter(tmp_path: Path) -> None:
    place = tmp_path / "tiny"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this user may not mount a tmpfs")
    try:
        with pytest.raises(DiskError):
            Outbox(place).deliver(compose(replace(a_letter(), attachment=bytes(100_000)), OFFICE, NOW))
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", str(place)], check=True)
