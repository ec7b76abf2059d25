"""A mailbox on a server, from which returned papers are fetched (RFC 3501; RFC 6851 MOVE, RFC 4315 UIDPLUS)."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from conventions.errors import ForeignPaper, ServiceError
from conventions.post.incoming import MAX_MAIL_BYTES
from conventions.post.secrecy import assert_secret_is_safe
from conventions.text import Text, quoted

__all__ = ["Imap", "ImapMail"]

_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_NOT_PLAIN: Final = re.compile(r"&|[^\x20-\x7e]+")


@dataclass(frozen=True)
class Imap:
    """Where the mailbox is, and how to get in."""

    host: str
    port: int = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    folder: str = "INBOX"
    done: str = "Done"
    password: Callable[[], str | None] = field(default=lambda: None, repr=False)
    """Asked only on a connection that nobody can listen to."""
    timeout_s: float = 30
    context: ssl.SSLContext | None = None
    """Whom to believe; the system's authorities by default."""

    @contextmanager
    def opened(self) -> Iterator[Iterator[ImapMail]]:
        """The unread mails, oldest first; looking at one does not make it read. They can be moved until the end.

        Raises:
            ServiceError: MAIL-11 no answer, MAIL-12 no secure connection, MAIL-13 user or password refused, MAIL-14
                anything else the server refuses, MAIL-08 a password would travel in clear.
        """
        assert_secret_is_safe(self.host, self.port, self.security, self.user)
        with self._session() as session:
            yield (ImapMail(uid, session) for uid in session.unseen())

    def mails(self) -> Iterator[ImapMail]:
        """The same, one after the other. Raises ServiceError as :meth:`opened`."""
        with self.opened() as mails:
            yield from mails

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        with self._no_connection():
            server = self._connect()
        session = _Session(server, self)
        try:
            with self._no_connection():
                if self.security == "starttls":
                    self._start_tls(server)
            session.enter()
            yield session
        finally:
            # All that was asked for has been answered by now: a clumsy goodbye changes nothing.
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()

    def _connect(self) -> imaplib.IMAP4:
        if self.security == "tls":
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=self._tls(), timeout=self.timeout_s)
        return imaplib.IMAP4(self.host, self.port, timeout=self.timeout_s)

    def _start_tls(self, server: imaplib.IMAP4) -> None:
        if "STARTTLS" not in server.capabilities:  # the library would say that the connection was lost
            raise imaplib.IMAP4.error("no STARTTLS")
        server.starttls(self._tls())

    def _tls(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()

    @property
    def place(self) -> str:
        """How people call it."""
        return f"{self.host}:{self.port}"

    @contextmanager
    def _no_connection(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLError as error:
            raise self._insecure(error) from error
        except (imaplib.IMAP4.abort, OSError) as error:
            raise self.silent(error) from error
        except imaplib.IMAP4.error as error:
            raise self._insecure(error) from error

    def _insecure(self, error: Exception) -> ServiceError:
        return ServiceError(
            "MAIL-12",
            Text("no secure connection to {server}: {reason}", server=self.place, reason=quoted(error)),
            Text("check `security` and `port` in conventions.toml, and the certificate of the server"),
            place=self.place,
        )

    def silent(self, error: Exception) -> ServiceError:
        """The server does not answer, or no longer."""
        return ServiceError(
            "MAIL-11",
            Text("the mail server {server} does not answer: {reason}", server=self.place, reason=quoted(error)),
            Text("check the network, and `host` and `port` in conventions.toml; then run it again"),
            place=self.place,
        )

    def unwilling(self, reason: object) -> ServiceError:
        """The server does not do what it is asked."""
        return ServiceError(
            "MAIL-14",
            Text("the mail server {server} refuses: {reason}", server=self.place, reason=quoted(reason)),
            Text("check `folder` and `done` in conventions.toml; then run it again: nothing is lost"),
            place=self.place,
        )


@dataclass(frozen=True)
class ImapMail:
    """One unread mail."""

    uid: bytes
    _session: _Session

    is_mail = True
    """Never a bare PDF."""

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self._session.settings.user}@{self._session.settings.host} {self.uid.decode()}"

    def read(self) -> bytes:
        """Its bytes; it stays unread.

        Raises:
            ServiceError: as :meth:`Imap.opened`.
            ForeignPaper: MAIL-23, larger than any mail with a paper of ours; it is not even fetched.
        """
        answer = self._session.ask("FETCH", self.uid, "(RFC822.SIZE)")
        size = _SIZE.search(b" ".join(part for part in answer if isinstance(part, bytes)))
        if size and int(size[1]) > MAX_MAIL_BYTES:
            raise ForeignPaper(
                "MAIL-23",
                Text("the mail or file is larger than {n} bytes: none with a paper of ours is", n=MAX_MAIL_BYTES),
                Text("ask for the signed PDF alone"),
                place=self.name,
            )
        bodies = [part[1] for part in self._session.ask("FETCH", self.uid, "(BODY.PEEK[])") if isinstance(part, tuple)]
        if not bodies:
            raise self._session.settings.unwilling("FETCH")
        return bytes(bodies[0])

    def set_done(self) -> None:
        """Move it to the folder for what is done. Raises ServiceError as :meth:`Imap.opened`."""
        self._session.move(self.uid)

    def set_refused(self) -> None:
        """Leave it where it is, read and flagged. Raises ServiceError as :meth:`Imap.opened`."""
        self._session.ask("STORE", self.uid, "+FLAGS.SILENT", r"(\Seen \Flagged)")


@dataclass(frozen=True)
class _Session:
    """A connection with its folder open."""

    server: imaplib.IMAP4
    settings: Imap

    def enter(self) -> None:
        try:
            self._log_in(self.settings.user, self.settings.password() or "")
        except (imaplib.IMAP4.abort, OSError) as error:
            raise self.settings.silent(error) from error
        except (imaplib.IMAP4.error, UnicodeError) as error:
            raise ServiceError(
                "MAIL-13",
                Text("the mail server {server} refuses the user or the password", server=self.settings.place),
                Text("check `user` in conventions.toml and the variable CONVENTIONS_IMAP_PASSWORD"),
                place=self.settings.place,
            ) from error
        self._run(lambda: self.server.select(_quoted(self.settings.folder)))

    def _log_in(self, user: str, password: str) -> None:
        if "AUTH=PLAIN" in self.server.capabilities:  # LOGIN knows no letters with accents
            self.server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            self.server.login(user, password)

    def unseen(self) -> list[bytes]:
        answer = self.ask("SEARCH", "UNSEEN", "UNDELETED")
        return answer[0].split() if answer and isinstance(answer[0], bytes) else []

    def move(self, uid: bytes) -> None:
        done = _quoted(self.settings.done)
        with suppress(imaplib.IMAP4.error):
            self.server.create(done)  # the answer is NO when it is there already
        if self._can(b"MOVE"):
            self.ask("MOVE", uid, done)
            return
        self.ask("COPY", uid, done)
        self.ask("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        # Without UIDPLUS an EXPUNGE would also remove what other people have marked: theirs to decide.
        if self._can(b"UIDPLUS"):
            self.ask("EXPUNGE", uid)

    def _can(self, what: bytes) -> bool:
        """Asked anew: a server tells more to those who have logged in."""
        return what in b" ".join(self._run(self.server.capability)).upper().split()

    def ask(self, command: str, *arguments: bytes | str) -> list[Any]:
        words = [word.decode() if isinstance(word, bytes) else word for word in arguments]
        return self._run(lambda: self.server.uid(command, *words))

    def _run(self, work: Callable[[], tuple[str, list[Any]]]) -> list[Any]:
        try:
            kind, answer = work()
        except (imaplib.IMAP4.abort, OSError) as error:
            raise self.settings.silent(error) from error
        except imaplib.IMAP4.error as error:
            raise self.settings.unwilling(error) from error
        if kind != "OK":
            raise self.settings.unwilling(b" ".join(filter(None, answer)).decode(errors="replace"))
        return answer


def _quoted(name: str) -> str:
    """The name of a folder as the protocol writes it: modified UTF-7 (RFC 3501 §5.1.3), in quotes."""

    def shifted(match: re.Match[str]) -> str:
        words = "" if match[0] == "&" else match[0]
        return f"&{base64.b64encode(words.encode('utf-16-be'), b'+,').decode().rstrip('=')}-"

    coded = _NOT_PLAIN.sub(shifted, name)
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'
