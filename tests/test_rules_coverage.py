"""docs/rules-coverage.md: every number of the course and of the law has its row, every code in it is real."""

from __future__ import annotations

import re
from typing import Final

from conventions import rules
from conventions.model.outcome import RefusalReason
from conventions.settings import Settings
from tests.builders import EXAMPLES

PAGE: Final = (EXAMPLES.parent / "docs" / "rules-coverage.md").read_text(encoding="utf-8")
CODE: Final = re.compile(r"\b(?:LAW|COURSE|DATA)-[A-Z]+-\d+\b")


def test_every_number_has_exactly_one_row_that_says_something() -> None:
    rows = re.findall(r"^\| ([RAL]\d\d) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    wanted = [
        f"{family}{number:02d}" for family, last in (("R", 80), ("A", 26), ("L", 42)) for number in range(1, last + 1)
    ]
    assert [number for number, _, _ in rows] == wanted
    assert all(len(where) > 8 for _, _, where in rows)


def test_every_code_of_the_page_is_a_rule_and_every_rule_is_on_the_page() -> None:
    assert set(CODE.findall(PAGE)) == {rule.code for rule in rules.every()}


def test_every_reason_for_refusing_is_on_the_page() -> None:
    assert {reason.value for reason in RefusalReason} <= set(re.findall(r"`([a-z0-9_]+)`", PAGE))


def test_every_setting_that_the_page_names_exists() -> None:
    profile = Settings.model_fields["rules"].annotation
    named = set(re.findall(r"`rules\.([a-z_]+)", PAGE))
    assert profile is not None
    assert named <= set(profile.model_fields)
