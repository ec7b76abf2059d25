"""What auditing an archive costs: python -m bench.audit [papers] [flips].

One sealed agreement is made and put into an office as so many papers, each with its own chain, its six revisions (hard
links of one another, which costs the reader nothing) and its own package. Prints papers per second for a quarter, half
and all of them; then flips a bit of a random byte of a random file of the archive, audits that dossier, and counts how
often the file is named.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from conventions import Office
from conventions.model.event import Archived, Issued, Sealing, Signed
from conventions.store import PaperRecord, archive
from demo.pki import TestPki
from tests.papers import ROLES, Bench, frozen_papers
from tests.workspaces import Bureau

NOW: Final = datetime.now(UTC)
STARTS_ON: Final = date(2027, 2, 1)
YEAR: Final = "2026-2027"
CHANCE: Final = SystemRandom()


def main(papers: int, flips: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, TestPki(Path(folder) / "office" / "keys", now=NOW) as pki:
        (Path(folder) / "templates").mkdir()
        bench = Bench(pki, frozen_papers(Path(folder) / "templates"))
        bureau = Bureau(Path(folder) / "office", pki)
        bureau.run("init", bureau.root)
        with Office.open(bureau.root) as office:
            filling = seconds(lambda: fill(office, bench, papers))
            size = sum(path.stat().st_size for path in (bureau.root / "archive").rglob("*.*"))
            print(f"{papers} papers archived, {papers / filling:.0f} per second, {size / 1e6:.0f} MB in the archive")
            for part in (4, 2, 1):
                rate(office, papers, papers - papers // part)
            print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory at the most")
            named(office, flips)


def rate(office: Office, papers: int, start: int) -> None:
    """One line: the audit of the papers from this one on."""
    took = seconds(lambda: audited(office, start=number(start)))
    print(f"audit of {papers - start:6} papers {(papers - start) / took:8.0f} per second")


def named(office: Office, flips: int) -> None:
    """Flip, audit, put back."""
    files = sorted(path for path in office.workspace.path("archive").rglob("*") if path.is_file())
    found = 0
    for path in CHANCE.sample(files, min(flips, len(files))):
        before = path.read_bytes()
        at = CHANCE.randrange(len(before))
        rewrite(path, before[:at] + bytes([before[at] ^ 1 << CHANCE.randrange(8)]) + before[at + 1 :])
        told = audited(office, path.parent.parent.name)
        found += str(path) in told
        rewrite(path, before)
    print(f"{found} of {min(flips, len(files))} altered bytes told with the name of their file")


def rewrite(path: Path, data: bytes) -> None:
    """Whatever the permissions say."""
    path.unlink()
    path.write_bytes(data)


def audited(office: Office, *names: str, start: str = "") -> set[str]:
    """The places of everything that is wrong."""
    _, outcomes = office.custody.audit(names, repair=False, now=NOW, start=start)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    return {str(finding.position) for error in errors for finding in getattr(error, "findings", ())}


def fill(office: Office, bench: Bench, papers: int) -> None:
    """So many archived papers."""
    for rank in range(papers):
        put(office, bench, number(rank))


def number(rank: int) -> str:
    """Of a dossier."""
    return f"2027-{rank:05d}"


def put(office: Office, bench: Bench, name: str) -> None:
    """One paper with its chain, its revisions and its package."""
    stages = [*bench.stages.values(), bench.sealed]
    facts = [revision(office, name, rank, data) for rank, data in enumerate(stages)]
    signed = [Signed(NOW, role, "", "", NOW.isoformat(), **told) for role, told in zip(ROLES, facts[1:-1], strict=True)]
    digests = (bench.origin.dossier_digest, bench.origin.template_digest)
    frozen = PaperRecord(
        name, "convention", 1, "fr", *digests, STARTS_ON, abroad=False, circuit=bench.circuit, signatories=()
    )
    paper = office.registry.add_paper(frozen, [Issued(NOW, **facts[0]), *signed, Sealing(NOW, **facts[-1])])
    files = {"convention.pdf": bench.sealed, "roots.pem": bench.trust.roots_pem()}
    files["chain.json"] = repr(office.registry.chain(paper)).encode()
    receipt = archive.store(office.workspace.path("archive"), YEAR, *paper.key, files, {"signed_by": list(ROLES)})
    place = str(receipt.place.relative_to(office.workspace.root))
    event = Archived(NOW, facts[-1]["sha256"], place, receipt.digest, NOW.isoformat().replace("2026", "2036"))
    office.registry.append(paper.id, [event], expected_head=paper.head)


def revision(office: Office, name: str, rank: int, data: bytes) -> dict[str, Any]:
    """A file of the papers, linked to the same bytes of the first dossier."""
    file = f"papers/{name}/convention-v1-{rank:02d}-revision-{'0' * 12}.pdf"
    path, first = (office.workspace.path(one) for one in (file, file.replace(name, number(0))))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path == first:
        path.write_bytes(data)
    else:
        path.hardlink_to(first)
    return {"sha256": sha256(data).hexdigest(), "length": len(data), "file": file}


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["1000", "200"][len(sys.argv) - 1 :])))
