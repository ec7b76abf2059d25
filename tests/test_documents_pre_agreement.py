"""The pre-agreement: the department's conditions in figures, fields that become a dossier, and the blank form."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import pypdf
import pytest

from conventions import forms
from conventions.documents import DOCUMENTS, Campaign, Edition
from conventions.languages import LANGUAGES, Language
from conventions.model.dossier import Dossier
from conventions.model.form import FieldKind, FormField
from conventions.model.outcome import RefusalReason
from tests.builders import a_dossier
from tests.cases import DIGEST, HOSTILE, a_case
from tests.printed import Printed, leftovers, outlines, printed, squeezed
from tests.questionnaires import filled_by_pypdf

KIND: Final = DOCUMENTS["pre_agreement"]
ON: Final = date(2026, 2, 16)


def a_campaign(code: str = "fr", on: date = ON, year: str = "2025-2026", **rules: Any) -> Campaign:
    return Campaign(Edition(year, DIGEST, on, 1, (code,)), a_case(a_dossier(), **rules).house)


def conditions(on: date = ON, year: str = "2025-2026", **rules: Any) -> dict[str, Any]:
    context: dict[str, Any] = KIND.context(a_campaign(on=on, year=year, **rules), Language("fr"))
    found: dict[str, Any] = context["conditions"]
    return found


def fields(code: str = "fr") -> tuple[FormField, ...]:
    assert KIND.fields is not None
    return KIND.fields(a_campaign(code), Language(code))


# ── the conditions ───────────────────────────────────────────────────────────────────────────────────────


def test_the_floor_is_the_one_of_the_day_the_form_is_made() -> None:
    assert conditions()["allowance"] == {
        "hourly": Decimal("4.50"),
        "monthly": Decimal("693.00"),
        "legal_hourly": Decimal("4.50"),
        "is_local": False,
    }
    assert conditions(on=date(2025, 11, 3))["allowance"]["hourly"] == Decimal("4.35")


def test_the_department_may_ask_for_more_and_a_public_host_still_has_its_cap() -> None:
    more = conditions(local_floor="5.10")["allowance"]
    assert (more["hourly"], more["legal_hourly"], more["is_local"]) == (Decimal("5.10"), Decimal("4.50"), True)
    assert more["monthly"] == Decimal("785.40")
    less = conditions(local_floor="3.90")["allowance"]
    assert (less["hourly"], less["is_local"]) == (Decimal("4.50"), False)


def test_a_floor_that_nobody_knows_yet_is_not_invented() -> None:
    assert conditions(on=date(2041, 1, 1))["allowance"] is None


def test_the_latest_end_is_that_of_the_year_of_the_form() -> None:
    assert conditions()["latest_end"] == date(2026, 8, 31)
    assert conditions(year="2026-2027")["latest_end"] == date(2027, 8, 31)
    assert conditions(calendar={"latest_end": "09-15"}, year="2026-2027")["latest_end"] == date(2026, 9, 15)


def test_the_shortest_internship_is_told_in_weeks_or_in_hours() -> None:
    weeks, hours = conditions(), conditions(duration_measure="hours", min_hours=400)
    assert (weeks["min_weeks"], weeks["min_hours"]) == (12, None)
    assert (hours["min_weeks"], hours["min_hours"]) == (None, Decimal(400))


def test_every_other_threshold_is_the_department_s() -> None:
    found = conditions(
        max_months=4,
        min_it_professionals=2,
        min_mission_items=3,
        own_company_allowed=True,
        telework_max_ratio=1,
        delays={"france_days": 10, "abroad_days": 30, "own_agreement_extra_days": 7},
        zones={"orange": "warning"},
        health_alert="Masque",
    )
    assert {
        "max_months": 4,
        "min_it_professionals": 2,
        "min_items": 3,
        "allows_own_company": True,
        "allows_full_telework": True,
        "france_days": 10,
        "abroad_days": 30,
        "own_agreement_days": 7,
        "refuses_orange": False,
        "refuses_red": True,
        "health_alert": "Masque",
    }.items() <= found.items()
    usual = conditions()
    assert (usual["allows_own_company"], usual["allows_full_telework"], usual["refuses_orange"]) == (False, False, True)


# ── the fields ───────────────────────────────────────────────────────────────────────────────────────────


SCHEMA: Final = Dossier.model_json_schema()


def model_field(path: str) -> dict[str, Any]:
    """The JSON schema of a dotted path of a dossier; KeyError where a dossier has no such value."""
    here: dict[str, Any] = SCHEMA
    for part in path.split("."):
        here = next(branch for branch in branches(here, SCHEMA["$defs"]) if part.isdigit() or "properties" in branch)
        here = here["items"] if part.isdigit() else here["properties"][part]
    return here


def branches(here: dict[str, Any], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema with what it refers to, and its alternatives."""
    if "$ref" in here:
        yield from branches(definitions[here["$ref"].rpartition("/")[2]], definitions)
    for other in here.get("anyOf", ()):
        yield from branches(other, definitions)
    yield here


