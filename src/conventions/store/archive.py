"""The archive: one folder per sealed paper, complete in itself, readable without this program.

::

    <root>/<year>/<number>/<document>-v<version>/
        …the files
        manifest.json      program, facts, SHA-256 and length of each file
        manifest.sha256    digest of the manifest, as ``sha256sum --check`` reads it
    <root>/<year>/<number>/<document>-v<version>-r2/
        the same after the paper was renewed

A folder is prepared beside its place and renamed into it, so it is there whole or not at all, and never changes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from conventions import __version__
from conventions.errors import DiskError, NeverOverwrite
from conventions.store.files import disk, read_file, sync_folder, write_new
from conventions.store.package import FORMAT, MANIFEST, MANIFEST_DIGEST, check, digest_line, listed
from conventions.text import Text

__all__ = [
    "CHAIN",
    "JOURNAL",
    "MANIFEST",
    "REPORT",
    "Receipt",
    "check",
    "digest_of",
    "facts_of",
    "files_of",
    "key_of",
    "misnamed",
    "packages",
    "paper_in",
    "papers",
    "place_of",
    "revision_of",
    "store",
    "told_by",
]

JOURNAL: Final = "journal.json"
"""What happened to the paper, for people."""
CHAIN: Final = "chain.json"
"""The chains of its events, from which a registry is rebuilt."""
REPORT: Final = "report.json"
"""What the paper proved when it was put away."""
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,79}")
"""What may become a folder or a file: the shape of a dossier's number, a little longer; no path can hide in it."""
_PACKAGE: Final = re.compile(r"(?P<document>[a-z][a-z_]*(-\d+)?)-v(?P<version>\d+)(-r(?P<revision>\d+))?")
_PASSING: Final = ".storing-"


@dataclass(frozen=True)
class Receipt:
    """What the archive answers."""

    place: Path
    """Folder of the package."""
    digest: str
    """SHA-256 of its manifest, hexadecimal: it vouches for every file."""


def place_of(root: Path, year: str, number: str, document: str, version: int, revision: int = 1) -> Path:
    """The folder of a package, whether it is there or not; a renewed paper lies beside its earlier revisions."""
    renewed = f"-r{revision:d}" if revision > 1 else ""
    return root / year / number / f"{document}-v{version:d}{renewed}"


def revision_of(place: Path) -> int:
    """Which revision a package holds: 1 as the paper was first archived, 2 after its first renewal."""
    named = _PACKAGE.fullmatch(place.name)
    return int(named["revision"] or 1) if named else 1


def key_of(place: Path) -> tuple[str, str, int]:
    """Number, document and version of the paper that a package is about, as its folder says.

    Raises:
        ValueError: the folder is not named as a package is.
    """
    named = _PACKAGE.fullmatch(place.name)
    if named is None:
        raise ValueError(place.name)
    return place.parent.name, named["document"], int(named["version"])


def files_of(place: Path) -> Mapping[str, bytes]:
    """Every file of a package but its manifest; nothing where there is no package, or a damaged one."""
    with disk(place):
        if check(place):
            return {}
        return {name: (place / name).read_bytes() for name in listed((place / MANIFEST).read_bytes()) or ()}


def digest_of(place: Path) -> str:
    """SHA-256 of the manifest of a package, hexadecimal.

    Raises:
        DiskError: DISK-03 there is none, DISK-02 it cannot be read.
    """
    return sha256(read_file(place / MANIFEST)).hexdigest()


def facts_of(place: Path) -> Mapping[str, Any]:
    """What the manifest of a package says besides its files; nothing where there is no package, or a damaged one."""
    with disk(place):
        if check(place):
            return {}
        facts = json.loads((place / MANIFEST).read_bytes()).get("facts")
        return facts if isinstance(facts, dict) else {}


