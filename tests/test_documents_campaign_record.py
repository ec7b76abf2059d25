"""The record of a year: every student once, by name, and what the grades come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from conventions import forms
from conventions.documents import DOCUMENTS, Campaign, Edition, House
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.grading import GradingSettings
from conventions.model.roles import DEFAULT_CIRCUIT
from conventions.signers import narrowed, official_signatories
from tests.builders import a_dossier, a_profile, a_programme, an_institution, officials
from tests.cases import VERIFICATION
from tests.printed import HOSTILE_PEOPLE, LONG, Printed, leftovers, outlines, printed, squeezed

KIND: Final = DOCUMENTS["campaign_record"]
ADA: Final = {
    "first_name": "Ada",
    "last_name": "Roy",
    "email": "ada@univ-exemple.test",
    "function": "Maîtresse de conf.",
}
PENALTY: Final = {"points": "0.5", "reason": "retard", "on": date(2026, 6, 22), "decided_by": "Jury"}
NAMES: Final = ("Zürn", "Álvarez", "de la Tour", "Alvarez-Eßer", "Dupont", "Ångström", "O'Neill", "Onuma")
ORDER: Final = ("Álvarez", "Alvarez-Eßer", "Ångström", "de la Tour", "Dupont", "O'Neill", "Onuma", "Zürn")


def graded(rank: int, last_name: str, mark: object | None = None, **changes: Any) -> Dossier:
    components = dict.fromkeys(("professionalism", "host", "report", "defence"), mark) if mark is not None else {}
    return a_dossier(
        number=f"2026-{rank:04d}",
        student={"last_name": last_name, "student_number": f"{42_000_000 + rank}"},
        **{"marks": components, **changes},
    )


def some() -> tuple[Dossier, ...]:
    """Two supervisors and two hosts; one draft, one absent, one excused, one in the second session."""
    return (
        graded(1, NAMES[0], 12, referent=ADA),
        graded(2, NAMES[1], "14.25", referent=ADA, host={"name": "Autre hôte", "siret": ""}),
        graded(3, NAMES[2], 8),
        graded(4, NAMES[3], marks={"host": 17}),
        graded(5, NAMES[4], marks={"absence": "absent"}),
        graded(6, NAMES[5], marks={"absence": "excused"}),
        graded(7, NAMES[6], marks={**dict.fromkeys(("professionalism", "host", "report", "defence"), 0), "session": 2}),
        graded(
            8,
            NAMES[7],
            marks={**dict.fromkeys(("professionalism", "host", "report", "defence"), 16), "penalties": [PENALTY]},
        ),
    )


def campaign_of(dossiers: Sequence[Dossier], code: str = "fr", **settings: Any) -> Campaign:
    people = officials()
    return Campaign(
        edition=Edition("2025-2026", "3f9a" * 16, date(2026, 7, 6), 1, (code,), VERIFICATION),
        house=House(an_institution(), a_programme(), people, a_profile(), GradingSettings.model_validate(settings)),
        dossiers=tuple(dossiers),
        signatories=official_signatories(narrowed(DEFAULT_CIRCUIT, ("coordinator",)), people),
    )


def context_of(dossiers: Sequence[Dossier], **settings: Any) -> dict[str, Any]:
    return KIND.context(campaign_of(dossiers, **settings), Language("fr"))


# ── what it prints ───────────────────────────────────────────────────────────────────────────────────────


def test_students_stand_in_the_order_of_their_family_names() -> None:
    rows = context_of(some())["rows"]
    assert tuple(row["name"].removesuffix(", Camille") for row in rows) == ORDER


def test_a_row_has_the_four_marks_the_penalties_and_the_grade() -> None:
    rows = {row["number"]: row for row in context_of(some())["rows"]}
    assert rows["2026-0008"]["marks"] == dict.fromkeys(("professionalism", "host", "report", "defence"), "16,00")
    assert (rows["2026-0008"]["penalties"], rows["2026-0008"]["final"]) == ("− 0,50", "15,50")
    assert (rows["2026-0007"]["final"], rows["2026-0007"]["code"], rows["2026-0007"]["session"]) == ("0,00", "AJ", 2)


@pytest.mark.parametrize("number", ["2026-0004", "2026-0005", "2026-0006"])
def test_a_draft_and_the_absent_have_no_grade(number: str) -> None:
    (row,) = (row for row in context_of(some())["rows"] if row["number"] == number)
    assert row["final"] == "–"
    assert row["marks"]["report"] == "–"


def test_all_grades_have_as_many_decimals_as_the_most_exact_one() -> None:
    exact = {"quantum": "0.005"}
    rows = context_of(
        [graded(1, "A", marks={"professionalism": "10.05", "host": 10, "report": 10, "defence": 10})], **exact
    )
    assert rows["rows"][0]["final"] == "10,005"


def test_the_coordinator_supervises_those_who_have_nobody_else() -> None:
    context = context_of(some())
    groups = {group.name: (group.count, group.graded) for group in context["statistics"].by_referent}
    assert groups == {"Ada Roy": (2, 2), "Inès Marchetti": (6, 3)}
    assert {row["referent"] for row in context["rows"]} == set(groups)


def test_an_amendment_that_is_signed_counts() -> None:
    change = {"number": 1, "effective": date(2026, 6, 1), "reason": "x", "referent": ADA}
    proposed = context_of([graded(1, "A", 12, amendments=[change])])
    signed = context_of([graded(1, "A", 12, amendments=[change | {"signed_on": date(2026, 5, 20)}])])
    assert (proposed["rows"][0]["referent"], signed["rows"][0]["referent"]) == ("Inès Marchetti", "Ada Roy")


def test_the_measures_are_those_of_the_final_grades() -> None:
    found = context_of(some())["statistics"]
    assert (found.count, found.graded, found.drafts, found.absents, found.excused) == (8, 5, 1, 1, 1)
    assert (found.mean, found.lowest, found.highest) == (Decimal("9.95"), Decimal(0), Decimal("15.5"))


@pytest.mark.parametrize("dossiers", [(), (a_dossier(),), (graded(1, "A"),)])
def test_a_record_needs_a_mark(dossiers: tuple[Dossier, ...]) -> None:
    assert [finding.code for finding in KIND.lacks(campaign_of(dossiers))] == ["SHEET-02"]
    assert list(KIND.lacks(campaign_of((*dossiers, graded(9, "B", 12))))) == []


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_language_says_the_same_and_the_coordinator_signs() -> None:
    french, *others = outlines("campaign_record")
    assert french.boxes == KIND.signers == ("coordinator",)
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    wanted = {}
    for code in LANGUAGES:
        wanted[f"{code} typical"] = campaign_of(some(), code)
        wanted[f"{code} minimal"] = campaign_of([graded(1, "Seul", marks={"host": 3})], code)
        plain = {"codes": dict.fromkeys(("passed", "failed", "absent", "excused"), ""), "jury_quantum": "0.5"}
        wanted[f"{code} fullest"] = campaign_of(some(), code, **plain)
        hostile = a_dossier(**HOSTILE_PEOPLE, marks={"host": 3}, referent=ADA | {"last_name": LONG})
        wanted[f"{code} hostile"] = campaign_of([hostile, *some()], code)
    many = [graded(rank, f"{NAMES[rank % 8]}-{rank:03d}", rank % 20) for rank in range(1, 301)]
    wanted["de many"] = campaign_of(many, "de")
    return printed({name: ("campaign_record", campaign) for name, campaign in wanted.items()})


ALL: Final = [f"{code} {name}" for code in LANGUAGES for name in ("typical", "minimal", "fullest", "hostile")]


@pytest.mark.parametrize("name", [*ALL, "de many"])
def test_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    assert leftovers(papers[name].words) == []


@pytest.mark.parametrize("name", [*ALL, "de many"])
def test_the_coordinator_signs_on_the_last_page(papers: Mapping[str, Printed], name: str) -> None:
    paper = papers[name]
    assert forms.anchors(paper.data, ["coordinator"])["coordinator"].page == len(paper.pages) - 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_table_the_measures_and_the_means_can_be_read(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    words = squeezed(papers[f"{code} typical"].words)
    numbers = ("9.95", "14.25", "15.50", "12.00", "8.00", "0.00", "13.13")
    expected = [language.number(Decimal(number), 2) for number in numbers]
    expected += [*ORDER, "Autre hôte", "Ada Roy", "Inès Marchetti", "ADM", "ABI", "ABJ", "AJ (2)", "2026-0005"]
    assert [value for value in expected if squeezed(value) not in words] == []


@pytest.mark.parametrize(
    ("code", "word"), [("fr", "non val."), ("en", "not passed"), ("es", "no sup."), ("de", "n. best.")]
)
def test_without_codes_a_result_is_a_word(papers: Mapping[str, Printed], code: str, word: str) -> None:
    assert word in papers[f"{code} fullest"].words
    assert "ADM" not in papers[f"{code} fullest"].words


def test_three_hundred_students_have_a_row_each_under_a_head_on_every_page(papers: Mapping[str, Printed]) -> None:
    pages = papers["de many"].pages
    rows = [sum(f"2026-{rank:04d} " in page for rank in range(1, 301)) for page in pages]
    assert sum(rows) == 300
    assert all("Matrikel-Nr." in page for page, count in zip(pages, rows, strict=True) if count)
    full = [count for count in rows if count][:-1]
    assert min(full) >= 20
    assert len(pages) <= 16


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_hundred_characters_are_printed_to_the_last(papers: Mapping[str, Printed], code: str) -> None:
    assert squeezed(LONG[-18:]) in squeezed(papers[f"{code} hostile"].words)
