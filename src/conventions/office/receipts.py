"""Receipts: whoever has signed on the web gets the paper with that signature, once.

They are owed because of what the registry holds, as every other letter is: a mail server that fails, or a crash, holds
them back until something is posted again. Once the paper is sealed or void its letters say more, and none is owed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from conventions.model.event import Opened, Sent, Signed, Undelivered
from conventions.model.life import State
from conventions.office import delivery, enclosure
from conventions.post import your_receipt
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, read_file

__all__ = ["owed", "post"]

_OPEN: Final = frozenset({State.WAITING, State.COMPLETE})


def owed(paper: PaperRecord) -> tuple[Signed, ...]:
    """The signatures, made by people who came with a link, of which no receipt has gone out.

    An address that takes no mail is not tried again: its owner has signed, and nobody can take the place any more.
    """
    if paper.state not in _OPEN:
        return ()
    came = {event.role for event in paper.events if isinstance(event, Opened)}
    signed = (event for event in paper.events if isinstance(event, Signed) and event.role in came)
    return tuple(event for event in signed if not _is_settled(paper, event))


def post(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> PaperRecord:
    """Send the receipts that are owed; each holds the paper as it was signed, so that it stays the same letter.

    Args:
        workspace: whose post it is.
        registry: remembers what went out and what did not.
        paper: as it is now.
        now: aware.
        force: do not wait until the pause after a failure is over.

    Raises:
        DiskError: the paper as it was signed is gone (DISK-03), or cannot be read (DISK-02).
    """
    for signed in owed(paper):
        person, reply_to = paper.signatory(signed.role), workspace.settings.delivery.sender
        enclosed = enclosure.with_bytes(paper, read_file(workspace.path(signed.file)))
        letter = your_receipt(enclosed, person, reply_to=reply_to)
        paper = delivery.post(workspace, registry, paper, person, letter, now, force=force)
    return paper


def _is_settled(paper: PaperRecord, signed: Signed) -> bool:
    """It went out, or its address was refused for good."""
    mine = (signed.role, signed.sha256)
    letters = (event for event in paper.events if isinstance(event, (Sent, Undelivered)))
    about = [event for event in letters if (event.role, event.sha256) == mine]
    is_sent = any(isinstance(event, Sent) for event in about)
    return is_sent or any(isinstance(event, Undelivered) and delivery.next_try(event) is None for event in about)
