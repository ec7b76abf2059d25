"""What lies beside a paper in its package: does it agree with the paper, as far as an outsider can see?

The paper is the anchor. A signature on behalf of a person names the digest of the record of how that person was
recognised; the record names the bytes that were agreed to; the chain of events names the bytes that were sealed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from conventions import signing
from conventions.errors import ConventionsError
from conventions.model.event import Sealing
from conventions.model.finding import Finding, Position, Severity
from conventions.model.paper import Origin
from conventions.model.roles import label_of
from conventions.store import archive as shelf
from conventions.store import proved_chain
from conventions.text import Text

__all__ = ["contradictions", "gaps", "perjuries"]

_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_END: Final = re.compile(rb"%%EOF[\r\n]*")


def contradictions(folder: Path, origin: Origin | None, report: signing.Report | None) -> Iterator[Finding]:
    """Where the manifest speaks of another paper than the one beside it (ARCHIVE-16), or that is not sealed (-17).

    Args:
        folder: the package; whether its files are those of the manifest is another question.
        origin: what the paper says of itself; None when it is not one of ours, and nothing can be compared.
        report: what the paper proves; None when it cannot be read.
    """
    if origin is None or report is None:
        return
    facts = shelf.told_by(folder)
    if facts and not _speaks_of(facts, origin, report):
        words = Text("the manifest speaks of another paper than the one beside it")
        yield _finding("ARCHIVE-16", words, folder / shelf.MANIFEST)
    if not report.is_sealed:
        yield _finding("ARCHIVE-17", Text("the archived paper is not sealed"), folder / f"{origin.document}.pdf")


def perjuries(
    folder: Path, origin: Origin | None, report: signing.Report | None, pdf: bytes, now: datetime
) -> Iterator[Finding]:
    """Where evidence, chain, journal or report do not agree with the paper, which is whole (ARCHIVE-20 to -28).

    A package of an older program, which holds no chain, need not hold evidence.

    Args:
        folder: the package.
        origin: as for :func:`contradictions`.
        report: as well.
        pdf: the paper.
        now: aware.
    """
    if origin is None or report is None:
        return
    for one in report.seen:
        if one.on_behalf:
            yield from _recognition(folder, one, pdf, now)
    yield from _chain(folder, origin, pdf)
    told = _json(folder / shelf.REPORT)
    if isinstance(told, dict) and told.get("sha256") != sha256(pdf).hexdigest():
        yield _finding("ARCHIVE-28", Text("{file} speaks of another paper", file=shelf.REPORT), folder / shelf.REPORT)


def gaps(places: Sequence[Path]) -> Iterator[Finding]:
    """Packages that do not go on from the one before, which a renewal names and appends to (ARCHIVE-29)."""
    for earlier, later in pairwise(places):
        if (earlier / shelf.MANIFEST).is_file() and not _goes_on(earlier, later):
            words = Text("the package {later} does not go on from {earlier}", later=later.name, earlier=earlier.name)
            fix = Text("restore both folders from a backup; move elsewhere what was copied by hand")
            yield _finding("ARCHIVE-29", words, later / shelf.MANIFEST, fix)


def _goes_on(earlier: Path, later: Path) -> bool:
    if shelf.told_by(later).get("renews") != sha256((earlier / shelf.MANIFEST).read_bytes()).hexdigest():
        return False
    before, after = (_read(shelf.paper_in(place)) for place in (earlier, later))
    return not after or after.startswith(before)  # where one is missing, the check of its package tells


def _speaks_of(facts: Mapping[str, Any], origin: Origin, report: signing.Report) -> bool:
    names = ("number", "document", "version", "dossier_digest")
    is_same = all(facts.get(name) == getattr(origin, name) for name in names)
    return is_same and facts.get("signed_by") == list(report.signed_roles)


def _recognition(folder: Path, one: signing.Seen, pdf: bytes, now: datetime) -> Iterator[Finding]:
    """The record that a signature on behalf of somebody names, its own signature by the same seal, and its scan."""
    role = label_of(one.field)
    path = folder / f"evidence-{one.field}.json"
    record, named = _read(path), _DIGEST.search(one.reason)
    if not record:
        if (folder / shelf.CHAIN).is_file():
            yield _finding(
                "ARCHIVE-20", Text("the record of how the {role} was recognised is missing", role=role), path
            )
        return
    if named is None or named[0] != sha256(record).hexdigest():
        words = Text("the record of how the {role} was recognised is not the one that was signed for", role=role)
        yield _finding("ARCHIVE-21", words, path)
        return
    told = _json(path)
    if (
        not isinstance(told, dict)
        or told.get("role") != one.field
        or told.get("document_sha256") not in _revisions(pdf)
    ):
        words = Text("the record of how the {role} was recognised speaks of another paper", role=role)
        yield _finding("ARCHIVE-22", words, path)
        return
    proofs = [_read(proof) for proof in sorted(folder.glob(f"evidence-{one.field}*.p7s"))]
    if not proofs or any(signing.signer_of(record, proof, now) != one.fingerprint for proof in proofs):
        words = Text("the seal's signature of how the {role} was recognised does not hold", role=role)
        yield _finding("ARCHIVE-23", words, path.with_suffix(".p7s"))
    scan = path.with_name(f"scan-{one.field}{Path(str(told.get('scan', ''))).suffix}")
    if "scan" in told and sha256(_read(scan)).hexdigest() != told.get("sha256"):
        words = Text("the scan of what the {role} signed on paper is missing or another", role=role)
        yield _finding("ARCHIVE-24", words, scan)


def _revisions(pdf: bytes) -> set[str]:
    """Digests of the paper as it was at each earlier moment: signing only appends, each revision ends with a mark."""
    found, digest, start = set(), sha256(), 0
    for mark in _END.finditer(pdf):
        for end in range(mark.start() + len(b"%%EOF"), mark.end() + 1):
            digest.update(pdf[start:end])
            found.add(digest.hexdigest())
            start = end
    return found


def _chain(folder: Path, origin: Origin, pdf: bytes) -> Iterator[Finding]:
    """The chain holds, ends where the manifest says, is about this paper, and tells what the journal tells."""
    path = folder / shelf.CHAIN
    if not path.is_file():
        return
    try:
        row, events = proved_chain(_json(path)["papers"][-1])
    except (ConventionsError, LookupError, TypeError):
        yield _finding("ARCHIVE-25", Text("the chain of events does not hold"), path)
        return
    facts = shelf.told_by(folder)
    is_its_end = not facts or (events[-1]["digest"] if events else row["genesis"]) == facts.get("journal_head")
    named = tuple(row[name] for name in ("number", "document", "version", "dossier_digest"))
    is_about_it = named == (origin.number, origin.document, origin.version, origin.dossier_digest)
    if not is_its_end or not is_about_it or not _holds_what_was_sealed(events, pdf):
        yield _finding("ARCHIVE-26", Text("the chain of events is about another paper"), path)
    if not _tells_the_same(_json(folder / shelf.JOURNAL), events):
        words = Text("{journal} and {chain} do not tell the same", journal=shelf.JOURNAL, chain=shelf.CHAIN)
        yield _finding("ARCHIVE-27", words, folder / shelf.JOURNAL)


def _holds_what_was_sealed(events: list[dict[str, Any]], pdf: bytes) -> bool:
    sealings = [event["facts"] for event in events if event["kind"] == Sealing.kind]
    return any(sha256(pdf[: told["length"]]).hexdigest() == told["sha256"] for told in sealings)


def _tells_the_same(journal: object, events: list[dict[str, Any]]) -> bool:
    if not isinstance(journal, list) or len(journal) != len(events):
        return False
    return all(_is_told(entry, event) for entry, event in zip(journal, events, strict=True))


def _is_told(entry: object, event: Mapping[str, Any]) -> bool:
    """What the journal says of one event. A field that a later program has added is empty in what is older."""
    if not isinstance(entry, dict) or entry.get("kind") != event["kind"]:
        return False
    told = {**event["facts"], **event["personal"]}
    said = {name: value for name, value in entry.items() if name not in {"kind", "at"} and (value or name in told)}
    try:
        return said == told and datetime.fromisoformat(entry["at"]) == datetime.fromisoformat(event["at"])
    except (LookupError, TypeError, ValueError):
        return False


def _read(path: Path) -> bytes:
    """Nothing of what is missing or cannot be read: the check of the package tells."""
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return b""


def _json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except (ValueError, RecursionError):
        return None


def _finding(code: str, message: Text, path: Path, fix: Text | None = None) -> Finding:
    restore = Text("restore the folder {folder} from a backup", folder=path.parent.name)
    return Finding(code, Severity.ERROR, message, fix or restore, position=Position(str(path)))