def values_of(path: str) -> set[str]:
    return {value for branch in branches(model_field(path), SCHEMA["$defs"]) for value in branch.get("enum", ())}


OF_A_DOSSIER: Final = [field for field in fields("en") if not field.name.startswith("form.")]


@pytest.mark.parametrize("field", OF_A_DOSSIER, ids=lambda field: field.name)
def test_every_field_is_named_like_what_it_becomes_in_a_dossier(field: FormField) -> None:
    found = model_field(field.name)
    kinds = {branch.get("type") for branch in branches(found, SCHEMA["$defs"])} - {None, "null"}
    formats = {branch.get("format") for branch in branches(found, SCHEMA["$defs"])}
    match field.kind:
        case FieldKind.NUMBER:
            assert kinds & {"number", "integer"}
        case FieldKind.DATE:
            assert "date" in formats
        case FieldKind.CHECK:
            assert kinds & {"boolean", "integer"}
        case FieldKind.CHOICE:
            options = {option.value for option in field.options}
            assert options == values_of(field.name) or (options == {"yes", "no"} and "boolean" in kinds)
        case _:
            assert kinds & {"string", "array"}


@pytest.mark.parametrize("field", OF_A_DOSSIER, ids=lambda field: field.name)
def test_no_field_takes_more_than_the_dossier_has_room_for(field: FormField) -> None:
    found = [*branches(model_field(field.name), SCHEMA["$defs"])]
    longest = [branch["maxLength"] for branch in found if "maxLength" in branch]
    most = [branch["maximum"] for branch in found if "maximum" in branch]
    # A country is written in words and becomes a code, a list is written in lines.
    if longest and field.max_length and not field.name.endswith(".country"):
        assert field.max_length <= max(longest)
    if most and field.kind is FieldKind.NUMBER:
        assert field.maximum is not None
        assert field.maximum <= max(most)


def test_what_a_dossier_cannot_do_without_is_asked_for() -> None:
    required = {field.name for field in fields() if field.required}
    assert {
        "host.name",
        "host.sector",
        "host.it_professionals",
        "host.representative.email",
        "tutor.email",
        "placement.activities",
        "placement.skills",
        "schedule.start",
        "schedule.end",
        "allowance.amount",
        "form.conditions_read",
        "form.completed_on",
    } <= required
    assert not required & {"host.siret", "protection.host_covers_health"}


def test_nothing_but_the_currency_is_filled_in() -> None:
    assert {field.name: field.value for field in fields() if field.value} == {"allowance.currency": "EUR"}


def test_no_personal_number_is_asked_for() -> None:
    names = {field.name for field in fields()}
    assert not {name for name in names if "national_id" in name or "birth" in name or "security" in name}


# ── the papers ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_language_has_the_same_placeholders_and_nobody_signs() -> None:
    french, *others = outlines("pre_agreement")
    for other in others:
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes == KIND.signers == ()


HOSTILE_HOUSE: Final = {
    "department": HOSTILE,
    "name": "Université d'Exemple-Nord " * 5,
    "email": f"{'stages.et.insertion.' * 9}@univ-exemple.test",
}
OTHER_RULES: Final[dict[str, Any]] = {
    "duration_measure": "hours",
    "local_floor": "5.10",
    "own_company_allowed": True,
    "telework_max_ratio": 1,
    "min_it_professionals": 0,
    "zones": {"orange": "warning"},
    "health_alert": HOSTILE,
}


def a_hostile_campaign(code: str) -> Campaign:
    campaign = a_campaign(code, **OTHER_RULES)
    institution = campaign.house.institution.model_copy(update=HOSTILE_HOUSE)
    programme = campaign.house.programme.model_copy(update={"title": "علوم الحاسوب", "course_unit": "Stage " * 50})
    return replace(campaign, house=replace(campaign.house, institution=institution, programme=programme))


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Printed]:
    wanted = {}
    for code in LANGUAGES:
        wanted[f"typical {code}"] = a_campaign(code)
        wanted[f"minimal {code}"] = a_campaign(code, on=date(2041, 1, 7), year="2040-2041", min_weeks=0)
        wanted[f"hostile {code}"] = a_hostile_campaign(code)
    return printed({name: ("pre_agreement", campaign) for name, campaign in wanted.items()})


