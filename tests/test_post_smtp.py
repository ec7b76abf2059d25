"""Letters handed to a real mail server: unharmed, inside TLS, every refusal in words."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from conventions.errors import ConventionsError, ServiceError
from conventions.post import Message, Smtp, compose
from conventions.text import Text
from tests.letters import NOW, OFFICE, PDF, STUDENT, a_letter
from tests.mailboxes import a_certificate, free_port


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
        assert Smtp("127.0.0.1", port, "none").deliver(compose(a_letter(), OFFICE, NOW)) == f"127.0.0.1:{port}"
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
        carrier.deliver(compose(a_letter(), OFFICE, NOW))
        assert len(sink.letters) == 1
        assert failure(replace(carrier, password=lambda: "wrong")).code == "MAIL-04"
        assert failure(replace(carrier, password=lambda: None)).code == "MAIL-04"
        assert failure(replace(carrier, context=None)).code == "MAIL-03"
        assert len(sink.letters) == 1


def failure(carrier: Smtp, message: Message | None = None) -> ConventionsError:
    with pytest.raises(ServiceError) as caught:
        carrier.deliver(compose(message or a_letter(), OFFICE, NOW))
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
        error = failure(Smtp("127.0.0.1", port, "none"), a_letter(replace(STUDENT, email="nobody@x.test")))
    assert error.code == "MAIL-05"
    assert "nobody@x.test" in str(error.message)


def test_the_servers_own_words_are_told() -> None:
    with server() as (_, port):
        error = failure(Smtp("127.0.0.1", port, "none"), replace(a_letter(), paragraphs=(Text("too heavy"),)))
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
        Smtp("127.0.0.1", controller.port, "none").deliver(compose(a_letter(), OFFICE, NOW))
    finally:
        controller.stop()
    assert len(rude.letters) == 1


def test_a_carrier_does_not_show_its_password() -> None:
    assert "correct horse" not in repr(Smtp("mail.univ-exemple.test", user="stages", password=lambda: "correct horse"))
