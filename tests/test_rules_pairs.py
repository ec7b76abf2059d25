"""Each rule has a dossier that it lets pass and one that trips it and no other rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pytest

from conventions import rules
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from tests.builders import ON, a_dossier, a_dossier_abroad, a_profile, a_programme, an_institution, attachments

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A dossier and what it is judged by."""

    dossier: Dossier
    on: date = ON
    profile: dict[str, Any] = field(default_factory=dict)
    programme: dict[str, Any] = field(default_factory=dict)
    institution: dict[str, Any] = field(default_factory=dict)

    def findings(self) -> tuple[Finding, ...]:
        return rules.check(
            self.dossier,
            institution=an_institution(**self.institution),
            programme=a_programme(**self.programme),
            profile=a_profile(**self.profile),
            on=self.on,
        )

    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings()}


def france(**changes: Any) -> Seen:
    return Seen(a_dossier(**changes))


def there(**changes: Any) -> Seen:
    return Seen(a_dossier_abroad(**changes))


def schedule(**changes: Any) -> Seen:
    return france(schedule=changes)


def allowance(**changes: Any) -> Seen:
    return france(allowance=changes)


def host(**changes: Any) -> Seen:
    return france(host=changes)


def abroad(**changes: Any) -> Seen:
    return there(abroad=changes)


def telework(days: float) -> Seen:
    return france(workplace={"telework": {"days_per_week": str(days), "terms": "fridays, from a room in Lille"}})


START, END = date(2026, 4, 13), date(2026, 7, 31)
"""Of the sound dossiers."""
PIECES: Final = ("pre_agreement", "health_entitlement", "civil_liability")
MEEF: Final = attachments(*PIECES, "meef_course_unit", "coordinator_approval")
SNEE: Final = attachments("motivation_letter", "snee_status", "pedagogical_contract")
LONG: Final = {"start": date(2026, 3, 16), "end": date(2026, 8, 14)}
GUARDIAN: Final = {
    "first_name": "Anh",
    "last_name": "Lefèvre-Nguyễn",
    "email": "anh.lefevre@courrier.test",
    "relation": "mother",
}
MINOR: Final = {"birth_date": date(2009, 1, 1), "legal_representative": GUARDIAN}
UNPAID: Final = {"amount": "0", "unpaid_reason": "none is usual there"}
NO_BENEFIT: Final = {"meals": "", "transport": "", "social_and_cultural": "", "other": ""}
LATER: Final = {"number": 1, "effective": END, "reason": "more to do", "end": END + 7 * DAY}


def piece(**changes: Any) -> Seen:
    first, *others = attachments(*PIECES)
    return france(attachments=[first | changes, *others])


