"""Every command that only looks answers in every language, and never with a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from conventions.languages import LANGUAGES
from tests.workspaces import Bureau

LOOKS: Final = (
    ("check",),
    ("check", "--campaign"),
    ("status",),
    ("today",),
    ("calendar",),
    ("journal", "NUMBER", "--verify"),
    ("grades",),
    ("audit",),
    ("renew", "--preview"),
    ("forget",),
    ("acts", "--verify"),
    ("accounts", "list"),
    ("links", "list"),
    ("templates", "list"),
    ("verify", "PAPER"),
    ("explain", "LAW-PAY-01"),
    ("collect",),
    ("post",),
    ("remind",),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_only_looks_is_answered_in_the_own_language(bureau: Bureau, number: str, language: str) -> None:
    paper = bureau.paper(number)
    known: dict[str, str | Path] = {"NUMBER": number, "PAPER": paper}
    said = ""
    for command in LOOKS:
        answer = bureau.try_to(*(known.get(word, word) for word in command), CONVENTIONS_LANG=language)
        assert "Traceback" not in answer.out + answer.err, command
        assert answer.code != 1, (command, answer.err)
        said += answer.out + answer.err
    assert ("provisional, missing" in said) is (language == "en")
