"""The other dossiers of a student: what the law adds up does not end with one file, and no paper is made against it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.errors import ConventionsError
from conventions.intake import Source
from conventions.model.finding import Finding, Severity
from conventions.settings import Workspace

__all__ = ["Beside", "as_if_signed"]

_NUMBER: Final = re.compile(r"\bstudent_number[\"']?\s*:\s*[\"']?([^\"'\n,}#]+)")
"""As it is typed in YAML and in JSON. A file that hides it from this is read."""


@dataclass(frozen=True)
class Beside:
    """The dossiers of a workspace by student, found once; only those of the same student are read."""

    workspace: Workspace

    def errors(self, source: Source) -> tuple[Finding, ...]:
        """What comes of comparing a dossier with the others of its student, as far as it forbids a paper.

        Args:
            source: the dossier in the state that the paper is about; its file is not read again.
        """
        own = Path(source.file).resolve()
        others = [path for path in self._of(source.dossier.student.student_number) if path.resolve() != own]
        if not others:
            return ()
        sources = sorted((source, *_readable(others)), key=lambda one: Path(one.file).resolve())
        found = pipeline.compare(sources, self.workspace.settings)[sources.index(source)]
        return tuple(finding for finding in found if finding.severity is Severity.ERROR)

    def _of(self, student: str) -> tuple[Path, ...]:
        return (*self._files.get(_squeezed(student), ()), *self._files.get("", ()))

    @cached_property
    def _files(self) -> Mapping[str, list[Path]]:
        """Files by student number; under no number those that do not show theirs."""
        found: dict[str, list[Path]] = defaultdict(list)
        for path in self.workspace.dossier_files():
            for number in _numbers_in(path):
                found[number].append(path)
        return found


def as_if_signed(source: Source, on: date) -> Source:
    """The dossier as it will be when its proposed amendments are signed: that is what they are judged by."""
    amendments = tuple(one.model_copy(update={"signed_on": one.signed_on or on}) for one in source.dossier.amendments)
    return replace(source, dossier=source.dossier.model_copy(update={"amendments": amendments}))


def _readable(files: Iterable[Path]) -> Iterable[Source]:
    """A file that cannot be read is told where somebody wants a paper of it."""
    for path in files:
        try:
            yield pipeline.read(path)
        except ConventionsError:
            continue


def _numbers_in(path: Path) -> frozenset[str]:
    try:
        found = _NUMBER.findall(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        found = []
    return frozenset(map(_squeezed, found)) or frozenset({""})


def _squeezed(number: str) -> str:
    return re.sub(r"[\W_]", "", number).casefold()
