"""Keeps the overview at hand: what has not changed since the last look is neither read nor judged again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final

from conventions import pipeline, rules
from conventions.errors import ConventionsError
from conventions.intake import Source
from conventions.model.finding import Finding
from conventions.model.life import State
from conventions.office import board
from conventions.office.agreed import AGREEMENT, day_of
from conventions.office.glance import Glance
from conventions.office.overview import Overview, in_order
from conventions.office.proposal import DOCUMENT
from conventions.settings import Workspace
from conventions.store import PaperRecord, Pulse, Registry

__all__ = ["Lookout"]

_SUFFIXES: Final = {".yaml", ".yml", ".json"}
Stamp = tuple[int, int, int]
"""By which a file shows that it was written: its moment, its length and its node."""


@dataclass
class _Seen:
    """One file as it was at the last look."""

    stamp: Stamp
    source: Source | ConventionsError
    heads: tuple[str, ...] = ()
    on: date = date.min
    glance: Glance | None = None


@dataclass
class Lookout:
    """One workspace under observation, by any number of threads."""

    workspace: Workspace
    registry: Registry
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _papers: dict[str, dict[str, PaperRecord]] = field(default_factory=dict)
    _across: dict[Path, tuple[Finding, ...]] = field(default_factory=dict)
    _pulse: Pulse | None = None
    _last: tuple[object, Overview] | None = None
    _lock: Lock = field(default_factory=Lock)

    def look(self, on: date, *, at_most: int) -> Overview:
        """The overview of this moment.

        Args:
            on: the day everything is judged on.
            at_most: so many files that are new or were changed are read; the others are ``unread`` until a later look.
        """
        with self._lock:
            stamps = dict(self._stamps())
            left = self._read(stamps, at_most)
            self._follow()
            basis = (on, self._pulse, stamps, left)
            if self._last is None or self._last[0] != basis:
                self._last = (basis, Overview(on, in_order([*self._glances(on)]), left, self._proposals()))
            return self._last[1]

    def _proposals(self) -> tuple[PaperRecord, ...]:
        held = (papers[DOCUMENT] for papers in self._papers.values() if DOCUMENT in papers)
        waiting = (paper for paper in held if paper.state is State.WAITING and paper.expected)
        return tuple(sorted(waiting, key=lambda paper: paper.events[0].at))

    def _stamps(self) -> Iterable[tuple[Path, Stamp]]:
        for path in self.workspace.path(self.workspace.settings.places.dossiers).glob("*"):
            if path.suffix in _SUFFIXES:
                with suppress(FileNotFoundError):  # gone since the folder was listed
                    facts = path.stat()
                    yield path, (facts.st_mtime_ns, facts.st_size, facts.st_ino)

    def _read(self, stamps: dict[Path, Stamp], at_most: int) -> int:
        gone = self._seen.keys() - stamps.keys()
        for path in gone:
            del self._seen[path]
        changed = [path for path, stamp in stamps.items() if path not in self._seen or self._seen[path].stamp != stamp]
        for path in islice(sorted(changed), at_most):
            self._seen[path] = _Seen(stamps[path], _source(path))
        if (gone or changed) and len(changed) <= at_most:
            self._compare()
        return max(0, len(changed) - at_most)

    def _compare(self) -> None:
        """What comes of comparing all dossiers with one another; once all of them were read."""
        sources = {path: seen.source for path, seen in self._seen.items() if isinstance(seen.source, Source)}
        found = pipeline.compare(tuple(sources.values()), self.workspace.settings)
        self._across = dict(zip(sources, found, strict=True))

    def _follow(self) -> None:
        """Take in what the registry has recorded since; a purge makes everything be read again."""
        pulse, last = self.registry.pulse(), self._pulse
        if pulse == last:
            return
        if last is None or pulse.destroyed != last.destroyed:
            self._papers = {}
            for seen in self._seen.values():
                seen.glance = None
            last = Pulse(0, 0, 0)
        for paper in self.registry.moved_since(last):
            held = self._papers.setdefault(paper.number, {})
            if paper.document not in held or held[paper.document].version <= paper.version:
                held[paper.document] = paper
        self._pulse = pulse

    def _glances(self, on: date) -> Iterable[Glance]:
        for path in sorted(self._seen):
            alone = self._glance(path, self._seen[path], on)
            also = self._across.get(path, ())
            yield replace(alone, findings=rules.in_order((*alone.own, *also))) if also else alone

    def _glance(self, path: Path, seen: _Seen, on: date) -> Glance:
        """Judged again when the day, the file or one of its papers is another one."""
        source = seen.source
        if isinstance(source, ConventionsError):
            found = getattr(source, "findings", ())
            return Glance(path, board.unreadable(path, source), own=found, findings=found)
        papers = tuple(self._papers.get(source.dossier.number, {}).values())
        heads = tuple(paper.head for paper in papers)
        if seen.glance is None or (seen.heads, seen.on) != (heads, on):
            seen.glance, seen.heads, seen.on = self._judged(path, source, papers, on), heads, on
        return seen.glance

    def _judged(self, path: Path, source: Source, papers: tuple[PaperRecord, ...], on: date) -> Glance:
        row, *others = board.of_dossier(self.workspace, source, papers, on)
        agreement = next((paper for paper in papers if paper.document == AGREEMENT), None)
        findings = pipeline.check(source, self.workspace.settings, on, signed_on=day_of(agreement))
        return Glance(path, row, tuple(others), findings, findings, source.dossier, papers)


def _source(path: Path) -> Source | ConventionsError:
    try:
        return pipeline.read(path)
    except ConventionsError as error:
        return error
