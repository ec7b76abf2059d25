"""A run that is killed at a random moment and started again makes the same papers as one that was left alone."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from conventions import forms
from conventions.settings import load
from conventions.store import Registry
from tests.workspaces import Bureau, a_bureau

_DOSSIERS: Final = 12
_DOCUMENT: Final = ("--document", "evaluation_student")
"""It is short, and posted without a seal."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A dozen internships, nothing made of them yet."""
    with a_bureau(tmp_path_factory.mktemp("restart"), "0001") as bureau:
        text = bureau.file(bureau.numbers[0]).read_text(encoding="utf-8")
        for rank in range(2, _DOSSIERS + 1):
            other = text.replace("number: 2027-0001", f"number: 2027-{rank:04d}").replace(
                "42100001", f"421000{rank:02d}"
            )
            (bureau.root / "dossiers" / f"2027-{rank:04d}-again.yaml").write_text(other, encoding="utf-8")
        yield bureau


@pytest.fixture(scope="module", params=["generate", "issue"])
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def undisturbed(office: Bureau, command: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    bureau = office.copy(tmp_path_factory.mktemp("undisturbed") / "bureau")
    answer = bureau.process(command, "--all", *_DOCUMENT)
    assert answer.err == f"all {_DOSSIERS} done\n", "nothing else is said, by the processes of the crew either"
    return made(bureau)


def made(bureau: Bureau) -> dict[str, object]:
    """What each paper says of itself, by its place without the digest of its bytes; and what was recorded of each."""
    papers: dict[str, object] = {
        f"{path.parent.name}/{path.name.partition('issued')[0]}": forms.origin(path.read_bytes())
        for path in bureau.root.glob("papers/*/*.pdf")
    }
    with Registry.open(load(bureau.root).registry_url) as registry:
        recorded = {paper.number: [event.kind for event in paper.events] for paper in registry.papers()}
    return papers | recorded


def killed_after(bureau: Bureau, papers: int, *command: str) -> None:
    """Kill it, and it alone, when so many papers lie there."""
    process = bureau.start(*command)
    while len(list(bureau.root.glob("papers/*/*.pdf"))) < papers and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_killed_run_is_taken_up_again(
    office: Bureau, command: str, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    bureau = office.copy(tmp_path / "bureau")
    chance = random.Random(os.environ.get("CONVENTIONS_SEED", command))  # noqa: S311
    for _ in range(2):
        killed_after(bureau, chance.randrange(_DOSSIERS), command, "--all", *_DOCUMENT)
    bureau.run(command, "--all", *_DOCUMENT)
    assert len(undisturbed) >= _DOSSIERS
    assert made(bureau) == undisturbed
