"""What the web door bears: python -m bench.portal [signers] [dossiers].

So many signers come within a minute, each with the link of an own letter, and go the whole way: the link, a code by
mail, the paper, the signature; between two steps each of them reads for some seconds. The server is one process held to
two cores, the signers are another. Then the secretariat's
pages over a year of dossiers, while nobody signs. Medians and 95th percentiles; what was lost is counted in the
registry, not in the answers.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from unittest.mock import patch

import httpx

from conventions import pipeline
from conventions.model.event import Sent, Signed
from conventions.model.paper import Pdf
from conventions.office.drafting import draft_path
from conventions.pipeline import vetting
from conventions.settings import load
from conventions.store import Registry
from tests.campaigns import a_campaign
from tests.papers import a_short_template, the_clock
from tests.web import form_token
from tests.workspaces import PASSPHRASE, Bureau, a_bureau

CORES = "0,1"
PATIENCE_S = 900.0
ARRIVAL_S = 60.0
READING_S = (4.0, 40.0)
"""How long somebody looks at a page before the next step: an agreement has eight of them."""
PAGES = ("link", "page", "page after the code", "paper")
"""What only shows something."""
FINE = frozenset({200, 303})
PATIENT_TRIES = 4
"""How often somebody tries again what was answered by a fault; each one is counted."""
FEW = 8
"""Papers that are made in this process, where the short template is not looked over."""
PHRASE = "otter lantern quince harbour"


@dataclass
class Figures:
    """How long each kind of answer took, in seconds, and what was answered instead."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def tell(self, title: str) -> None:
        """One line for each kind, then the pages together."""
        print(f"\n{title}\n{'':24}{'answers':>8}{'median':>9}{'p95':>9}{'slowest':>9}  milliseconds")
        for kind, times in self.times.items():
            line(kind, times)
        pages = [one for kind in PAGES for one in self.times.get(kind, [])]
        if pages:
            line("every page", pages)
        for fault in sorted(set(self.faults))[:5]:
            print(f"  {self.faults.count(fault)} × {fault}")


def line(kind: str, times: list[float]) -> None:
    """Median and 95th percentile of one kind."""
    late = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    print(f"{kind:24}{len(times):8}{median(times) * 1e3:9.0f}{late * 1e3:9.0f}{max(times) * 1e3:9.0f}")


def main(signers: int, dossiers: int) -> None:
    """Measure and print."""
    print(f"Python {sys.version.split()[0]}, server on cores {CORES}, load {os.getloadavg()[0]:.1f} before")
    with TemporaryDirectory() as folder, an_office(Path(folder), signers) as bureau:
        began = time.perf_counter()
        with a_server(bureau.root) as address:
            figures = asyncio.run(all_at_once(bureau, address))
        figures.tell(f"{signers} signers within {ARRIVAL_S:.0f} s, {time.perf_counter() - began:.0f} s in all")
        lost(bureau)
    with TemporaryDirectory() as folder:
        root = a_campaign(Path(folder) / "office", dossiers, on=datetime.now(UTC).date())
        the_board(root, dossiers)


# ── the signers ──────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def an_office(folder: Path, count: int) -> Iterator[Bureau]:
    """A workspace in which so many agreements wait for their students; short ones, because nobody reads them."""
    with a_bureau(folder, "0001") as bureau, patch.object(vetting, "vet", lambda *_: ()):
        bureau.open_to_the_web()
        bureau.set("requests_per_minute = 600", "requests_per_minute = 0")
        (pattern,) = (bureau.root / "dossiers").iterdir()
        words, number = pattern.read_text(encoding="utf-8"), pattern.name[:9]
        pattern.unlink()
        for rank in range(1, count + 1):
            own = words.replace(number, f"{number[:5]}{rank:04d}").replace("42100001", f"{42_000_000 + rank}")
            (bureau.root / "dossiers" / f"{number[:5]}{rank:04d}-x.yaml").write_text(own, encoding="utf-8")
        draft(bureau)
        began = time.perf_counter()
        bureau.run("issue", "--all")
        print(f"{count} agreements issued in {time.perf_counter() - began:.0f} s, drafts not counted")
        yield bureau


def draft(bureau: Bureau) -> None:
    """What LibreOffice makes, beforehand."""
    workspace, own = load(bureau.root), a_short_template(bureau.root / "templates")
    orders = [pipeline.Order(pipeline.read(bureau.file(number))) for number in bureau.numbers]
    for few in (orders[start : start + FEW] for start in range(0, len(orders), FEW)):
        for _, paper in pipeline.produce(few, workspace.settings, own_templates=own, now=the_clock()):
            if not isinstance(paper, Pdf):
                raise paper
            path = draft_path(workspace, paper.origin)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(paper.data)


async def all_at_once(bureau: Bureau, address: str) -> Figures:
    """Everybody at the same time, as people do."""
    figures, dice = Figures(), random.Random(20)  # noqa: S311
    name = bureau.people(bureau.numbers[0])["student"].name

    async def come(number: str) -> None:
        await asyncio.sleep(dice.uniform(0, ARRIVAL_S))
        try:
            await signer(bureau, address, number, name, figures, dice)
        except Exception as error:  # noqa: BLE001 - one who gives up must not stop the others
            figures.faults.append(f"gave up: {error!r:.90}")

    await asyncio.gather(*map(come, bureau.numbers))
    return figures


