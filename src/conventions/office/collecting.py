"""What has come in by itself: the inbox folder and the mailbox, emptied into the one reception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from conventions.errors import ConventionsError, ForeignPaper, Refused, ServiceError
from conventions.model.event import Bounced, Reminded, Sent
from conventions.office import reception
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.post import Bounce, Imap, Inbox, Incoming, read_mail
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = ["collect"]


class _Piece(Protocol):
    """A file or a mail that has come in. Until it is set done or refused, it is found again the next time."""

    @property
    def name(self) -> str: ...
    @property
    def is_mail(self) -> bool: ...
    def read(self) -> bytes: ...
    def set_done(self) -> None: ...
    def set_refused(self) -> None: ...


def collect(workspace: Workspace, registry: Registry, services: Services, now: datetime) -> Iterator[Outcome]:
    """Receive every paper that has come in, and put away what held it; interrupted and run again, it goes on.

    Args:
        workspace: whose inbox and mailbox.
        registry: knows the papers, and the letters that may have come back.
        services: for the gate.
        now: aware.
    """
    desk = _Desk(workspace, registry, services, now)
    inbox = workspace.settings.delivery.inbox
    yield from _emptied(desk, Inbox(workspace.path(inbox)).files(now), inbox)
    imap = workspace.settings.delivery.imap
    if imap:
        box = Imap(imap.host, imap.port, imap.security, imap.user, imap.folder, imap.done, imap.password)
        yield from _emptied(desk, box.mails(), box.place)


def _emptied(desk: _Desk, pieces: Iterator[_Piece], place: str) -> Iterator[Outcome]:
    try:
        for piece in pieces:
            yield from desk.take(piece)
    except ConventionsError as error:
        yield Outcome(place, error=error)


@dataclass(frozen=True)
class _Desk:
    """Where one piece after the other is opened."""

    workspace: Workspace
    registry: Registry
    services: Services
    now: datetime

    def take(self, piece: _Piece) -> list[Outcome]:
        """Everything about one piece. Raises ServiceError when the mailbox fails: nothing more can be had from it."""
        try:
            return self._opened(piece)
        except ServiceError:
            raise
        except ForeignPaper as error:
            piece.set_refused()
            return [Outcome(piece.name, error=error)]
        except ConventionsError as error:
            return [Outcome(piece.name, error=error)]

    def _opened(self, piece: _Piece) -> list[Outcome]:
        data = piece.read()
        mail = read_mail(data) if piece.is_mail else Incoming((data,))
        if mail.bounce:
            return [self._came_back(piece, mail.bounce)]
        if mail.papers:
            outcomes = [self._received(paper, piece) for paper in mail.papers]
            _put_away(piece, [outcome.error for outcome in outcomes])
            return outcomes
        if mail.is_automatic:
            piece.set_done()
            return [Outcome(piece.name, Text("an automatic answer: nothing to do"))]
        return [Outcome(piece.name, Text("no PDF in it: left for you to read"))]

    def _received(self, data: bytes, piece: _Piece) -> Outcome:
        try:
            return reception.receive(self.workspace, self.registry, self.services, data, self.now)
        except ConventionsError as error:
            return Outcome(piece.name, error=error)

    def _came_back(self, piece: _Piece, bounce: Bounce) -> Outcome:
        found = self._letter(bounce)
        if found is None:
            return Outcome(piece.name, Text("a letter came back that is not in the registry: left for you to read"))
        paper, letter = found
        event = Bounced(self.now, letter.role, letter.to, letter.message_id, bounce.reason, letter.sha256)
        self.registry.append(paper.id, (event,), expected_head=paper.head)
        piece.set_done()
        note = Text("the letter to {to} came back: {reason}", to=letter.to, reason=quoted(bounce.reason))
        return Outcome(paper.number, note)

    def _letter(self, bounce: Bounce) -> tuple[PaperRecord, Sent | Reminded] | None:
        """The letter that came back: its Message-ID holds a digest that nobody guesses."""
        for paper in self.registry.papers(every_version=True):
            for event in paper.events:
                if isinstance(event, (Sent, Reminded)) and event.message_id in bounce.message_ids:
                    return paper, event
        return None


def _put_away(piece: _Piece, errors: list[ConventionsError | None]) -> None:
    """A paper that was refused is looked at by somebody; what failed for another reason is tried again."""
    if any(error and not isinstance(error, (Refused, ForeignPaper)) for error in errors):
        return
    if all(errors) or any(isinstance(error, Refused) for error in errors):
        piece.set_refused()
    else:
        piece.set_done()
