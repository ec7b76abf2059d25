"""The post: the right words to the right person, the PDF unharmed, nothing lost and nothing sent twice."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from hypothesis import given, settings
from hypothesis import strategies as st

from conventions.errors import ConventionsError, DiskError, ServiceError
from conventions.languages import LANGUAGES, Language
from conventions.model.roles import ROLE_LABELS, Signatory
from conventions.post import Message, Outbox, Sender, Smtp, Subject, compose, paper_complete, sent_back, your_turn
from conventions.text import Text
from tests.mailboxes import a_certificate, free_port

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OFFICE = Sender("Bureau des stages", "stages@univ-exemple.test")
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\r\n.\r\n%%EOF\n"
PAPER = Subject("2026-0001", Text("internship agreement"), date(2026, 4, 13), "convention-2026-0001.pdf", PDF)
STUDENT = Signatory("student", "Camille Lefèvre-Nguyễn", "", "camille@etu.univ-exemple.test", "fr")


def letter(person: Signatory = STUDENT, reminder: int = 0) -> Message:
    return your_turn(
        PAPER,
        person,
        sign_by=date(2026, 3, 31),
        reply_to=OFFICE.email,
        command="conventions sign convention-2026-0001.pdf",
        reminder=reminder,
    )


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
    read = again(compose(letter(), OFFICE, NOW))
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
    email = compose(letter(replace(STUDENT, language=code)), OFFICE, NOW)
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
    email = compose(letter(replace(STUDENT, name="<script>alert('x')</script> & <img src=x>")), OFFICE, NOW)
    page = _Paragraphs()
    page.feed(words(email, "html"))
    assert [said.strip() for said in page.found] == [said.strip() for said in words(email).split("\n\n")]
    assert page.tags == {"html", "head", "meta", "title", "body", "p"}


def test_no_subject_names_a_person() -> None:
    for message in (letter(), letter(reminder=1), paper_complete(PAPER, STUDENT), refusal("a" * 64)):
        subject = again(compose(message, OFFICE, NOW))["Subject"]
        assert "2026-0001" in subject
        assert "Camille" not in subject
        assert "Lefèvre" not in subject


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_subject_begins_with_a_capital_and_so_does_the_title_of_the_page(code: str) -> None:
    email = compose(letter(replace(STUDENT, language=code)), OFFICE, NOW)
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
    first, later = (compose(letter(), OFFICE, NOW + timedelta(hours=hour)) for hour in (0, 5))
    del first["Date"], later["Date"]
    assert first.as_bytes() == later.as_bytes()


def test_another_person_step_or_file_is_another_letter_of_the_same_conversation() -> None:
    messages = [
        letter(),
        letter(reminder=1),
        letter(reminder=2),
        letter(replace(STUDENT, role="company")),
        letter(replace(STUDENT, email="other@etu.univ-exemple.test")),
        replace(letter(), attachment=PDF + b"signed"),
        paper_complete(PAPER, STUDENT),
        refusal("a" * 64),
        refusal("b" * 64),
    ]
    emails = [again(compose(message, OFFICE, NOW)) for message in messages]
    assert len({email["Message-ID"] for email in emails}) == len(messages)
    assert len({email["References"] for email in emails}) == 1
    assert all(email["In-Reply-To"] == email["References"] for email in emails)
    elsewhere = compose(replace(letter(), number="2026-0002"), OFFICE, NOW)
    assert again(elsewhere)["References"] != emails[0]["References"]


def test_the_message_id_does_not_give_the_person_away() -> None:
    identity = str(compose(letter(), OFFICE, NOW)["Message-ID"])
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
        letter(),
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
        compose(letter(replace(STUDENT, email=address)), OFFICE, NOW)
    assert caught.value.code == "MAIL-01"


def test_a_domain_with_accents_is_written_as_servers_know_it() -> None:
    email = compose(letter(replace(STUDENT, email="a@université.test")), OFFICE, NOW)
    assert again(email)["To"].addresses[0].domain == "xn--universit-j4a.test"


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_outbox_holds_each_letter_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    place = Path(outbox.deliver(compose(letter(), OFFICE, NOW)))
    before = place.read_bytes()
    assert outbox.deliver(compose(letter(), OFFICE, NOW + timedelta(hours=5))) == str(place)
    assert place.read_bytes() == before
    outbox.deliver(compose(letter(reminder=1), OFFICE, NOW))
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_an_eml_file_is_what_the_library_writes(tmp_path: Path) -> None:
    email = compose(letter(), OFFICE, NOW)
    assert Path(Outbox(tmp_path).deliver(email)).read_bytes() == email.as_bytes()


def test_an_eml_file_reads_back(tmp_path: Path) -> None:
    place = Path(Outbox(tmp_path).deliver(compose(letter(), OFFICE, NOW)))
    assert place.suffix == ".eml"
    assert place.name.startswith("2026-0001.turn-student.")
    read = message_from_bytes(place.read_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    assert next(read.iter_attachments()).get_content() == PDF


def test_an_outbox_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_bytes(b"")
    with pytest.raises(DiskError) as caught:
        Outbox(tmp_path / "outbox").deliver(compose(letter(), OFFICE, NOW))
    assert caught.value.code == "MAIL-07"


def test_a_full_disk_leaves_no_half_letter(tmp_path: Path) -> None:
    place = tmp_path / "tiny"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this user may not mount a tmpfs")
    try:
        with pytest.raises(DiskError):
            Outbox(place).deliver(compose(replace(letter(), attachment=bytes(100_000)), OFFICE, NOW))
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", str(place)], check=True)


# ── a mail server ────────────────────────────────────────────────────────────────────────────────────────


class Sink:
    """Keeps what a real server was handed."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, *_: Any) -> str:  # noqa: ARG002, N802
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: ARG002, N802
        if b"too heavy" in (envelope.content or b""):
            return "552 the letter is too heavy"
        self.letters.append(envelope)
        return "250 OK"


