"""Papers from the worker of a workspace, where one answers; whoever asks makes the others himself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from conventions.errors import ConventionsError, ConversionError
from conventions.model.paper import Pdf
from conventions.pipeline import vetting
from conventions.pipeline.making import Making
from conventions.pipeline.meeting import called, identity
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.settings import Settings
from conventions.text import Text

__all__ = ["acquaint", "made_by_worker"]

_LOG: Final = logging.getLogger(__name__)


def acquaint(root: Path, settings: Settings) -> None:
    """Hear from the worker, if there is one, which templates it has looked over: that takes longer than a paper."""
    with suppress(EOFError, OSError, ConventionsError), _admitted(root, settings):
        pass


def made_by_worker(
    root: Path, making: Making, orders: Sequence[Order | CampaignOrder]
) -> Mapping[int, Pdf | ConversionError]:
    """What the worker made of these orders, by their places.

    Nothing where there is none, or it is of another version; less than all when it ends meanwhile. What it could not
    make is left out too, unless LibreOffice was to blame: whoever finds out again why not has the words for it.

    Args:
        root: the workspace's folder.
        making: what these papers have in common.
        orders: few.
    """
    papers: dict[int, Pdf | ConversionError] = {}
    own = making.own_templates and making.own_templates.absolute()
    with suppress(EOFError, OSError, ConventionsError), _admitted(root, making.settings) as line:
        line.send((replace(making, own_templates=own), logging.root.manager.disable))
        line.send((orders, vetting.found_sound()))
        while isinstance(told := line.recv(), (str, tuple)):
            if isinstance(told, tuple) and isinstance(told[1], (Pdf, ConversionError)):
                papers[told[0]] = told[1]
    return papers


@contextmanager
def _admitted(root: Path, settings: Settings) -> Iterator[Connection]:
    """A line to the worker, who has agreed to make papers for this program.

    Raises:
        OSError, EOFError: there is none, or it sends this program away.
        ConverterMissing: LibreOffice is not here.
    """
    with called(root) as line:
        line.send(identity(settings.converter.soffice, settings.converter.workers))
        sound = line.recv()
        if sound is None:
            _LOG.warning(
                "%s", Text("the worker of this workspace is of another version, or was started before a change")
            )
            raise ConnectionRefusedError
        vetting.believe(sound)
        yield line
