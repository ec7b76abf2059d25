"""What has come in by itself: the inbox folder and the mailbox, emptied into the one reception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from conventions.abreast import abreast
from conventions.errors import ConventionsError, ForeignPaper, Refused, ServiceError
from conventions.model.event import Bounced, Reminded, Sent
from conventions.office import reception
from conventions.office.outcome import Outcome
from conventions.office.turns import Letter, Piece, Turn, in_turn
from conventions.pipeline import Services
from conventions.post import Bounce, Imap, Inbox
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = ["collect"]

_NOT_OURS: Final = Text("a letter came back that is not in the registry: left for you to read")


def collect(workspace: Workspace, registry: Registry, services: Services, now: datetime) -> Iterator[Outcome]:
    """Receive every paper that has come in, and put away what held it; interrupted and run again, it goes on.

    Pieces are fetched, told and put away in order, by one thread; several are looked at at a time, but for those of one
    paper, which are received one after the other. What held a paper is put away after the paper is kept.

    Args:
        workspace: whose inbox and mailbox.
        registry: knows the papers, and the letters that may have come back.
        services: for the gate.
        now: aware.
    """
    desk = _Desk(workspace, registry, services, now)
    inbox = workspace.settings.delivery.inbox
    yield from _emptied(desk, nullcontext(Inbox(workspace.path(inbox)).files(now)), inbox)
    imap = workspace.settings.delivery.imap
    if imap:
        box = Imap(imap.host, imap.port, imap.security, imap.user, imap.folder, imap.done, imap.password)
        yield from _emptied(desk, box.opened(), box.place)


def _emptied(desk: _Desk, source: AbstractContextManager[Iterator[Piece]], place: str) -> Iterator[Outcome]:
    """The source stays open until the last piece is put away: some are fetched ahead."""
    try:
        with source as pieces:
            for turn, outcomes in abreast(desk.take, in_turn(pieces)):
                yield from _put_away(turn.letter, outcomes)
    except ConventionsError as error:
        yield Outcome(place, error=error)


@dataclass(frozen=True)
class _Desk:
    """Where letters are opened."""

    workspace: Workspace
    registry: Registry
    services: Services
    now: datetime

    def take(self, turn: Turn) -> list[Outcome]:
        """Receive what is in a letter, when it is its turn; several threads ask. Nothing is put away here."""
        try:
            for earlier in turn.before:
                earlier.wait()  # whatever came before was begun before
            return self._opened(turn.letter)
        finally:
            turn.done.set()

    def _opened(self, letter: Letter) -> list[Outcome]:
        if letter.piece is None or letter.error:
            return []
        try:
            if letter.mail.bounce:
                return [self._came_back(letter.piece, letter.mail.bounce)]
            return [self._received(paper, letter.piece) for paper in letter.mail.papers]
        except ConventionsError as error:
            return [Outcome(letter.piece.name, error=error)]

    def _received(self, data: bytes, piece: Piece) -> Outcome:
        try:
            return reception.receive(self.workspace, self.registry, self.services, data, self.now)
        except ConventionsError as error:
            return Outcome(piece.name, error=error)

    def _came_back(self, piece: Piece, bounce: Bounce) -> Outcome:
        found = self._letter(bounce)
        if found is None:
            return Outcome(piece.name, _NOT_OURS)
        paper, letter = found
        event = Bounced(self.now, letter.role, letter.to, letter.message_id, bounce.reason, letter.sha256)
        self.registry.append(paper.id, (event,), expected_head=paper.head)
        note = Text("the letter to {to} came back: {reason}", to=letter.to, reason=quoted(bounce.reason))
        return Outcome(paper.number, note)

    def _letter(self, bounce: Bounce) -> tuple[PaperRecord, Sent | Reminded] | None:
        """The letter that came back: its Message-ID holds a digest that nobody guesses."""
        for paper in self.registry.papers(every_version=True):
            for event in paper.events:
                if isinstance(event, (Sent, Reminded)) and event.message_id in bounce.message_ids:
                    return paper, event
        return None


def _put_away(letter: Letter, outcomes: list[Outcome]) -> list[Outcome]:
    """Put away what held papers that are kept by now, and tell of it.

    Raises:
        ServiceError: the mailbox fails.
    """
    piece, mail = letter.piece, letter.mail
    if piece is None:
        raise letter.error or AssertionError
    try:
        if letter.error:
            return _unreadable(piece, letter.error)
        if mail.bounce or mail.papers:
            _settle(piece, outcomes)
            return outcomes
        if mail.is_automatic:
            piece.set_done()
            return [Outcome(piece.name, Text("an automatic answer: nothing to do"))]
    except ServiceError:
        raise
    except ConventionsError as error:
        return [Outcome(piece.name, error=error)]
    return [Outcome(piece.name, Text("no PDF in it: left for you to read"))]


def _unreadable(piece: Piece, error: ConventionsError) -> list[Outcome]:
    if isinstance(error, ForeignPaper):
        piece.set_refused()
    return [Outcome(piece.name, error=error)]


def _settle(piece: Piece, outcomes: list[Outcome]) -> None:
    """A paper that was refused is looked at by somebody; what failed for another reason is tried again."""
    errors = [outcome.error for outcome in outcomes]
    if any(outcome.note is _NOT_OURS for outcome in outcomes):
        return
    if any(error and not isinstance(error, (Refused, ForeignPaper)) for error in errors):
        return
    if all(errors) or any(isinstance(error, Refused) for error in errors):
        piece.set_refused()
    else:
        piece.set_done()
