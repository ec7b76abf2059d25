"""One package of the archive: whether it still is what it was when it was stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from conventions.model.finding import Finding, Position, Severity
from conventions.store.files import disk
from conventions.text import Text

__all__ = ["FORMAT", "MANIFEST", "MANIFEST_DIGEST", "check", "digest_line", "listed"]

MANIFEST: Final = "manifest.json"
MANIFEST_DIGEST: Final = "manifest.sha256"
FORMAT: Final = 1
"""Of the manifest: what a program that knows another number cannot compare."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DIGEST_LINE: Final = re.compile(rb"[0-9a-f]{64}  manifest\.json\n")


def check(place: Path, *, digest: str = "") -> tuple[Finding, ...]:
    """Read every byte of a package again and compare.

    Args:
        place: folder of the package.
        digest: the manifest's digest as the registry remembers it. Without it, somebody who rewrites the manifest
            together with the files is not found out.

    Returns:
        Nothing when all is well; else ARCHIVE-10 no usable manifest, -11 altered manifest, -12 missing file,
        -13 foreign file, -14 altered file, -15 a manifest other than the one that was receipted, -30 a package that
        only a newer program can read.

    Raises:
        DiskError: DISK-02, the folder cannot be read.
    """
    with disk(place):
        path = place / MANIFEST
        if not _is_plain(path):
            return (_finding("ARCHIVE-10", Text("there is no manifest"), path),)
        manifest = path.read_bytes()
        found = [*_manifest(place, manifest, digest)]
        files = listed(manifest)
        if program := _newer(manifest):
            return (*found, _of_another_format(program, path))
        if files is None:
            return (*found, _finding("ARCHIVE-10", Text("the manifest cannot be read"), path))
        return (*found, *_files(place, files))


def listed(manifest: bytes) -> Mapping[str, Mapping[str, Any]] | None:
    """Length and SHA-256 by file name; None when the bytes are no manifest."""
    try:
        files = json.loads(manifest)["files"]
        is_sound = all(
            Path(name).name == name and entry["length"] >= 0 and _SHA256.fullmatch(entry["sha256"])
            for name, entry in files.items()
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return files if is_sound else None


def _newer(manifest: bytes) -> str:
    """The program that made a package in a form that is not known here; empty of any other."""
    try:
        told = json.loads(manifest)
        return "" if told.get("format", FORMAT) == FORMAT else str(told.get("program", "?"))
    except (ValueError, AttributeError, RecursionError):
        return ""


def digest_line(manifest: bytes) -> bytes:
    """What the digest file says of a manifest, as ``sha256sum --check`` reads it."""
    return f"{sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def _manifest(place: Path, manifest: bytes, receipted: str) -> Iterator[Finding]:
    """Which of the two files was altered is known from the receipt; without it, the one that still looks whole is."""
    actual = sha256(manifest).hexdigest()
    path = place / MANIFEST_DIGEST
    written = path.read_bytes() if _is_plain(path) else b""
    if written != digest_line(manifest):
        is_manifest = receipted != actual and _DIGEST_LINE.fullmatch(written)
        problem = Text("{manifest} does not have the digest that is noted in {file}", manifest=MANIFEST, file=path.name)
        yield _finding("ARCHIVE-11", problem, place / MANIFEST if is_manifest else path)
    if receipted and receipted != actual:
        problem = Text("the manifest is not the one that was receipted when the paper was archived")
        yield _finding("ARCHIVE-15", problem, place / MANIFEST)


def _files(place: Path, files: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for name, entry in sorted(files.items()):
        path = place / name
        if not path.is_symlink() and not path.exists():
            yield _finding("ARCHIVE-12", Text("the file {file} is missing", file=name), path)
        elif not _is_plain(path) or _measure(path) != (entry["length"], entry["sha256"]):
            yield _finding("ARCHIVE-14", Text("the file {file} has been altered", file=name), path)
    for path in sorted(place.iterdir()):
        if path.name not in {MANIFEST, MANIFEST_DIGEST, *files}:
            problem = Text("the file {file} does not belong to the package", file=path.name)
            yield _finding("ARCHIVE-13", problem, path, Text("move it elsewhere; the package is whole without it"))


def _is_plain(path: Path) -> bool:
    """A regular file in its own right: a link could be pointed elsewhere later."""
    return path.is_file() and not path.is_symlink()


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as stream:
        return path.stat().st_size, file_digest(stream, "sha256").hexdigest()


def _of_another_format(program: str, path: Path) -> Finding:
    words = Text(
        "the package was made by another program, in a form that is not known here: {program}", program=program
    )
    fix = Text("verify it with that program, or a newer one; this one compared nothing")
    return _finding("ARCHIVE-30", words, path, fix)


def _finding(code: str, message: Text, path: Path, fix: Text | None = None) -> Finding:
    restore = Text("restore the folder {folder} from a backup", folder=path.parent.name)
    return Finding(code, Severity.ERROR, message, fix or restore, position=Position(str(path)))
