"""The defence: an appointment on the clock of Paris, in the dossier, the calendar, and the summons to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from icalendar import Calendar as Ics
from openpyxl import load_workbook
from pydantic import ValidationError

from conventions.cli import main
from conventions.documents import DOCUMENTS, Case
from conventions.documents.evaluation import wanted_before_defence, wanted_with_defence
from conventions.documents.evaluation_student import wanted_by
from conventions.intake import read_all, written
from conventions.languages import LANGUAGES, Language
from conventions.model.canonical import agreed_digest
from conventions.model.dossier import Dossier
from conventions.model.outcome import Defence
from tests.builders import a_dossier, a_dossier_abroad, merged
from tests.cases import a_case
from tests.printed import HOSTILE, HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed

KIND: Final = DOCUMENTS["convocation"]
PANEL: Final = ["Inès Marchetti", "Noor Devos"]
ROOM: Final[dict[str, Any]] = {
    "defence": {"start": "2026-06-29T09:30", "minutes": 40, "place": "bâtiment M5, salle 204", "panel": PANEL}
}
VIDEO: Final[dict[str, Any]] = {"defence": {**ROOM["defence"], "by_video": True, "link": "https://visio.test/s/204"}}
FULL: Final[dict[str, Any]] = {
    "defence": {"note": "la démonstration peut se faire sur le système de test de l'organisme d'accueil"},
    "placement": {"confidential": True},
}


# ── the clock ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_time_without_a_zone_is_that_of_paris() -> None:
    summer, winter = (Defence.model_validate({"start": typed}) for typed in ("2026-06-29T09:30", "2027-01-11T09:30"))
    assert summer.start == datetime(2026, 6, 29, 7, 30, tzinfo=UTC)
    assert winter.start == datetime(2027, 1, 11, 8, 30, tzinfo=UTC)
    assert summer.end - summer.start == timedelta(minutes=30)
    assert summer.day == date(2026, 6, 29)


@pytest.mark.parametrize("typed", ["2026-06-29T07:30Z", "2026-06-29 09:30:00+02:00", "2026-06-29T08:30+01:00"])
def test_a_time_of_another_zone_is_the_same_instant(typed: str) -> None:
    found = Defence.model_validate({"start": typed})
    assert found == Defence.model_validate({"start": "2026-06-29T09:30"})
    assert found.start.isoformat() == "2026-06-29T09:30:00+02:00"


@pytest.mark.parametrize(
    "typed",
    [
        "2026-06-29",
        "1782718200",
        1782718200,
        "29/06/2026 09:30",
        "2026-06-31T09:30",
        "2026-03-29T02:30",
        "2026-10-25T02:30",
        "2026-06-29T06:59",
        "2026-06-29T22:01",
        "2026-06-29T09:30:30",
        datetime(2026, 6, 29, 9, 30, 30, tzinfo=UTC),
        "9999-12-31T23:30-23:00",
        "0001-01-01T00:00+23:00",
    ],
)
def test_what_is_no_whole_minute_of_a_day_in_paris_is_refused(typed: object) -> None:
    with pytest.raises(ValidationError):
        Defence.model_validate({"start": typed})


def test_the_appointment_is_no_part_of_what_is_agreed() -> None:
    assert agreed_digest(a_dossier(**ROOM)) == agreed_digest(a_dossier())
    printed_too = {
        agreed_digest(one, life=("defence",)) for one in (a_dossier(), a_dossier(**ROOM), a_dossier(**VIDEO))
    }
    assert len(printed_too) == 3


# ── in and out of files ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", ["yaml", "json", "csv", "xlsx"])
def test_an_appointment_goes_through_every_format(tmp_path: Path, ending: str) -> None:
    dossier = a_dossier(**VIDEO)
    path = tmp_path / f"year.{ending}"
    path.write_bytes(written([dossier], path.name).data)
    (entry,) = read_all(path).entries
    assert entry.dossier == dossier


def test_yaml_shows_it_as_it_is_typed() -> None:
    assert "\n  start: 2026-06-29T09:30\n  minutes: 40\n" in written([a_dossier(**ROOM)], "one.yaml").data.decode()


@pytest.mark.parametrize(
    "cell",
    [
        "29/06/2026 09:30",
        "29.06.2026, 9:30 Uhr",
        "29/06/2026 9h30",
        "2026-06-29 09:30:00",
        datetime(2026, 6, 29, 9, 30),  # noqa: DTZ001 - as a spreadsheet holds it
    ],
)
def test_a_spreadsheet_may_hold_it_as_people_type_it(tmp_path: Path, cell: Any) -> None:
    path = tmp_path / "year.xlsx"
    path.write_bytes(written([a_dossier(**ROOM)], path.name).data)
    book = load_workbook(path)
    page = book["dossiers"]
    at = next(one for one in page[1] if one.value == "defence.start").column
    page.cell(2, at).value = cell
    book.save(path)
    (entry,) = read_all(path).entries
    assert entry.dossier is not None
    assert entry.dossier.defence == Defence.model_validate(ROOM["defence"])


# ── what is wanted before it, and after ──────────────────────────────────────────────────────────────────

COURSE: Final[dict[str, Any]] = {"calendar": {"defences_from": "06-26", "defences_to": "06-30"}}


def test_the_forms_are_wanted_by_the_dossiers_own_day() -> None:
    case = a_case(a_dossier(**ROOM), **COURSE)
    assert wanted_before_defence(case) == date(2026, 6, 28)
    assert wanted_with_defence(case) == date(2026, 6, 29)
    assert wanted_by(case) == date(2026, 7, 31)
    assert wanted_before_defence(a_case(a_dossier(**ROOM))) == date(2026, 6, 28)


def test_until_it_is_set_they_are_wanted_by_the_days_of_the_course() -> None:
    case = a_case(a_dossier(), **COURSE)
    assert (wanted_before_defence(case), wanted_with_defence(case)) == (date(2026, 6, 25), date(2026, 6, 30))
    nothing = a_case(a_dossier())
    assert wanted_before_defence(nothing) == wanted_with_defence(nothing) == date(2026, 7, 31)


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(tmp_path: Path) -> Path:
    root = tmp_path / "office"
    result = CliRunner().invoke(main, ["init", str(root)])
    assert result.exit_code == 0, result.output
    for path in (root / "dossiers").glob("*.yaml"):
        if "-0002-" not in path.name:
            path.unlink()
    return root


def run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["-w", str(root), *arguments], env={"CONVENTIONS_LANG": "en"})
    assert result.exit_code == 0, result.output
    return result.output


def entries(root: Path, *arguments: str) -> dict[str, Any]:
    found = json.loads(run(root, "calendar", "--past", "--json", *arguments))
    return {entry["title"]: entry for entry in found}


def test_the_calendar_shows_the_hour_and_asks_for_the_evaluation_on_the_eve(office: Path) -> None:
    found = entries(office)
    defence = found["oral defence by video"]
    start = datetime.fromisoformat(defence["starts"])
    assert (start.hour, start.minute) == (10, 30)
    assert datetime.fromisoformat(defence["ends"]) - start == timedelta(minutes=40)
    assert defence["first"] == defence["last"] == start.date().isoformat()
    assert defence["guests"] == ["Inès Marchetti", "Paul Okafor-Delattre"]
    eve = (start.date() - timedelta(days=1)).isoformat()
    assert found["latest day for the host's evaluation"]["first"] == eve
    assert found["give the internship certificate"]["first"] > defence["last"]
    assert "10:30–11:10" in run(office, "calendar", "--past")


def test_each_member_of_the_panel_with_an_address_has_it_in_the_calendar(office: Path, tmp_path: Path) -> None:
    run(office, "calendar", "--past", "--ics", str(tmp_path / "dates"))
    wanted = entries(office)["oral defence by video"]
    for address in ("ines.marchetti@univ-exemple.test", "paul.okafor-delattre@univ-exemple.test", wanted["email"]):
        events = Ics.from_ical((tmp_path / "dates" / f"{address}.ics").read_bytes()).walk("VEVENT")
        (found,) = (one for one in events if str(one["uid"]).endswith("-defence@univ-exemple.test"))
        event: Any = found  # the library's union of every type of property
        start, end = event["dtstart"].dt, event["dtend"].dt
        assert (start, end) == (datetime.fromisoformat(wanted["starts"]), datetime.fromisoformat(wanted["ends"]))
        assert start.utcoffset() == timedelta(0)
        assert "https://visio.univ-exemple.test/" in str(event["location"])
        assert "Paul Okafor-Delattre" in str(event["description"])
        assert event["transp"] == "OPAQUE"


def test_a_member_of_the_panel_is_found_by_name(office: Path) -> None:
    assert "oral defence by video" in entries(office, "--person", "okafor")
    assert "the internship starts" not in entries(office, "--person", "okafor")


# ── the summons ──────────────────────────────────────────────────────────────────────────────────────────


def case_of(dossier: Dossier, code: str = "fr", **rules: Any) -> Case:
    return replace(a_case(dossier, languages=(code,), **rules), signatories=())


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["SUMMONS-01"]),
        ({"defence": {"start": "2026-06-29T09:30"}}, ["SUMMONS-02", "SUMMONS-03"]),
        ({"defence": {"start": "2026-06-29T09:30", "by_video": True, "panel": PANEL}}, []),
        (ROOM, []),
    ],
)
def test_nobody_is_summoned_without_a_day_a_place_and_a_panel(changes: dict[str, Any], codes: list[str]) -> None:
    assert [finding.code for finding in KIND.lacks(case_of(a_dossier(**changes)))] == codes


def test_every_language_prints_the_same_and_nobody_signs() -> None:
    french, *others = outlines("convocation")
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == KIND.signers == ()


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    long = merged(VIDEO, {"defence": {"place": LONG[:200], "note": LONG, "panel": [HOSTILE, "محمد الخوارزمي"]}})
    full = merged(VIDEO, FULL)
    barest = {"defence": {"start": "2026-06-29T09:30", "by_video": True, "panel": PANEL}}
    wanted = {}
    for code in LANGUAGES:
        wanted[f"{code} room"] = case_of(
            a_dossier(**ROOM, placement={"confidential": True}), code, calendar={"report_due": "06-19"}
        )
        wanted[f"{code} video"] = case_of(a_dossier_abroad(**VIDEO), code)
        wanted[f"{code} full"] = case_of(a_dossier(**full), code, calendar={"report_due": "06-19"})
        wanted[f"{code} barest"] = case_of(a_dossier(**barest), code)
        wanted[f"{code} hostile"] = case_of(a_dossier(**HOSTILE_PEOPLE | long), code)
    return printed({name: ("convocation", case) for name, case in wanted.items()})


ALL: Final = [f"{code} {name}" for code in LANGUAGES for name in ("room", "video", "full", "barest", "hostile")]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    assert leftovers(papers[name].words) == []


@pytest.mark.parametrize("name", [name for name in ALL if "hostile" not in name])
def test_a_summons_is_one_page(papers: Mapping[str, Printed], name: str) -> None:
    assert len(papers[name].pages) == 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_says_when_where_and_before_whom(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    moment = Defence.model_validate(ROOM["defence"])
    expected = [
        language.date(moment.day, "full"),
        language.time(moment.start),
        language.time(moment.end),
        "bâtiment M5, salle 204",
        language.join(PANEL),
        "Camille Lefèvre-Nguyễn",
        "stages@univ-exemple.test",
    ]
    for name, more in (("room", language.date(date(2026, 6, 19))), ("video", "https://visio.test/s/204")):
        text = squeezed(papers[f"{code} {name}"].words)
        assert [value for value in [*expected, more] if squeezed(value) not in text] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_hundred_characters_are_printed_to_the_last(papers: Mapping[str, Printed], code: str) -> None:
    assert squeezed(LONG[-60:]) in squeezed(papers[f"{code} hostile"].words)
