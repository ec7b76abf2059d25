"""Mails as strangers write them."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Final

__all__ = ["PDF", "a_bounce", "a_mail", "a_note"]

PDF: Final = b"%PDF-1.7\n" + bytes(range(256)) * 8 + b"\n%%EOF\n"


def a_note(words: str) -> bytes:
    """A mail without any attachment."""
    mail = _mail()
    mail.set_content(words)
    return mail.as_bytes()


def a_mail(
    pdf: bytes,
    *,
    kind: str = "application",
    subtype: str = "pdf",
    headers: Mapping[str, str] | None = None,
    forwarded: bytes | None = None,
) -> bytes:
    """A mail with one attachment, and another mail inside it, if there is one."""
    mail = _mail()
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content("Bonjour, voici le document signé.")
    mail.add_attachment(pdf, maintype=kind, subtype=subtype, filename="signé.pdf")
    if forwarded is not None:
        inner = message_from_bytes(forwarded, policy=default)
        assert isinstance(inner, EmailMessage)
        mail.add_attachment(inner)
    return mail.as_bytes()


def a_bounce(message_id: str, *, action: str = "failed", returned: str = "message/rfc822", pdf: bytes = PDF) -> bytes:
    """What a mail server sends back (RFC 3464), with the letter or its headers."""
    letter = _mail()
    letter["Message-ID"] = message_id
    letter.set_content("Veuillez signer.")
    letter.add_attachment(pdf, maintype="application", subtype="pdf")
    whole = letter.as_bytes()
    part = whole if returned == "message/rfc822" else whole.partition(b"\r\n\r\n")[0] + b"\r\n"
    return b"\r\n".join(
        (
            b"From: MAILER-DAEMON@mail.univ-exemple.test",
            b"To: stages@univ-exemple.test",
            b"Subject: Undelivered Mail Returned to Sender",
            b"Auto-Submitted: auto-replied",
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="=_outer"',
            b"",
            b"--=_outer",
            b"Content-Type: text/plain",
            b"",
            b"I am sorry to inform you that your message could not be delivered.",
            b"--=_outer",
            b"Content-Type: message/delivery-status",
            b"",
            b"Reporting-MTA: dns; mail.univ-exemple.test",
            b"",
            b"Final-Recipient: rfc822; camille@etu.univ-exemple.test",
            b"Action: " + action.encode(),
            b"Status: 5.1.1",
            b"Diagnostic-Code: smtp;",
            b"    550 no such mailbox",
            b"",
            b"--=_outer",
            b"Content-Type: " + returned.encode(),
            b"",
            part,
            b"--=_outer--",
            b"",
        )
    )


def _mail() -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "camille@etu.univ-exemple.test"
    mail["To"] = "stages@univ-exemple.test"
    mail["Subject"] = "Re: convention"
    return mail
