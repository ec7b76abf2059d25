"""HAND on mail: this PDF to that person, in their language; by SMTP, or into an outbox folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use
from conventions.post.carriers import Carrier, Outbox, Smtp
from conventions.post.letters import (
    Message,
    Subject,
    paper_complete,
    paper_void,
    please_check,
    please_fill_in,
    sent_back,
    your_code,
    your_turn,
)
from conventions.post.mime import Sender, compose
from conventions.post.patience import try_again_at

if TYPE_CHECKING:
    from conventions.post.ics import to_ics

__all__ = [
    "Carrier",
    "Message",
    "Outbox",
    "Sender",
    "Smtp",
    "Subject",
    "compose",
    "paper_complete",
    "paper_void",
    "please_check",
    "please_fill_in",
    "sent_back",
    "to_ics",
    "try_again_at",
    "your_code",
    "your_turn",
]

__getattr__ = on_first_use(__name__, {"to_ics": "conventions.post.ics"})
