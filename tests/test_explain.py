"""Rules explained: on the terminal, in JSON, on the page of rules, in every language."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from conventions import rules
from conventions.cli import main
from conventions.cli.rulebook import card, page
from conventions.cli.snippets import toml_snippet, yaml_snippet
from conventions.intake.yaml12 import parse
from conventions.languages import LANGUAGES, Language
from conventions.rules.example import applied
from tests.builders import EXAMPLES

ROOT: Final = EXAMPLES.parent
SAMPLES: Final = [
    pytest.param(sample, id=f"{rule.code}-{side}")
    for rule in rules.every()
    if rule.example
    for side, sample in (("passes", rule.example.passes), ("fails", rule.example.fails))
]


def run(*arguments: str, language: str = "en", folder: Path = ROOT) -> Result:
    environment = {"CONVENTIONS_LANG": language, "COLUMNS": "200"}
    return CliRunner().invoke(main, ["--workspace", str(folder), "explain", *arguments], env=environment)


def as_typed(value: object) -> Any:
    """What YAML 1.2 without its traps makes of a value: the characters that were typed."""
    match value:
        case bool() | None:
            return value
        case dict():
            return {key: as_typed(item) for key, item in value.items()}
        case list():
            return [as_typed(item) for item in value]
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def test_the_committed_page_of_rules_says_what_the_rules_say() -> None:
    committed = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert committed == page(Language("en")), "run `make docs`"


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_printed_example_can_be_typed_back(sample: Any) -> None:
    changes = applied({}, sample.changes, str)
    assert parse(f"{yaml_snippet(changes)}\n".encode(), "x").data == as_typed(changes) if changes else True
    settings = applied({}, sample.settings, str)
    assert tomllib.loads(toml_snippet(settings), parse_float=Decimal) == settings


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_explained_in_every_language(language: str) -> None:
    result = run("--all", language=language)
    assert result.exit_code == 0, result.output
    assert all(rule.code in result.output for rule in rules.every())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule.code)
def test_an_example_does_what_it_says_in_the_words_of_every_language(rule: rules.Rule, language: str) -> None:
    shown = card(rule, Language(language))
    assert shown.passes is not None
    assert shown.fails is not None
    assert shown.passes.findings == ()
    assert shown.fails.findings


def test_one_rule_with_its_reason_source_settings_and_both_examples() -> None:
    output = run("course-time-01").output
    for words in (
        "COURSE-TIME-01  at least twelve weeks  [error]",
        "84 calendar days",
        "Source: course rule",
        "rules.min_weeks",
        "[rules.severities]",
        "end: 2026-07-05",
        "end: 2026-07-04",
        "the internship lasts 83 calendar days",
    ):
        assert words in output


def test_without_a_code_all_are_listed_with_severity_and_title() -> None:
    lines = run().output.splitlines()
    assert len(lines) == len(rules.every())
    assert any(line.split(maxsplit=2) == ["LAW-PAY-01", "error", "the legal floor"] for line in lines)


def test_an_unknown_code_is_told_the_nearest() -> None:
    result = run("LAW-PAY-1")
    assert result.exit_code == 2
    assert "LAW-PAY-01" in result.output


def test_for_programs() -> None:
    (one,) = json.loads(run("LAW-PAY-01", "--json").output)
    assert one["code"] == "LAW-PAY-01"
    assert one["is_firm"] is True
    assert len(json.loads(run("--json").output)) == len(rules.every())


def test_the_page_is_of_all_rules_or_none() -> None:
    assert run("--markdown").exit_code == 2
    assert run("--all", "--markdown").output == page(Language("en"))


def test_a_workspace_that_weighs_a_rule_otherwise_is_told(tmp_path: Path) -> None:
    text = (EXAMPLES / "conventions.toml").read_text(encoding="utf-8")
    line = '[rules.severities]\n"COURSE-TIME-07" = "off"\n'
    (tmp_path / "conventions.toml").write_text(text.replace("[rules.severities]\n", line, 1), encoding="utf-8")
    assert "[warning] (off in this workspace)" in run("COURSE-TIME-07", folder=tmp_path).output
    assert "in this workspace" not in run("COURSE-TIME-08", folder=tmp_path).output
