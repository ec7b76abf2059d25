"""The year's calendar: dates of the course as intervals, and what each dossier asks of whom by when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar as Ics

from conventions import agenda
from conventions.languages import LANGUAGES, Language
from conventions.model.profile import Calendar, Milestone, Profile
from conventions.model.roles import DEFAULT_CIRCUIT
from conventions.post import to_ics
from conventions.settings import load
from conventions.signers import circuit_of, signatories
from tests.builders import EXAMPLES, a_dossier, an_institution, officials

NOW = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)


def entries(
    profile: Profile | None = None, *, signed: tuple[str, ...] = (), is_issued: bool = False, **changes: object
) -> dict[str, agenda.Entry]:
    dossier = a_dossier(**changes)
    circuit = circuit_of(dossier, DEFAULT_CIRCUIT)
    found = agenda.of_dossier(
        dossier,
        course=circuit,
        people=signatories(dossier, circuit, officials()),
        institution=an_institution(),
        profile=profile or Profile(),
        signed=signed,
        is_issued=is_issued,
    )
    assert list(found) == sorted(found, key=lambda entry: (entry.first, entry.last, entry.number, entry.key))
    return {entry.key.removeprefix(f"{dossier.number}-"): entry for entry in found}


def test_the_dates_of_a_dossier_are_counted_back_from_its_start() -> None:
    found = entries()
    days = {key: (entry.first, entry.who) for key, entry in found.items()}
    assert days["issue"] == (date(2026, 3, 30), "Département informatique")
    assert days["sign-dean"] == (date(2026, 4, 10), "Paul Okafor-Delattre")  # the eve of the start is a Sunday
    assert days["sign-coordinator"] == (date(2026, 4, 7), "Inès Marchetti")
    assert days["sign-company"] == (date(2026, 4, 3), "Hélène Vasseur")
    assert days["sign-student"] == (date(2026, 3, 27), "Camille Lefèvre-Nguyễn")
    assert days["attestation"] == (date(2026, 7, 31), "Hélène Vasseur")


def test_what_is_done_is_left_out() -> None:
    found = entries(signed=("student", "company"), is_issued=True)
    assert {key for key in found if key.startswith(("issue", "sign"))} == {"sign-coordinator", "sign-dean"}


def test_abroad_the_agreement_is_issued_four_weeks_ahead() -> None:
    lead = entries(workplace={"address": {"street": "1 Quay", "city": "Dublin", "country": "IE"}})["issue"]
    assert (date(2026, 4, 13) - lead.first).days == 28


def test_the_hosts_evaluation_is_wanted_before_the_defence_and_the_certificate_after_the_end() -> None:
    profile = Profile(calendar=Calendar(report_due="06-19", defences_from="06-26", defences_to="06-30"))
    found = entries(profile)
    assert found["report"].first == date(2026, 6, 19)
    assert (found["defence"].first, found["defence"].last) == (date(2026, 6, 26), date(2026, 6, 30))
    assert found["evaluation"].first == date(2026, 6, 25)
    assert found["evaluation"].who == "Karim Benali"
    assert found["defence"].last < found["end"].first == found["attestation"].first


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ("09-16", "2022-2023", date(2022, 9, 16)),
        ("06-19", "2022-2023", date(2023, 6, 19)),
        ("09-01", "2026-2027", date(2026, 9, 1)),
        ("08-31", "2026-2027", date(2027, 8, 31)),
        ("02-29", "2026-2027", date(2027, 2, 28)),
        ("02-29", "2027-2028", date(2028, 2, 29)),
    ],
)
def test_a_month_and_day_lie_in_the_academic_year(day: str, year: str, expected: date) -> None:
    calendar = Calendar(milestones=(Milestone(key="day", title="Jour", first=day),))
    assert agenda.of_course(calendar, year)[0].first == expected
    assert agenda.academic_year(expected, "09-01") == year


def test_a_fuzzy_date_stays_an_interval() -> None:
    milestones = (
        Milestone(key="quiz_1", title="Point d'avancement", first="11-11", last="11-20"),
        Milestone(key="presentation", title="Présentation", first="09-16"),
    )
    first, second = agenda.of_course(Calendar(milestones=milestones), "2022-2023")
    assert (first.first, first.last, str(first.title)) == (date(2022, 9, 16), date(2022, 9, 16), "Présentation")
    assert (second.first, second.last) == (date(2022, 11, 11), date(2022, 11, 20))


def test_the_shipped_settings_hold_the_dates_of_a_course() -> None:
    calendar = load(EXAMPLES).settings.rules.calendar
    keys = [entry.key for entry in agenda.of_course(calendar, "2026-2027")]
    assert keys[:2] == ["course-presentation", "course-cv_v1"]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_calendar_program_reads_it_back(code: str) -> None:
    wanted = entries(Profile(calendar=Calendar(defences_from="06-26", defences_to="06-30")))
    data = to_ics(wanted.values(), title="Stages", domain="univ.test", language=Language(code), now=NOW)
    events = {str(event["uid"]): event for event in Ics.from_ical(data).walk("VEVENT")}
    assert set(events) == {f"{entry.key}@univ.test" for entry in wanted.values()}
    defence: Any = events["2026-0001-defence@univ.test"]  # the library's union of every type of property
    assert defence["dtstart"].dt == date(2026, 6, 26)
    assert defence["dtend"].dt == date(2026, 7, 1)
    assert str(defence["summary"]) == f"2026-0001 {Language(code).say(wanted['defence'].title)}"
    assert data == to_ics(wanted.values(), title="Stages", domain="univ.test", language=Language(code), now=NOW)


def test_no_line_of_the_file_is_longer_than_the_standard_allows(tmp_path: Path) -> None:
    found = entries(student={"first_name": "Ngọc" * 30})
    data = to_ics(found.values(), title="Stages " * 20, domain="univ.test", language=Language("fr"), now=NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    (tmp_path / "stages.ics").write_bytes(data)
    assert b"BEGIN:VCALENDAR" in (tmp_path / "stages.ics").read_bytes()
