"""What a mail that comes in holds: papers, the news that a letter did not arrive, or nothing for us.

Mail is written by strangers: nothing in it is believed but the bytes of a PDF, which prove themselves, and a
Message-ID that this office has given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Final

from conventions.errors import ForeignPaper
from conventions.text import Text

__all__ = ["MAX_MAIL_BYTES", "Bounce", "Incoming", "read_mail"]

MAX_MAIL_BYTES: Final = 45_000_000
"""The largest paper that is received, as base64 makes it a third larger, and some words around it."""
_MAX_PAPERS: Final = 20
_MAX_REASON: Final = 200
_MAGIC: Final = b"%PDF-"
_MAGIC_WITHIN: Final = 1024
"""Where readers look for it (Adobe, PDF Reference 1.7, appendix H.3, on 3.4.1); ISO 32000-1, 7.5.2, wants it first."""
_VACATION: Final = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
"""What older programs write instead of ``Auto-Submitted: auto-replied``."""


@dataclass(frozen=True)
class Bounce:
    """A letter of ours that did not arrive."""

    message_ids: tuple[str, ...]
    """Of the letter, most certain first: from the headers that came back, then from what the report answers to."""
    reason: str
    """Status code (RFC 3463) and what the server said."""


@dataclass(frozen=True)
class Incoming:
    """One mail."""

    papers: tuple[bytes, ...] = ()
    """The PDFs in it."""
    bounce: Bounce | None = None
    is_automatic: bool = False
    """A program answered: on holiday, received, delayed."""


def read_mail(data: bytes) -> Incoming:
    """Read a mail (RFC 5322, RFC 2045 and 2046).

    Args:
        data: of any origin, possibly hostile.

    Raises:
        ForeignPaper: MAIL-20, its parts are nested deeper than any program writes them.
    """
    try:
        return _read(message_from_bytes(data))
    except RecursionError:
        raise ForeignPaper(
            "MAIL-20",
            Text("the mail cannot be read: its parts are nested too deeply"),
            Text("ask for the PDF in a mail of its own"),
        ) from None


def _read(mail: Message) -> Incoming:
    # A report and an automatic answer bring our own letter back, with the paper as we sent it: that is not received.
    if mail.get_content_type() == "multipart/report":
        reason = _failure(mail)
        return Incoming(bounce=Bounce(_identities(mail), reason) if reason else None, is_automatic=not reason)
    automatic = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if automatic == "auto-replied" or _is_vacation(mail):
        return Incoming(is_automatic=True)
    return Incoming(tuple(_papers(mail)), is_automatic=automatic != "no")


def _is_vacation(mail: Message) -> bool:
    return any(name in mail for name in _VACATION) or str(mail.get("Precedence", "")).strip().lower() == "auto_reply"


def _papers(mail: Message) -> Iterator[bytes]:
    """PDFs at any depth, whatever they say they are: many programs send ``application/octet-stream``."""
    found = 0
    for part in mail.walk():
        if part.is_multipart() or part.get_content_maintype() == "text" or found == _MAX_PAPERS:
            continue
        data = part.get_payload(decode=True)
        is_named = part.get_content_type() == "application/pdf"
        if isinstance(data, bytes) and (is_named or _MAGIC in data[:_MAGIC_WITHIN]):
            found += 1
            yield data


def _failure(report: Message) -> str:
    """Why delivery failed for good (RFC 3464 §2.3); empty when it did not, or is only late."""
    for part in report.walk():
        if str(part.get("Action", "")).strip().lower() == "failed":
            words = f"{part.get('Status', '')} {part.get('Diagnostic-Code', '')}"
            return " ".join(words.split())[:_MAX_REASON] or "failed"
    return ""


def _identities(report: Message) -> tuple[str, ...]:
    returned = (_headers(part) for part in report.walk() if part is not report)
    candidates = [str(headers["Message-ID"]) for headers in returned if headers["Message-ID"]]
    answered = f"{report.get('In-Reply-To', '')} {report.get('References', '')}".split()
    return tuple(dict.fromkeys(identity.strip() for identity in (*candidates, *answered)))


def _headers(part: Message) -> Message:
    """Of a part; of ``text/rfc822-headers`` those that it quotes (RFC 6522 §4)."""
    if part.get_content_type() != "text/rfc822-headers":
        return part
    data = part.get_payload(decode=True)
    return message_from_string(data.decode(errors="replace") if isinstance(data, bytes) else "")
