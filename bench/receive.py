"""What one reception costs: python -m bench.receive [rounds].

For each signature of an agreement in turn: the gate (in its own process, revocation asked at a service on loopback),
the validation data, a document timestamp; beside pyHanko's own validation of the same file, all signatures, in this
process. Medians; ratios are of the same run.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature

from conventions import pipeline, signing
from conventions.model.paper import Prepared
from conventions.signing.policy import CHANGES, SIGNING_USE
from conventions.signing.read import embedded
from conventions.signing.writing import opened
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
        gate = timed(lambda sent=sent, back=returned: examined(bench, sent, back), rounds)
        proved = signing.prove(returned, [role], bench.trust, datetime.now(UTC))[0]
        data = timed(
            lambda back=returned, role=role: signing.prove(back, [role], bench.trust, datetime.now(UTC)), rounds
        )
        stamp = timed(lambda back=returned: signing.timestamp(back, bench.timestamper), rounds)
        library = timed(lambda back=returned: asyncio.run(validated(bench, back)), rounds)
        first = first or gate
        figures = f"{gate * 1e3:8.0f}{data * 1e3:8.0f}{stamp * 1e3:8.0f}{library * 1e3:9.0f}"
        print(f"{role:14}{len(returned):9}{figures}{gate / library:14.2f}{gate / first:8.2f}")
        sent = proved
    complete = pipeline.seal(Prepared(bench.origin, sent), bench.services, datetime.now(UTC)).data
    verify = timed(lambda: signing.verify(complete, bench.offline, datetime.now(UTC)), rounds)
    print(f"{'verify, sealed':14}{len(complete):9}{verify * 1e3:8.0f}")


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


async def validated(bench: Bench, pdf: bytes) -> None:
    """What the library itself asks of the same file, offline."""
    for one in embedded(opened(pdf)):
        if one.sig_object_type != "/DocTimeStamp":
            context = bench.offline.context(datetime.now(UTC), strict=False)
            await async_validate_pdf_signature(
                one, context, context, diff_policy=CHANGES, key_usage_settings=SIGNING_USE
            )


def timed(work: Callable[[], Any], rounds: int) -> float:
    """Median seconds; the first round, which loads what is needed, does not count."""
    work()
    times = []
    for _ in range(rounds):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return median(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
