"""No rule raises, whatever a readable dossier says."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from conventions import rules
from conventions.model.dossier import Dossier
from tests.builders import a_dossier, a_dossier_abroad, a_profile, a_programme, an_institution, merged

DAYS = st.one_of(st.dates(), st.dates(date(2025, 9, 1), date(2026, 12, 31)))
WORDS = st.one_of(st.text(max_size=12), st.sampled_from(["732 829 320 00074", "+33 1", "59000", "X" * 11]))
WEEKDAYS = st.lists(st.integers(1, 7), min_size=1, max_size=7)
HOURS = st.decimals(0, 24, places=2)
COUNTRIES = st.sampled_from(["FR", "DE", "ES", "GB", "MA", "IL", "AT", "US", "XX", "KP", "BE"])


def some(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def spans(draw: st.DrawFn, /, **fields: st.SearchStrategy[Any]) -> dict[str, Any]:
    start, end = sorted((draw(DAYS), draw(DAYS)))
    return {"start": start, "end": end} | {key: draw(value) for key, value in fields.items()}


ADDRESSES = some(country=COUNTRIES, region=WORDS, postal_code=WORDS)
CHANGES = some(
    academic_year=st.from_regex(r"\A[0-9]{4}-[0-9]{4}\Z"),
    language=st.sampled_from(["fr", "de"]),
    track=st.sampled_from(["standard", "meef", "snee", "work_study"]),
    student=some(birth_date=DAYS, phone=WORDS, national_id=WORDS, address=ADDRESSES),
    host=some(
        sector=st.sampled_from(["private", "public", "association"]),
        siret=WORDS,
        activity_code=WORDS,
        headcount=st.integers(0, 100),
        it_professionals=st.none() | st.integers(0, 100),
        phone=WORDS,
        address=ADDRESSES,
        own_agreement=st.booleans(),
    ),
    tutor=some(email=st.emails(), phone=WORDS),
    workplace=some(telework=st.fixed_dictionaries({"days_per_week": st.integers(0, 7), "terms": st.just("at home")})),
    schedule=spans(
        weekly_hours=st.decimals("0.01", 60, places=2),
        weekdays=WEEKDAYS,
        periods=st.lists(spans(hours_per_day=HOURS, weekdays=WEEKDAYS), max_size=3),
        slots=st.lists(st.fixed_dictionaries({"day": DAYS, "hours": HOURS}), max_size=3),
        interruptions=st.lists(spans(), max_size=2),
        absences=st.lists(spans(paid=st.booleans()), max_size=2),
        holiday=st.booleans(),
        planned_hours=st.none() | st.decimals(0, 2000, places=2),
    ),
    allowance=some(
        amount=st.decimals(0, 99999999, places=2),
        currency=st.sampled_from(["EUR", "GBP"]),
        basis=st.sampled_from(["hour", "day", "week", "month", "total"]),
        unit=st.sampled_from(["gross", "net"]),
    ),
    protection=some(liability=st.none(), host_covers_accidents=st.none()),
    abroad=st.none() | some(zone_consulted_on=DAYS, travel_zone=st.sampled_from(["green", "yellow", "orange", "red"])),
    attachments=st.just([]),
    pre_agreement=st.none() | some(state=st.sampled_from(["submitted", "refused", "approved"]), decided_on=DAYS),
    nature=st.sampled_from(["mandatory", "optional", "gap_year"]),
    marks=some(weekly_reports=st.integers(0, 60), report_deposited_on=DAYS, defended_on=DAYS),
    defence=st.none()
    | st.fixed_dictionaries(
        {"start": st.builds(datetime.combine, DAYS, st.times(time(7), time(21)).map(lambda one: time(one.hour)))},
        optional={
            "minutes": st.integers(5, 240),
            "place": WORDS.map(str.strip).filter(str.isprintable),
            "by_video": st.booleans(),
            "panel": st.lists(st.sampled_from(["Ada Klein", "ada  KLEIN", "Bo"]), max_size=3),
        },
    ),
    realised=st.none()
    | st.fixed_dictionaries(
        {
            "start": DAYS,
            "end": DAYS,
            "hours": st.decimals(0, 2000, places=2),
            "allowance_paid": st.decimals(0, 9999, places=2),
            "recorded_on": DAYS,
            "recorded_by": st.just("IM"),
        }
    ),
)
PEOPLE = st.fixed_dictionaries(
    {"first_name": st.just("Ada"), "last_name": st.just("Klein"), "email": st.emails(), "function": st.just("lead")}
)
AMENDMENTS = st.fixed_dictionaries(
    {"number": st.integers(1, 4), "effective": DAYS, "reason": st.just("the project has changed")},
    optional={
        "signed_on": st.none() | DAYS,
        "start": DAYS,
        "end": DAYS,
        "interruptions": st.lists(spans(), max_size=2),
        "workplace": some(department=st.just("IT")),
        "subject": st.just("Another subject"),
        "referent": PEOPLE,
        "tutor": PEOPLE,
        "allowance": st.fixed_dictionaries({"amount": st.decimals(0, 20, places=2)}),
        "telework": st.fixed_dictionaries({"days_per_week": st.integers(0, 7), "terms": st.just("at home")}),
        "termination": st.fixed_dictionaries(
            {"last_day": DAYS, "asked_by": st.sampled_from(["student", "host"]), "reason": st.just("illness")}
        ),
    },
)
PROFILES = some(
    min_weeks=st.integers(0, 52),
    duration_measure=st.sampled_from(["weeks", "hours"]),
    latest_start_margin_days=st.integers(0, 365),
    zone_age_days=st.integers(0, 730),
    zones=some(green=st.just("error"), yellow=st.just("ok"), orange=st.just("warning")),
    monthly_reference_hours=st.decimals(100, 200, places=2),
    max_months=st.integers(1, 6),
    local_floor=st.decimals(0, 50, places=2),
    floor_reference=st.sampled_from(["signature_date", "each_month"]),
    calendar=some(**dict.fromkeys(("latest_end", "year_starts", "report_due", "defences_from"), st.just("02-29"))),
    delays=some(france_days=st.integers(0, 365), abroad_days=st.integers(0, 365)),
)
BASES = (a_dossier().model_dump(), a_dossier_abroad().model_dump())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(BASES), CHANGES, PROFILES, DAYS)
def test_no_rule_raises_on_a_readable_dossier(
    base: dict[str, Any], changes: dict[str, Any], profile: dict[str, Any], on: date
) -> None:
    try:
        dossier = Dossier.model_validate(merged(base, changes))
    except ValidationError:
        return
    found = rules.check(
        dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(**profile), on=on
    )
    for finding in found:
        assert str(finding.message)
        assert str(finding.fix)
