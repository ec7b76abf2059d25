"""A process of a crew: it makes papers for the process that started it, until the line to that one is closed."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final

from conventions import press
from conventions.errors import ConventionsError
from conventions.pipeline import vetting
from conventions.pipeline.making import Making
from conventions.pipeline.orders import CampaignOrder, Order

__all__ = ["BEGUN"]

BEGUN: Final = "begun"
"""What is told before anything is done with the orders: whoever dies without it has not met them."""


def _serve(line: Connection) -> None:
    """Make batch after batch, with one LibreOffice that stays warm."""
    signal.signal(signal.SIGTERM, _leave)
    with suppress(EOFError, OSError):
        making, silenced = line.recv()
        logging.disable(silenced)
        with press.Converter(making.settings.converter.soffice or None, workers=1) as converter:
            while True:
                orders, sound = line.recv()
                line.send(BEGUN)
                vetting.believe(sound)
                _make(line, making, orders, converter)


def _make(
    line: Connection, making: Making, orders: Sequence[Order | CampaignOrder], converter: press.Converter
) -> None:
    """Each paper as soon as it is ready, then None; or what stands in the way of all."""
    try:
        for place, paper in making.papers(orders, converter):
            line.send((place, paper))
    except ConventionsError as error:
        line.send(error)
    else:
        line.send(None)


def _leave(*_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is cleaned up now must not be interrupted
    sys.exit()


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])))
