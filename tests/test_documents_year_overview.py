"""The overview of a year: what is counted, and that it stays on one page however much there is to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from conventions.documents import DOCUMENTS
from conventions.documents.bars import bar
from conventions.languages import LANGUAGES, Language
from tests.builders import a_dossier, a_dossier_abroad
from tests.conformance import faults
from tests.printed import HOSTILE_PEOPLE, Printed, leftovers, outlines, printed
from tests.test_documents_campaign_record import campaign_of, some

KIND: Final = DOCUMENTS["year_overview"]
COUNTRIES: Final = ("DE", "GB", "ES", "IT", "US", "CD", "BA", "VC", "GS", "TF")


def context_of(*dossiers: Any) -> dict[str, Any]:
    return KIND.context(campaign_of(dossiers), Language("fr"))


def counted(rows: Any) -> dict[tuple[str, object], int]:
    return {(row["kind"], row.get("low", row.get("name"))): row["count"] for row in rows if row["count"]}


def test_the_most_frequent_hosts_are_named_and_the_others_counted_together() -> None:
    hosts = [a_dossier(host={"name": f"Hôte {rank:02}", "siret": ""}) for rank in range(12)]
    rows = context_of(*hosts, a_dossier(host={"name": "Hôte 11", "siret": ""}))["hosts"]
    assert [row["name"] for row in rows[:2]] == ["Hôte 11", "Hôte 00"]
    assert (rows[-1]["kind"], rows[-1]["others"], rows[-1]["count"], len(rows)) == ("others", 4, 4, 9)
    assert sum(row["count"] for row in rows) == 13


def test_a_single_other_host_is_named_and_not_counted_as_others() -> None:
    rows = context_of(*(a_dossier(host={"name": f"Hôte {rank}", "siret": ""}) for rank in range(9)))["hosts"]
    assert [row["name"] for row in rows] == [f"Hôte {rank}" for rank in range(9)]


def test_places_and_durations_stand_side_by_side() -> None:
    context = context_of(a_dossier(), a_dossier_abroad())
    assert counted(row["country"] for row in context["places"] if row["country"]["kind"] != "nothing") == {
        ("named", "France"): 1,
        ("named", "Irlande"): 1,
    }
    assert context["abroad_count"] == 1


@pytest.mark.parametrize(
    ("end", "band"),
    [
        (date(2026, 7, 5), ("first", 0)),
        (date(2026, 7, 6), ("band", 12)),
        (date(2026, 7, 19), ("band", 12)),
        (date(2026, 7, 20), ("band", 14)),
        (date(2026, 12, 31), ("last", 21)),
    ],
)
def test_a_duration_is_counted_in_whole_weeks(end: date, band: tuple[str, int]) -> None:
    dossier = a_dossier()
    schedule = dossier.schedule.model_copy(update={"start": date(2026, 4, 14), "end": end, "periods": ()})
    rows = context_of(dossier.model_copy(update={"schedule": schedule}))["places"]
    assert counted(row["duration"] for row in rows if row["duration"]["kind"] != "nothing") == {band: 1}


@pytest.mark.parametrize(
    ("allowance", "band"),
    [
        ({"amount": 0, "unpaid_reason": "x"}, ("unpaid", None)),
        ({"amount": "4.99", "basis": "hour"}, ("first", 0)),
        ({"amount": 5, "basis": "hour"}, ("band", 5)),
        ({"amount": 35, "basis": "day"}, ("band", 5)),
        ({"amount": 12, "basis": "hour"}, ("last", 10)),
        ({"amount": 12, "basis": "hour", "currency": "USD"}, ("foreign", None)),
    ],
)
def test_an_allowance_is_counted_by_the_hour(allowance: dict[str, Any], band: tuple[str, object]) -> None:
    assert counted(context_of(a_dossier(allowance=allowance))["allowances"]) == {band: 1}


def test_the_smallest_number_has_a_bar_and_none_has_none() -> None:
    assert (len(bar(1, 1000)), bar(0, 5), len(bar(5, 5, 60))) == (1, "", 60)


def test_a_year_without_dossiers_has_no_overview() -> None:
    assert [finding.code for finding in KIND.lacks(campaign_of(()))] == ["OVERVIEW-01"]
    assert list(KIND.lacks(campaign_of([a_dossier()]))) == []


def test_every_language_says_the_same() -> None:
    french, *others = outlines("year_overview")
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    full = [
        a_dossier_abroad(
            number=f"F{rank}", host={"name": f"{rank} {'W' * 80}", "siret": "", "address": {"country": code}}
        )
        for rank, code in enumerate(COUNTRIES * 2)
    ]
    wanted = {}
    for code in LANGUAGES:
        hostile = campaign_of([*some(), *full, a_dossier(**HOSTILE_PEOPLE)], code)
        wanted[f"{code} full"] = hostile
        wanted[f"{code} minimal"] = replace(hostile, dossiers=(a_dossier(),))
    return printed({name: ("year_overview", case) for name, case in wanted.items()})


@pytest.mark.parametrize("name", [f"{code} {kind}" for code in LANGUAGES for kind in ("full", "minimal")])
def test_a_year_is_one_page(papers: Mapping[str, Printed], name: str) -> None:
    assert len(papers[name].pages) == 1
    assert leftovers(papers[name].words) == []
    assert faults(papers[name].data) == []
