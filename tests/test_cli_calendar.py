"""The calendar on the screen: whatever its width and language, days are in one piece, nothing is cut or broken."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from conventions.cli import main
from conventions.languages import LANGUAGES, Language

WIDE = 130
"""From here on a last day stands beside the first one."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, and a place whose name looks like a command to the program that draws tables."""
    root = tmp_path_factory.mktemp("calendar") / "office"
    result = CliRunner().invoke(main, ["init", str(root)])
    assert result.exit_code == 0, result.output
    path = root / "conventions.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"Moodle"', '"[bold]Moodle"'), encoding="utf-8")
    return root


def run(root: Path, language: str, columns: int, *arguments: str) -> str:
    known = {"CONVENTIONS_LANG": language, "COLUMNS": str(columns)}
    result = CliRunner().invoke(main, ["-w", str(root), "calendar", "--past", *arguments], env=known)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("columns", [80, 100, 130, 160])
@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_in_one_piece_and_no_word_is_cut_or_broken(office: Path, language: str, columns: int) -> None:
    told = json.loads(run(office, language, columns, "--json"))
    heading, *lines = run(office, language, columns).splitlines()
    assert len(told) > 40
    assert max(map(len, [heading, *lines])) <= columns
    words = Counter(" ".join(lines).split())
    width = max(len(line) for entry in told for line in day_of(entry, Language(language), columns))
    days = "\n".join(line[:width].rstrip() for line in lines)
    for entry in told:
        where = f"({entry['where']})" if entry["where"] else ""
        words.subtract(f"{entry['title']} {where} {entry['number']} {entry['who']}".split())
        assert "\n".join(day_of(entry, Language(language), columns)) in days, entry
        words.subtract(" ".join(day_of(entry, Language(language), columns)).split())
    assert {word: n for word, n in words.items() if n} == {}


def day_of(entry: dict[str, str], language: Language, columns: int) -> list[str]:
    """The lines that it must stand on."""
    first, last = (language.date(date.fromisoformat(entry[name]), "medium") for name in ("first", "last"))
    hours = [datetime.fromisoformat(entry[name]) for name in ("starts", "ends") if entry[name]]
    until = "–".join(language.time(hour) for hour in hours) or (f"– {last}" if first != last else "")
    found = [first, until] if until else [first]
    return found if columns < WIDE else [" ".join(found)]
