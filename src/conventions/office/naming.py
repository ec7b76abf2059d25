"""What people call a dossier or a paper at the command line, and what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.errors import ConventionsError, DossierError
from conventions.store import PaperRecord, Registry, read_file
from conventions.store.files import disk
from conventions.text import Text

__all__ = ["DOSSIER_SUFFIXES", "file_named", "files_called", "number_behind", "paper_named", "papers_named"]

DOSSIER_SUFFIXES: Final = (".yaml", ".yml", ".json")
"""How the names of dossier files end, the most usual first."""
_FILES: Final = (*DOSSIER_SUFFIXES, ".pdf")
_SHOWN: Final = 3


def number_behind(name: str) -> str:
    """The number behind a number or a file name.

    Raises:
        DossierError: the file cannot be read.
        DiskError: DISK-03, the file that is named is not there.
    """
    path = Path(name)
    if _is_file(path):
        return pipeline.read(path).dossier.number
    if path.suffix.lower() in _FILES:  # no number: a file is meant, and its name was mistyped
        read_file(path)
    return name


def paper_named(registry: Registry, name: str) -> PaperRecord:
    """``2027-0001`` is the agreement of that dossier, ``2027-0001/amendment-1`` its first amendment.

    A file stands for its number.

    Raises:
        DossierError: it was not issued (PAPER-01), or the file cannot be read.
        DiskError: DISK-03, the file that is named is not there.
    """
    number, _, document = number_behind(name).partition("/")
    paper = registry.find(number, document or "convention")
    if paper is None:
        others = document and [*registry.papers(number=number)]
        raise DossierError(
            "PAPER-01",
            Text("no paper was issued for dossier {number}", number=name),
            Text("`conventions journal {number}` shows which papers there are", number=number)
            if others
            else Text("issue it first: `conventions issue {number}`", number=number or name),
        )
    return paper


def papers_named(registry: Registry, names: Sequence[str]) -> tuple[PaperRecord, ...]:
    """Each paper that is named, once."""
    papers = (paper_named(registry, name) for name in names)
    return tuple({paper.id: paper for paper in papers}.values())


def file_named(name: str, folder: Path) -> Path:
    """The file of a dossier: itself, or the one in ``folder`` whose name begins with the number.

    Raises:
        DossierError: there is none (FILE-09), or several, and none or more than one of them has that very number
            (FILE-11).
    """
    path = Path(name)
    if _is_file(path):
        return path
    called = files_called(name, folder)
    found = called if len(called) < 2 else tuple(one for one in called if _number_in(one) == name)
    if len(found) == 1:
        return found[0]
    if called:
        raise DossierError(
            "FILE-11",
            Text("{n} files begin with {name}, such as {files}", n=len(called), name=name, files=_some(called)),
            Text("name the whole number, or the file itself"),
        )
    raise DossierError(
        "FILE-09",
        Text("there is no dossier {name}", name=name),
        Text("name a file, or a number whose file begins with it in {folder}", folder=str(folder)),
    )


def files_called(name: str, folder: Path) -> tuple[Path, ...]:
    """The dossier files in ``folder`` that are called so, or begin with the name and a dash; copies of editors not."""
    return tuple(
        path
        for path in sorted(folder.glob("*"))
        if path.suffix in DOSSIER_SUFFIXES
        and (path.stem == name or path.name.startswith(f"{name}-"))
        and path.is_file()
    )


def _is_file(path: Path) -> bool:
    with disk(path):  # a name that is too long is refused, not only absent
        return path.is_file()


def _number_in(path: Path) -> str:
    try:
        return pipeline.read(path).dossier.number
    except ConventionsError:
        return ""


def _some(files: Sequence[Path]) -> tuple[str, ...]:
    return tuple(path.name for path in files[:_SHOWN])