PAIRS: Final[dict[str, tuple[Seen, Seen]]] = {
    "DATA-TIME-01": (france(), france(academic_year="2025-2027")),
    "COURSE-TIME-01": (schedule(end=START + 83 * DAY), schedule(end=START + 82 * DAY)),
    "COURSE-TIME-02": (
        schedule(start=date(2026, 5, 11), end=date(2026, 8, 31)),
        schedule(start=date(2026, 5, 11), end=date(2026, 9, 1)),
    ),
    "COURSE-TIME-03": (france(), france(academic_year="2026-2027")),
    "COURSE-TIME-04": (
        schedule(start=date(2026, 3, 16), end=date(2026, 8, 15)),
        schedule(start=date(2026, 3, 16), end=date(2026, 8, 16)),
    ),
    "COURSE-TIME-05": (
        Seen(a_dossier(), on=START - 14 * DAY),
        Seen(a_dossier(), on=START - 13 * DAY),
    ),
    "COURSE-TIME-06": (
        Seen(a_dossier_abroad(), on=START - 28 * DAY),
        Seen(a_dossier_abroad(), on=START - 27 * DAY),
    ),
    "COURSE-TIME-07": (schedule(weekly_hours="35"), schedule(weekly_hours="34.5")),
    "LAW-TIME-01": (schedule(**LONG), schedule(**LONG, weekly_hours="48")),
    "LAW-TIME-02": (Seen(a_dossier(), on=START - 20 * DAY), Seen(a_dossier(), on=START)),
    "LAW-TIME-03": (france(), schedule(leave_terms="")),
    "LAW-HOURS-01": (
        schedule(night=True, special_presence="two nights of deployment"),
        schedule(night=True),
    ),
    "LAW-HOURS-02": (
        schedule(slots=[{"day": date(2026, 5, 17), "hours": "5"}], sunday=True, special_presence="open day"),
        schedule(slots=[{"day": date(2026, 5, 17), "hours": "5"}]),
    ),
    "LAW-HOURS-03": (
        schedule(periods=[{"start": date(2026, 6, 1), "end": date(2026, 6, 5), "hours_per_day": "9.6"}]),
        schedule(periods=[{"start": date(2026, 6, 1), "end": date(2026, 6, 5), "hours_per_day": "9.7"}]),
    ),
    "LAW-HOURS-04": (
        schedule(slots=[{"day": date(2026, 6, 2), "hours": "10"}]),
        schedule(slots=[{"day": date(2026, 6, 2), "hours": "10.25"}]),
    ),
    "LAW-HOURS-05": (france(student=MINOR), france(student=MINOR, schedule={"weekly_hours": "36"})),
    "DATA-HOURS-01": (
        schedule(slots=[{"day": date(2026, 5, 13), "hours": "7"}]),
        schedule(slots=[{"day": date(2026, 5, 14), "hours": "7"}]),
    ),
    "DATA-HOURS-02": (
        france(),
        schedule(periods=[{"start": START, "end": END, "hours_per_day": "0"}]),
    ),
    "DATA-HOURS-03": (
        schedule(absences=[{"start": END, "end": END}]),
        schedule(absences=[{"start": END, "end": END + DAY}]),
    ),
    "DATA-HOURS-04": (
        schedule(absences=[{"start": START, "end": START + DAY}, {"start": START + 2 * DAY, "end": START + 3 * DAY}]),
        schedule(absences=[{"start": START, "end": START + DAY}, {"start": START + DAY, "end": START + 3 * DAY}]),
    ),
    "DATA-HOURS-05": (schedule(planned_hours="525"), schedule(planned_hours="532")),
    "LAW-PAY-01": (allowance(amount="4.50"), allowance(amount="4.49")),
    "LAW-PAY-02": (
        Seen(a_dossier(allowance={"amount": "4.50"}), on=date(2025, 12, 15)),
        Seen(a_dossier(allowance={"amount": "4.40"}), on=date(2025, 12, 15)),
    ),
    "LAW-PAY-03": (allowance(amount="4.51"), france(host={"sector": "public"}, allowance={"amount": "4.51"})),
    "LAW-PAY-04": (france(), allowance(unit="net")),
    "LAW-PAY-05": (
        france(track="meef", attachments=MEEF, allowance=UNPAID, schedule={"weekly_hours": "20"}),
        france(track="meef", attachments=MEEF, allowance=UNPAID),
    ),
    "LAW-PAY-06": (france(), allowance(due_day="")),
    "LAW-PAY-07": (france(), allowance(amount="5.00")),
    "LAW-PAY-08": (schedule(weekly_hours="20"), france()),
    "COURSE-PAY-01": (
        schedule(weekly_hours="20"),
        france(schedule={"weekly_hours": "20"}, allowance=UNPAID),
    ),
    "COURSE-PAY-02": (
        Seen(a_dossier(allowance={"amount": "5.00"}), profile={"local_floor": "5.00"}),
        Seen(a_dossier(allowance={"amount": "4.99"}), profile={"local_floor": "5.00"}),
    ),
    "COURSE-PAY-03": (there(allowance=UNPAID), there(allowance={"amount": "0"})),
    "COURSE-PAY-04": (
        Seen(a_dossier(allowance={"amount": "4.40"}), on=date(2025, 12, 15)),
        Seen(
            a_dossier(allowance={"amount": "4.40"}),
            on=date(2025, 12, 15),
            profile={"floor_reference": "each_month"},
        ),
    ),
    "DATA-PAY-01": (france(), allowance(currency="CHF")),
    "LAW-PARTY-01": (
        Seen(a_dossier(), programme={"teaching_hours": 200}),
        Seen(a_dossier(), programme={"teaching_hours": 199}),
    ),
    "LAW-PARTY-02": (
        Seen(a_dossier(), programme={"hours_in_presence": 50}),
        Seen(a_dossier(), programme={"hours_in_presence": 49}),
    ),
    "LAW-PARTY-03": (france(student=MINOR), france(student=MINOR | {"legal_representative": None})),
    "LAW-PARTY-04": (france(), host(siret="732 829 320 00075")),
    "DATA-PARTY-01": (france(), france(tutor={"email": "karim..benali@atelier-nord.test"})),
    "DATA-PARTY-02": (france(), france(tutor={"phone": "+33 12"})),
    "DATA-PARTY-03": (france(), france(tutor={"email": "Camille.Lefevre@etu.univ-exemple.test"})),
    "DATA-PARTY-04": (france(), france(student={"address": {"postal_code": "5900"}})),
    "DATA-PARTY-05": (france(student={"national_id": "0123456789A"}), france(student={"national_id": "12AB"})),
    "DATA-PARTY-06": (france(), host(activity_code="IT")),
    "DATA-PARTY-07": (france(), Seen(a_dossier(), institution={"uai": "0951099A"})),
    "DATA-PARTY-08": (france(), france(student={"birth_date": date(1924, 5, 17)})),
    "COURSE-PARTY-01": (france(), france(student={"phone": ""})),
    "COURSE-PLACE-01": (
        Seen(a_dossier(host={"founded_by_student": True}), profile={"own_company_allowed": True}),
        host(founded_by_student=True),
    ),
    "COURSE-PLACE-02": (telework(1), telework(5)),
    "COURSE-PLACE-03": (telework(1.5), telework(2)),
    "COURSE-PLACE-04": (
        france(),
        france(student={"address": {"street": "4, QUAI du Wault", "city": "LILLE"}}),
    ),
    "COURSE-PLACE-05": (host(it_professionals=1), host(it_professionals=0)),
    "COURSE-PLACE-06": (france(), france(placement={"skills": ["HTML"]})),
    "COURSE-PLACE-07": (
        france(attachments=attachments(*PIECES, "host_agreement")),
        france(host={"own_agreement": True}, attachments=attachments(*PIECES, "host_agreement")),
    ),
    "LAW-PLACE-01": (france(), france(placement={"forbidden_purposes": ["replacing an employee"]})),
    "LAW-PLACE-02": (france(benefits=NO_BENEFIT | {"other": "none"}), france(benefits=NO_BENEFIT)),
    "DATA-PLACE-01": (telework(5), telework(6)),
    "DATA-PLACE-02": (host(headcount=21), host(headcount=20)),
    "COURSE-FILE-01": (france(), france(attachments=attachments(*PIECES[:2]))),
    "COURSE-FILE-02": (there(), there(attachments=attachments("pre_agreement"))),
    "COURSE-FILE-03": (
        france(host={"own_agreement": True}, attachments=attachments(*PIECES, "host_agreement")),
        france(host={"own_agreement": True}),
    ),
    "COURSE-FILE-04": (france(track="meef", attachments=MEEF), france(track="meef")),
    "COURSE-FILE-05": (france(track="snee", attachments=SNEE), france(track="snee", attachments=SNEE[:2])),
    "COURSE-FILE-06": (
        france(amendments=[LATER], attachments=attachments(*PIECES, "extension_request")),
        france(amendments=[LATER]),
    ),
    "COURSE-FILE-07": (france(), piece(checked_on=None)),
    "COURSE-FILE-08": (
        france(),
        france(pre_agreement={"state": "submitted", "decided_on": None}),
    ),
    "COURSE-FILE-09": (
        france(protection={"liability": {"valid_until": END}}),
        france(protection={"liability": {"valid_until": END - DAY}}),
    ),
    "DATA-FILE-01": (france(), piece(checked_on=date(2026, 2, 2))),
    "LAW-FILE-01": (france(), france(protection={"health_fund": {"address": None}})),
    "LAW-FILE-02": (france(), france(protection={"liability": None})),
    "LAW-ABROAD-01": (there(), there(abroad=None)),
    "LAW-ABROAD-02": (there(), abroad(country_sheet="")),
    "LAW-ABROAD-03": (
        there(allowance={"amount": "4.51"}, protection={"host_covers_accidents": True}),
        there(allowance={"amount": "4.51"}, protection={"host_covers_accidents": False}),
    ),
    "LAW-ABROAD-04": (there(), there(protection={"host_covers_health": None})),
    "LAW-ABROAD-05": (there(), france(language="en")),
    "COURSE-ABROAD-01": (there(), abroad(travel_zone="orange")),
    "COURSE-ABROAD-02": (there(), abroad(travel_zone="yellow")),
    "COURSE-ABROAD-03": (there(), abroad(ariane_registered_on=None)),
    "COURSE-ABROAD-04": (
        abroad(repatriation={"valid_until": END}),
        abroad(repatriation={"valid_until": END - DAY}),
    ),
    "COURSE-ABROAD-05": (
        there(protection={"liability": {"valid_until": END}}),
        there(protection={"liability": {"valid_until": END - DAY}}),
    ),
    "COURSE-ABROAD-06": (
        abroad(zone_consulted_on=START - 180 * DAY),
        abroad(zone_consulted_on=START - 181 * DAY),
    ),
    "DATA-ABROAD-01": (
        there(host={"address": {"country": "DE", "region": "BY"}}),
        there(host={"address": {"country": "DE", "region": ""}}),
    ),
    "DATA-ABROAD-02": (there(), there(host={"address": {"country": "XX"}})),
    "DATA-ABROAD-03": (
        france(),
        france(abroad={"travel_zone": "green", "zone_consulted_on": date(2026, 2, 2)}),
    ),
}


