"""Ask the EU's validator (DSS) about papers of a whole circuit; ``make interop``.

It needs Java 17 and Maven, which fetches the validator. It is no part of the tests: they must run where neither is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.offices import code_sent
from tests.workspaces import Bureau, a_bureau

_HERE: Final = Path(__file__).parent
_NEEDED: Final = ("java", "mvn")
_PASSED: Final = "TOTAL_PASSED"
_SEALED, _ALTERED = "sealed", "altered"


@dataclass(frozen=True)
class Verdict:
    """On one signature."""

    paper: str
    signer: str
    level: str
    indication: str
    reason: str
    errors: str
    warnings: str


def main() -> int:
    """Print what the validator says; 1 when that is not what it should say."""
    if missing := [program for program in _NEEDED if shutil.which(program) is None]:
        sys.stderr.write(f"{' and '.join(missing)} not found: apt-get install default-jdk-headless maven\n")
        return 2
    with TemporaryDirectory() as folder:
        validator = _built(Path(folder, "validator"))
        papers = _papers(Path(folder))
        verdicts = list(_judged(validator, Path(folder, "roots.pem"), papers))
    _print(verdicts)
    return 0 if verdicts and all(map(_is_expected, verdicts)) else 1


def _built(target: Path) -> str:
    """The class path of the judge."""
    shutil.copytree(_HERE, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    subprocess.run(["mvn", "-q", "-B", "compile", "dependency:copy-dependencies"], cwd=target, check=True)
    return f"{target}/target/classes:{target}/target/dependency/*"


def _papers(folder: Path) -> Mapping[str, Path]:
    """By what is said of them: on their way, complete, and complete with one letter changed."""
    with a_bureau(folder, "0001", "0002") as bureau:
        shutil.copy(bureau.pki.roots, folder / "roots.pem")
        found: dict[str, Path] = {}
        for how, number in zip(("certificates", "a code by mail"), bureau.numbers, strict=True):
            _sign(bureau, number, by_code=how != "certificates")
            found[f"{how}, on its way"] = _kept(bureau.paper(number), folder)
            bureau.run("seal", number)
            found[f"{how}, {_SEALED}"] = _kept(bureau.paper(number), folder)
    altered = folder / "altered.pdf"
    data = bytearray(found[f"certificates, {_SEALED}"].read_bytes())
    data[data.index(b"/Producer (") + len(b"/Producer (")] ^= 1
    altered.write_bytes(data)
    return {**found, _ALTERED: altered}


def _sign(bureau: Bureau, number: str, *, by_code: bool) -> None:
    bureau.run("issue", number)
    roles = list(bureau.people(number))
    if by_code:
        first = roles.pop(0)
        bureau.run("code", number, "--as", first)
        bureau.run("consent", number, "--as", first, CONVENTIONS_CODE=code_sent(bureau, number, first))
    bureau.sign(number, *roles)


def _kept(paper: Path, folder: Path) -> Path:
    return Path(shutil.copy(paper, folder / f"{paper.parent.name}-{paper.name}"))


def _judged(validator: str, roots: Path, papers: Mapping[str, Path]) -> Iterator[Verdict]:
    command = ["java", "-cp", validator, "Judge", str(roots), *map(str, papers.values())]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {str(path): name for name, path in papers.items()}
    for line in told.splitlines():
        path, *rest = line.split("\t")
        yield Verdict(names[path], *rest)


def _is_expected(one: Verdict) -> bool:
    """The institution's own proof comes with sealing; before that, nobody has been asked about its certificate."""
    if one.paper == _ALTERED:
        return one.indication == "TOTAL_FAILED"
    if one.paper.endswith(_SEALED):
        return one.indication == _PASSED and one.level == "PAdES-BASELINE-LTA"
    return one.indication == _PASSED or one.reason == "CERTIFICATE_CHAIN_GENERAL_FAILURE"


def _print(verdicts: list[Verdict]) -> None:
    table = Table("paper", "signed by", "level", "verdict", "errors and warnings")
    for one in verdicts:
        verdict = f"{one.indication} {one.reason}".strip()
        table.add_row(one.paper, one.signer, one.level, verdict, f"{one.errors} {one.warnings}".strip())
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
