"""Letters handed over and recorded: none twice, none lost; what fails is tried again, later each time.

A letter goes out before it is recorded. Whoever is interrupted between the two sends the very same letter once more,
with the same Message-ID: mail programs show it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage

from conventions.errors import ServiceError
from conventions.model.event import Event, Sent, Undelivered
from conventions.model.life import State
from conventions.model.roles import Signatory
from conventions.post import Carrier, Message, Outbox, Sender, Smtp, compose, try_again_at
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = ["deliver", "failed", "next_try", "post", "told", "undelivered"]


def post(
    workspace: Workspace,
    registry: Registry,
    paper: PaperRecord,
    person: Signatory,
    letter: Message,
    now: datetime,
    *,
    force: bool = False,
) -> PaperRecord:
    """Hand a letter over, unless it was before, or has failed and its pause is not over.

    A mail server that fails stops nothing: the failure is recorded, and the letter waits.

    Args:
        workspace: whose post it is.
        registry: remembers what went out and what did not.
        paper: what the letter is about.
        person: who is written to.
        letter: with the paper's present bytes.
        now: aware.
        force: try even if the pause is not over, or the address was refused.
    """
    if not force and _must_wait(paper, letter, now):
        return paper
    try:
        email = _composed(workspace, letter, now)
        if _was_sent(paper, email):
            return paper
        _carrier(workspace).deliver(email)
    except ServiceError as error:
        return registry.append(paper.id, (failed(paper, person, letter, error, now),), expected_head=paper.head)
    sent = Sent(now, person.role, person.email, str(email["Message-ID"]), letter.digest)
    return registry.append(paper.id, (sent,), expected_head=paper.head)


def deliver(workspace: Workspace, letter: Message, now: datetime) -> str:
    """Hand a letter over; its Message-ID.

    Raises:
        ServiceError: the mail server fails, or does not take mail for this address.
        DiskError: the outbox cannot be written.
    """
    email = _composed(workspace, letter, now)
    _carrier(workspace).deliver(email)
    return str(email["Message-ID"])


def failed(paper: PaperRecord, person: Signatory, letter: Message, error: ServiceError, now: datetime) -> Undelivered:
    """The fact that this letter could not be handed over, once more."""
    rank = len(_failures(paper, letter)) + 1
    return Undelivered(
        now, person.role, person.email, error.code, letter.digest, letter.step, rank, reason=str(error.message)
    )


def undelivered(paper: PaperRecord) -> tuple[Undelivered, ...]:
    """The letters that wait: the last one to somebody still written to about these bytes could not be handed over.

    A reminder is not among them: as long as it was not handed over, ``conventions remind`` finds it due.
    """
    letters = (event for event in paper.events if isinstance(event, Sent) or _waits(event))
    last = {event.role: event for event in letters if isinstance(event, (Sent, Undelivered))}
    return tuple(event for event in last.values() if isinstance(event, Undelivered) and _matters(paper, event))


def next_try(event: Undelivered) -> datetime | None:
    """When a letter that waits may go out; None when its address must be corrected first."""
    return try_again_at(event.at, event.rank, event.code)


def told(paper: PaperRecord, done: Text, posted: Text | None = None) -> Text:
    """What to say of a step.

    Args:
        paper: after it.
        done: what the step did.
        posted: what it did when the letters went out as well, if that is said otherwise.
    """
    waiting = undelivered(paper)
    if not waiting:
        return posted or done
    people = tuple(event.to for event in waiting)
    reason = quoted(waiting[0].reason or waiting[0].code)
    if all(next_try(event) is None for event in waiting):
        return Text(
            "{done}; no letter reaches {people} ({reason}): name the right address with `conventions replace`",
            done=done,
            people=people,
            reason=reason,
        )
    return Text(
        "{done}; the letter to {people} waits and is tried again ({reason})", done=done, people=people, reason=reason
    )


def _waits(event: Event) -> bool:
    return isinstance(event, Undelivered) and not event.step.startswith("reminder-")


def _matters(paper: PaperRecord, event: Undelivered) -> bool:
    if event.step.startswith("receipt-"):  # of a signature that others may have followed
        return paper.state in {State.WAITING, State.COMPLETE} and next_try(event) is not None
    is_current = paper.shown is not None and event.sha256 == paper.shown.sha256
    is_expected = any((one.role, one.email) == (event.role, event.to) for one in paper.expected)
    has_acted = paper.state is State.WAITING and event.role in paper.done
    return is_current and is_expected and not has_acted


def _failures(paper: PaperRecord, letter: Message) -> tuple[Undelivered, ...]:
    key = (letter.step, letter.to_email, letter.digest)
    return tuple(event for event in _lost(paper) if (event.step, event.to, event.sha256) == key)


def _lost(paper: PaperRecord) -> Iterator[Undelivered]:
    return (event for event in paper.events if isinstance(event, Undelivered))


def _must_wait(paper: PaperRecord, letter: Message, now: datetime) -> bool:
    failures = _failures(paper, letter)
    if not failures:
        return False
    moment = next_try(failures[-1])
    return moment is None or now < moment


def _was_sent(paper: PaperRecord, email: EmailMessage) -> bool:
    return any(isinstance(event, Sent) and event.message_id == email["Message-ID"] for event in paper.events)


def _composed(workspace: Workspace, letter: Message, now: datetime) -> EmailMessage:
    delivery = workspace.settings.delivery
    return compose(letter, Sender(delivery.sender_name, delivery.sender), now)


def _carrier(workspace: Workspace) -> Carrier:
    smtp = workspace.settings.delivery.smtp
    if smtp is None:
        return Outbox(workspace.path(workspace.settings.delivery.outbox))
    return Smtp(smtp.host, smtp.port, smtp.security, smtp.user, smtp.password)
