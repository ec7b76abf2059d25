"""Whatever the clock of the machine, a day is a day in Paris: there the internship starts, there it must be signed."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from conventions.errors import DossierError
from conventions.office import Office, Wish
from tests.builders import EXAMPLES
from tests.test_office_overview import issue, look, sign

START = date(2026, 4, 13)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    root = tmp_path / "office"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("wrong"))
    return Office.open(root)


def codes(office: Office, on: date) -> set[str]:
    (outcome,) = office.check(office.files(("2026-0001",)), on=on)
    findings = outcome.error.findings if isinstance(outcome.error, DossierError) else outcome.findings
    return {finding.code for finding in findings}


def test_a_dossier_is_judged_by_the_day_on_which_everybody_had_signed(office: Office) -> None:
    """Its internship is under way: that nobody could sign it any more is not said of it, here or on the board."""
    under_way = START + timedelta(days=30)
    with office:
        assert "LAW-TIME-02" in codes(office, under_way)
        paper = issue(office, "2026-0001", "student", "company", "coordinator")
        assert "LAW-TIME-02" in codes(office, under_way)
        sign(office, paper, "dean")
        assert "LAW-TIME-02" not in codes(office, under_way)
        glance = look(office, under_way).of("2026-0001")
        assert glance is not None
        assert not {finding.code for finding in glance.findings} & {"LAW-TIME-02"}


def half_past_midnight(day: date) -> datetime:
    """In Paris, in summer: the evening before in Greenwich."""
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) - timedelta(hours=2)


def test_no_agreement_is_made_on_the_day_it_starts(office: Office) -> None:
    with office:
        (outcome,) = office.generate(office.files(("2026-0001",)), Wish(), now=half_past_midnight(START))
    assert isinstance(outcome.error, DossierError)
    assert "LAW-TIME-02" in {finding.code for finding in outcome.error.findings}