NAMES: Final = [f"{kind} {code}" for kind in ("typical", "minimal", "hostile") for code in LANGUAGES]


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_has_its_place_and_nothing_is_left_unfilled(papers: Mapping[str, Printed], name: str) -> None:
    found = pypdf.PdfReader(BytesIO(papers[name].data)).get_fields() or {}
    groups = {path for path in found if any(other.startswith(f"{path}.") for other in found)}
    assert set(found) - groups == {field.name for field in fields()}
    assert leftovers(papers[name].words) == []
    assert len(papers[name].pages) <= (5 if name.startswith(("typical", "minimal")) else 7)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_conditions_stand_beside_the_fields(papers: Mapping[str, Printed], code: str) -> None:
    language, words = Language(code), squeezed(papers[f"typical {code}"].words)
    expected = [
        language.money(Decimal("4.50")),
        language.money(Decimal("693.00")),
        language.date(date(2026, 8, 31)),
        language.date(ON),
        "Licence Informatique",
        "stages@univ-exemple.test",
        "2025-2026",
        "12",
        "14",
        "28",
        "308",
        "924",
        "124-7",
        "124-20",
        "fildariane.diplomatie.gouv.fr",
    ]
    assert [value for value in expected if squeezed(value) not in words] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_department_s_other_rules_change_the_words(papers: Mapping[str, Printed], code: str) -> None:
    language = Language(code)
    typical, other = (papers[f"{kind} {code}"].words for kind in ("typical", "hostile"))
    assert squeezed(language.money(Decimal("5.10"))) in squeezed(other)
    assert squeezed(language.hours(Decimal(385))) in squeezed(other)
    assert HOSTILE in other
    assert HOSTILE not in typical
    assert "15" in papers[f"minimal {code}"].words
    assert squeezed(language.money(Decimal("4.50"))) not in squeezed(papers[f"minimal {code}"].words)


def test_the_reasons_for_a_refusal_are_told_beforehand(papers: Mapping[str, Printed]) -> None:
    told = {
        RefusalReason.NO_IT_PROFESSIONAL: "dont professionnels de l’informatique",
        RefusalReason.MISSION_NOT_DETAILED: "décrit en détail",
        RefusalReason.SKILLS_NOT_DETAILED: "compétences : 2 au moins",
        RefusalReason.NOT_DEVELOPMENT_MISSION: "développement informatique",
        RefusalReason.AMOUNT_BELOW_MINIMUM: "par heure de présence au moins",
        RefusalReason.DURATION_BELOW_12_WEEKS: "12 semaines au moins",
        RefusalReason.END_AFTER_LIMIT: "le 31 août 2026 au plus tard",
        RefusalReason.UNPAID: "Un stage sans gratification n’est accepté qu’à l’étranger",
        RefusalReason.AT_STUDENT_HOME: "jamais au domicile de l’étudiant",
        RefusalReason.FULL_TELEWORK: "entièrement en télétravail",
        RefusalReason.OWN_COMPANY: "le stage y est refusé",
        RefusalReason.MISSING_FIELD: "marqués d’un astérisque",
        RefusalReason.MISSING_ATTACHMENT: "Pièces jointes par l’étudiant",
    }
    assert set(told) == set(RefusalReason)
    words = squeezed(papers["typical fr"].words)
    assert [reason for reason, text in told.items() if squeezed(text) not in words] == []


def test_what_is_filled_in_comes_back(papers: Mapping[str, Printed]) -> None:
    entered = {
        "host.name": "Łódź Cycles",
        "placement.activities": "concevoir la base\nécrire les tests",
        "schedule.start": "13/04/2026",
        "allowance.amount": "4,60",
        "host.sector": "/private",
        "schedule.weekdays.1": "/yes",
    }
    values = forms.answers(filled_by_pypdf(papers["typical fr"].data, entered)).values
    assert {name: values[name] for name in entered} == {
        name: value.removeprefix("/") for name, value in entered.items()
    }
    assert values["allowance.currency"] == "EUR"


def test_it_is_tagged_with_all_its_fonts(papers: Mapping[str, Printed]) -> None:
    data = papers["hostile en"].data
    fonts = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout.decode()
    assert {line.split()[-5] for line in fonts.splitlines()[2:]} == {"yes"}
    info = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged: +yes", info)
