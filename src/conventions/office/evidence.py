"""What lies in a package beside the paper: its journal, its chain, what was verified, how people were recognised.

With the chain, and the receipt in the manifest, a registry that was lost is rebuilt from the archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conventions import __version__, pipeline, signing
from conventions.errors import NeverOverwrite
from conventions.model.event import Signed
from conventions.model.paper import Sealed
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Receipt
from conventions.store import archive as shelf

if TYPE_CHECKING:
    from conventions.store import Registry

__all__ = ["file_of_evidence", "proof_of", "put_away", "records_of"]

_ROOTS: Final = "roots.pem"


def put_away(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    sealed: Sealed,
    place: Path,
    now: datetime,
    *,
    proof: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
) -> tuple[Receipt, Mapping[str, Any]]:
    """Store the paper with its evidence at this place; whoever was interrupted finds the package that lies there.

    A package is written before its receipt is recorded. If more has happened to the paper in between, the package
    still tells what it told when it was made.

    Args:
        workspace: whose paper it is.
        registry: holds the chains of the paper and of the versions before it.
        services: trust, whose roots go along.
        paper: as the registry has it.
        sealed: its bytes.
        place: folder of the package.
        now: aware.
        proof: what :func:`proof_of` says of it.
        facts: further ones for the manifest.

    Returns:
        The receipt, and what the manifest says: among other things when the package was made (``archived_at``), and
        until when the paper proves itself (``until``); a package of an older program says neither.

    Raises:
        NeverOverwrite, DiskError: as :func:`conventions.store.archive.store`.
    """
    kept, told = shelf.files_of(place), shelf.facts_of(place)
    journal = paper.as_of(str(told.get("journal_head", "")))
    names = {f"{paper.document}.pdf", shelf.JOURNAL, _ROOTS}
    own = {"archived_at": now.isoformat(), "until": proof["until"]}
    try:
        receipt = pipeline.archive(
            sealed,
            root=place.parents[2],
            year=place.parents[1].name,
            journal=_journal(journal),
            journal_head=journal.head,
            services=services,
            beside={name: data for name, data in kept.items() if name not in names}
            if kept
            else _beside(workspace, registry, paper, proof),
            facts={**own, **(facts or {})},
            revision=shelf.revision_of(place),
        )
    except NeverOverwrite:
        if kept or not shelf.files_of(place):
            raise
        # Somebody else has put the same paper there in the meantime: what was proved at another instant lies beside it.
        return put_away(workspace, registry, services, paper, sealed, place, now, proof=proof, facts=facts)
    return receipt, shelf.facts_of(receipt.place)


def proof_of(sealed: Sealed, trust: signing.Trust, now: datetime) -> Mapping[str, Any]:
    """What the paper proves when it is archived, by itself and offline, as plain JSON values."""
    report = signing.verify(sealed.data, trust, now)
    return {
        "program": f"conventions {__version__}",
        "verified_at": now.isoformat(),
        "sha256": sealed.digest,
        "authorities": [sha256(root).hexdigest() for root in trust.roots],
        "sealed": report.is_sealed,
        "ok": report.ok,
        "until": signing.horizon(sealed.data).until.isoformat(),
        "signatures": [asdict(one) for one in report.seen],
        "findings": [one.code for one in report.findings],
    }


def records_of(workspace: Workspace, paper: PaperRecord) -> Iterator[tuple[Signed, Path, bytes]]:
    """How each person was recognised on whose behalf the seal signed: the event, the record and its bytes.

    The bytes are empty when the record is missing or is not what the signature is about.
    """
    for event in paper.events:
        if isinstance(event, Signed) and event.evidence:
            path = file_of_evidence(workspace, paper, event)
            data = path.read_bytes() if path.is_file() else b""
            yield event, path, data if sha256(data).hexdigest() == event.evidence else b""


def file_of_evidence(workspace: Workspace, paper: PaperRecord, event: Signed) -> Path:
    """Where the record lies, or would lie."""
    folder = workspace.path(workspace.settings.places.papers) / paper.number
    pattern = f"{paper.document}-v{paper.version}-*-{event.role}-{event.evidence[:12]}.evidence.json"
    missing = folder / pattern.replace("*", "00")
    return next(iter(sorted(folder.glob(pattern))), missing)


def _beside(workspace: Workspace, registry: Registry, paper: PaperRecord, proof: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        shelf.CHAIN: _json({"papers": [registry.chain(one) for one in _versions(registry, paper)]}),
        shelf.REPORT: _json(proof),
        **dict(_evidence(workspace, paper)),
    }


def _versions(registry: Registry, paper: PaperRecord) -> list[PaperRecord]:
    """This paper and the versions that it replaced."""
    every = registry.papers(number=paper.number, document=paper.document, every_version=True)
    return [*(one for one in every if one.version < paper.version), paper]


def _evidence(workspace: Workspace, paper: PaperRecord) -> Iterator[tuple[str, bytes]]:
    for event, path, record in records_of(workspace, paper):
        if not record:
            continue  # the audit tells
        yield f"evidence-{event.role}.json", record
        for rank, proof in enumerate(sorted(path.parent.glob(f"{path.stem.removesuffix('.evidence')}-*.p7s"))):
            yield f"evidence-{event.role}{f'-{rank + 1}' if rank else ''}.p7s", proof.read_bytes()
        scan = workspace.path(str(json.loads(record).get("scan", "")))
        if scan.is_file():
            yield f"scan-{event.role}{scan.suffix}", scan.read_bytes()


def _journal(paper: PaperRecord) -> bytes:
    """What happened until the paper was archived; the receipt comes after and is in the manifest and the registry."""
    return _json([{"kind": event.kind, "at": event.at.isoformat(), **event.facts()} for event in paper.events])


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
