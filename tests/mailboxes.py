"""Servers for the post, real ones and on loopback only: a mailbox (Dovecot), and a mail server in a bad mood."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Mailbox", "MoodySink", "a_certificate", "a_mail_server", "a_mailbox", "free_port"]

_PASSWORD: Final = "korrekt pferd é"
_CONFIGURATION: Final = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail
{capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def a_certificate(folder: Path) -> ssl.SSLContext:
    """``certificate.pem`` and ``key.pem`` of a server on loopback, made on the spot; a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.univ-exemple.test")])
    today = datetime.now(UTC)  # noqa: TID251
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


@dataclass(frozen=True)
class Mailbox:
    """One mailbox, as its owner's own program sees it."""

    port: int
    tls_port: int
    user: str = "stages"
    password: str = _PASSWORD

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as server:
            server.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
            yield server

    def put(self, *mails: bytes) -> None:
        with self.session() as server:
            for mail in mails:
                assert server.append("INBOX", "", "", mail)[0] == "OK"

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """Of every mail in a folder; none where there is no such folder."""
        with self.session() as server:
            kind, count = server.select(folder, readonly=True)
            if kind != "OK" or not int(count[0] or 0):
                return []
            _, lines = server.fetch("1:*", "(FLAGS)")
        found = (imaplib.ParseFlags(line) for line in lines if isinstance(line, bytes))
        return [{flag.decode() for flag in flags} - {r"\Recent"} for flags in found]

    def clear(self) -> None:
        """As if nothing had ever come."""
        with self.session() as server:
            _, count = server.select("INBOX")
            if int(count[0] or 0):
                server.store("1:*", "+FLAGS", r"(\Deleted)")
                server.expunge()

    @property
    def table(self) -> str:
        return f'[delivery.imap]\nhost = "127.0.0.1"\nport = {self.port}\nsecurity = "none"\nuser = "{self.user}"\n'


def dovecot() -> str:
    """The server's program; the test is left out on a machine without it."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("Dovecot is not installed: setup/system.sh tests")
    return found


@contextmanager
def a_mailbox(certificate: Path | None = None, *, capability: str = "") -> Iterator[Mailbox]:
    """A mailbox on loopback until the end of the ``with``.

    Args:
        certificate: folder with ``certificate.pem`` and ``key.pem``; without one, no TLS.
        capability: what the server says it can do, if less than it can.
    """
    command = [dovecot(), "-F", "-c"]
    with tempfile.TemporaryDirectory(prefix="mailbox-", ignore_cleanup_errors=True) as name:
        folder, box = Path(name), Mailbox(free_port(), free_port())
        (folder / "dovecot.conf").write_text(_configuration(folder, box, certificate, capability), encoding="utf-8")
        (folder / "users").write_text(f"{box.user}:{box.password}\n", encoding="utf-8")
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [*command, str(folder / "dovecot.conf")], stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        try:
            _await(process, box, folder)
            yield box
        finally:
            process.terminate()
            process.wait(20)


def _configuration(folder: Path, box: Mailbox, certificate: Path | None, capability: str) -> str:
    """As root the server wants the package's users, and a mailbox that is nobody's; else all is the user's own."""
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    for part in ("mail", "home", "run"):
        (folder / part).mkdir()
        if is_root and part != "run":
            os.chown(folder / part, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o755)
    own = "" if is_root else getpass.getuser()
    pair = f"ssl_cert = <{certificate}/certificate.pem\nssl_key = <{certificate}/key.pem" if certificate else ""
    return _CONFIGURATION.format(
        folder=folder,
        run=folder / "run",
        ssl="yes" if certificate else "no",
        certificate=pair,
        internal=own or "dovecot",
        login=own or "dovenull",
        group="dovecot" if is_root else grp.getgrgid(os.getegid()).gr_name,
        capability=f"imap_capability = {capability}" if capability else "",
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=box.port,
        tls_port=box.tls_port if certificate else 0,
    )


def _await(process: subprocess.Popen[bytes], box: Mailbox, folder: Path) -> None:
    """Until it answers, or has ended."""
    for _ in range(600):
        with suppress(OSError, imaplib.IMAP4.error), box.session():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            break
    written = [path.read_text(errors="replace") for path in (folder / "output", folder / "log") if path.exists()]
    pytest.fail(f"the mail server did not start: {''.join(written)}")


@dataclass
class MoodySink:
    """A mail server that takes letters, or answers what it is told to answer."""

    letters: list[Envelope] = field(default_factory=list)
    answer: str = ""
    """To every recipient; empty: all are welcome."""
    only: tuple[str, ...] = ()
    """Who is welcome; empty: everybody."""
    asked: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, *_: Any) -> str:  # noqa: ARG002, N802
        self.asked += 1
        if self.answer:
            return self.answer
        if self.only and address not in self.only:
            return "452 too many letters"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: ARG002, N802
        self.letters.append(envelope)
        return "250 OK"


@contextmanager
def a_mail_server(port: int = 0) -> Iterator[tuple[MoodySink, int]]:
    """A real mail server on loopback until the end of the ``with``, and its port."""
    sink = MoodySink()
    controller = Controller(sink, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield sink, controller.port
    finally:
        controller.stop()