async def signer(bureau: Bureau, address: str, number: str, name: str, figures: Figures, dice: random.Random) -> None:
    """One person's whole way."""
    # A connection for each question: the server closes idle ones, which browsers notice and this client does not.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, limits=limits) as client:

        async def ask(kind: str, path: str, **typed: str) -> httpx.Response:
            if typed:  # whatever is sent was read and typed before
                await asyncio.sleep(dice.uniform(*READING_S))
            began = time.perf_counter()
            answer = await (client.post(path, data=typed) if typed else client.get(path))
            figures.times[kind].append(time.perf_counter() - began)
            if answer.status_code not in FINE:
                figures.faults.append(f"{answer.status_code} {kind}")
            return answer

        async def insist(kind: str, path: str, **typed: str) -> None:
            for _ in range(PATIENT_TRIES):
                if (await ask(kind, path, **typed)).status_code in FINE:
                    return

        opened = await ask("link", bureau.link_sent(number, "turn-student"))
        page = opened.headers["location"]
        token = form_token((await ask("page", page)).text)
        await insist("code by mail", f"{page}/code", form_token=token)
        code = bureau.code_sent(number, "student")
        await insist("code typed", f"{page}/enter", form_token=token, code=code)
        shown = await ask("page after the code", page)
        await ask("paper", f"{page}/paper.pdf")
        token = form_token(shown.text)
        await insist("signature", f"{page}/sign", form_token=token, name=name, agree="yes")


def lost(bureau: Bureau) -> None:
    """What the registry holds, and what the paper's own bytes prove."""
    with Registry.open(load(bureau.root).registry_url) as registry:
        papers = list(registry.papers())
        broken = sum(bool(registry.verify_chain(paper)) for paper in papers)
    signed = [paper for paper in papers if [event.role for event in paper.events if isinstance(event, Signed)]]
    twice = [paper for paper in papers if sum(isinstance(event, Signed) for event in paper.events) > 1]
    passed_on = [p for p in papers if {e.role for e in p.events if isinstance(e, Sent)} == {"student", "company"}]
    print(
        f"{len(papers)} papers: {len(signed)} signed by their students, {len(twice)} twice, "
        f"{len(passed_on)} posted to the next, {broken} broken chains, {len(papers) - len(signed)} lost"
    )


# ── the board ────────────────────────────────────────────────────────────────────────────────────────────


def the_board(root: Path, count: int) -> None:
    """One reader after another, then eight at once."""
    settings = root / "conventions.toml"
    words = settings.read_text(encoding="utf-8").replace("requests_per_minute = 600", "requests_per_minute = 0")
    settings.write_text(words, encoding="utf-8")
    environment = {"CONVENTIONS_ACCOUNT_PASSPHRASE": PHRASE}
    command = [sys.executable, "-m", "conventions", "-w", str(root), "accounts", "add", "lou"]
    subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True)
    paths = ("/board", "/board/dossiers", "/board/dossiers?show=late", "/board/dossiers/2026-0003")
    with a_server(root) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        token = form_token(client.get("/board/sign-in").text)
        client.post("/board/sign-in", data={"form_token": token, "name": "lou", "passphrase": PHRASE})
        began = time.perf_counter()
        while re.search(r'class="note"', client.get("/board").text):
            time.sleep(0.2)
        print(f"\nthe year of {count} dossiers is read {time.perf_counter() - began:.1f} s after the first page")
        alone = Figures()
        for path in paths * 25:
            began = time.perf_counter()
            client.get(path).raise_for_status()
            alone.times[path].append(time.perf_counter() - began)
        alone.tell(f"the board, {count} dossiers, one reader")
        crowd = asyncio.run(readers(address, dict(client.cookies), paths))
        crowd.tell(f"the board, {count} dossiers, eight readers at once")


async def readers(address: str, cookies: dict[str, str], paths: tuple[str, ...]) -> Figures:
    """Eight that read without a pause."""
    figures = Figures()

    async def read() -> None:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, cookies=cookies) as client:
            for path in paths * 5:
                began = time.perf_counter()
                (await client.get(path)).raise_for_status()
                figures.times[path].append(time.perf_counter() - began)

    await asyncio.gather(*(read() for _ in range(8)))
    return figures


@contextmanager
def a_server(root: Path) -> Iterator[str]:
    """``conventions serve`` on two cores, until the end of the ``with``."""
    environment = {**os.environ, "CONVENTIONS_SEAL_PASSPHRASE": PASSPHRASE, "CONVENTIONS_LANG": "en"}
    port = "8765"
    command = ["taskset", "-c", CORES, sys.executable, "-m", "conventions", "-w", str(root), "serve", "--port", port]
    with ExitStack() as held:
        process = held.enter_context(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
        held.callback(process.terminate)
        address = f"http://127.0.0.1:{port}"
        while True:
            try:
                httpx.get(f"{address}/health", timeout=PATIENCE_S)
                break
            except httpx.ConnectError:
                if process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield address


if __name__ == "__main__":
    asked = [int(one) for one in sys.argv[1:]]
    main(*asked, *(200, 1000)[len(asked) :])
