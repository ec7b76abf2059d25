"""Checking dossiers, each by itself or all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from conventions import pipeline
from conventions.errors import ConventionsError
from conventions.intake import Source
from conventions.model.finding import Finding
from conventions.office.agreed import signed_on
from conventions.office.beside import Beside
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import Registry
from conventions.text import Text

__all__ = ["check"]

Compared = Mapping[Path, tuple[Source, tuple[Finding, ...]]]


def check(
    workspace: Workspace, registry: Registry, files: Sequence[Path], *, among: Sequence[Path], on: date
) -> Iterator[Outcome]:
    """Every finding of each file; with others named in ``among``, also those that come of comparing all of them.

    Without, the other dossiers of the student are looked at all the same: what they forbid is told before a paper is
    wanted. What is signed by everybody is judged by the law of that day.
    """
    together, beside = _compared(workspace, (*among, *files)) if among else {}, Beside(workspace)
    for path in files:
        number = path.stem
        try:
            source, also = together.get(path.resolve()) or _alone(path, beside)
            number = source.dossier.number
            signed = signed_on(registry, number)
            findings = pipeline.require_sound(source, workspace.settings, on, also=also, signed_on=signed)
        except ConventionsError as error:
            yield Outcome(number, error=error, file=path)
            continue
        yield Outcome(number, Text("nothing to correct"), path, findings=findings)


def _alone(path: Path, beside: Beside) -> tuple[Source, tuple[Finding, ...]]:
    source = pipeline.read(path)
    return source, beside.errors(source)


def _compared(workspace: Workspace, files: Sequence[Path]) -> Compared:
    """Every file that can be read, once, with what the others say of it; the rest is told where it is asked for."""
    sources: dict[Path, Source] = {}
    for path in files:
        if path.resolve() not in sources:
            try:
                sources[path.resolve()] = pipeline.read(path)
            except ConventionsError:
                continue
    found = pipeline.compare(tuple(sources.values()), workspace.settings)
    return {path: (source, findings) for (path, source), findings in zip(sources.items(), found, strict=True)}
