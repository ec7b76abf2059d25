"""How mail leaves the house: a folder, or a mail server."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from secrets import token_hex
from typing import Final, Literal, Protocol

from conventions.errors import ConventionsError, DiskError, ServiceError
from conventions.post.mime import written
from conventions.post.secrecy import assert_secret_is_safe
from conventions.system import reason
from conventions.text import Text, quoted

__all__ = ["Carrier", "Outbox", "Smtp"]

_PERMANENT: Final = 500
"""Answers from here on are final (RFC 5321 §4.2.1)."""


class Carrier(Protocol):
    """Takes a letter away."""

    def deliver(self, email: EmailMessage) -> str:
        """Deliver, and say where it went: a path, or ``host:port``."""


@dataclass(frozen=True)
class Outbox:
    """A folder in which every letter becomes an ``.eml`` file that any mail program opens and sends."""

    folder: Path

    def deliver(self, email: EmailMessage) -> str:
        """Write the letter, whole or not at all; one that is already there is left as it is.

        Raises:
            DiskError: MAIL-07, the folder cannot be written.
        """
        path = self.folder / f"{_file_stem(email)}.eml"
        try:
            if not path.exists():
                self._write(path, written(email))
        except OSError as error:
            raise DiskError(
                "MAIL-07",
                Text("the letter cannot be put into the outbox: {reason}", reason=reason(error)),
                Text("check that the folder is writable and the disk is not full, then run it again"),
                place=str(path),
            ) from error
        return str(path)

    def _write(self, path: Path, data: bytes) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
        passing = self.folder / f".writing-{token_hex(8)}"
        try:
            with passing.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)


def _file_stem(email: EmailMessage) -> str:
    local = str(email["Message-ID"]).strip("<>").rpartition("@")[0]
    return re.sub(r"[^0-9A-Za-z_.-]+", "-", local).lstrip(".")


@dataclass(frozen=True)
class Smtp:
    """A mail server (RFC 5321; RFC 3207 for STARTTLS, RFC 8314 for TLS from the first byte)."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Callable[[], str | None] = field(default=lambda: None, repr=False)
    """Asked only when there is a user, and only on a connection that nobody can listen to."""
    timeout_s: float = 30
    context: ssl.SSLContext | None = None
    """Whom to believe; the system's authorities by default."""

    def deliver(self, email: EmailMessage) -> str:
        """Hand one letter to the server.

        Raises:
            ServiceError: MAIL-02 no answer, MAIL-03 no secure connection, MAIL-04 user or password refused,
                MAIL-05 recipient refused for good, MAIL-09 for now (RFC 5321 §4.2.1: 4yz), MAIL-06 anything else the
                server refuses, MAIL-08 a password would travel in clear.
        """
        assert_secret_is_safe(self.host, self.port, self.security, self.user)
        with self._in_plain_words():
            server = self._connect()
            try:
                if self.security == "starttls":
                    server.starttls(context=self._tls())
                if self.user:
                    server.login(self.user, self.password() or "")
                sender, receiver = (email[name].addresses[0].addr_spec for name in ("From", "To"))
                server.sendmail(sender, [receiver], written(email))
            finally:
                # The letter has been taken or refused by now: a clumsy goodbye changes nothing.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        return f"{self.host}:{self.port}"

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=self._tls())
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)

    def _tls(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            raise self._explained(error) from error

    def _explained(self, error: Exception) -> ConventionsError:
        server = f"{self.host}:{self.port}"
        match error:
            case smtplib.SMTPAuthenticationError():
                return self._error(
                    "MAIL-04",
                    Text("the mail server {server} refuses the user or the password", server=server),
                    Text("check `user` in conventions.toml and the variable CONVENTIONS_SMTP_PASSWORD"),
                )
            case smtplib.SMTPRecipientsRefused(recipients=people):
                return self._unreachable(server, people)
            case smtplib.SMTPResponseException():
                return self._error(
                    "MAIL-06",
                    Text("the mail server {server} refuses the letter: {reason}", server=server, reason=_answer(error)),
                    Text("run it again later; if it persists, show this answer to whoever runs the server"),
                )
        return self._no_connection(error, server)

    def _unreachable(self, server: str, people: Mapping[str, tuple[int, bytes]]) -> ConventionsError:
        names = tuple(people)
        if all(code < _PERMANENT for code, _ in people.values()):
            return self._error(
                "MAIL-09",
                Text("the mail server {server} does not take mail for {people} now", server=server, people=names),
                Text("nothing to do: the letter is tried again later"),
            )
        return self._error(
            "MAIL-05",
            Text("the mail server {server} does not take mail for {people}", server=server, people=names),
            Text("name the right address: `conventions replace`"),
        )

    def _no_connection(self, error: Exception, server: str) -> ConventionsError:
        if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
            return self._error(
                "MAIL-03",
                Text("no secure connection to {server}: {reason}", server=server, reason=quoted(error)),
                Text("check `security` and `port` in conventions.toml, and the certificate of the server"),
            )
        return self._error(
            "MAIL-02",
            Text("the mail server {server} does not answer: {reason}", server=server, reason=quoted(error)),
            Text("check the network, and `host` and `port` in conventions.toml; then run it again"),
        )

    def _error(self, code: str, message: Text, fix: Text) -> ServiceError:
        return ServiceError(code, message, fix, place=f"{self.host}:{self.port}")


def _answer(error: smtplib.SMTPResponseException) -> Text:
    words = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    return quoted(f"{error.smtp_code} {words}")
