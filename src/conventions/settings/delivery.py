"""How papers reach people, and come back."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import Field

from conventions.model.party import Email
from conventions.model.record import Record

__all__ = ["Delivery", "Imap", "Smtp"]


class Smtp(Record):
    """A mail server; the password comes from ``CONVENTIONS_SMTP_PASSWORD``."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""

    def password(self) -> str | None:
        """From the environment, when it is needed; it is never kept."""
        return os.environ.get("CONVENTIONS_SMTP_PASSWORD")


class Imap(Record):
    """A mailbox that returned papers are fetched from; the password comes from ``CONVENTIONS_IMAP_PASSWORD``."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(min_length=1)]
    folder: str = "INBOX"
    done: str = "Done"
    """Where a mail goes whose papers were taken in."""

    def password(self) -> str | None:
        """From the environment, when it is needed; it is never kept."""
        return os.environ.get("CONVENTIONS_IMAP_PASSWORD")


class Delivery(Record):
    """How papers reach people."""

    sender_name: str
    sender: Email
    outbox: str = "outbox"
    inbox: str = "inbox"
    """Folder whose PDFs and mails ``conventions collect`` takes in."""
    smtp: Smtp | None = None
    imap: Imap | None = None