def told_by(place: Path) -> Mapping[str, Any]:
    """The same of any package, damaged or not; nothing where the manifest cannot be read."""
    try:
        facts = json.loads((place / MANIFEST).read_bytes())["facts"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def paper_in(place: Path) -> Path:
    """The PDF of a package: the one that its manifest speaks of, or else the one that its folder is named after."""
    told, named = told_by(place).get("document"), _PACKAGE.fullmatch(place.name)
    by_name = named["document"] if named else "convention"
    return place / f"{told if isinstance(told, str) and _NAME.fullmatch(told) else by_name}.pdf"


def store(
    root: Path,
    year: str,
    number: str,
    document: str,
    version: int,
    files: Mapping[str, bytes],
    facts: Mapping[str, Any],
    *,
    revision: int = 1,
) -> Receipt:
    """Put a package into the archive. The same files twice give the same receipt.

    Args:
        root: the archive.
        year: academic year, such as 2026-2027.
        number: number of the dossier.
        document: type of the document.
        version: version of the paper.
        files: what to keep, by name; names are letters, digits, dot, dash, underscore.
        facts: what the manifest should say besides, as plain JSON values.
        revision: 2 for the paper after its first renewal …

    Raises:
        NeverOverwrite: ARCHIVE-01 other files are kept there, ARCHIVE-03 what is kept there is damaged.
        DiskError: ARCHIVE-02 a name that cannot be a folder or a file, DISK-01, DISK-02.
    """
    for name in (year, number, document, *files):
        _assert_name(name)
    place = place_of(root, year, number, document, version, revision)
    contents = {name: {"length": len(data), "sha256": sha256(data).hexdigest()} for name, data in files.items()}
    manifest = _manifest(contents, facts)
    with disk(place):
        if not os.path.lexists(place):
            passing = place.parent / f"{_PASSING}{token_hex(8)}"
            try:
                _fill(passing, {**files, MANIFEST: manifest, MANIFEST_DIGEST: digest_line(manifest)})
                _take_place(passing, place)
            finally:
                shutil.rmtree(passing, ignore_errors=True)
        return _receipt(place, contents)


def packages(root: Path) -> Iterator[Path]:
    """Every package below a folder, or the folder itself; what a crash left half made is passed over.

    A package is known by its name, so that one that has lost its manifest is still found and told.
    """
    if _PACKAGE.fullmatch(root.name):
        yield root
        return
    for folder in _folders(root):
        yield from packages(folder)


def misnamed(root: Path) -> Iterator[Path]:
    """Packages below a folder, or the folder itself, that are not named as one: they were copied or renamed by hand."""
    if _PACKAGE.fullmatch(root.name):
        return
    if (root / MANIFEST).is_file():
        yield root
        return
    for folder in _folders(root):
        yield from misnamed(folder)


def _folders(root: Path) -> Iterator[Path]:
    with disk(root):
        found = sorted(root.iterdir()) if root.is_dir() else []
    return (one for one in found if one.is_dir() and not one.is_symlink() and not one.name.startswith("."))


def papers(root: Path) -> Iterator[tuple[Path, ...]]:
    """The packages of each paper below a folder: as it was first archived, and after each renewal, the newest last."""
    ranked = sorted(packages(root), key=lambda place: (place.parent, key_of(place), revision_of(place)))
    for _, places in groupby(ranked, key=lambda place: (place.parent, key_of(place))):
        yield tuple(places)


def _assert_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name in {MANIFEST, MANIFEST_DIGEST}:
        raise DiskError(
            "ARCHIVE-02",
            Text("“{name}” cannot name anything in the archive", name=name),
            Text("use letters, digits, dot, dash and underscore, beginning with a letter or a digit"),
        )


def _manifest(contents: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any]) -> bytes:
    body = {"format": FORMAT, "program": f"conventions {__version__}", "facts": dict(facts), "files": contents}
    return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        write_new(folder / name, data)
        (folder / name).chmod(0o444)
    sync_folder(folder)


def _take_place(passing: Path, place: Path) -> None:
    """Give the folder its name; if another process was faster, its package is the one to compare with."""
    try:
        passing.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    sync_folder(place.parent)


def _receipt(place: Path, contents: Mapping[str, Mapping[str, Any]]) -> Receipt:
    findings = check(place)
    if findings:
        raise NeverOverwrite(
            "ARCHIVE-03",
            Text("the package that is already there is damaged: {problem}", problem=findings[0].message),
            Text("restore that folder from a backup; it is never repaired or replaced by itself"),
            place=str(place),
        )
    manifest = (place / MANIFEST).read_bytes()
    if listed(manifest) != contents:
        raise NeverOverwrite(
            "ARCHIVE-01",
            Text("the archive already holds other files under that number"),
            Text("archive the corrected paper as the next version; `conventions audit` shows what is kept"),
            place=str(place),
        )
    return Receipt(place, sha256(manifest).hexdigest())
