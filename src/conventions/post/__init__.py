"""HAND on mail: this PDF to that person, in their language, by SMTP or an outbox; and what comes back by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use
from conventions.post.carriers import Carrier, Outbox, Smtp
from conventions.post.inbox import Inbox, InboxFile
from conventions.post.incoming import Bounce, Incoming, read_mail
from conventions.post.letters import (
    code_for_page,
    copy_of_answers,
    not_the_person,
    paper_complete,
    paper_void,
    sent_back,
    your_code,
    your_receipt,
)
from conventions.post.message import Message, Subject
from conventions.post.mime import Sender, compose
from conventions.post.patience import try_again_at
from conventions.post.proposals import (
    please_confirm,
    please_decide,
    please_propose,
    proposal_approved,
    proposal_refused,
)
from conventions.post.requests import Request, please_check, please_fill_in, your_turn

if TYPE_CHECKING:
    from conventions.post.ics import to_ics
    from conventions.post.imap import Imap, ImapMail

__all__ = [
    "Bounce",
    "Carrier",
    "Imap",
    "ImapMail",
    "Inbox",
    "InboxFile",
    "Incoming",
    "Message",
    "Outbox",
    "Request",
    "Sender",
    "Smtp",
    "Subject",
    "code_for_page",
    "compose",
    "copy_of_answers",
    "not_the_person",
    "paper_complete",
    "paper_void",
    "please_check",
    "please_confirm",
    "please_decide",
    "please_fill_in",
    "please_propose",
    "proposal_approved",
    "proposal_refused",
    "read_mail",
    "sent_back",
    "to_ics",
    "try_again_at",
    "your_code",
    "your_receipt",
    "your_turn",
]

_HOMES = {"ics": ("to_ics",), "imap": ("Imap", "ImapMail")}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
