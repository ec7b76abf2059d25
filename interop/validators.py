"""The validators: built once, then asked as programs of their own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

__all__ = ["Conformance", "Validators", "Verdict"]

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Verdict:
    """Of the EU's validator, on one signature."""

    paper: str
    signer: str
    level: str
    indication: str
    reason: str
    errors: str
    warnings: str


@dataclass(frozen=True)
class Conformance:
    """What veraPDF says of a paper and a standard."""

    paper: str
    standard: str
    verdict: str
    broken: str


@dataclass(frozen=True)
class Validators:
    """Their class path."""

    path: str

    @classmethod
    def built(cls, folder: Path) -> Self:
        """Maven fetches them, and translates what asks them."""
        shutil.copytree(_HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        subprocess.run(["mvn", "-q", "-B", "compile", "dependency:copy-dependencies"], cwd=folder, check=True)
        return cls(f"{folder}/target/classes:{folder}/target/dependency/*")

    def judged(self, roots: Path, papers: Mapping[str, Path]) -> Iterator[Verdict]:
        """Every signature of every paper, when these authorities are believed and nobody is asked."""
        for paper, rest in self._told("Judge", papers, str(roots)):
            yield Verdict(paper, *rest)

    def conformance(self, papers: Mapping[str, Path]) -> Iterator[Conformance]:
        """Every paper against PDF/A-2a, PDF/A-2b and PDF/UA-1."""
        for paper, rest in self._told("Conform", papers):
            yield Conformance(paper, *rest)

    def _told(self, program: str, papers: Mapping[str, Path], *before: str) -> Iterator[tuple[str, list[str]]]:
        command = ["java", "-cp", self.path, program, *before, *map(str, papers.values())]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        names = {str(path): name for name, path in papers.items()}
        for line in told.splitlines():
            path, *rest = line.split("\t")
            yield names[path], rest