def test_every_rule_has_its_pair_and_every_pair_its_rule() -> None:
    assert {rule.code for rule in rules.RULES} == set(PAIRS)


def test_no_two_rules_share_a_code() -> None:
    assert len({rule.code for rule in rules.RULES}) == len(rules.RULES)


@pytest.mark.parametrize("code", sorted(PAIRS))
def test_a_rule_is_tripped_by_its_dossier_and_by_nothing_else_in_it(code: str) -> None:
    good, bad = PAIRS[code]
    assert code not in good.codes()
    assert bad.codes() - good.codes() - INFORMATIONS == {code} - INFORMATIONS
    assert code in bad.codes()


INFORMATIONS: Final = {"LAW-PAY-07", "LAW-PAY-08"}
"""Come and go with amounts and hours."""


@pytest.mark.parametrize("code", sorted(PAIRS))
def test_a_finding_says_what_it_saw_what_to_change_and_by_which_text(code: str) -> None:
    rule = rules.find(code)
    assert rule is not None
    found = [finding for finding in PAIRS[code][1].findings() if finding.code == code]
    for finding in found:
        assert finding.severity is rule.severity
        assert finding.source == rule.source != ""
        assert "{" not in str(finding.message) + str(finding.fix)
        if finding.severity is not Severity.INFORMATION:
            assert finding.field or "conventions.toml" in str(finding.fix)


@pytest.mark.parametrize("code", sorted(PAIRS))
def test_the_field_of_a_finding_exists_in_the_dossier(code: str) -> None:
    dossier = PAIRS[code][1].dossier
    for finding in PAIRS[code][1].findings():
        value: Any = dossier
        for part in filter(None, finding.field.split(".")):
            if value is None:
                break
            value = value[int(part)] if part.isdigit() else getattr(value, part)


def test_findings_come_errors_first_then_by_code() -> None:
    dossier = a_dossier(language="en", allowance={"amount": "4.00"}, host={"siret": "", "it_professionals": None})
    order = [(list(Severity).index(finding.severity), finding.code) for finding in Seen(dossier).findings()]
    assert order == sorted(order)
    assert [severity for severity, _ in order].count(0) >= 3


def test_a_rule_is_found_by_its_code_only() -> None:
    assert all(rules.find(rule.code) is rule for rule in rules.RULES)
    assert rules.find("LAW-NOTHING-99") is None


def test_a_sound_dossier_has_no_error() -> None:
    for seen in (france(), there()):
        assert [str(found.message) for found in seen.findings() if found.severity is not Severity.INFORMATION] == []
