"""What has come in, letter by letter, and when each is received: letters about different papers at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol, TypeAlias

from conventions.abreast import abreast
from conventions.errors import ConventionsError, ServiceError
from conventions.office import reception
from conventions.post import Incoming, read_mail

__all__ = ["Letter", "Piece", "Turn", "in_turn"]

_Papers: TypeAlias = frozenset[tuple[str, str, int]]
"""Number, document, version."""


class Piece(Protocol):
    """A file or a mail that has come in. Until it is set done or refused, it is found again the next time."""

    @property
    def name(self) -> str:
        """How people call it."""

    @property
    def is_mail(self) -> bool:
        """A whole mail, not a PDF?"""

    def read(self) -> bytes:
        """Its bytes. Raises ServiceError when the mailbox fails, another ConventionsError about this piece alone."""

    def set_done(self) -> None:
        """Everything in it is kept."""

    def set_refused(self) -> None:
        """Somebody must look at it."""


@dataclass(frozen=True)
class Letter:
    """A piece that was fetched, and what is in it."""

    piece: Piece | None
    """None: no further one can be had, for the reason that ``error`` gives."""
    mail: Incoming = field(default_factory=Incoming)
    error: ConventionsError | None = None


@dataclass(frozen=True)
class Turn:
    """When a letter is received: after what came before it for the same paper."""

    letter: Letter
    before: tuple[Event, ...]
    done: Event = field(default_factory=Event)


def _fetched(pieces: Iterator[Piece]) -> Iterator[Letter]:
    try:
        for piece in pieces:
            yield _letter(piece)
    except ConventionsError as error:
        yield Letter(None, error=error)


def _letter(piece: Piece) -> Letter:
    """Raises ServiceError when the mailbox fails: nothing more can be had from it."""
    try:
        data = piece.read()
        return Letter(piece, read_mail(data) if piece.is_mail else Incoming((data,)))
    except ServiceError:
        raise
    except ConventionsError as error:
        return Letter(piece, error=error)


def _papers_told(letter: Letter) -> _Papers | None:
    """The papers in a letter, as they say themselves; None where one does not: it may concern any paper."""
    if letter.mail.bounce:
        return None
    told = {reception.paper_told(data) for data in letter.mail.papers}
    return None if None in told else frozenset(key for key in told if key)


def in_turn(pieces: Iterator[Piece]) -> Iterator[Turn]:
    """Fetch letters, a few ahead, and say what each has to wait for; what waits is to be begun in this order.

    What was fetched before a mailbox failed has its turn all the same; the failure comes last, as a letter without a
    piece.
    """
    begun: list[tuple[_Papers | None, Event]] = []
    for letter, papers in abreast(_papers_told, _fetched(pieces)):
        begun = [(others, done) for others, done in begun if not done.is_set()]
        waits = (done for others, done in begun if papers is None or others is None or papers & others)
        turn = Turn(letter, tuple(waits))
        begun.append((papers, turn.done))
        yield turn
