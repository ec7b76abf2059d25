"""What is handed to others: the evidence of one dossier as a bag, and the authorities that papers are verified by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from conventions import __version__, pipeline, store
from conventions.errors import DiskError, OutOfTurn, SettingsError
from conventions.languages import PARIS, Language
from conventions.model.dossier import Dossier
from conventions.model.event import Returned
from conventions.office import transferring
from conventions.office.naming import files_called
from conventions.office.outcome import Outcome
from conventions.office.renewing import receipts
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, read_file, replace
from conventions.store import archive as shelf
from conventions.text import Text, counted

__all__ = ["export_package", "publish_roots"]


def export_package(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    number: str,
    folder: Path,
    now: datetime,
    *,
    seda: bool = False,
) -> Outcome:
    """Put everything that proves one dossier into a bag (BagIt, RFC 8493); exporting again changes nothing.

    The packages of the archive go in as they are, with their own manifests; beside them the forms that came back, the
    attachments that are kept, the dossier, the journal of every paper, the authorities and how to verify. With ``seda``
    the same files are written once more as a transfer to a public archive service, beside the bag.

    Raises:
        SettingsError: no authority is named (TRUST-03), or nothing is agreed with an archive service (SEDA-01).
        OutOfTurn: no paper of the dossier is archived (ARCHIVE-18).
        DiskError: a package is damaged (ARCHIVE-19), or a file cannot be read.
        NeverOverwrite: something else lies in the folder (BAG-01), or beside it (STORE-01).
    """
    if seda:
        transferring.assert_agreed(workspace.settings.archive.seda)
    files = _files(workspace, registry, services, number)
    is_new = store.make_bag(folder, files, _label(workspace, number, now))
    done = counted("one file in the bag", "{n} files in the bag", n=len(files))
    note = done if is_new else Text("the same bag lies there already")
    if not seda:
        return Outcome(number, note, folder)
    path = transferring.transfer(workspace.settings, number, files, folder, now, _read(workspace, number))
    beside = Text("{bag}; beside it a SEDA 2.1 transfer (experimental): {file}", bag=note, file=path.name)
    return Outcome(number, beside, folder)


def _files(workspace: Workspace, registry: Registry, services: Services, number: str) -> dict[str, bytes]:
    papers = [*registry.papers(number=number, every_version=True)]
    packages = dict(_packages(workspace, number, papers))
    if not packages:
        raise OutOfTurn(
            "ARCHIVE-18",
            Text("paper {number} is not archived yet", number=number),
            Text("archive it first: `conventions archive {number}`", number=number),
        )
    chains = {"papers": [registry.chain(paper) for paper in papers]}
    return {
        **packages,
        **dict(_forms(workspace, papers)),
        **dict(_dossier(workspace, number)),
        "journal.json": json.dumps(chains, ensure_ascii=False, indent=1, sort_keys=True).encode(),
        **_published(workspace, services),
    }


def _label(workspace: Workspace, number: str, now: datetime) -> dict[str, str]:
    """What the bag says of itself (RFC 8493, 2.2.2)."""
    return {
        "Source-Organization": workspace.settings.institution.name,
        "External-Identifier": number,
        "Bagging-Date": now.astimezone(PARIS).date().isoformat(),
        "Bag-Software-Agent": f"conventions {__version__}",
    }


def publish_roots(workspace: Workspace, services: Services, folder: Path) -> tuple[Path, ...]:
    """Write what somebody needs to verify a paper without this office: the authorities, and how it is done.

    Raises:
        SettingsError: no authority is named (TRUST-03).
        DiskError: the folder cannot be written.
    """
    files = _published(workspace, services)
    for name, data in files.items():
        replace(folder / name, data)
    return tuple(folder / name for name in files)


def _published(workspace: Workspace, services: Services) -> dict[str, bytes]:
    roots = services.trust.roots
    if not roots:
        raise SettingsError(
            "TRUST-03",
            Text("no authority is named whose certificates are believed"),
            Text("name one with --trust, or under trust.roots in the conventions.toml of the workspace"),
        )
    language = Language(workspace.settings.language)
    words = [language.say(one) for one in _instructions(workspace)]
    prints = [f"SHA-256 {sha256(root).hexdigest()}" for root in roots]
    return {"roots.pem": services.trust.roots_pem(), "verify.txt": "\n".join([*words, *prints, ""]).encode()}


def _instructions(workspace: Workspace) -> Iterator[Text]:
    """How to verify a paper, for somebody who has never heard of this program."""
    yield Text("How to verify an agreement of {institution}", institution=workspace.settings.institution.name)
    yield Text("1. Take the PDF file itself. A print, a scan or a copy that was saved anew proves nothing.")
    yield Text("2. Open it in a PDF reader that shows signatures; the first one is the institution's seal.")
    yield Text("3. Or, without any network: conventions verify FILE.pdf --trust roots.pem")
    yield Text("4. Compare the fingerprint of each authority in roots.pem with what the institution publishes:")


def _packages(workspace: Workspace, number: str, papers: Iterable[PaperRecord]) -> Iterator[tuple[str, bytes]]:
    root = workspace.path(workspace.settings.places.archive)
    receipted = {workspace.path(one.place): one.manifest for paper in papers for one in receipts(paper)}
    for place in shelf.packages(root):
        if place.parent.name == number and _may_go(workspace, shelf.key_of(place)[1]):
            for damage in shelf.check(place, digest=receipted.get(place, "")):
                raise DiskError("ARCHIVE-19", damage.message, damage.fix, place=str(place))
            for path in sorted(place.iterdir()):
                yield f"{place.name}/{path.name}", read_file(path)


def _may_go(workspace: Workspace, document: str) -> bool:
    """What the settings leave out of a package."""
    chosen = workspace.settings.archive
    if document.startswith("evaluation"):
        return chosen.evaluations
    return chosen.grading_sheet or document != "grading_sheet"


def _forms(workspace: Workspace, papers: list[PaperRecord]) -> Iterator[tuple[str, bytes]]:
    """Forms that came back, as they came; the latest of each."""
    for paper in papers:
        returned = paper.last(Returned)
        if returned and _may_go(workspace, paper.document):
            data = read_file(workspace.path(returned.file))
            yield f"{paper.document}-v{paper.version}/{paper.document}.pdf", data


def _dossier(workspace: Workspace, number: str) -> Iterator[tuple[str, bytes]]:
    """The dossier as it was typed, and the attachments that are still kept."""
    for path, dossier in _sources(workspace, number):
        yield f"dossier{path.suffix}", read_file(path)
        yield from _attachments(workspace, dossier)


def _read(workspace: Workspace, number: str) -> Dossier | None:
    return next((dossier for _, dossier in _sources(workspace, number)), None)


def _sources(workspace: Workspace, number: str) -> Iterator[tuple[Path, Dossier]]:
    folder = workspace.path(workspace.settings.places.dossiers)
    for path in files_called(number, folder):
        dossier = pipeline.read(path).dossier
        if dossier.number == number:
            yield path, dossier


def _attachments(workspace: Workspace, dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    for rank, one in enumerate(dossier.attachments, start=1):
        path = workspace.path(one.file)
        if one.file and path.is_file() and path.resolve().is_relative_to(workspace.root.resolve()):
            yield f"attachments/{rank:02d}-{one.kind.value}{path.suffix}", read_file(path)
