"""What an amendment says: old beside new, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions import pay, press
from conventions.documents import document_type
from conventions.documents.reckoning import total
from conventions.hours import presence
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.roles import ROLE_LABELS
from conventions.text import Amount
from tests.amendments import ADA, EVERYONE, EVERYTHING, LONGER, NOE, PAID, RAISED, SHORT, amended, an_amendment
from tests.builders import ON, a_dossier_abroad
from tests.cases import a_case

KIND = document_type("amendment-1")


def context_of(dossier: Dossier, number: int = 1, code: str = "en") -> dict[str, Any]:
    return dict(KIND.context(a_case(dossier, amendment=number), Language(code)))


def lines(*lines: str) -> str:
    return "\n".join(lines)


def rows_of(dossier: Dossier, number: int = 1) -> dict[str, tuple[str, str]]:
    return {row["heading"]: (row["old"], row["new"]) for row in context_of(dossier, number)["changes"]}


# ── old beside new ───────────────────────────────────────────────────────────────────────────────────────


def test_all_kinds_of_change_stand_in_one_table() -> None:
    assert rows_of(amended(an_amendment(**EVERYTHING))) == {
        "Last day": ("31\u00a0July\u00a02026", "14\u00a0August\u00a02026"),
        "Interruptions": (
            "nothing agreed",
            "from 15\u00a0June\u00a02026 to 19\u00a0June\u00a02026 (examens)\non 13\u00a0July\u00a02026",
        ),
        "Department": ("nothing agreed", "R&D"),
        "Place of internship": ("4\u00a0quai du Wault, 59000\u00a0Lille", "12\u00a0rue Nationale, 59800\u00a0Lille"),
        "Travel": ("nothing agreed", "salon de Lyon"),
        "Telework": ("nothing agreed", "1.5 days a week at most\nà domicile"),
        "Topic of the internship": (
            "Réservation de salles pour les associations de la métropole",
            EVERYTHING["subject"],
        ),
        "Academic supervisor": (
            "Inès Marchetti\nResponsable des stages\nines.marchetti@univ-exemple.test\n+33 3 53 01 02 04",
            "Noé Étienne\nMaître de conférences\nnoe.etienne@univ-exemple.test",
        ),
        "Workplace supervisor": (
            "Karim Benali\nResponsable du développement\nkarim.benali@atelier-nord.test\n+33 3 53 01 00 11",
            "Ada Klein\nResponsable produit\nada.klein@atelier-nord.test\n+33 3 53 01 00 19",
        ),
        "Allowance": (
            lines(
                "€4.50 per hour of actual attendance",
                "paid monthly, in equal instalments",
                "virement bancaire",
                "le dernier jour ouvré du mois",
            ),
            lines(
                "€5.20 per hour of actual attendance",
                "paid monthly, by the hours done in the month",
                "virement",
                "le 5 du mois suivant",
            ),
        ),
    }


def test_the_old_value_is_the_one_in_force_not_the_first() -> None:
    first = an_amendment(end=date(2026, 7, 17), signed_on=ON)
    second = an_amendment(2, end=date(2026, 8, 7))
    assert rows_of(amended(first, second), 2)["Last day"] == ("17\u00a0July\u00a02026", "7\u00a0August\u00a02026")
    assert context_of(amended(first, second), 2)["amendment"]["earlier"] == (1,)


def test_the_parties_are_those_of_the_agreement_in_force() -> None:
    first = an_amendment(end=date(2026, 7, 17), tutor=ADA, signed_on=ON)
    context = context_of(amended(first, an_amendment(2, subject="Cartes")), 2)
    assert context["tutor"]["name"] == "Ada Klein"
    assert context["was"]["schedule"]["end"] == context["will"]["schedule"]["end"] == date(2026, 7, 17)


def test_a_proposal_is_nothing_that_can_be_replaced() -> None:
    proposal, second = an_amendment(subject="Cartes"), an_amendment(2, end=date(2026, 8, 7))
    assert list(rows_of(amended(proposal, second), 2)) == ["Last day"]
    assert context_of(amended(proposal, second), 2)["amendment"]["earlier"] == ()


@pytest.mark.parametrize(
    ("allowance", "words"),
    [
        ({"amount": "650", "basis": "month", "unit": "net"}, "€650.00 net per month"),
        ({"amount": "30", "basis": "day", "currency": "GBP"}, "£30.00 per day of actual attendance"),
        ({"amount": "0", "unpaid_reason": "stage court"}, "no allowance\nstage court"),
    ],
)
def test_an_allowance_is_amount_basis_and_payment(allowance: dict[str, str], words: str) -> None:
    new = rows_of(amended(an_amendment(allowance=allowance)))["Allowance"][1]
    assert new.startswith(words)


def test_what_is_too_long_for_a_row_stands_below_the_table() -> None:
    context = context_of(amended(an_amendment(subject="mot " * 300, tutor=ADA)))
    assert [row["heading"] for row in context["short_changes"]] == ["Workplace supervisor"]
    assert [row["heading"] for row in context["long_changes"]] == ["Topic of the internship"]


def test_what_ends_is_no_longer_agreed() -> None:
    workplace = {"telework": {"days_per_week": 1, "terms": "chez soi"}, "travel": "salon"}
    away = {"start": date(2026, 7, 20), "end": date(2026, 7, 24)}
    ends = an_amendment(telework={"days_per_week": 0, "terms": "-"}, workplace={}, end=date(2026, 7, 10))
    rows = rows_of(amended(ends, workplace=workplace, schedule={"interruptions": [away]}))
    assert rows["Telework"] == ("1 day a week at most\nchez soi", "no longer agreed")
    assert rows["Travel"] == ("salon", "no longer agreed")
    assert rows["Interruptions"][1] == "no longer agreed"


def test_leaving_another_place_means_the_host_s_own_address() -> None:
    elsewhere = {"address": {"street": "1 rue Basse", "postal_code": "59000", "city": "Lille"}}
    back = amended(an_amendment(workplace={}), workplace=elsewhere)
    assert rows_of(back)["Place of internship"] == (
        "1\u00a0rue Basse, 59000\u00a0Lille",
        "4\u00a0quai du Wault, 59000\u00a0Lille",
    )


def test_whoever_signed_the_agreement_signs_its_amendments() -> None:
    context = context_of(amended(an_amendment(tutor=ADA, referent=NOE)))
    case = a_case(amended(an_amendment(tutor=ADA, referent=NOE)), amendment=1, circuit=EVERYONE)
    signer: Any = KIND.context(case, Language("en"))["signer"]
    assert context["tutor"]["name"] == signer["tutor"]["name"] == "Karim Benali"
    assert signer["referent"]["name"] == "Inès Marchetti"
    assert context["changed"]["supervisors"] is True


# ── what follows from it ─────────────────────────────────────────────────────────────────────────────────


def test_hours_and_total_stand_before_and_after() -> None:
    context = context_of(amended(an_amendment(end=date(2026, 8, 14))))
    was, will = context["was"], context["will"]
    assert (was["duration"]["hours"], will["duration"]["hours"]) == (Decimal(525), Decimal(595))
    assert (was["total"], will["total"]) == (Amount(Decimal("2362.50")), Amount(Decimal("2677.50")))
    assert (will["duration"]["months"], will["duration"]["days"]) == (3, 19)


def test_a_new_rate_pays_from_its_own_day_on() -> None:
    context = context_of(amended(an_amendment(allowance=RAISED)))
    april_and_may = (14 + 17) * 7
    assert context["will"]["total"] == Amount(april_and_may * Decimal("4.50") + (525 - april_and_may) * Decimal("5.20"))


def test_a_rate_changed_twice_is_added_up_in_three_parts() -> None:
    first = an_amendment(effective=date(2026, 5, 4), allowance=PAID | {"amount": "5.00"}, signed_on=ON)
    second = an_amendment(2, allowance=RAISED)
    context = context_of(amended(first, second), 2)
    before_may, may = 14 * 7, 17 * 7
    parts = before_may * Decimal("4.50") + may * Decimal("5.00")
    assert context["was"]["total"].number == before_may * Decimal("4.50") + (525 - before_may) * Decimal("5.00")
    assert context["will"]["total"].number == parts + (525 - before_may - may) * Decimal("5.20")


def test_an_amount_for_the_whole_internship_replaces_everything() -> None:
    context = context_of(amended(an_amendment(allowance={"amount": "3000", "basis": "total"})))
    assert context["will"]["total"] == Amount(Decimal("3000.00"))


def test_two_currencies_are_not_added_up() -> None:
    context = context_of(amended(an_amendment(allowance=PAID | {"currency": "GBP"})))
    assert (context["was"]["total"], context["will"]["total"]) == (Amount(Decimal("2362.50")), None)


@given(st.integers(-10, 130), st.decimals(0, 30, places=2), st.decimals(0, 30, places=2))
def test_a_rate_that_changes_on_any_day_is_paid_by_the_day(shift: int, old: Decimal, new: Decimal) -> None:
    effective = date(2026, 4, 13) + timedelta(days=shift)
    change = an_amendment(effective=effective, allowance={"amount": new})
    dossier = amended(change, allowance={"amount": old})
    days = presence(dossier.schedule, dossier.place).days
    expected = sum((day.hours * (old if day.day < effective else new) for day in days), Decimal(0))
    assert total(dossier, dossier.amendments, ON, {}) == Amount(expected.quantize(Decimal("0.01")))
    assert total(dossier, (), ON, {}) == Amount(pay.total(dossier.allowance, presence(dossier.schedule, dossier.place)))


def test_beyond_two_months_the_hours_gone_by_are_paid_back() -> None:
    context = context_of(amended(an_amendment(**LONGER), **SHORT))
    assert context["threshold"] == {"hours": Decimal(244), "due": Decimal("1098.00")}
    assert context["will"]["total"] == Amount(340 * Decimal("4.50"))
    assert context["was"]["total"] == Amount(Decimal("0.00"))


def test_the_hours_gone_by_are_paid_at_the_new_rate_and_never_below_the_floor() -> None:
    high = LONGER | {"allowance": PAID | {"amount": "6.00"}}
    assert context_of(amended(an_amendment(**high), **SHORT))["threshold"]["due"] == 244 * Decimal("6.00")
    low = LONGER | {"allowance": PAID | {"amount": "2.00"}}
    assert context_of(amended(an_amendment(**low), **SHORT))["threshold"]["due"] == 244 * Decimal("4.50")


def test_nothing_is_outstanding_where_the_hours_gone_by_were_paid() -> None:
    paid = SHORT | {"allowance": {"amount": "4.50"}}
    context = context_of(amended(an_amendment(**LONGER | {"allowance": None}), **paid))
    assert context["threshold"]["due"] == 0


@pytest.mark.parametrize("changes", [{}, SHORT | {"track": "snee"}])
def test_no_back_payment_where_two_months_were_passed_before_or_nobody_has_to_pay(changes: dict[str, Any]) -> None:
    assert context_of(amended(an_amendment(**LONGER), **changes))["threshold"] is None


def test_no_back_payment_abroad() -> None:
    dossier = a_dossier_abroad(amendments=[an_amendment(**LONGER)], **SHORT)
    assert context_of(dossier)["threshold"] is None


def test_above_the_floor_the_duties_of_an_employer_pass_to_the_host() -> None:
    assert context_of(amended(an_amendment(allowance=RAISED)))["changed"]["duties"] is True
    assert context_of(amended(an_amendment(end=date(2026, 8, 14))))["changed"]["duties"] is False
    abroad = a_dossier_abroad(amendments=[an_amendment(allowance=RAISED)])
    assert context_of(abroad)["changed"]["duties"] is False


@pytest.mark.parametrize(("until", "lasts"), [(date(2026, 8, 14), True), (date(2026, 8, 13), False)])
def test_insurances_have_to_last_until_the_new_end(until: date, lasts: bool) -> None:
    cover = {"insurer": "Assistance Exemple", "policy": "RA-77", "valid_until": until}
    dossier = a_dossier_abroad(
        amendments=[an_amendment(end=date(2026, 8, 14))],
        protection={"liability": cover},
        abroad={"repatriation": cover},
    )
    found = context_of(dossier)["insurance"]
    assert [(one["kind"], one["lasts"]) for one in found] == [("liability", lasts), ("repatriation", lasts)]


def test_a_shorter_internship_asks_for_no_insurance() -> None:
    assert context_of(amended(an_amendment(end=date(2026, 7, 10))))["insurance"] == ()


# ── what must be known before ────────────────────────────────────────────────────────────────────────────


def lacking(dossier: Dossier, number: int) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in KIND.lacks(a_case(dossier, amendment=number))]


def test_an_amendment_waits_for_an_earlier_one_that_changes_the_same() -> None:
    first, second = an_amendment(end=date(2026, 7, 17)), an_amendment(2, end=date(2026, 8, 7))
    assert lacking(amended(first, second), 2) == [("AMEND-02", "amendments.0.signed_on")]
    assert lacking(amended(first | {"signed_on": ON}, second), 2) == []
    assert lacking(amended(first, an_amendment(2, tutor=ADA)), 2) == []
    assert lacking(amended(first, second), 1) == []


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────

ARTICLES = ("object", "changes", "consequences", "effect", "unchanged", "signature")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_the_same_articles_placeholders_and_boxes(code: str) -> None:
    french, other = (press.outline(press.find("amendment", one)) for one in ("fr", code))
    assert tuple(other.articles) == ARTICLES
    assert other.articles == french.articles
    assert sorted(other.tags) == sorted(french.tags)
    assert other.boxes == french.boxes
    assert sorted(other.boxes) == sorted(ROLE_LABELS)
