"""What still names somebody whose dossier is gone, in files that the program does not know: told, never deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from conventions.model.finding import Finding, Position, Severity
from conventions.model.privacy import identifying
from conventions.office import belongings
from conventions.office.outcome import Outcome
from conventions.office.retention import Lot
from conventions.settings import Workspace
from conventions.store import Registry
from conventions.text import Text

__all__ = ["left"]

_LARGEST: Final = 50_000_000
"""No list or letter comes near."""
_ZIPPED: Final = frozenset({".xlsx", ".ods", ".odt", ".docx", ".zip"})


def left(workspace: Workspace, registry: Registry, lots: Sequence[Lot]) -> Iterator[Outcome]:
    """Each file outside the archive and the papers that holds a name, an address or a number of somebody who is gone.

    Who also stands in a dossier that is still kept, or in the settings, is not gone.
    """
    names = {words for lot in lots if lot.is_whole for words in _names(lot)}
    names -= _kept(workspace, registry) if names else set()
    needles = tuple(sorted(words.encode() for words in names))
    found = tuple(_finding(path) for path in _others(workspace) if needles and _holds(path, needles))
    if found:
        yield Outcome(workspace.root.resolve().name, Text("some files still name people who are gone"), findings=found)


def _names(lot: Lot) -> set[str]:
    people = {words for paper in lot.papers for one in paper.expected for words in (one.name, one.email)}
    return people | (set(identifying(lot.things.dossier)) if lot.things.dossier else set())


def _kept(workspace: Workspace, registry: Registry) -> set[str]:
    estate = belongings.estate(workspace, registry)
    names = {words for _, dossier in estate.sources.values() if dossier for words in identifying(dossier)}
    officials = {words for one in workspace.settings.people.by_role.values() for words in identifying(one)}
    signing = {
        words
        for paper in registry.papers(every_version=True)
        for one in paper.expected
        for words in (one.name, one.email)
    }
    return names | officials | signing | {""}


def _others(workspace: Workspace) -> Iterator[Path]:
    """Everything that is not found by its number."""
    places = workspace.settings.places
    known = {workspace.path(name) for name in (places.papers, places.archive, places.refused, places.templates)}
    registry = workspace.registry_url.removeprefix("sqlite:///")
    for path in sorted(workspace.root.rglob("*")):
        is_ours = known.intersection(path.parents) or str(path.resolve()) == registry
        if path.is_file() and not path.is_symlink() and not is_ours and path.stat().st_size <= _LARGEST:
            yield path


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    try:
        return any(needle in piece for piece in _pieces(path) for needle in needles)
    except (OSError, BadZipFile, ValueError, LookupError):
        return False


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes, and what is packed in them: parts of a mail, members of a spreadsheet."""
    data = path.read_bytes()
    yield data
    if path.suffix.lower() in _ZIPPED:
        with ZipFile(BytesIO(data)) as packed:
            yield from (packed.read(member) for member in packed.infolist() if member.file_size <= _LARGEST)
    elif path.suffix.lower() == ".eml":
        mail = message_from_bytes(data, policy=policy.default)
        yield " ".join(str(value) for value in mail.values()).encode()
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                yield part.get_content().encode()


def _finding(path: Path) -> Finding:
    return Finding(
        "FORGET-10",
        Severity.WARNING,
        Text("{file} still names somebody whose dossier is gone", file=path.name),
        Text("the program did not make this file and does not delete it: look at it, and delete it yourself"),
        position=Position(str(path)),
    )
