"""Do registry, papers and archive agree? What can be rebuilt is mended when asked; nothing is guessed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise, repeat
from pathlib import Path
from typing import Final

from conventions import signing
from conventions.errors import ConventionsError, Disagreement
from conventions.model.event import Issued, Sealing, Signed
from conventions.model.finding import Finding, Position, Severity
from conventions.model.roles import label_of
from conventions.office import evidence, leftovers, rebuilding, shelved, strays
from conventions.office.naming import paper_named
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry, write_new
from conventions.text import Text

__all__ = ["Wish", "everything"]

_BACKUP: Final = Text("restore it from a backup")


@dataclass(frozen=True)
class Wish:
    """What to audit, and how."""

    numbers: tuple[str, ...] = ()
    """Of dossiers; without one, everything, files that nobody knows included."""
    start: str = ""
    """Number of the dossier to begin with: an audit that was interrupted goes on there."""
    is_repair: bool = False
    """Mend what can be rebuilt: lost revisions, interrupted signatures, papers that only the archive still knows."""
    with_signatures: bool = True
    """Prove the signatures of archived papers again."""


@dataclass(frozen=True)
class _Bytes:
    """What the registry says of one revision, and what lies there."""

    event: Issued | Signed | Sealing
    path: Path
    data: bytes | None
    """None when the file is missing or is not what was recorded."""


def everything(
    workspace: Workspace, registry: Registry, services: Services, wish: Wish, now: datetime
) -> tuple[int, Iterator[Outcome]]:
    """What the archive holds and the registry does not, then every paper, then files that nobody knows.

    Returns:
        How many outcomes to expect, and each of them as it is found.

    Raises:
        DossierError: there is no paper of a dossier that is named (PAPER-01).
    """
    if wish.is_repair:
        leftovers.tidy(workspace, now)
    unknown = [*rebuilding.unknown(workspace, registry, wish.numbers)]
    _require_known(registry, wish, {one.key[0] for one in unknown})
    lost = [one for one in unknown if one.key[0] >= wish.start]

    def outcomes() -> Iterator[Outcome]:
        for one in lost:
            yield rebuilding.rebuild(workspace, registry, services, one, now, repair=wish.is_repair)
        yield from _audit(workspace, registry, services, _papers(registry, wish), wish, now)
        if not wish.numbers:
            yield from strays.outcomes(workspace, [*registry.papers(every_version=True)])

    return len(lost) * (2 if wish.is_repair else 1) + len(_papers(registry, wish)), outcomes()


def _require_known(registry: Registry, wish: Wish, unknown: Container[str]) -> None:
    """Of a dossier that is named, the registry has a paper, or the archive alone (else PAPER-01)."""
    for number in wish.numbers:
        if number not in unknown and not any(registry.papers(number=number)):
            paper_named(registry, number)


def _papers(registry: Registry, wish: Wish) -> list[PaperRecord]:
    named = [registry.papers(number=number, every_version=True) for number in wish.numbers]
    wanted = named or [registry.papers(every_version=True)]
    return [paper for papers in wanted for paper in papers if paper.number >= wish.start]


def _audit(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    papers: Sequence[PaperRecord],
    wish: Wish,
    now: datetime,
) -> Iterator[Outcome]:
    """Compare the chain, the files and the order of the signatures of each paper; every paper gets one outcome.

    A paper whose bytes are those that were accepted still holds the signatures that were proved then.

    Args:
        workspace: whose papers they are.
        registry: what should be.
        services: for signatures that lie there and were never recorded.
        papers: which ones.
        wish: whether to repair, and whether to prove the signatures of archived papers, about a second for each.
        now: aware.
    """
    repair = wish.is_repair
    proofs = shelved.proved(workspace, services.trust, papers, now) if wish.with_signatures else repeat(())
    for paper, proof in zip(papers, proofs, strict=False):
        findings = [
            *registry.verify_chain(paper),
            *_files(workspace, paper, repair=repair),
            *_evidence(workspace, paper),
        ]
        findings += (*shelved.archived(workspace, paper, now), *proof)
        findings += leftovers.unrecorded(workspace, registry, services, paper, repair=repair, now=now)
        present = registry.find(*paper.key) or paper  # an interrupted signature may have been taken in
        findings += leftovers.unposted(workspace, registry, services, present, repair=repair, now=now)
        label = paper.number if paper.document == "convention" else f"{paper.number}/{paper.document}"
        yield _outcome(f"{label} v{paper.version}", findings)


def _outcome(label: str, findings: Sequence[Finding]) -> Outcome:
    broken = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not broken:
        return Outcome(label, Text("everything agrees"), findings=tuple(findings))
    error = Disagreement("AUDIT-00", Text("registry and files do not agree"), broken[0].fix, findings=findings)
    return Outcome(label, error=error)


def _files(workspace: Workspace, paper: PaperRecord, *, repair: bool) -> Iterator[Finding]:
    """Each revision is there, is what was recorded, begins with the one before, and holds the signatures recorded."""
    revisions = [_read(workspace, event) for event in paper.events if isinstance(event, (Issued, Signed, Sealing))]
    for rank, one in enumerate(revisions):
        if one.data is None:
            others = [other.data for other in revisions[rank + 1 :] if other.data]
            yield _missing(one, _rebuilt(one, [*others, *shelved.paper_in_archive(workspace, paper)]), repair=repair)
    for earlier, later in pairwise(revisions):
        if earlier.data and later.data and not later.data.startswith(earlier.data):
            yield _error(
                "AUDIT-03", Text("{file} does not go on from the revision before", file=later.path.name), later.path
            )
    whole = [one for one in revisions if one.data]
    if whole:
        yield from _signatures(whole[-1], revisions, shelved.order_told(workspace, paper))


def _read(workspace: Workspace, event: Issued | Signed | Sealing) -> _Bytes:
    path = workspace.path(event.file)
    data = path.read_bytes() if path.is_file() else b""
    return _Bytes(event, path, data if sha256(data).hexdigest() == event.sha256 else None)


def _rebuilt(one: _Bytes, later: Sequence[bytes]) -> bytes | None:
    """Every revision begins with the ones before it: a lost one is cut out of any later one.

    One that was put aside at the very moment at which its own command recorded it still lies there.
    """
    put_aside = leftovers.aside(one.path)
    others = [*later, *([put_aside.read_bytes()] if put_aside.is_file() else [])]
    heads = (data[: one.event.length] for data in others)
    return next((head for head in heads if sha256(head).hexdigest() == one.event.sha256), None)


def _missing(one: _Bytes, rebuilt: bytes | None, *, repair: bool) -> Finding:
    changed = one.path.is_file()
    words = (
        Text("{file} is not what was recorded: it was changed", file=one.path.name)
        if changed
        else Text("{file} is missing", file=one.path.name)
    )
    if rebuilt is None:
        return _error("AUDIT-01", words, one.path)
    if not repair:
        fix = Text("`conventions audit --repair` cuts it out of a later revision")
        return Finding("AUDIT-01", Severity.ERROR, words, fix, position=Position(str(one.path)))
    if changed:
        one.path.rename(one.path.with_name(f"{one.path.name}.changed"))
    write_new(one.path, rebuilt)
    mended = Text("{problem}; it was rebuilt from a later revision", problem=words)
    return Finding("AUDIT-01", Severity.WARNING, mended, Text("nothing to do"), position=Position(str(one.path)))


def _signatures(last: _Bytes, revisions: Sequence[_Bytes], archived: tuple[str, ...] | None) -> Iterator[Finding]:
    """The PDF is the truth: what it holds must be what the registry says, in that order."""
    until = revisions.index(last) + 1
    told = tuple(one.event.role for one in revisions[:until] if isinstance(one.event, Signed))
    try:
        held = archived or signing.signed_roles(last.data or b"")
    except ConventionsError as error:
        yield _error("AUDIT-02", error.message, last.path)
        return
    if held != told:
        yield _error(
            "AUDIT-02",
            Text("the file holds the signatures of {held}, the registry says {told}", held=held, told=told),
            last.path,
        )


def _evidence(workspace: Workspace, paper: PaperRecord) -> Iterator[Finding]:
    """The records of how people were recognised are there, and are those that the signatures are about."""
    for event, path, data in evidence.records_of(workspace, paper):
        if not data:
            role = label_of(event.role)
            yield _error("AUDIT-10", Text("the record of how the {role} was recognised is missing", role=role), path)


def _error(code: str, message: Text, path: Path) -> Finding:
    return Finding(code, Severity.ERROR, message, _BACKUP, position=Position(str(path)))
