"""Whatever the clock of the machine, a day is a day in Paris: there the internship starts, there it must be signed."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from conventions.errors import DossierError
from conventions.office import Office, Wish
from tests.builders import EXAMPLES

START = date(2026, 4, 13)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    root = tmp_path / "office"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("wrong"))
    return Office.open(root)


def half_past_midnight(day: date) -> datetime:
    """In Paris, in summer: the evening before in Greenwich."""
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) - timedelta(hours=2)


def test_no_agreement_is_made_on_the_day_it_starts(office: Office) -> None:
    with office:
        (outcome,) = office.generate(office.files(("2026-0001",)), Wish(), now=half_past_midnight(START))
    assert isinstance(outcome.error, DossierError)
    assert "LAW-TIME-02" in {finding.code for finding in outcome.error.findings}