@contextmanager
def server(**options: Any) -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield sink, controller.port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate made on the spot, and a client that believes it."""
    folder = tmp_path_factory.mktemp("tls")
    believing = a_certificate(folder)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return serving, believing


def accept(secret: bytes) -> Callable[..., AuthResult]:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = data.login == b"stages" and data.password == secret
        return AuthResult(success=is_right, handled=is_right)

    return authenticate


def test_a_letter_arrives_at_a_real_server_unharmed() -> None:
    with server() as (sink, port):
        assert Smtp("127.0.0.1", port, "none").deliver(compose(letter(), OFFICE, NOW)) == f"127.0.0.1:{port}"
    (envelope,) = sink.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == (OFFICE.email, [STUDENT.email])
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=default)
    assert isinstance(read, EmailMessage)
    assert next(read.iter_attachments()).get_content() == PDF
    assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_password_travels_only_inside_tls(security: Any, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    serving, believing = contexts
    options: dict[str, Any] = {"authenticator": accept(b"correct horse"), "auth_required": True}
    options |= (
        {"tls_context": serving, "require_starttls": True} if security == "starttls" else {"ssl_context": serving}
    )
    if security == "tls":
        options["auth_require_tls"] = False  # the sink does not see that its socket is TLS already
    with server(**options) as (sink, port):
        carrier = Smtp("127.0.0.1", port, security, "stages", lambda: "correct horse", context=believing)
        carrier.deliver(compose(letter(), OFFICE, NOW))
        assert len(sink.letters) == 1
        assert failure(replace(carrier, password=lambda: "wrong")).code == "MAIL-04"
        assert failure(replace(carrier, password=lambda: None)).code == "MAIL-04"
        assert failure(replace(carrier, context=None)).code == "MAIL-03"
        assert len(sink.letters) == 1


def failure(carrier: Smtp, message: Message | None = None) -> ConventionsError:
    with pytest.raises(ServiceError) as caught:
        carrier.deliver(compose(message or letter(), OFFICE, NOW))
    assert caught.value.place == f"{carrier.host}:{carrier.port}"
    assert "wrong" not in str(caught.value.message)
    return caught.value


def test_no_silent_step_down_from_starttls() -> None:
    with server() as (sink, port):
        assert failure(Smtp("127.0.0.1", port)).code == "MAIL-03"
        assert sink.letters == []


def test_a_password_is_never_asked_for_an_open_connection() -> None:
    def password() -> str:
        pytest.fail("the password was asked for")

    assert failure(Smtp("mail.univ-exemple.test", 25, "none", "stages", password)).code == "MAIL-08"


def test_a_refused_reader_is_named() -> None:
    with server() as (_, port):
        error = failure(Smtp("127.0.0.1", port, "none"), letter(replace(STUDENT, email="nobody@x.test")))
    assert error.code == "MAIL-05"
    assert "nobody@x.test" in str(error.message)


def test_the_servers_own_words_are_told() -> None:
    with server() as (_, port):
        error = failure(Smtp("127.0.0.1", port, "none"), replace(letter(), paragraphs=(Text("too heavy"),)))
    assert error.code == "MAIL-06"
    assert "552 the letter is too heavy" in str(error.message)


def test_a_server_that_is_not_there_is_said() -> None:
    assert failure(Smtp("127.0.0.1", free_port(), "none")).code == "MAIL-02"


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = failure(Smtp("127.0.0.1", silent.getsockname()[1], "none", timeout_s=0.3))
    assert error.code == "MAIL-02"


def test_a_server_that_hangs_up_after_taking_the_letter_has_taken_it() -> None:
    class Rude(Sink):
        async def handle_QUIT(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: ARG002, N802
            server.transport.abort()
            await asyncio.sleep(0)
            return "421 gone"

    rude = Rude()
    controller = Controller(rude, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        Smtp("127.0.0.1", controller.port, "none").deliver(compose(letter(), OFFICE, NOW))
    finally:
        controller.stop()
    assert len(rude.letters) == 1


def test_a_carrier_does_not_show_its_password() -> None:
    assert "correct horse" not in repr(Smtp("mail.univ-exemple.test", user="stages", password=lambda: "correct horse"))
