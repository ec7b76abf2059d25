"""What every complaint of the command line has in common."""

from __future__ import annotations

import re
from pathlib import Path

from conventions.errors import ConventionsError
from tests.workspaces import PASSPHRASE, Answer, Bureau

CODE = re.compile(r"(?:^|  )([A-Z]+(?:-[A-Z0-9]+)+)  ", re.MULTILINE)


def assert_told(answer: Answer, code: str, kind: type[ConventionsError], *also: str) -> None:
    """One complaint with its remedy, on stderr, by its code and exit code; ``also`` are findings told before it."""
    assert answer.code == kind.exit_code
    assert CODE.findall(answer.err) == [*also, code], answer.err
    assert answer.err.count("\n  → ") == 1 + len(also), answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert PASSPHRASE not in answer.err


def refused(bureau: Bureau, code: str, kind: type[ConventionsError], *command: str | Path, but: str = "-") -> Answer:
    """The command is refused, and the workspace is as it was before."""
    before = bureau.everything(but)
    answer = bureau.run(*command, expect=kind.exit_code)
    assert_told(answer, code, kind)
    assert bureau.everything(but) == before
    return answer
