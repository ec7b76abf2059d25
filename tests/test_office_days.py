"""Whatever the clock of the machine, a day is a day in Paris: there the internship starts, there it must be signed."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pikepdf
import pytest

from conventions import pipeline
from conventions.errors import DossierError
from conventions.forms.stamp import packet
from conventions.office import Office, Wish
from conventions.office.drafting import draft_path
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


def a_draft(office: Office, made: datetime) -> Path:
    """An agreement that lies there since a day; short, as only what it says of itself is read."""
    workspace = office.workspace
    (file,) = office.files(("2026-0001",))
    order = pipeline.Order(pipeline.read(file), "convention")
    case = pipeline.case_of(order, workspace.settings, made.date())
    own = workspace.path(workspace.settings.places.templates)
    origin = pipeline.origin_of(order, case, pipeline.templates_of(order, case, own))
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        said = packet(origin, title="agreement", author="office", producer="tests", now=made)
        pdf.Root.Metadata = pdf.make_stream(said)
        path = draft_path(workspace, origin)
        path.parent.mkdir(parents=True, exist_ok=True)
        pdf.save(path)
    return path


def is_used(root: Path, now: datetime) -> bool:
    """Is the draft taken as it is? Nothing is made anew here."""
    with Office.open(root) as office, patch.object(pipeline, "produce", lambda *_, **__: iter(())):
        outcomes = list(office.generate(office.files(("2026-0001",)), Wish(), now=now))
    assert [one.error for one in outcomes if one.error] == []
    return bool(outcomes)


def test_a_draft_of_the_old_year_does_not_become_the_agreement_of_the_new_one(office: Office) -> None:
    """It says the old floor, and whose duty the declaration of an accident is."""
    root = office.workspace.root
    with office:
        a_draft(office, datetime(2025, 12, 30, 9, tzinfo=UTC))
    assert is_used(root, datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    assert not is_used(root, datetime(2025, 12, 31, 23, 1, tzinfo=UTC))


def test_a_draft_from_before_the_ceiling_was_known_is_made_anew(office: Office) -> None:
    root, settings = office.workspace.root, office.workspace.root / "conventions.toml"
    text = settings.read_text(encoding="utf-8").replace("# 2027 = 0  ", "2027 = 31  ")
    with office:
        (file,) = office.files(("2026-0001",))
        in_2027 = (
            file.read_text(encoding="utf-8").replace("2026-04-13", "2027-04-12").replace("2026-07-31", "2027-07-30")
        )
        file.write_text(in_2027.replace("2025-2026", "2026-2027").replace("4.50", "4.65"), encoding="utf-8")
        a_draft(office, datetime(2027, 1, 4, 9, tzinfo=UTC))
    january = datetime(2027, 1, 8, 9, tzinfo=UTC)
    os.utime(settings, (0, datetime(2027, 1, 3, tzinfo=UTC).timestamp()))
    assert is_used(root, january)
    settings.write_text(text, encoding="utf-8")
    os.utime(settings, (0, datetime(2027, 1, 7, tzinfo=UTC).timestamp()))
    assert not is_used(root, january)
