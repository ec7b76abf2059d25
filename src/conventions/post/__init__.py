"""HAND on mail: this PDF to that person, in their language; by SMTP, or into an outbox folder."""

from conventions.post.carriers import Carrier, Outbox, Smtp
from conventions.post.letters import Message, Subject, paper_complete, sent_back, your_turn
from conventions.post.mime import Sender, compose

__all__ = [
    "Carrier",
    "Message",
    "Outbox",
    "Sender",
    "Smtp",
    "Subject",
    "compose",
    "paper_complete",
    "sent_back",
    "your_turn",
]
