"""A letter as mail: plain text and HTML that say the same, and the PDF (RFC 5322, RFC 2045 to 2047).

Nothing but the date depends on the moment: the same letter has the same Message-ID, so mail that is sent twice
after a crash is recognised as one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.generator import BytesGenerator
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from html import escape
from io import BytesIO
from typing import Final

from conventions.errors import ServiceError
from conventions.languages import Language
from conventions.post.message import Message
from conventions.text import Text

__all__ = ["Sender", "compose", "written"]

_ATOM: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""RFC 5322 §3.2.3 dot-atom; quoted local parts exist on paper only."""
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_ADDRESS: Final = re.compile(r"https?://[^\s<>&]+[^\s<>&.,;:!?)]")
_STYLE: Final = "font-family:sans-serif;line-height:1.5;max-width:40em"


@dataclass(frozen=True)
class Sender:
    """Who writes, and where answers go."""

    name: str
    email: str


def compose(message: Message, sender: Sender, now: datetime) -> EmailMessage:
    """Make mail of a letter, in the reader's language.

    Args:
        message: the letter.
        sender: the office.
        now: aware; becomes the ``Date``.

    Raises:
        ServiceError: MAIL-01, an address that no mail server would take.
    """
    language = Language(message.language)
    origin = _address(sender.name, sender.email)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = origin
    mail["To"] = _address(message.to_name, message.to_email)
    mail["Reply-To"] = origin
    mail["Subject"] = _line(_subject(message, language))
    mail["Date"] = format_datetime(now)
    identity = _identity(message)
    mail["Message-ID"] = f"<{identity}@{origin.domain}>"
    thread = f"<{_atom(message.number)}.thread@{origin.domain}>"
    mail["In-Reply-To"] = thread
    mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, message, language, sender)
    mail["Content-Language"] = language.code  # set last: a Content- header would move into the first part
    _fix_boundaries(mail, identity)
    return mail


class _Headers(HeaderRegistry):
    """The library's own, with a memory: it would parse the same header anew, and make a class for it, each time."""

    def __init__(self) -> None:
        super().__init__()
        self._read = lru_cache(maxsize=256)(super().__call__)

    def __call__(self, name: str, value: object) -> BaseHeader:
        return self._read(name, value) if isinstance(value, str) else super().__call__(name, value)


_POLICY: Final = SMTP.clone(header_factory=_Headers())


def written(mail: EmailMessage) -> bytes:
    """A letter as a file."""
    target = BytesIO()
    _AtOnce(target, mangle_from_=False).flatten(mail)
    return target.getvalue()


class _AtOnce(BytesGenerator):
    """The library's own, but quick.

    An attachment is written as a whole, not as ten thousand lines; a header that was encoded once is not encoded again:
    the office's name, with its accents, stands in every letter twice.
    """

    def _write_lines(self, lines: str) -> None:
        if "\r" in lines:
            lines = lines.replace("\r\n", "\n").replace("\r", "\n")
        self.write(lines.replace("\n", SMTP.linesep))

    def _write_headers(self, mail: EmailMessage) -> None:
        for name, value in mail.raw_items():
            self.write(_folded(name, value))
        self.write(SMTP.linesep)


@lru_cache(maxsize=256)
def _folded(name: str, value: BaseHeader) -> str:
    """A header as it is sent; those of equal words are equal."""
    folded: str = SMTP.fold(name, value)
    return folded


def _fill(mail: EmailMessage, message: Message, language: Language, sender: Sender) -> None:
    paragraphs = [*(language.say(text) for text in message.paragraphs), sender.name]
    plain = "\n\n".join(paragraphs) + "\n"
    mail.set_content(plain, cte="quoted-printable")
    body = "\n".join(f"<p>{_linked(escape(words))}</p>" for words in paragraphs)
    title = escape(_subject(message, language))
    page = (
        f'<!DOCTYPE html>\n<html lang="{language.code}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f'<body style="{_STYLE}">\n{body}\n</body>\n</html>\n'
    )
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    name = _line(message.attachment_name).replace("/", "-")
    mail.add_attachment(message.attachment, maintype="application", subtype="pdf", filename=name)


def _subject(message: Message, language: Language) -> str:
    """It mostly begins with the name of a document, which is written small within a sentence."""
    words = language.say(message.subject)
    return f"{words[:1].upper()}{words[1:]}"


def _linked(html: str) -> str:
    """Addresses of pages as links that can be followed."""
    return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', html)


def _identity(message: Message) -> str:
    """Readable, and the same for the same dossier, step, person and PDF; the person stands in it only as a digest."""
    parts = (message.number, message.step, message.to_email, message.digest)
    digest = sha256("\n".join(parts).encode()).hexdigest()
    return f"{_atom(message.number)}.{_atom(message.step)}.{digest[:24]}"


def _atom(words: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]+", "-", words)


def _line(words: str) -> str:
    """One line without control characters or encoded words: nothing in it can end a header and begin another.

    The standard library decodes an encoded word (RFC 2047) that stands in a name, and would write out the line end
    hidden in it.
    """
    kept = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in words)
    return " ".join(kept.split()).replace("=?", "= ?")


def _address(name: str, email: str) -> Address:
    local, _, domain = email.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not _ATOM.fullmatch(local) or not _HOST.fullmatch(host):
        raise ServiceError(
            "MAIL-01",
            Text("no mail can be sent to or from “{address}”", address=_line(email)),
            Text("correct the address; letters before the @ must be without accents"),
        )
    return Address(_line(name), local, host)


def _fix_boundaries(mail: EmailMessage, identity: str) -> None:
    """Boundaries are random otherwise, and the same letter would never be the same bytes."""
    for rank, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{sha256(f'{identity} {rank}'.encode()).hexdigest()[:32]}")
