"""A process of a crew: it makes papers for the process that started it, until the line to that one is closed."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from typing import Any, Final, TypeAlias

from conventions import press
from conventions.errors import ConventionsError
from conventions.model.paper import Pdf
from conventions.pipeline import vetting
from conventions.pipeline.making import Making
from conventions.pipeline.orders import CampaignOrder, Order

__all__ = ["BEGUN", "attend", "serve"]

BEGUN: Final = "begun"
"""What is told before anything is done with the orders: whoever dies without it has not met them."""

_Told: TypeAlias = Callable[[Order | CampaignOrder, Pdf | ConventionsError], None]


def attend(line: Connection, making: Making, converter: press.Converter, told: _Told | None = None) -> None:
    """Make batch after batch until the line is closed.

    Args:
        line: to whoever wants papers. It says orders and which templates it has found sound; what it hears of each
            batch is ``BEGUN``, the place and the paper of each order as soon as it is ready, and None at the end; or
            what stands in the way of all papers.
        making: what all these papers have in common.
        converter: with a LibreOffice that stays warm.
        told: hears of each paper before it is handed over.

    Raises:
        EOFError, OSError: the line is closed.
    """
    while True:
        orders, sound = line.recv()
        line.send(BEGUN)
        vetting.believe(sound)
        try:
            with closing(making.papers(orders, converter)) as papers:
                for place, paper in papers:
                    if told:
                        told(orders[place], paper)
                    line.send((place, paper))
        except ConventionsError as error:
            line.send(error)
        else:
            line.send(None)


def serve(line: Connection) -> None:
    """For the process that started this one, with one LibreOffice."""
    signal.signal(signal.SIGTERM, _leave)
    with suppress(EOFError, OSError):
        making, silenced = line.recv()
        logging.disable(silenced)
        with press.Converter(making.settings.converter.soffice or None, workers=1) as converter:
            attend(line, making, converter)


def _leave(*_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is cleaned up now must not be interrupted
    sys.exit()
