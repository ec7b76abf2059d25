"""From orders to papers: a few by the workspace's worker or in this process, many by several."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final, TypeVar

from conventions import press
from conventions.errors import ConventionsError
from conventions.model.paper import Pdf
from conventions.pipeline.asking import made_by_worker
from conventions.pipeline.crew import Crew
from conventions.pipeline.making import Making
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.settings import Settings

__all__ = ["produce"]

_FEW: Final = 8
"""So many papers are done sooner than another process has started."""
_BATCH: Final = 10
"""Papers that a process is given at a time: more would make the others wait at the end."""

T = TypeVar("T")
_Order = Order | CampaignOrder
_Made = tuple[_Order, Pdf | ConventionsError]


def produce(
    items: Iterable[_Order | T],
    settings: Settings,
    *,
    own_templates: Path | None,
    logo: press.Logo | None = None,
    only: str = "",
    root: Path | None = None,
    now: datetime,
) -> Iterator[_Made | T]:
    """Render, convert and freeze papers, however many, in order; each comes when all before it have.

    A paper that fails yields its error instead; the others go on. A paper in which a heading stands alone at the foot
    of a page is made again with a page break before that heading.

    Args:
        items: orders, taken a few at a time; whatever else is among them passes through in its place.
        settings: of the department.
        own_templates: the workspace's folder of templates, if it has one.
        logo: of the institution.
        only: key of one of the paper's templates, for a preview of what that one makes; empty for the whole paper.
        root: the workspace's folder: a worker that waits there makes the papers if they are few.
        now: aware.

    Raises:
        ConverterMissing: LibreOffice is not installed (CONVERT-01) or cannot be started (CONVERT-05).
        DiskError: the temporary folder cannot be used (CONVERT-06).
    """
    making = Making(settings, own_templates, logo, only, now)
    workers = settings.converter.workers or os.cpu_count() or 1
    coming = iter(items)
    first = list(islice(coming, _BATCH * workers))
    if sum(map(_is_order, first)) <= _FEW:
        yield from _here(first, making, workers, root)
        if len(first) < _BATCH * workers:
            return
        first = []
    length = _BATCH if len(first) == _BATCH * workers else -(-len(first) // (2 * workers))
    with Crew(workers, making) as crew:
        yield from crew.papers(_batches(chain(first, coming), length or _BATCH))


def _is_order(item: object) -> bool:
    return isinstance(item, (Order, CampaignOrder))


def _here(items: Sequence[_Order | T], making: Making, workers: int, root: Path | None) -> Iterator[_Made | T]:
    orders = [item for item in items if isinstance(item, (Order, CampaignOrder))]
    papers: dict[int, Pdf | ConventionsError] = {}
    if root and orders:
        papers |= made_by_worker(root, making, orders)
    left = [place for place in range(len(orders)) if place not in papers]
    if left:
        with press.kept(making.settings.converter.soffice or None, workers) as converter:
            made = making.papers([orders[place] for place in left], converter)
            papers |= {left[place]: paper for place, paper in made}
    yield from _merged(items, [papers[place] for place in range(len(orders))])


def _merged(items: Sequence[_Order | T], papers: Sequence[Pdf | ConventionsError]) -> Iterator[_Made | T]:
    coming = iter(papers)
    for item in items:
        yield (item, next(coming)) if isinstance(item, (Order, CampaignOrder)) else item


def _batches(items: Iterator[T], length: int) -> Iterator[Sequence[T]]:
    while batch := list(islice(items, length)):
        yield batch
