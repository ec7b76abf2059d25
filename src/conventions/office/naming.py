"""What people call a dossier or a paper at the command line, and what is meant."""

from __future__ import annotations

from pathlib import Path

from conventions import pipeline
from conventions.errors import DossierError
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["file_named", "number_behind", "paper_named"]


def number_behind(name: str) -> str:
    """The number behind a number or a file name.

    Raises:
        DossierError: the file cannot be read.
    """
    return pipeline.read(Path(name)).dossier.number if Path(name).is_file() else name


def paper_named(registry: Registry, name: str) -> PaperRecord:
    """``2027-0001`` is the agreement of that dossier, ``2027-0001/amendment-1`` its first amendment.

    A file stands for its number.

    Raises:
        DossierError: it was not issued (PAPER-01), or the file cannot be read.
    """
    number, _, document = number_behind(name).partition("/")
    paper = registry.find(number, document or "convention")
    if paper is None:
        raise DossierError(
            "PAPER-01",
            Text("no paper was issued for dossier {number}", number=name),
            Text("issue it first: `conventions issue {number}`", number=number),
        )
    return paper


def file_named(name: str, folder: Path) -> Path:
    """The file of a dossier: itself, or the one in ``folder`` whose name begins with the number.

    Raises:
        DossierError: there is none (FILE-09).
    """
    path = Path(name)
    if path.is_file():
        return path
    for suffix in (".yaml", ".yml", ".json"):
        for found in (folder / f"{name}{suffix}", *sorted(folder.glob(f"{name}-*{suffix}"))):
            if found.is_file():
                return found
    raise DossierError(
        "FILE-09",
        Text("there is no dossier {name}", name=name),
        Text("name a file, or a number whose file begins with it in {folder}", folder=str(folder)),
    )
