"""The example dossiers show what they say they show."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from conventions import rules
from conventions.errors import DossierError
from conventions.hours import presence
from conventions.intake import read
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Finding, Severity
from conventions.model.party import HostSector
from conventions.office.founding import found
from conventions.pay import floor_on
from conventions.pipeline import check
from conventions.settings import load
from tests.builders import EXAMPLES, ON, a_profile, a_programme, an_institution

SOUND = sorted((EXAMPLES / "dossiers").glob("*.yaml"))
DOSSIERS = [read(path).dossier for path in SOUND]


def judged(dossier: Dossier) -> tuple[Finding, ...]:
    return rules.check(dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(), on=ON)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_example_has_no_error_and_only_the_warning_on_part_time(path: Path) -> None:
    found = [finding for finding in judged(read(path).dossier) if finding.severity is not Severity.INFORMATION]
    assert {finding.code for finding in found} <= {"COURSE-TIME-07"}


@pytest.mark.parametrize("on", [date(2025, 10, 1), date(2026, 11, 27), date(2028, 2, 29), date(2031, 6, 1)])
def test_the_examples_of_a_new_workspace_are_as_sound_whenever_it_is_made(tmp_path: Path, on: date) -> None:
    """Every day of theirs has moved, those with a time too.

    A floor may be one that nobody knows yet, and whole weeks can lead past the last day of the defences.
    """
    found(tmp_path / "office", on=on)
    settings = load(tmp_path / "office").settings
    for path in sorted((tmp_path / "office" / "dossiers").glob("*.yaml")):
        told = [one for one in check(read(path), settings, on) if one.severity is not Severity.INFORMATION]
        assert {one.code for one in told} <= {"COURSE-TIME-07", "LAW-PAY-02", "COURSE-DEFENCE-01"}, path.name


def test_the_examples_have_their_own_numbers_and_file_names() -> None:
    assert len(SOUND) >= 10
    assert all(path.stem.startswith(dossier.number) for path, dossier in zip(SOUND, DOSSIERS, strict=True))


def test_the_examples_cover_what_an_office_meets() -> None:
    assert {dossier.language for dossier in DOSSIERS} == {"fr", "en", "es", "de"}
    assert {dossier.host.sector for dossier in DOSSIERS} == set(HostSector)
    assert {Track.STANDARD, Track.MEEF} <= {dossier.track for dossier in DOSSIERS}
    assert any(dossier.host.own_agreement for dossier in DOSSIERS)
    assert any(dossier.referent for dossier in DOSSIERS)
    assert any(dossier.schedule.interruptions for dossier in DOSSIERS)
    assert any(dossier.schedule.periods for dossier in DOSSIERS)
    assert any(dossier.is_abroad and dossier.workplace.telework for dossier in DOSSIERS)
    sundays = [dossier for dossier in DOSSIERS if dossier.schedule.sunday]
    assert any(presence(dossier.schedule, dossier.place).sundays for dossier in sundays)


def test_the_public_example_pays_the_floor_exactly() -> None:
    paying = [d for d in DOSSIERS if d.host.sector is HostSector.PUBLIC and d.allowance.amount > 0]
    assert [dossier.allowance.amount for dossier in paying] == [floor_on(ON).hourly]


def test_the_unpaid_example_in_france_stays_below_two_months() -> None:
    unpaid = [d for d in DOSSIERS if not d.is_abroad and not d.allowance.amount]
    assert unpaid
    assert all(presence(d.schedule, d.place).hours_for_duration <= Decimal(308) for d in unpaid)


@pytest.mark.parametrize(("name", "least"), [("2026-0801-many-mistakes", 15), ("2026-0802-abroad-not-ready", 10)])
def test_a_wrong_example_is_readable_and_wrong_in_many_ways(name: str, least: int) -> None:
    found = judged(read(EXAMPLES / "wrong" / f"{name}.yaml").dossier)
    errors = {finding.code for finding in found if finding.severity is Severity.ERROR}
    assert len(errors) >= least


def test_the_malformed_example_tells_everything_at_once() -> None:
    with pytest.raises(DossierError) as caught:
        read(EXAMPLES / "wrong" / "2026-0803-cannot-be-read.yaml")
    assert {"DATA-01", "DATA-02", "DATA-03", "DATA-06"} <= {finding.code for finding in caught.value.findings}
    assert all(finding.position and finding.position.line for finding in caught.value.findings)
