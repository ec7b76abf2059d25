"""A process that stays, with LibreOffices and templates warm: it makes the few papers that other commands want.

Where they meet, and how each end makes sure of the other: :mod:`conventions.pipeline.meeting`. No key is ever handed
over: papers are certified by the command.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final, TypeAlias

from conventions import press
from conventions.documents import document_type
from conventions.errors import ConventionsError
from conventions.model.paper import Pdf
from conventions.pipeline import hand, vetting
from conventions.pipeline.making import Making
from conventions.pipeline.meeting import Identity, identity, listening, received, reserved
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.pipeline.specimens import SPECIMEN_NOW, order_for
from conventions.settings import Workspace
from conventions.text import Text

__all__ = ["serve"]

_MINUTE: Final = 60.0
_SPECIMEN: Final = "convention"

_Tell: TypeAlias = Callable[[str, Text], None]


def serve(workspace: Workspace, *, idle: float | None = None, tell: _Tell) -> None:
    """Make papers for the commands of a workspace, until somebody ends this process (control-C, SIGTERM, SIGHUP).

    Args:
        workspace: whose commands may come.
        idle: minutes without a command after which it ends by itself; None: never.
        tell: hears that it is ready, and of each paper (number of its dossier), from several threads.

    Raises:
        DiskError: the workspace has a worker already (WORKER-01); its folder cannot be used (DISK-01, DISK-02).
        ConverterMissing: LibreOffice is not installed (CONVERT-01) or cannot be started (CONVERT-05).
    """
    _on_every_end(_leave)
    settings = workspace.settings
    soffice, workers = settings.converter.soffice, settings.converter.workers
    own = identity(soffice, workers)
    with reserved(workspace.root) as place, press.Converter(soffice or None, workers or None) as converter, _cleaning():
        _warm(workspace, converter)
        with listening(place) as (ear, key), _cleaning():
            tell("", Text("ready: papers of this workspace are made here now; control-C ends it"))
            _Desk(key, own, converter, tell).attend(ear, idle and idle * _MINUTE)


def _on_every_end(what: Callable[..., None] | signal.Handlers) -> None:
    """Whatever ends it, a window that is closed too; unless it was started to outlive its window (nohup)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, what)


def _leave(*_: Any) -> None:
    sys.exit()


@contextmanager
def _cleaning() -> Iterator[None]:
    """What is cleaned up behind this block must not be interrupted."""
    try:
        yield
    finally:
        _on_every_end(signal.SIG_IGN)


def _warm(workspace: Workspace, converter: press.Converter) -> None:
    """Start every LibreOffice, and load what a paper needs, by making one; that it cannot be made is no matter."""
    settings = workspace.settings
    own = workspace.path(workspace.settings.places.templates)
    making = Making(settings, own, None, _SPECIMEN, SPECIMEN_NOW)
    count = settings.converter.workers or os.cpu_count() or 1
    for _ in making.papers([order_for(_SPECIMEN, settings.language)] * count, converter):
        pass


class _Desk:
    """Where commands are attended to: each by a thread, in the order of what it asks."""

    def __init__(self, key: bytes, own: Identity, converter: press.Converter, tell: _Tell) -> None:
        self._key, self._own, self._converter, self._tell = key, own, converter, tell

    def attend(self, ear: socket.socket, idle: float | None) -> None:
        """Let commands in, until none has been there for so many seconds."""
        threads: list[threading.Thread] = []
        last = monotonic()
        while idle is None or threads or monotonic() - last < idle:
            if select.select([ear], [], [], idle)[0]:
                peer, _ = ear.accept()
                threads.append(threading.Thread(target=self._meet, args=(peer,), daemon=True))
                threads[-1].start()
                last = monotonic()
            threads = [thread for thread in threads if thread.is_alive()]

    def _meet(self, peer: socket.socket) -> None:
        """One command, from its greeting until it has what it wants."""
        with suppress(EOFError, OSError), received(peer, self._key) as line:
            if line.recv() != self._own:
                line.send(None)
                self._tell("", Text("a command of another version was sent away: start this worker again"))
                return
            line.send(vetting.found_sound())
            making, _ = line.recv()
            hand.attend(line, making, self._converter, self._told)

    def _told(self, order: Order | CampaignOrder, paper: Pdf | ConventionsError) -> None:
        note = Text("{document} made", document=document_type(order.document).title)
        self._tell(order.number, paper.message if isinstance(paper, ConventionsError) else note)
