"""One file, one dossier, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from conventions.errors import DossierError
from conventions.intake.encoding import raw_bytes
from conventions.intake.yaml12 import MAX_BYTES, parse
from conventions.model.complaints import findings_from
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Position
from conventions.text import Text, counted

__all__ = ["Source", "read"]

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True)
class Source:
    """A dossier and where each of its values was written."""

    dossier: Dossier
    file: str
    lines: Mapping[str, int]

    def locate(self, finding: Finding) -> Finding:
        """The finding with its ``file:line``: the value's own line, or the nearest group above it."""
        return replace(finding, position=position_of(finding.field, self.file, self.lines))


def position_of(path: str, file: str, lines: Mapping[str, int]) -> Position:
    """Line of a dotted path, or of the closest ancestor that was written."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return Position(file, lines.get(path, 1))


def read(path: Path) -> Source:
    """Read a dossier from YAML 1.2 (JSON is YAML too).

    Raises:
        DossierError: with every finding, each with ``file:line``.
        DiskError: the file cannot be read.
    """
    raw, name = _bytes(path), str(path)
    tree = parse(raw, name)
    try:
        dossier = Dossier.model_validate(tree.data)
    except ValidationError as error:
        findings = findings_from(error, lambda field: position_of(field, name, tree.lines))
        raise DossierError(
            "FILE-01",
            counted(
                "one thing in the dossier cannot be read", "{n} things in the dossier cannot be read", n=len(findings)
            ),
            Text("correct them and run the command again"),
            place=name,
            findings=findings,
        ) from None
    return Source(dossier, name, tree.lines)


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() not in _SUFFIXES:
        raise DossierError(
            "FILE-08",
            Text("{file} is not a dossier file: its name does not end in .yaml or .json", file=path.name),
            Text("name a YAML or JSON file"),
            place=str(path),
        )
    return raw_bytes(path, MAX_BYTES)
