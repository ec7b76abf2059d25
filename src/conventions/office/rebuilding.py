"""What the archive holds and the registry does not know: told, and taken back when it proves itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from conventions import forms, signing
from conventions.errors import ConventionsError, Disagreement
from conventions.model.event import Archived, Event, Renewed, Sealing
from conventions.model.finding import Finding, Position, Severity
from conventions.office import vouching
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import Registry
from conventions.store import archive as shelf
from conventions.text import Text

__all__ = ["Unknown", "rebuild", "unknown"]


@dataclass(frozen=True)
class Unknown:
    """A paper of the archive that the registry does not know."""

    key: tuple[str, str, int]
    """Number, document and version."""
    places: tuple[Path, ...]
    """Its packages, the newest last."""

    @property
    def label(self) -> str:
        """As the audit names a paper."""
        number, document, version = self.key
        return f"{number if document == 'convention' else f'{number}/{document}'} v{version}"


def unknown(workspace: Workspace, registry: Registry, numbers: Sequence[str] = ()) -> Iterator[Unknown]:
    """Every such paper, by its folders; of some dossiers, or of all."""
    root = workspace.path(workspace.settings.places.archive)
    years = sorted(root.iterdir()) if numbers and root.is_dir() else []
    folders = [year / number for year in years for number in numbers if year.is_dir()] if numbers else [root]
    for places in (places for folder in folders for places in shelf.papers(folder)):
        key = shelf.key_of(places[-1])
        if registry.find(*key) is None:
            yield Unknown(key, places)


def rebuild(
    workspace: Workspace, registry: Registry, services: Services, one: Unknown, now: datetime, *, repair: bool
) -> Outcome:
    """Tell of a paper that the registry does not know (AUDIT-07), or take it back from its newest package.

    Only a package that is whole, whose paper verifies and whose chain holds and speaks of that very paper, is believed
    (else AUDIT-11; AUDIT-12 one that an older program made, without a chain).
    """
    fix = Text("`conventions audit --repair` takes it back into the registry, if it proves itself")
    findings = [finding for place in one.places for finding in shelf.check(place)] + [*vouching.gaps(one.places)]
    if not repair or findings:
        lost = Finding(
            "AUDIT-07",
            Severity.ERROR,
            Text("the archive holds a paper that the registry does not know"),
            fix,
            position=Position(str(one.places[-1])),
        )
        error = Disagreement("AUDIT-00", Text("registry and files do not agree"), fix, findings=[*findings, lost])
        return Outcome(one.label, error=error)
    try:
        return Outcome(one.label, _taken_back(workspace, registry, services, one, now))
    except ConventionsError as error:
        error.place = error.place or str(one.places[-1])
        return Outcome(one.label, error=error)


def _taken_back(workspace: Workspace, registry: Registry, services: Services, one: Unknown, now: datetime) -> Text:
    files, facts = shelf.files_of(one.places[-1]), shelf.facts_of(one.places[-1])
    pdf = files.get(f"{one.key[1]}.pdf", b"")
    chains = _chains(files)
    _assert_same_paper(one, pdf, chains[-1], services, now)
    paper = registry.restore(chains)
    receipt = _receipt(workspace, one.places[-1], pdf, facts)
    if receipt is not None:
        registry.append(paper.id, (receipt,), expected_head=paper.head)
    return Text("was taken back into the registry from the archive")


def _follows(chain: Mapping[str, Any], pdf: bytes) -> bool:
    """Is the paper in the package the one that was sealed, or what was appended to it since?"""
    events = chain.get("events", [])
    sealings = [event["facts"] for event in events if event.get("kind") == Sealing.kind]
    return any(sha256(pdf[: told["length"]]).hexdigest() == told["sha256"] for told in sealings)


def _chains(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    try:
        chains = json.loads(files[shelf.CHAIN])["papers"]
    except (ValueError, LookupError, TypeError):
        chains = []
    if not isinstance(chains, list) or not chains:
        raise Disagreement(
            "AUDIT-12",
            Text("the package was made by an older program and holds no chain of events"),
            Text("restore the registry from a backup; the paper itself still verifies"),
        )
    return chains


def _assert_same_paper(one: Unknown, pdf: bytes, chain: Mapping[str, Any], services: Services, now: datetime) -> None:
    """Folder, paper and chain name the same paper, which proves itself; evidence and journal agree with it."""
    origin = forms.origin(pdf)
    row = chain.get("paper", {})
    named = tuple(row.get(name) for name in ("number", "document", "version"))
    if origin is None or named != one.key or (origin.number, origin.document, origin.version) != one.key:
        raise _unproved(one, Text("folder, paper and chain speak of different papers"))
    if origin.dossier_digest != row.get("dossier_digest"):
        raise _unproved(one, Text("paper and chain speak of different dossiers"))
    if not _follows(chain, pdf):
        raise _unproved(one, Text("its chain of events is about other bytes"))
    report = signing.verify(pdf, services.trust, now)
    doubts = [*report.findings, *vouching.perjuries(one.places[-1], origin, report, pdf, now)]
    if doubts:
        raise _unproved(one, doubts[0].message)


def _receipt(workspace: Workspace, place: Path, pdf: bytes, facts: Mapping[str, Any]) -> Event | None:
    """What the archive answered last; earlier answers are in the chain."""
    if "archived_at" not in facts:
        return None
    at, digest = datetime.fromisoformat(facts["archived_at"]), sha256(pdf).hexdigest()
    named, manifest = str(place.relative_to(workspace.root)), shelf.digest_of(place)
    if shelf.revision_of(place) == 1:
        return Archived(at, digest, named, manifest, facts.get("until", ""))
    return Renewed(at, digest, named, manifest, facts["until"])


def _unproved(one: Unknown, why: Text) -> Disagreement:
    return Disagreement(
        "AUDIT-11",
        Text("the archive holds {paper}, which does not prove itself: {why}", paper=one.label, why=why),
        Text("restore its folder and the registry from a backup"),
        place=str(one.places[-1]),
    )
