"""What one reception costs: python -m bench.receive [rounds].

For each signature of an agreement in turn: the gate (in its own process, revocation asked at a service on loopback),
the validation data, a document timestamp; beside pyHanko's own validation of the same file, all signatures, as the
library comes, in this process. Medians; ratios are of the same run.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature

from bench.signatures import the_library_as_it_is
from conventions import pipeline, signing
from conventions.model.paper import Prepared
from conventions.signing.policy import CHANGES, SIGNING_USE
from conventions.signing.read import embedded
from demo.pki import TestPki
from tests.papers import ROLES, Bench, frozen_papers


def main(rounds: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "templates").mkdir()
        papers = frozen_papers(Path(folder) / "templates")
        with TestPki(Path(folder) / "keys", now=datetime.now(UTC)) as pki:
            tell(Bench(pki, papers), rounds)


def tell(bench: Bench, rounds: int) -> None:
    """One line for each signature, as the paper grows."""
    print(f"pyHanko {version('pyhanko')}, Python {sys.version.split()[0]}, medians of {rounds} rounds, milliseconds")
    print(
        f"{'signature':14}{'bytes':>9}{'gate':>8}{'data':>8}{'stamp':>8}{'pyHanko':>9}{'gate/pyHanko':>14}{'growth':>8}"
    )
    sent, first = bench.issued(), 0.0
    for role in ROLES:
        returned = bench.signed(sent, role)
        proved = signing.prove(returned, [role], bench.trust, datetime.now(UTC))[0]
        gate, data, stamp, library = timed(works(bench, role, sent, returned), rounds)
        first = first or gate
        figures = f"{gate * 1e3:8.0f}{data * 1e3:8.0f}{stamp * 1e3:8.0f}{library * 1e3:9.0f}"
        print(f"{role:14}{len(returned):9}{figures}{gate / library:14.2f}{gate / first:8.2f}")
        sent = proved
    complete = pipeline.seal(Prepared(bench.origin, sent), bench.services, datetime.now(UTC)).data
    verify, library = timed(
        [
            lambda: signing.verify(complete, bench.offline, datetime.now(UTC)),
            lambda: as_the_library_comes(bench, complete),
        ],
        rounds,
    )
    print(
        f"{'verify, sealed':14}{len(complete):9}{verify * 1e3:8.0f}{'':16}{library * 1e3:9.0f}{verify / library:14.2f}"
    )


def works(bench: Bench, role: str, sent: bytes, returned: bytes) -> Sequence[Callable[[], object]]:
    """What is done with one signature that came back; last, what the library does with it."""
    return [
        lambda: examined(bench, sent, returned),
        lambda: signing.prove(returned, [role], bench.trust, datetime.now(UTC)),
        lambda: signing.timestamp(returned, bench.timestamper),
        lambda: as_the_library_comes(bench, returned),
    ]


def examined(bench: Bench, sent: bytes, returned: bytes) -> None:
    """The gate, as reception asks it."""
    done = signing.signed_roles(sent)
    turn = ROLES[len(done)]
    signing.examine_apart(
        returned,
        sent=sent,
        allowed={turn: bench.people[turn]},
        circuit=bench.circuit,
        trust=bench.trust,
        now=datetime.now(UTC),
    )


def as_the_library_comes(bench: Bench, pdf: bytes) -> None:
    """Without what makes ours read faster."""
    with the_library_as_it_is():
        asyncio.run(validated(bench, pdf))


async def validated(bench: Bench, pdf: bytes) -> None:
    """What the library itself asks of the same file, offline."""
    for one in embedded(PdfFileReader(BytesIO(pdf), strict=True)):
        if one.sig_object_type != "/DocTimeStamp":
            context = bench.offline.context(datetime.now(UTC), strict=False)
            await async_validate_pdf_signature(
                one, context, context, diff_policy=CHANGES, key_usage_settings=SIGNING_USE
            )


def timed(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each, in turn; the first round, which loads what is needed, does not count."""
    times: list[list[float]] = [[] for _ in works]
    for rank in range(rounds + 1):
        for work, seconds in zip(works, times, strict=True):
            started = perf_counter()
            work()
            if rank:
                seconds.append(perf_counter() - started)
    return [median(seconds) for seconds in times]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
