"""Ask the EU's validator about signatures, and veraPDF about PDF/A and PDF/UA; ``make interop``.

It needs Java 17 and Maven, which fetches both. It is no part of the tests: they must run where neither is.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from interop.papers import ALTERED, SEALED, drafts, signed
from interop.validators import Conformance, Validators, Verdict

_NEEDED: Final = ("java", "mvn")


def main() -> int:
    """Print what they say; 1 when that is not what they should say."""
    if missing := [program for program in _NEEDED if shutil.which(program) is None]:
        sys.stderr.write(f"{' and '.join(missing)} not found: apt-get install default-jdk-headless maven\n")
        return 2
    with TemporaryDirectory() as name:
        folder = Path(name)
        validators = Validators.built(folder / "validators")
        roots, papers = signed(folder)
        verdicts = list(validators.judged(roots, papers))
        sound = {paper: path for paper, path in papers.items() if paper != ALTERED}
        conformance = list(validators.conformance({**drafts(folder), **sound}))
    _print(verdicts, conformance)
    is_as_it_should_be = all(map(_is_expected, verdicts)) and all(one.verdict == "conforms" for one in conformance)
    return 0 if verdicts and conformance and is_as_it_should_be else 1


def _is_expected(one: Verdict) -> bool:
    """The institution's own proof comes with sealing; before that, nobody has been asked about its certificate."""
    if one.paper == ALTERED:
        return one.indication == "TOTAL_FAILED"
    if one.paper.endswith(SEALED):
        return one.indication == "TOTAL_PASSED" and one.level == "PAdES-BASELINE-LTA"
    return one.indication == "TOTAL_PASSED" or one.reason == "CERTIFICATE_CHAIN_GENERAL_FAILURE"


def _print(verdicts: Sequence[Verdict], conformance: Sequence[Conformance]) -> None:
    console = Console()
    table = Table("paper", "signed by", "level", "verdict", "errors and warnings")
    for one in verdicts:
        said = f"{one.errors} {one.warnings}".strip()
        table.add_row(one.paper, one.signer, one.level, f"{one.indication} {one.reason}".strip(), said)
    console.print(table)
    for other in conformance:
        if other.verdict != "conforms":
            console.print(f"{other.paper}: {other.verdict} to {other.standard}: {other.broken}")
    papers = len({one.paper for one in conformance})
    conforming = sum(one.verdict == "conforms" for one in conformance)
    console.print(f"veraPDF: {papers} papers, {conforming} of {len(conformance)} verdicts “conforms”")


if __name__ == "__main__":
    sys.exit(main())
